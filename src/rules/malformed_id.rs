//! A component id or a variable name is not one that Spin accepts.
//!
//! ## Why
//!
//! Component ids are words of one case between `-`, variable names lower-case words between `_`, and every word begins
//! with a letter: `my-2nd-app` and `my_app` are no component ids, `api_2` is no variable. Spin refuses the manifest.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/", component = "my_cart" }]
//! #                                          ^^^^^^^^^ `my_cart` is no component id: its words are separated by `-`, not `_`; Spin refuses to load the manifest
//! ```

use super::{Context, Evidence, Findings, FixAvailability, Rule};
use crate::diagnostic::Severity;
use crate::shape::Kind;

pub(super) const RULE: Rule =
    Rule { severity: Severity::Error, fix: FixAvailability::Never, by: Evidence::Text, since: "0.1.0", is_on: true, check };

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    out.shape(cx, Kind::MalformedId);
}
