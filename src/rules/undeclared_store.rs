//! A component opens a key-value store that its manifest does not grant.
//!
//! ## Why
//!
//! Spin starts the app and answers `access-denied` at the first request that opens the store; the program usually
//! turns it into HTTP 500, and Spin prints nothing on the console. `spin build`, `spin up` and `spin doctor` never look.
//!
//! A store that a dependency or middleware opens must be granted by the component that it is composed into, which must
//! also let it inherit `key_value_stores`.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! [[trigger.http]]
//! route = "/..."
//! component = "cart"
//! [component.cart]
//! #          ^^^^ component `cart` opens store "default", which it is not granted: Spin answers `access-denied` at the first request that opens it
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
//! use spin_sdk::key_value::Store;
//! pub fn add() { Store::open_default().unwrap(); }
//! ```
//!
//! ## Fixed
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! [[trigger.http]]
//! route = "/..."
//! component = "cart"
//! [component.cart]
//! source = "cart.wasm"
//! key_value_stores = ["default"]
//! [component.cart.build]
//! command = "cargo build --target wasm32-wasip1"
//! ```

use super::{Context, Findings, FixAvailability, Rule, misspelled_store};
use crate::capability::Capability;
use crate::diagnostic::{Diagnostic, Edit, Edits, Fix, Safety, Severity};
use crate::edit;
use crate::grants::{self, Missing};
use crate::manifest::{Dependency, Version};
use crate::schema::format::Format;
use crate::syntax::{Form, Table, Value};

pub(super) const RULE: Rule =
    Rule { severity: Severity::Error, fix: FixAvailability::Sometimes(Safety::Safe), since: "0.1.0", is_on: true, check };

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    let missing = grants::missing(cx.manifest, cx.facts);
    let misspelled = misspelled_store::pairs(cx, &missing);
    for (index, missing) in missing.iter().enumerate() {
        // A grant that is misspelt or stands in the wrong table is told as that, and mended as that.
        let is_meant = cx.shape.iter().any(|problem| problem.grants.contains(&missing.need.label));
        if is_meant || misspelled.iter().any(|pair| pair.missing == index) {
            continue;
        }
        let diagnostic = out.report(grants::place_of(missing.component, cx.file).span, message(missing));
        describe(cx, missing, diagnostic);
        diagnostic.help = Some(help(cx, missing));
        diagnostic.fix = fix(cx, missing);
    }
}

/// What every finding about a missing grant carries: component, label, evidence, and a lesser severity where nothing
/// runs the component.
pub(super) fn describe(cx: &Context<'_>, missing: &Missing<'_, '_>, diagnostic: &mut Diagnostic) {
    diagnostic.component = Some(missing.component.id.clone());
    diagnostic.label = Some(missing.need.label.clone());
    diagnostic.related.clone_from(&missing.need.evidence);
    if !cx.manifest.is_reached(missing.component) {
        diagnostic.severity = Severity::Warning;
    }
}

fn message(missing: &Missing<'_, '_>) -> String {
    let (id, label) = (&missing.component.id, &missing.need.label);
    let without = Capability::KeyValue.row().without;
    if missing.lacks_grant && missing.itself {
        return format!("component `{id}` opens store \"{label}\", which it is not granted: {without}");
    }
    let names: Vec<String> = missing.through.iter().map(|dependency| format!("`{}`", dependency.name.value)).collect();
    let names = names.join(", ");
    let inherits = missing.through.iter().all(|dependency| dependency.inherits_stores);
    let lack = match (missing.lacks_grant, inherits) {
        (true, true) => "is not granted it",
        (true, false) => "is not granted it and does not let it inherit `key_value_stores`",
        (false, _) => "does not let it inherit `key_value_stores`",
    };
    format!("{names} opens store \"{label}\" as a part of component `{id}`, which {lack}: {without}")
}

