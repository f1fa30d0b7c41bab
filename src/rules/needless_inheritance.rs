//! A component lets a dependency inherit what its Wasm cannot use.
//!
//! ## Why
//!
//! What is inherited, a later version of the dependency may use without anybody noticing. Only a Wasm that was read proves that it imports
//! none of it.
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
//! dependencies_inherit_configuration = true
//! # <- the dependencies of component `cart` inherit all that it is granted and import nothing of it
//! dependencies."shop:prices" = { component = "prices" }
//! [component.prices]
//! source = "prices.wasm"
//! ```
//!
//! ```facts
//! { "prices": { "imports": ["wasi:io/streams@0.2.0"] } }
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
//! key_value_stores = ["default"]
//! dependencies."shop:prices" = { component = "prices" }
//! [component.prices]
//! source = "prices.wasm"
//! ```

use super::{Context, Evidence, Findings, FixAvailability, Rule};
use crate::capability::Capability;
use crate::diagnostic::{Edits, Fix, Related, Safety, Severity, Tag};
use crate::edit;
use crate::facts::wasm::Wasm;
use crate::grants;
use crate::manifest::{Component, Dependency};
use crate::schema::INHERITABLE;
use crate::syntax::Value;

pub(super) const RULE: Rule = Rule {
    severity: Severity::Info,
    fix: FixAvailability::Sometimes(Safety::Unsafe),
    by: Evidence::Code,
    since: "0.1.0",
    is_on: true,
    check,
};

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    for component in &cx.manifest.components {
        of_all(cx, out, component);
        for dependency in component.dependencies() {
            of_one(cx, out, component, &dependency);
        }
    }
}

/// `dependencies_inherit_configuration = true`, where no dependency has a use for it.
fn of_all(cx: &Context<'_>, out: &mut Findings<'_>, component: &Component<'_>) {
    let entry = component.table.entry("dependencies_inherit_configuration");
    let Some(entry) = entry.filter(|entry| matches!(entry.node.value, Value::Boolean(true))) else { return };
    let composed = component.dependencies();
    let files: Vec<_> = composed.iter().filter_map(|dependency| grants::wasm_of_dependency(cx.facts, dependency)).collect();
    let is_known = !composed.is_empty() && files.len() == composed.len();
    if !is_known || files.iter().any(|wasm| INHERITABLE.iter().any(|key| uses(&wasm.module, key))) {
        return;
    }
    let message = format!("the dependencies of component `{}` inherit all that it is granted and import nothing of it", component.id);
    let diagnostic = out.about(component, entry.key.span, message);
    diagnostic.related =
        files.iter().map(|wasm| Related { place: wasm.place.clone(), message: "imports nothing that is inherited".to_owned() }).collect();
    diagnostic.tag = Some(Tag::Unnecessary);
    diagnostic.help = Some("remove the line".to_owned());
    let edits = edit::remove_entry(cx.text(), entry).and_then(|edit| Edits::new(vec![edit]));
    diagnostic.fix = edits.map(|edits| Fix::risky("remove `dependencies_inherit_configuration`", edits));
}

/// The items of a dependency's own `inherit_configuration` that it has no use for.
fn of_one(cx: &Context<'_>, out: &mut Findings<'_>, component: &Component<'_>, dependency: &Dependency<'_>) {
    let list = dependency.node.as_table().and_then(|table| table.get("inherit_configuration"));
    let (Some(list), Some(wasm)) = (list, grants::wasm_of_dependency(cx.facts, dependency)) else { return };
    let named = list.items().iter().enumerate().filter_map(|(index, item)| Some((index, item.span, item.as_str()?)));
    for (index, span, key) in named.filter(|(.., key)| INHERITABLE.contains(key) && !uses(&wasm.module, key)) {
        let name = &dependency.name.value;
        let diagnostic = out.about(component, span, format!("`{name}` inherits `{key}` and imports nothing of it"));
        diagnostic.related = vec![Related { place: wasm.place.clone(), message: format!("imports nothing of `{key}`") }];
        diagnostic.tag = Some(Tag::Unnecessary);
        diagnostic.help = Some("remove it from the list".to_owned());
        let edits = edit::remove_item(cx.text(), list, index);
        diagnostic.fix = edits.map(|edits| Fix::risky(format!("let `{name}` inherit `{key}` no more"), edits));
    }
}

/// Whether a Wasm imports an interface of what a key gives.
fn uses(wasm: &Wasm, key: &str) -> bool {
    let interface = match key {
        "environment" => "wasi:cli/environment@",
        "files" => "wasi:filesystem/",
        key => return Capability::of_key(key).is_none_or(|capability| wasm.imports_of(capability).next().is_some()),
    };
    wasm.imports.iter().any(|import| import.starts_with(interface))
}

#[cfg(test)]
mod tests {
    use crate::harness::{APP, silent_facts};

    #[test]
    fn what_is_not_known_is_not_needless() {
        let app = |inherits: &str| {
            format!(
                "{APP}[component.cart]\nsource = \"cart.wasm\"\n{inherits}\n[component.prices]\nsource = \"p.wasm\"\n[component.taxes]\nsource = \"t.wasm\"\n"
            )
        };
        let all = app(
            "dependencies_inherit_configuration = true\ndependencies.\"shop:prices\" = { component = \"prices\" }\ndependencies.\"shop:taxes\" = { component = \"taxes\" }",
        );
        silent_facts(&all, r#"{ "prices": { "imports": [] } }"#, "needless-inheritance");
        silent_facts(
            &all,
            r#"{ "prices": { "imports": [] }, "taxes": { "imports": ["wasi:cli/environment@0.2.6"] } }"#,
            "needless-inheritance",
        );
        let one = app("dependencies.\"shop:prices\" = { component = \"prices\", inherit_configuration = [\"variables\", \"all\"] }");
        silent_facts(&one, r#"{ "prices": { "imports": ["fermyon:spin/variables@2.0.0"] } }"#, "needless-inheritance");
        silent_facts(&one, r#"{ "prices": { "missing": true } }"#, "needless-inheritance");
    }
}
