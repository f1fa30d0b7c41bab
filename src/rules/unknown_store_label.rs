//! A component opens a store whose label is not known before it runs, and is granted none.
//!
//! ## Why
//!
//! Whatever the label turns out to be, Spin answers `access-denied`. The label is computed in the code (from a request,
//! a variable, the environment), or the compiled component imports a key-value interface and its code does not show the
//! label.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/...", component = "cart" }]
//! [component.cart]
//! #          ^^^^ component `cart` opens a store by a label that is known only at run time, and is granted none: Spin answers `access-denied` whatever it is
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
//! pub fn add(tenant: &str) { spin_sdk::key_value::Store::open(&format!("cart-{tenant}")).unwrap(); }
//! ```

use super::{Context, Evidence, Findings, FixAvailability, Rule, granting};
use crate::capability::Capability;
use crate::diagnostic::Severity;

pub(super) const RULE: Rule =
    Rule { severity: Severity::Warning, fix: FixAvailability::Never, by: Evidence::Code, since: "0.1.0", is_on: true, check };

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    granting::unknown(cx, out, Capability::KeyValue);
}