fn help(cx: &Context<'_>, missing: &Missing<'_, '_>) -> String {
    let label = &missing.need.label;
    if let Err(reason) = check_label(cx, label) {
        return format!("no manifest can grant \"{label}\" ({reason}): change the label in the code");
    }
    let mut help = match missing.component.key_value_stores() {
        _ if !missing.lacks_grant => "let it inherit: `inherit_configuration = [\"key_value_stores\"]`".to_owned(),
        Some(_) => format!("add {} to `key_value_stores`", edit::string(label)),
        None => format!("add `key_value_stores = [{}]`", edit::string(label)),
    };
    if missing.lacks_grant && !missing.through.iter().all(|dependency| dependency.inherits_stores) {
        help.push_str(", and let the dependency inherit it: `inherit_configuration = [\"key_value_stores\"]`");
    }
    if missing.lacks_grant && label != "default" && !is_granted_elsewhere(cx, missing) {
        help.push_str(&format!(
            "; without `[key_value_store.{label}]` with `type = \"spin\"` and a `path` in the file of `--runtime-config-file` Spin refuses to start"
        ));
    }
    help
}

/// Whether a manifest of this version can grant a label; version 1 takes any.
fn check_label(cx: &Context<'_>, label: &str) -> Result<(), String> {
    if cx.manifest.version == Version::One { Ok(()) } else { Format::Label.check(label) }
}

fn is_granted_elsewhere(cx: &Context<'_>, missing: &Missing<'_, '_>) -> bool {
    let others = cx.manifest.components.iter().filter(|other| other.id != missing.component.id);
    others.into_iter().any(|other| grants::granted(other).contains(&missing.need.label))
}

fn fix(cx: &Context<'_>, missing: &Missing<'_, '_>) -> Option<Fix> {
    let label = &missing.need.label;
    check_label(cx, label).ok()?;
    let mut edits: Vec<Edit> = Vec::new();
    let mut title = Vec::new();
    if missing.lacks_grant {
        edits.extend(grant(cx, missing, &edit::string(label))?);
        title.push(format!("grant store \"{label}\" to `{}`", missing.component.id));
    }
    for dependency in missing.through.iter().filter(|dependency| !dependency.inherits_stores) {
        edits.extend(inherit(cx.text(), missing.component.table, dependency)?);
        title.push(format!("let `{}` inherit the stores", dependency.name.value));
    }
    let edits = Edits::new(edits)?;
    let title = title.join(" and ");
    let is_safe = missing.through.is_empty() && (label == "default" || is_granted_elsewhere(cx, missing));
    Some(if is_safe { Fix::safe(title, edits) } else { Fix::risky(title, edits) })
}

fn grant(cx: &Context<'_>, missing: &Missing<'_, '_>, item: &str) -> Option<Vec<Edit>> {
    let table = missing.component.table;
    match table.get("key_value_stores") {
        Some(node) => edit::append_item(cx.text(), node, item).map(|edits| edits.as_slice().to_vec()),
        None => edit::insert_key(cx.text(), table, "key_value_stores", &format!("[{item}]")).map(|edit| vec![edit]),
    }
}

/// The edits that let a dependency use its component's stores.
fn inherit(text: &str, component: &Table, dependency: &Dependency<'_>) -> Option<Vec<Edit>> {
    const LIST: &str = "[\"key_value_stores\"]";
    // The two ways exclude each other: a component-wide `false` becomes `true`.
    if let Some(node) = component.get("dependencies_inherit_configuration") {
        return Some(vec![Edit::replace(node.span, "true")]);
    }
    let table = dependency.node.as_table()?;
    match table.get("inherit_configuration") {
        Some(node) if matches!(node.value, Value::Boolean(_)) => Some(vec![Edit::replace(node.span, LIST)]),
        Some(node) => edit::append_item(text, node, "\"key_value_stores\"").map(|edits| edits.as_slice().to_vec()),
        None if table.form == Form::Implicit => None,
        None => edit::insert_key(text, table, "inherit_configuration", LIST).map(|edit| vec![edit]),
    }
}

#[cfg(test)]
mod tests {
    use crate::harness::{APP, check_fix, check_fix_with, findings, silent_with};

    fn app(manifest: &str) -> String {
        format!("{APP}{manifest}")
    }

    const OPENS: &[(&str, &str)] = &[
        ("Cargo.toml", "[package]\nname = \"cart\"\n"),
        ("src/lib.rs", "use spin_sdk::key_value::Store;\npub fn f() { Store::open(\"default\"); Store::open(\"carts\"); }\n"),
    ];

