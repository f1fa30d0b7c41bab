//! A component is built by a command, and says nothing about which files it is built from.
//!
//! ## Why
//!
//! `spin watch` builds a component anew when a file of `watch` changes, and without the list never. Off by default, because not everybody uses
//! `spin watch`.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/...", component = "cart" }]
//! [component.cart]
//! source = "cart.wasm"
//! [component.cart.build]
//! #               ^^^^^ `spin watch` never builds component `cart` anew
//! command = "cargo build"
//! ```

use super::{Context, Evidence, Findings, FixAvailability, Rule};
use crate::diagnostic::Severity;
use crate::syntax::Node;

pub(super) const RULE: Rule =
    Rule { severity: Severity::Info, fix: FixAvailability::Never, by: Evidence::Text, since: "0.1.0", is_on: false, check };

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    for component in &cx.manifest.components {
        let Some(entry) = component.table.entry("build") else { continue };
        let lacks = |node: &Node| node.as_table().is_some_and(|table| table.get("command").is_some() && table.get("watch").is_none());
        if lacks(&entry.node) {
            let message = format!("`spin watch` never builds component `{}` anew", component.id);
            out.about(component, entry.key.span, message).help =
                Some("add `watch`, such as `watch = [\"src/**/*.rs\", \"Cargo.toml\"]`".to_owned());
        }
    }
}
