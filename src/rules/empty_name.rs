//! The application's name is empty.
//!
//! ## Why
//!
//! Spin starts such an app; logs, registries and platforms have nothing to call it by.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = ""
//! #                  ^^ the application has an empty name
//! trigger.http = [{ route = "/...", component = "cart" }]
//! [component.cart]
//! source = "cart.wasm"
//! ```

use super::{Context, Findings, FixAvailability, Rule};
use crate::diagnostic::Severity;
use crate::manifest::Version;
use crate::syntax::Node;

pub(super) const RULE: Rule = Rule { severity: Severity::Warning, fix: FixAvailability::Never, since: "0.1.0", is_on: true, check };

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    let root = &cx.tree.root;
    let table = match cx.manifest.version {
        Version::One => Some(root),
        Version::Two => root.get("application").and_then(Node::as_table),
    };
    if let Some(node) = table.and_then(|table| table.get("name")).filter(|node| node.as_str().is_some_and(|name| name.trim().is_empty())) {
        out.report(node.span, "the application has an empty name");
    }
}
