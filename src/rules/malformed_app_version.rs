//! The application's version is not `major.minor.patch`.
//!
//! ## Why
//!
//! Spin itself never reads it; registries and platforms may. Off by default.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application = { name = "shop", version = "1.0" }
//! #                                        ^^^^^ "1.0" is no version: unexpected end of input while parsing minor version number
//! trigger.http = [{ route = "/...", component = "cart" }]
//! [component.cart]
//! source = "cart.wasm"
//! ```

use super::{Context, Evidence, Findings, FixAvailability, Rule};
use crate::diagnostic::Severity;

pub(super) const RULE: Rule =
    Rule { severity: Severity::Info, fix: FixAvailability::Never, by: Evidence::Text, since: "0.1.0", is_on: false, check };

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    let Some((node, version)) = cx.manifest.details().and_then(|table| table.get("version")).and_then(|node| Some((node, node.as_str()?)))
    else {
        return;
    };
    if let Err(error) = semver::Version::parse(version) {
        out.report(node.span, format!("\"{version}\" is no version: {error}"));
    }
}
