//! A component opens a store whose label is not known before it runs, and is granted none.
//!
//! ## Why
//!
//! Whatever the label turns out to be, Spin answers `access-denied`. The label is computed in the code (from a request,
//! a variable, the environment), or the compiled component imports a key-value interface and its code does not show the
//! label.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/...", component = "cart" }]
//! [component.cart]
//! #          ^^^^ component `cart` opens a store by a label that is known only at run time, and is granted none: Spin answers `access-denied` whatever it is
//! source = "cart.wasm"
//! [component.cart.build]
//! command = "cargo build --target wasm32-wasip1"
//! ```
//!
//! ```toml Cargo.toml
//! [package]
//! name = "cart"
//! ```
//!
//! ```rust src/lib.rs
//! pub fn add(tenant: &str) { spin_sdk::key_value::Store::open(&format!("cart-{tenant}")).unwrap(); }
//! ```

use super::{Context, Findings, FixAvailability, Rule};
use crate::capability::Capability;
use crate::diagnostic::{Related, Severity};
use crate::grants::{self, Opens, opens_of_dependency};

pub(super) const RULE: Rule = Rule { severity: Severity::Warning, fix: FixAvailability::Never, since: "0.1.0", is_on: true, check };

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    for component in &cx.manifest.components {
        let is_composed = cx.manifest.parents(&component.id).next().is_some();
        if is_composed || component.key_value_stores().is_some_and(|grants| !grants.labels.is_empty()) {
            continue;
        }
        let own = Opens::of(Capability::KeyValue, cx.facts.component(&component.id));
        let composed =
            cx.manifest.composed_with(component).map(|dependency| opens_of_dependency(Capability::KeyValue, cx.facts, &dependency));
        let all: Vec<Opens> = std::iter::once(own).chain(composed).collect();
        let is_computed = all.iter().any(|opens| !opens.computed.is_empty());
        let related: Vec<Related> = all.into_iter().flat_map(|opens| opens.computed.into_iter().chain(opens.unclear_wasm)).collect();
        if related.is_empty() {
            continue;
        }
        let what = if is_computed { "by a label that is known only at run time" } else { "by a label that its Wasm does not show" };
        let message =
            format!("component `{}` opens a store {what}, and is granted none: Spin answers `access-denied` whatever it is", component.id);
        let diagnostic = out.report(grants::place_of(Capability::KeyValue, component, cx.file).span, message);
        diagnostic.component = Some(component.id.clone());
        diagnostic.related = related;
        diagnostic.help = Some("add `key_value_stores` with every label that it may turn out to be".to_owned());
    }
}
