//! A table lacks a key that Spin needs.
//!
//! ## Why
//!
//! Spin refuses the manifest. Where a value can take several forms (`source`, `files`, a dependency) Spin says only
//! that none of them matches; here the form that was begun is named with what it lacks.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/", component = "cart" }]
//! [component.cart]
//! source = { url = "https://example.com/cart.wasm" }
//! #        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ `component.cart.source` has no `digest`, Spin refuses to load the manifest (a URL with its digest needs it)
//! ```

use super::{Context, Evidence, Findings, FixAvailability, Rule};
use crate::diagnostic::Severity;
use crate::shape::Kind;

pub(super) const RULE: Rule =
    Rule { severity: Severity::Error, fix: FixAvailability::Never, by: Evidence::Text, since: "0.1.0", is_on: true, check };

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    out.shape(cx, Kind::MissingKey);
}
