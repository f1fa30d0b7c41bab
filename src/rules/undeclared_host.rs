//! A component connects to a host that its manifest does not grant.
//!
//! ## Why
//!
//! Spin starts the app and refuses the connection when a request comes to it. What it prints then names the host and no component, and
//! the program usually answers HTTP 500. Only addresses that the code spells out are judged: literals and constants, up to where they
//! are put together with something else.
//!
//! A request that is made in one place and sent in another is likely sent, and no more: a warning.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/...", component = "cart" }]
//! [component.cart]
//! source = "cart.wasm"
//! allowed_outbound_hosts = ["https://api.example.com"]
//! # <- component `cart` connects to host "redis://cache:6380", which it is not granted: Spin refuses the connection when a request comes to it
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
//! use spin_sdk::{http, redis};
//! pub async fn add(id: u32) {
//!     http::get(format!("https://api.example.com/carts/{id}")).await.unwrap();
//!     redis::Connection::open("redis://cache:6380/1").await.unwrap();
//! }
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
//! allowed_outbound_hosts = ["https://api.example.com", "redis://cache:6380"]
//! [component.cart.build]
//! command = "cargo build --target wasm32-wasip1"
//! ```

use super::{Context, Findings, FixAvailability, Rule, granting};
use crate::capability::Capability;
use crate::diagnostic::{Safety, Severity};

pub(super) const RULE: Rule =
    Rule { severity: Severity::Error, fix: FixAvailability::Sometimes(Safety::Unsafe), since: "0.1.0", is_on: true, check };

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    granting::undeclared(cx, out, Capability::Hosts);
}
