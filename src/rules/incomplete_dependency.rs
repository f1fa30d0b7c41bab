//! A dependency does not say which package it is, or says too much about it.
//!
//! ## Why
//!
//! A plain name stands for an import, not for a package, so that a version alone is not enough. And a whole package cannot be satisfied by an
//! `export`, which is for a single interface. Spin refuses to start.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/...", component = "cart" }]
//! [component.cart]
//! source = "cart.wasm"
//! [component.cart.dependencies]
//! prices = "1.0"
//! # <- dependency `prices` names no package: Spin refuses to start
//! "shop:taxes" = { path = "taxes.wasm", export = "shop:other" }
//! #                                     ^^^^^^ `shop:taxes` is a whole package, which no `export` can stand for: Spin refuses to start
//! ```

use super::{Context, Evidence, Findings, FixAvailability, Rule};
use crate::diagnostic::Severity;
use crate::manifest::{Component, Origin};
use crate::syntax::Node;

pub(super) const RULE: Rule =
    Rule { severity: Severity::Error, fix: FixAvailability::Never, by: Evidence::Text, since: "0.1.0", is_on: true, check };

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    for component in &cx.manifest.components {
        for dependency in component.dependencies() {
            let name = &dependency.name.value;
            let table = dependency.node.as_table();
            let has = |key: &str| table.is_some_and(|table| table.get(key).is_some());
            let is_plain = !name.contains(':');
            // So is a component of the manifest whose Wasm is.
            let is_on_the_web = || {
                let target = match &dependency.origin {
                    Origin::Component(id) => cx.manifest.component(id).and_then(Component::source_node),
                    _ => Some(dependency.node),
                };
                target.and_then(Node::as_table).is_some_and(|table| table.get("url").is_some())
            };
            if is_plain && dependency.origin == Origin::Remote && !has("url") && !has("package") {
                let message = format!("dependency `{name}` names no package: Spin refuses to start");
                out.about(component, dependency.name.span, message).help =
                    Some(format!("write `{name} = {{ package = \"namespace:name\", version = \"...\" }}`"));
            }
            let export = table.and_then(|table| table.entry("export")).filter(|_| !is_plain && !name.contains('/') && !is_on_the_web());
            if let Some(export) = export {
                let message = format!("`{name}` is a whole package, which no `export` can stand for: Spin refuses to start");
                out.about(component, export.key.span, message).help =
                    Some(format!("name the interface: `\"{name}/<interface>\"`, or leave `export` out"));
            }
        }
    }
}
