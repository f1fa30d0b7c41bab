//! A line stands in a table that does not have its key, and another table has it.
//!
//! ## Why
//!
//! A TOML line belongs to the last header above it. A key that slips below `[component.x.build]`, above its header or
//! to the top of the file makes Spin refuse the manifest; below `[component.x.variables]` Spin takes it for a variable
//! and grants nothing.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/", component = "cart" }]
//! [component.cart]
//! source = "cart.wasm"
//! [component.cart.build]
//! command = "make"
//! key_value_stores = ["default"]
//! # <- `key_value_stores` belongs in `[component.cart]`, not in `[component.cart.build]`; Spin refuses to load the manifest
//! ```
//!
//! ## Fixed
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/", component = "cart" }]
//! [component.cart]
//! source = "cart.wasm"
//! key_value_stores = ["default"]
//! [component.cart.build]
//! command = "make"
//! ```

use super::{Context, Evidence, Findings, FixAvailability, Rule};
use crate::diagnostic::{Safety, Severity};
use crate::shape::Kind;

pub(super) const RULE: Rule = Rule {
    severity: Severity::Error,
    fix: FixAvailability::Sometimes(Safety::Safe),
    by: Evidence::Text,
    since: "0.1.0",
    is_on: true,
    check,
};

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    out.shape(cx, Kind::MisplacedKey);
}
