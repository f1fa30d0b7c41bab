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

use super::{Context, Evidence, Findings, FixAvailability, Rule};
use crate::diagnostic::{Fix, Place, Related, Safety, Severity, Tag};
use crate::edit;
use crate::hosts::AllowedHost;
use crate::syntax::Node;

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
        let hosts: Vec<(usize, &Node, AllowedHost)> = node
            .items()
            .iter()
            .enumerate()
            .filter_map(|(index, item)| Some((index, item, AllowedHost::parse(item.as_str()?).ok()?)))
            .collect();
        for (index, item, host) in &hosts {
            // Of two that allow the same the first stays. That a component calls others says only their own entry.
            let covers = |(other, _, wider): &&(usize, &Node, AllowedHost)| {
                other != index
                    && wider.covers(host)
                    && (other < index || !host.covers(wider))
                    && (!host.is_internal() || wider.is_internal())
            };
            let Some((_, wider, _)) = hosts.iter().find(covers) else { continue };
            let entry = wider.as_str().unwrap_or_default();
            let diagnostic = out.about(component, item.span, format!("\"{entry}\" allows this already"));
            diagnostic.tag = Some(Tag::Unnecessary);
            diagnostic
                .related
                .push(Related { place: Place { file: cx.file.clone(), span: wider.span }, message: "the wider entry".to_owned() });
            let edits = edit::remove_item(cx.text(), node, *index);
            diagnostic.fix = edits.map(|edits| Fix::safe("remove it", edits));
        }
    }
}
