//! A component is granted a database, host, model or variable that nothing uses, and uses one that is nearly the same.
//!
//! ## Why
//!
//! Names are compared letter by letter, and hosts by their scheme and port too: `http://api.example.com` does not grant
//! `https://api.example.com`. What is not granted is refused at the first request that uses it.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/...", component = "cart" }]
//! [component.cart]
//! source = "cart.wasm"
//! sqlite_databases = ["order"]
//! # <- component `cart` is granted database "order" and opens "orders": Spin answers `access-denied` at the first request that opens it
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
//! pub fn add() { spin_sdk::sqlite::Connection::open("orders").unwrap(); }
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
//! sqlite_databases = ["orders"]
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
    for capability in Capability::ALL.into_iter().filter(|capability| *capability != Capability::KeyValue) {
        granting::misspelled(cx, out, capability);
    }
}
