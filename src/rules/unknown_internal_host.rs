//! An allowed host names a component of the app that is not there, or that http does not reach.
//!
//! ## Why
//!
//! `http://cart.spin.internal` is the component `cart` of the same app, if an http trigger runs it; `route = { private = true }` is enough. Of another
//! name Spin says `unknown routing destination` at the request.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/...", component = "cart" }]
//! [component.cart]
//! source = "cart.wasm"
//! allowed_outbound_hosts = ["http://prces.spin.internal"]
//! #                         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ the manifest has no component `prces`: what `cart` sends there fails
//! [component.prices]
//! source = "prices.wasm"
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
//! allowed_outbound_hosts = ["http://prices.spin.internal"]
//! [component.prices]
//! source = "prices.wasm"
//! ```

use super::{Allowed, Context, Evidence, Findings, FixAvailability, Rule};
use crate::diagnostic::{Edits, Fix, Safety, Severity};
use crate::edit;
use crate::hosts;
use crate::text::nearest;

pub(super) const RULE: Rule = Rule {
    severity: Severity::Warning,
    fix: FixAvailability::Sometimes(Safety::Unsafe),
    by: Evidence::Text,
    since: "0.1.0",
    is_on: true,
    check,
};

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    for component in &cx.manifest.components {
        for Allowed { node, entry, host, .. } in cx.allowed_hosts(component) {
            let Some(host) = host.one() else { continue };
            let Some(id) = hosts::internal_component(&host) else { continue };
            // What runs by a trigger of a type that nobody knows may be reached in a way that nobody knows.
            let runs = |kind: &str| {
                cx.manifest.triggers.iter().any(|trigger| trigger.kind == kind && trigger.components.iter().any(|other| other == id))
            };
            let sender = &component.id;
            if !cx.manifest.declares(id) {
                let message = format!("the manifest has no component `{id}`: what `{sender}` sends there fails");
                let diagnostic = out.about(component, node.span, message);
                let Some(meant) = nearest(id, cx.manifest.components.iter().map(|component| component.id.as_str())) else { continue };
                let written = entry.replacen(id, meant, 1);
                diagnostic.help = Some(format!("did you mean \"{written}\"?"));
                let edits = Edits::new(vec![edit::rename(cx.text(), node.span, &written)]);
                diagnostic.fix = edits.map(|edits| Fix::risky(format!("name `{meant}`"), edits));
            } else if !runs("http") {
                let message = format!("no http trigger runs component `{id}`: what `{sender}` sends there fails");
                out.about(component, node.span, message).help =
                    Some(format!("add `[[trigger.http]]` with `route = {{ private = true }}` and `component = \"{id}\"`"));
            }
        }
    }
}
