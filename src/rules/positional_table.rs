//! An array, or a date, stands where a table belongs, and Spin takes it.
//!
//! ## Why
//!
//! Spin's reader takes an array for a table and reads its items in the order in which Spin's source declares the keys.
//! Nobody means that: `[component]` with a lost header below it declares a component named `files`.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/", component = "cart" }]
//! [component]
//! cart = ["cart.wasm"]
//! #      ^^^^^^^^^^^^^ `cart` is an array where a table belongs: Spin reads its items as source, in this order
//! ```

use super::{Context, Evidence, Findings, FixAvailability, Rule};
use crate::diagnostic::Severity;
use crate::shape::Kind;

pub(super) const RULE: Rule =
    Rule { severity: Severity::Warning, fix: FixAvailability::Never, by: Evidence::Text, since: "0.1.0", is_on: true, check };

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    out.shape(cx, Kind::PositionalTable);
}
