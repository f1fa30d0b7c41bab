//! A component opens a key-value store that its manifest does not grant.
//!
//! ## Why
//!
//! Spin starts the app and answers `access-denied` at the first request that opens the store; the program usually
//! turns it into HTTP 500, and Spin prints nothing on the console. `spin build`, `spin up` and `spin doctor` never look.
//!
//! It is an error where what Spin runs leads to the call. Where nothing is known to (a public function that nothing calls, a default that all
//! calls replace, one Wasm in two components of which the other is granted the store) it is a warning, and its fix is unsafe; what is no part
//! of the program is not told.
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

use super::{Context, Evidence, Findings, FixAvailability, Rule, granting};
use crate::capability::Capability;
use crate::diagnostic::{Safety, Severity};

pub(super) const RULE: Rule = Rule {
    severity: Severity::Error,
    fix: FixAvailability::Sometimes(Safety::Safe),
    by: Evidence::Code,
    since: "0.1.0",
    is_on: true,
    check,
};

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    granting::undeclared(cx, out, Capability::KeyValue);
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
