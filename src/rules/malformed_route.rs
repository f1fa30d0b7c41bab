//! The route of an http trigger is not one that Spin can match requests against.
//!
//! ## Why
//!
//! A route is segments between slashes. `:name` stands for one segment and needs a name; `/...` at the end stands for everything below. Where
//! Spin's router cannot read a route Spin refuses to start. A `*` before the end it does read, and panics at the first request that it has to
//! match against it.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! [[trigger.http]]
//! route = "/items/:"
//! #       ^^^^^^^^^^ route "/items/:" has a `:` without a name: Spin refuses to start
//! component = "cart"
//! [[trigger.http]]
//! route = "/items/*/price"
//! #       ^^^^^^^^^^^^^^^^ route "/items/*/price" has a `*` that is not at its end: Spin starts, and panics at a request that is matched against it
//! component = "cart"
//! [component.cart]
//! source = "cart.wasm"
//! ```

use super::{Context, Evidence, Findings, FixAvailability, Rule};
use crate::diagnostic::Severity;
use crate::routes::{self, Route};
use crate::syntax::Value;

pub(super) const RULE: Rule =
    Rule { severity: Severity::Error, fix: FixAvailability::Never, by: Evidence::Text, since: "0.1.0", is_on: true, check };

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    for node in cx.manifest.triggers.iter().filter_map(|trigger| trigger.route) {
        let private = node.as_table().and_then(|table| table.get("private")).or_else(|| node.items().first());
        if private.is_some_and(|node| matches!(node.value, Value::Boolean(false))) {
            let diagnostic = out.report(node.span, "a route that is not private has to say its path: Spin refuses to start");
            diagnostic.help = Some("write the path, or `{ private = true }`".to_owned());
        }
        let Some(source) = node.as_str() else { continue };
        let Err(reason) = Route::parse(source) else { continue };
        let panics = [routes::WILDCARD_INSIDE, routes::UNMATCHABLE].contains(&reason.as_str());
        let then = if panics { "Spin starts, and panics at a request that is matched against it" } else { "Spin refuses to start" };
        let diagnostic = out.report(node.span, format!("route \"{source}\" {reason}: {then}"));
        if panics {
            diagnostic.severity = Severity::Warning;
        }
        diagnostic.help = Some("write `:name` for one segment, and `/...` at the end for everything below".to_owned());
    }
}
