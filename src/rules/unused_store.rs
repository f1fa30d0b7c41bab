//! A component is granted a store that its Wasm proves it never opens.
//!
//! ## Why
//!
//! A grant that nothing uses is a permission too many, and where the label is not `default` Spin refuses to start the
//! app without a definition of the store. Only a fresh Wasm proves absence: it imports no key-value interface, or all
//! the labels that it opens are known. Source text alone is never enough.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/...", component = "cart" }]
//! [component.cart]
//! source = "cart.wasm"
//! key_value_stores = ["default"]
//! #                   ^^^^^^^^^ component `cart` never opens store "default": its Wasm imports no key-value interface
//! ```
//!
//! ```facts
//! { "cart": { "imports": ["wasi:http/types@0.2.0"] } }
//! ```

use super::{Context, Evidence, Findings, FixAvailability, Rule, granting};
use crate::capability::Capability;
use crate::diagnostic::{Safety, Severity};

pub(super) const RULE: Rule = Rule {
    severity: Severity::Info,
    fix: FixAvailability::Sometimes(Safety::Unsafe),
    by: Evidence::Code,
    since: "0.1.0",
    is_on: true,
    check,
};

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    granting::unused(cx, out, Capability::KeyValue);
}

#[cfg(test)]
mod tests {
    use crate::harness::{APP, silent_facts};

    fn silent(facts: &str) {
        silent_facts(&format!("{APP}[component.cart]\nsource = \"cart.wasm\"\nkey_value_stores = [\"default\"]\n"), facts, "unused-store");
    }

    #[test]
    fn what_is_not_known_is_not_unused() {
        silent(r#"{ "cart": { "missing": true } }"#);
        silent(r#"{ "cart": { "newer": "src/lib.rs" } }"#);
        silent(r#"{ "cart": { "imports": ["fermyon:spin/key-value@2.0.0"], "unknown": true } }"#);
        silent(r#"{ "cart": { "imports": ["fermyon:spin/key-value@2.0.0"], "interpreter": true } }"#);
        silent(r#"{ "cart": { "imports": ["fermyon:spin/key-value@2.0.0"], "labels": ["default"] } }"#);
    }

    #[test]
    fn a_dependency_may_use_what_the_component_does_not() {
        let text = format!(
            "{APP}[component.cart]\nsource = \"cart.wasm\"\nkey_value_stores = [\"default\"]\ndependencies.prices = {{ component = \"prices\" }}\n[component.prices]\nsource = \"p.wasm\"\n"
        );
        silent_facts(&text, r#"{ "cart": { "imports": [] } }"#, "unused-store");
    }
}
