//! The name of a package, a registry or a dependency is not one that Spin can look up.
//!
//! ## Why
//!
//! Spin refuses the manifest, and says only that the value matches no form. A package is `namespace:name`, a registry a
//! host name without scheme, and a dependency is named by a package, by one of its interfaces, or by a plain name.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/", component = "cart" }]
//! [component.cart]
//! source = { package = "cart", version = "1.0.0" }
//! #                    ^^^^^^ `cart` is no package name: it has no `:` between namespace and name; Spin refuses to load the manifest
//! ```

use super::{Context, Evidence, Findings, FixAvailability, Rule};
use crate::diagnostic::Severity;
use crate::shape::Kind;

pub(super) const RULE: Rule =
    Rule { severity: Severity::Error, fix: FixAvailability::Never, by: Evidence::Text, since: "0.1.0", is_on: true, check };

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    out.shape(cx, Kind::MalformedReference);
}
