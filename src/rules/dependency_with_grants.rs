//! A component that another one is composed with has grants of its own.
//!
//! ## Why
//!
//! A dependency uses what its parent is granted and lets it inherit. Spin refuses to start where it has resources or permissions itself, or
//! dependencies of its own.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/...", component = "cart" }]
//! [component.cart]
//! source = "cart.wasm"
//! dependencies."shop:prices" = { component = "prices" }
//! [component.prices]
//! source = "prices.wasm"
//! key_value_stores = ["default"]
//! # <- component `prices` is a dependency of `cart` and has `key_value_stores` of its own: Spin refuses to start
//! ```

use super::{Context, Evidence, Findings, FixAvailability, Rule};
use crate::diagnostic::Severity;
use crate::manifest::{Component, Origin};
use crate::schema::INHERITABLE;
use crate::syntax::{Entry, Value};

pub(super) const RULE: Rule =
    Rule { severity: Severity::Error, fix: FixAvailability::Never, by: Evidence::Text, since: "0.1.0", is_on: true, check };

/// What a dependency may not have beside what it could inherit ([crates/manifest/src/normalize.rs] of Spin).
const FURTHER: &[&str] = &["allowed_http_hosts", "dependencies"];

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    for target in &cx.manifest.components {
        // Nobody is a parent of its own, but Spin tries it.
        let of_itself = || cx.manifest.composed_with(target).any(|dependency| dependency.origin == Origin::Component(target.id.clone()));
        let Some(parent) = cx.manifest.parents(&target.id).next().or_else(|| of_itself().then_some(target)) else { continue };
        for entry in resources(target) {
            let (id, parent, key) = (&target.id, &parent.id, &entry.key.value);
            let message = format!("component `{id}` is a dependency of `{parent}` and has `{key}` of its own: Spin refuses to start");
            let help = match key.as_str() {
                "dependencies" => format!("what `{id}` is composed with cannot depend on others: compose it before, by another tool"),
                "allowed_http_hosts" => format!(
                    "give `{parent}` what `{id}` needs as `allowed_outbound_hosts`, and let it inherit: `inherit_configuration = [\"allowed_outbound_hosts\"]`"
                ),
                key => format!("give `{parent}` what `{id}` needs, and let it inherit: `inherit_configuration = [\"{key}\"]`"),
            };
            out.about(target, entry.key.span, message).help = Some(help);
        }
    }
}

/// What a component has that is not empty.
fn resources<'t>(component: &Component<'t>) -> impl Iterator<Item = &'t Entry> + use<'t> {
    let of_profile = component.profile.into_iter().flat_map(|profile| &profile.entries);
    component.table.entries.iter().chain(of_profile).filter(|entry| {
        let is_empty = match &entry.node.value {
            Value::Array(array) => array.items.is_empty(),
            Value::Table(table) => table.entries.is_empty(),
            _ => true,
        };
        (INHERITABLE.contains(&entry.key.value.as_str()) || FURTHER.contains(&entry.key.value.as_str())) && !is_empty
    })
}
