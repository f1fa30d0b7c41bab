//! A component is granted a label that nothing opens, and opens one that is nearly the same.
//!
//! ## Why
//!
//! Labels are compared letter by letter: `my-store` and `my_store` are two stores. Spin answers `access-denied` at the
//! first request that opens the one that is not granted.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/...", component = "cart" }]
//! [component.cart]
//! source = "cart.wasm"
//! key_value_stores = ["promptstore1"]
//! # <- component `cart` is granted store "promptstore1" and opens "promptstore": Spin answers `access-denied` at the first request that opens it
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
//! pub fn add() { spin_sdk::key_value::Store::open("promptstore").unwrap(); }
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
//! key_value_stores = ["promptstore"]
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
    granting::misspelled(cx, out, Capability::KeyValue);
}

#[cfg(test)]
mod tests {
    use crate::harness::{APP, findings, silent_with};

    fn app(grants: &str) -> String {
        format!("{APP}[component.cart]\nsource = \"x.wasm\"\nkey_value_stores = {grants}\n")
    }

    fn opens(code: &str) -> Vec<(&str, &str)> {
        vec![("Cargo.toml", "[package]\nname = \"cart\"\n"), ("src/lib.rs", code)]
    }

    const ORDERS: &str = "use spin_sdk::key_value::Store;\npub fn f() { Store::open(\"my_store\"); Store::open(\"orders\"); }\n";

    #[test]
    fn a_label_that_is_opened_is_no_mistake() {
        silent_with(&app("[\"orders\", \"my_store\"]"), &opens(ORDERS), "misspelled-store");
        silent_with(&app("[\"order\", \"orders\", \"my_store\"]"), &opens(ORDERS), "misspelled-store");
        silent_with(&app("[\"sessions\"]"), &opens(ORDERS), "misspelled-store");
    }

    #[test]
    fn a_computed_label_may_be_the_one_that_is_granted() {
        let code = "use spin_sdk::key_value::Store;\npub fn f(x: &str) { Store::open(\"my_store\"); Store::open(x); }\n";
        silent_with(&app("[\"my-store\"]"), &opens(code), "misspelled-store");
    }

    #[test]
    fn of_two_near_grants_none_is_renamed_without_asking() {
        let found = findings(&app("[\"my-store\", \"my_stores\"]"), &opens(ORDERS), "misspelled-store");
        assert_eq!(found[0].fix.as_ref().unwrap().safety, crate::diagnostic::Safety::Unsafe);
        let found = findings(&app("[\"my-store\"]"), &opens(ORDERS), "misspelled-store");
        assert_eq!(found[0].fix.as_ref().unwrap().safety, crate::diagnostic::Safety::Safe);
    }
}
