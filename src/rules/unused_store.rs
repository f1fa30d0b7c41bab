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

use super::{Context, Findings, FixAvailability, Rule, misspelled_store};
use crate::capability::Capability;
use crate::diagnostic::{Fix, Related, Safety, Severity, Tag};
use crate::edit;
use crate::grants::{self, Opens};

pub(super) const RULE: Rule =
    Rule { severity: Severity::Info, fix: FixAvailability::Sometimes(Safety::Unsafe), since: "0.1.0", is_on: true, check };

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    let missing = grants::missing(cx.manifest, cx.facts);
    let misspelled = misspelled_store::pairs(cx, &missing);
    for component in &cx.manifest.components {
        let facts = cx.facts.component(&component.id);
        let (Some(wasm), Some(grants)) = (facts.wasm.read(), component.key_value_stores()) else { continue };
        let others_may_use_it = cx.manifest.composed_with(component).next().is_some() || component.has_profile_sources();
        let opens = Opens::of(facts);
        if others_may_use_it || !opens.computed.is_empty() {
            continue;
        }
        let imports_none = wasm.module.imports_of(Capability::KeyValue).next().is_none();
        let shows_all = !wasm.module.is_interpreter && wasm.module.labels.is_complete;
        if !imports_none && !shows_all {
            continue;
        }
        for (index, label) in grants
            .labels
            .iter()
            .enumerate()
            .filter(|(_, label)| !opens.knows(&label.value) && !misspelled.iter().any(|pair| pair.span == label.span))
        {
            let proof = match imports_none {
                true => "imports no key-value interface".to_owned(),
                false => {
                    let known: Vec<String> = opens.known.iter().map(|need| format!("\"{}\"", need.label)).collect();
                    format!("opens only {}", known.join(", "))
                }
            };
            let diagnostic =
                out.report(label.span, format!("component `{}` never opens store \"{}\": its Wasm {proof}", component.id, label.value));
            diagnostic.component = Some(component.id.clone());
            diagnostic.label = Some(label.value.clone());
            diagnostic.related = vec![Related { place: wasm.place.clone(), message: proof }];
            diagnostic.tag = Some(Tag::Unnecessary);
            diagnostic.help = Some("remove the grant if nothing else needs it".to_owned());
            let edits = edit::remove_item(cx.text(), &grants.entry.node, index);
            diagnostic.fix = edits.map(|edits| Fix::risky(format!("remove the grant of \"{}\"", label.value), edits));
        }
    }
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
