//! No trigger runs a component, and no other component is composed with it.
//!
//! ## Why
//!
//! Spin never loads such a component: whether its Wasm is there, or what it imports, is never looked at.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/...", component = "cart" }]
//! [component.cart]
//! source = "cart.wasm"
//! [component.prices]
//! #          ^^^^^^ no trigger runs component `prices`: Spin never loads it
//! source = "prices.wasm"
//! ```

use super::{Context, Evidence, Findings, FixAvailability, Rule};
use crate::diagnostic::{Severity, Tag};
use crate::manifest::Version;

pub(super) const RULE: Rule =
    Rule { severity: Severity::Warning, fix: FixAvailability::Never, by: Evidence::Text, since: "0.1.0", is_on: true, check };

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    // In version 1 every component has its trigger; without any trigger there is a graver finding.
    if cx.manifest.version == Version::One || cx.manifest.triggers.is_empty() {
        return;
    }
    for component in &cx.manifest.components {
        let id = &component.id;
        if cx.manifest.is_reached(component) || cx.manifest.parents(id).next().is_some() {
            continue;
        }
        let diagnostic = out.about(component, component.place, format!("no trigger runs component `{id}`: Spin never loads it"));
        diagnostic.tag = Some(Tag::Unnecessary);
        diagnostic.help = Some(format!("add a trigger with `component = \"{id}\"`, or remove it"));
    }
}
