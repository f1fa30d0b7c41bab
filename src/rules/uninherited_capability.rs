//! A dependency imports an interface that its component does not let it use.
//!
//! ## Why
//!
//! What a dependency may not inherit, Spin puts a stub in the place of: the dependency is stopped at its first call. Only Wasm of compiled
//! languages is judged, which imports no more than it uses.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/...", component = "cart" }]
//! [component.cart]
//! source = "cart.wasm"
//! allowed_outbound_hosts = ["https://prices.example.com"]
//! dependencies."shop:prices" = { component = "prices" }
//! #            ^^^^^^^^^^^^^ `shop:prices` imports `wasi:http/outgoing-handler@0.2.0` and component `cart` does not let it inherit `allowed_outbound_hosts`: Spin stops it at its first call
//! [component.prices]
//! source = "prices.wasm"
//! ```
//!
//! ```facts
//! { "prices": { "imports": ["wasi:http/outgoing-handler@0.2.0"], "unknown": true } }
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
//! allowed_outbound_hosts = ["https://prices.example.com"]
//! dependencies."shop:prices" = { component = "prices", inherit_configuration = ["allowed_outbound_hosts"] }
//! [component.prices]
//! source = "prices.wasm"
//! ```

use super::{Context, Evidence, Findings, FixAvailability, Rule, granting};
use crate::capability::Capability;
use crate::diagnostic::{Edits, Fix, Related, Safety, Severity};
use crate::facts::wasm::Wasm;
use crate::grants;
use crate::hosts::Protocol;

pub(super) const RULE: Rule = Rule {
    severity: Severity::Warning,
    fix: FixAvailability::Sometimes(Safety::Unsafe),
    by: Evidence::Code,
    since: "0.1.0",
    is_on: true,
    check,
};

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    for capability in Capability::ALL {
        let key = capability.row().key;
        // What is known by name is told by that name.
        let missing = granting::missing(cx, capability);
        let told = |span| missing.iter().any(|missing| missing.through.iter().any(|dependency| dependency.name.span == span));
        for component in cx.manifest.components.iter().filter(|component| cx.manifest.parents(&component.id).next().is_none()) {
            for dependency in cx.manifest.composed_with(component).filter(|dependency| !dependency.inherits(key)) {
                let wasm = grants::wasm_of_dependency(cx.facts, &dependency).filter(|wasm| !wasm.module.is_interpreter);
                let Some((wasm, import)) = wasm.and_then(|wasm| Some((wasm, import(&wasm.module, capability)?))) else { continue };
                if told(dependency.name.span) {
                    continue;
                }
                let (name, id) = (&dependency.name.value, &component.id);
                let message = format!(
                    "`{name}` imports `{import}` and component `{id}` does not let it inherit `{key}`: {}",
                    granting::NOT_INHERITED
                );
                let diagnostic = out.about(component, dependency.name.span, message);
                diagnostic.related = vec![Related { place: wasm.place.clone(), message: format!("imports `{import}`") }];
                diagnostic.help = Some(format!("let it inherit: `inherit_configuration = [\"{key}\"]`"));
                let edits = granting::inherit(cx.text(), component.table, key, &dependency).and_then(Edits::new);
                diagnostic.fix = edits.map(|edits| Fix::risky(format!("let `{name}` inherit `{key}`"), edits));
            }
        }
    }
}

/// The import by which a Wasm uses a capability. Sockets come with standard libraries, used or not.
fn import(wasm: &Wasm, capability: Capability) -> Option<&str> {
    let is_meant = |import: &&str| capability.interface(import).is_some_and(|known| known.protocol != Some(Protocol::Sockets));
    wasm.imports_of(capability).find(is_meant)
}
