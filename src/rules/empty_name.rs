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

use super::{Context, Evidence, Findings, FixAvailability, Rule};
use crate::diagnostic::Severity;

pub(super) const RULE: Rule =
    Rule { severity: Severity::Warning, fix: FixAvailability::Never, by: Evidence::Text, since: "0.1.0", is_on: true, check };

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    if let Some(node) =
        cx.manifest.details().and_then(|table| table.get("name")).filter(|node| node.as_str().is_some_and(|name| name.trim().is_empty()))
    {
        out.report(node.span, "the application has an empty name");
    }
}
