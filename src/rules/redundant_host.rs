//! An allowed host is covered by another entry of the list.
//!
//! ## Why
//!
//! It allows nothing that the other does not. Whoever removes the wider one later, to allow less, does not see that this one was meant to stay, or
//! the other way round.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/...", component = "cart" }]
//! [component.cart]
//! source = "cart.wasm"
//! allowed_outbound_hosts = ["https://*.example.com", "https://api.example.com"]
//! #                                                  ^^^^^^^^^^^^^^^^^^^^^^^^^ "https://*.example.com" allows this already
//! ```
//!
//! ## Fixed
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/...", component = "cart" }]
//! [component.cart]
//! source = "cart.wasm"
//! allowed_outbound_hosts = ["https://*.example.com"]
//! ```

use super::{Allowed, Context, Evidence, Findings, FixAvailability, Rule};
use crate::diagnostic::{Fix, Place, Related, Safety, Severity, Tag};
use crate::edit;

pub(super) const RULE: Rule = Rule {
    severity: Severity::Info,
    fix: FixAvailability::Sometimes(Safety::Safe),
    by: Evidence::Text,
    since: "0.1.0",
    is_on: true,
    check,
};

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    for component in &cx.manifest.components {
        let Some(node) = component.table.get("allowed_outbound_hosts") else { continue };
        let hosts = cx.allowed_hosts(component);
        for allowed in hosts.iter() {
            let Some(index) = allowed.index else { continue };
            // Of two that allow the same the first stays. That a component calls others says only their own entry.
            let covers = |other: &&Allowed<'_>| {
                other.index.is_some_and(|other| other != index)
                    && other.host.covers(&allowed.host)
                    && (other.index < allowed.index || !allowed.host.covers(&other.host))
                    && (!allowed.host.is_internal() || other.host.is_internal())
            };
            let Some(wider) = hosts.iter().find(covers) else { continue };
            let message = format!("\"{}\" allows this already", wider.entry);
            let diagnostic = out.about(component, allowed.node.span, message);
            diagnostic.tag = Some(Tag::Unnecessary);
            diagnostic
                .related
                .push(Related { place: Place { file: cx.file.clone(), span: wider.node.span }, message: "the wider entry".to_owned() });
            let edits = edit::remove_item(cx.text(), node, index);
            diagnostic.fix = edits.map(|edits| Fix::safe("remove it", edits));
        }
    }
}
