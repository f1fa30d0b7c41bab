//! The version of a registry's package is not one.
//!
//! ## Why
//!
//! A component's `source` names one version, `major.minor.patch`. A dependency names a requirement, such as `1.2`, `^1` or `>=1, <2`. Spin
//! refuses to start otherwise.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/...", component = "cart" }]
//! [component.cart]
//! source = { package = "shop:cart", version = "1.0" }
//! #                                           ^^^^^ "1.0" is no version (major.minor.patch): Spin refuses to start
//! dependencies."shop:prices" = "newest"
//! #                            ^^^^^^^^ "newest" is no version requirement: Spin refuses to start
//! ```

use super::{Context, Evidence, Findings, FixAvailability, Rule};
use crate::diagnostic::Severity;
use crate::syntax::Node;

pub(super) const RULE: Rule =
    Rule { severity: Severity::Error, fix: FixAvailability::Never, by: Evidence::Text, since: "0.1.0", is_on: true, check };

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    for component in &cx.manifest.components {
        if let Some((node, version)) = component.source_node().and_then(version_of)
            && semver::Version::parse(version).is_err()
        {
            out.about(component, node.span, format!("\"{version}\" is no version (major.minor.patch): Spin refuses to start"));
        }
        for dependency in cx.manifest.composed_with(component) {
            let named = version_of(dependency.node).or_else(|| Some((dependency.node, dependency.node.as_str()?)));
            if let Some((node, version)) = named
                && semver::VersionReq::parse(version).is_err()
            {
                out.about(component, node.span, format!("\"{version}\" is no version requirement: Spin refuses to start"));
            }
        }
    }
}

fn version_of(node: &Node) -> Option<(&Node, &str)> {
    let node = node.as_table()?.get("version")?;
    Some((node, node.as_str()?))
}
