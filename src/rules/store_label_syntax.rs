//! A store or database label is not one that Spin accepts.
//!
//! ## Why
//!
//! A label is words between either `-` or `_`, each of one case and beginning with a letter. Spin refuses the manifest,
//! and points at the list instead of the label. The label in the code has to change with it.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/", component = "cart" }]
//! [component.cart]
//! source = "cart.wasm"
//! key_value_stores = ["default", "MyStore"]
//! #                              ^^^^^^^^^ `MyStore` is no store label: the word `MyStore` mixes upper and lower case; Spin refuses to load the manifest
//! ```

use super::{Context, Evidence, Findings, FixAvailability, Rule};
use crate::diagnostic::Severity;
use crate::shape::Kind;

pub(super) const RULE: Rule =
    Rule { severity: Severity::Error, fix: FixAvailability::Never, by: Evidence::Text, since: "0.1.0", is_on: true, check };

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    out.shape(cx, Kind::StoreLabelSyntax);
}
