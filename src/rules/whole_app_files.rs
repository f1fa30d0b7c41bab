//! A component is given every file of the app's folder.
//!
//! ## Why
//!
//! Sources, build folders and `.env` come with it. Spin warns of `*` and `**/*`; `./*` says that it is meant.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/...", component = "cart" }]
//! [component.cart]
//! source = "cart.wasm"
//! files = ["**/*"]
//! #        ^^^^^^ component `cart` can read every file of the app's folder
//! ```

use super::{Context, Evidence, Findings, FixAvailability, Rule};
use crate::diagnostic::Severity;
use crate::syntax::Node;

pub(super) const RULE: Rule =
    Rule { severity: Severity::Warning, fix: FixAvailability::Never, by: Evidence::Text, since: "0.1.0", is_on: true, check };

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    for component in &cx.manifest.components {
        let items = component.table.get("files").map(Node::items).unwrap_or_default();
        for item in items.iter().filter(|item| matches!(item.as_str(), Some("*" | "**/*"))) {
            let message = format!("component `{}` can read every file of the app's folder", component.id);
            out.about(component, item.span, message).help =
                Some("name the folder that it reads, such as \"assets/**/*\"; `./*` says that everything is meant".to_owned());
        }
    }
}