    #[test]
    fn granted_stores_are_nobodys_business() {
        silent_with(
            &app("[component.cart]\nsource = \"x.wasm\"\nkey_value_stores = [\"carts\", \"default\"]\n"),
            OPENS,
            "undeclared-store",
        );
    }

    #[test]
    fn a_wrong_type_is_not_told_twice() {
        silent_with(&app("[component.cart]\nsource = \"x.wasm\"\nkey_value_stores = \"default\"\n"), &OPENS[..1], "undeclared-store");
    }

    #[test]
    fn several_labels_are_appended_one_after_the_other() {
        check_fix_with(
            &app(
                "[component.cart]\r\nsource = \"x.wasm\"\r\n[component.other]\r\nsource = \"y.wasm\"\r\nkey_value_stores = [\"carts\"]\r\nbuild = { command = \"x\", workdir = \"y\" }\r\n[component.cart.build]\r\ncommand = \"cargo build\"\r\n",
            ),
            OPENS,
            "undeclared-store",
            &app(
                "[component.cart]\r\nsource = \"x.wasm\"\r\nkey_value_stores = [\"default\", \"carts\"]\r\n[component.other]\r\nsource = \"y.wasm\"\r\nkey_value_stores = [\"carts\"]\r\nbuild = { command = \"x\", workdir = \"y\" }\r\n[component.cart.build]\r\ncommand = \"cargo build\"\r\n",
            ),
        );
    }

    #[test]
    fn a_component_inside_a_trigger_is_named_as_spin_names_it() {
        let text = "spin_manifest_version = 2\napplication.name = \"a\"\n[[trigger.http]]\nroute = \"/...\"\ncomponent = { source = \"x.wasm\" }\n";
        let fixed = "spin_manifest_version = 2\napplication.name = \"a\"\n[[trigger.http]]\nroute = \"/...\"\ncomponent = { source = \"x.wasm\", key_value_stores = [\"default\"] }\n";
        let sources = [("src/lib.rs", "pub fn f() { spin_sdk::key_value::Store::open_default(); }\n"), OPENS[0]];
        let found = findings(text, &sources, "undeclared-store");
        assert_eq!(found[0].component.as_deref(), Some("http-trigger1-component"));
        assert_eq!(found[0].place.span.of(text), "component");
        check_fix_with(text, &sources, "undeclared-store", fixed);
    }

    #[test]
    fn version_1_grants_any_label() {
        let text = "spin_manifest_version = \"1\"\nname = \"a\"\ntrigger = { type = \"http\" }\n[[component]]\nid = \"cart\"\nsource = \"x.wasm\"\n[component.trigger]\nroute = \"/\"\n";
        let sources = [("src/lib.rs", "pub fn f() { spin_sdk::key_value::Store::open(\"My Store\"); }\n"), OPENS[0]];
        let found = findings(text, &sources, "undeclared-store");
        assert_eq!(found[0].place.span.of(text), "\"cart\"");
        let fixed = found[0].fix.as_ref().unwrap().edits.apply(text);
        assert!(fixed.contains("source = \"x.wasm\"\nkey_value_stores = [\"My Store\"]\n[component.trigger]"), "{fixed}");
    }

    #[test]
    fn an_impossible_label_has_no_fix() {
        let sources = [("src/lib.rs", "pub fn f() { spin_sdk::key_value::Store::open(\"my.store\"); }\n"), OPENS[0]];
        let found = findings(&app("[component.cart]\nsource = \"x.wasm\"\n"), &sources, "undeclared-store");
        assert!(found[0].fix.is_none());
        assert!(found[0].help.as_deref().unwrap().contains("change the label in the code"));
    }

    #[test]
    fn what_nothing_runs_is_a_warning() {
        let text = "spin_manifest_version = 2\napplication.name = \"a\"\ntrigger.http = []\n[component.cart]\nsource = \"x.wasm\"\n";
        let found = findings(text, &OPENS[..2], "undeclared-store");
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].severity, crate::diagnostic::Severity::Warning);
        check_fix(text, "undeclared-store", text);
    }
}
