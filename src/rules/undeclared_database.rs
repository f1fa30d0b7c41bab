//! A component opens a SQLite database that its manifest does not grant.
//!
//! ## Why
//!
//! Spin starts the app and answers `access-denied` at the first request that opens the database. Nothing before that looks.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/...", component = "cart" }]
//! [component.cart]
//! #          ^^^^ component `cart` opens database "default", which it is not granted: Spin answers `access-denied` at the first request that opens it
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
//! use spin_sdk::sqlite::Connection;
//! pub fn add() { Connection::open_default().unwrap(); }
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
//! sqlite_databases = ["default"]
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
    granting::undeclared(cx, out, Capability::Sqlite);
}
