//! A component reads a variable that its manifest does not give it.
//!
//! ## Why
//!
//! A component reads its own `variables` and no others, whatever the application declares in `[variables]`. Spin answers that the variable
//! is undefined at every request that reads it. Many programs have a value of their own for that case, so this is no error.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/...", component = "cart" }]
//! [variables]
//! api_token = { required = true, secret = true }
//! [component.cart]
//! #          ^^^^ component `cart` reads variable "api_token", which is not among its `variables`: Spin answers that it is undefined, whatever the app's variables are
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
//! pub fn add() { spin_sdk::variables::get("api_token").unwrap(); }
//! ```
//!
//! ## Fixed
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/...", component = "cart" }]
//! [variables]
//! api_token = { required = true, secret = true }
//! [component.cart]
//! source = "cart.wasm"
//! variables = { api_token = "{{ api_token }}" }
//! [component.cart.build]
//! command = "cargo build --target wasm32-wasip1"
//! ```

use super::{Context, Findings, FixAvailability, Rule, granting};
use crate::capability::Capability;
use crate::diagnostic::{Safety, Severity};

pub(super) const RULE: Rule =
    Rule { severity: Severity::Warning, fix: FixAvailability::Sometimes(Safety::Safe), since: "0.1.0", is_on: true, check };

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    granting::undeclared(cx, out, Capability::Variables);
}
