//! The version of a registry's package is not one.
//!
//! ## Why
//!
//! A component's `source` names one version, `major.minor.patch`. A dependency names a requirement, such as `1.2`, `^1` or `>=1, <2`. Spin
//! refuses to start otherwise. A file or another component is no version, and stands in a table of its own: `{ path = "prices.wasm" }`.
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
//! dependencies."shop:taxes" = "./taxes.wasm"
//! #                           ^^^^^^^^^^^^^^ "./taxes.wasm" is no version requirement: Spin refuses to start
//! ```
//!
//! ## Fixed
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/...", component = "cart" }]
//! [component.cart]
//! source = { package = "shop:cart", version = "1.0" }
//! dependencies."shop:prices" = "newest"
//! dependencies."shop:taxes" = { path = "./taxes.wasm" }
//! ```

use super::{Context, Evidence, Findings, FixAvailability, Rule};
use crate::diagnostic::{Edit, Edits, Fix, Safety, Severity};
use crate::syntax::Node;

pub(super) const RULE: Rule = Rule {
    severity: Severity::Error,
    fix: FixAvailability::Sometimes(Safety::Unsafe),
    by: Evidence::Text,
    since: "0.1.0",
    is_on: true,
    check,
};

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    for component in &cx.manifest.components {
        if let Some((node, version)) = component.source_node().and_then(version_of)
            && semver::Version::parse(version).is_err()
        {
            out.about(component, node.span, format!("\"{version}\" is no version (major.minor.patch): Spin refuses to start"));
        }
        let own = component.dependencies().len();
        for (index, dependency) in cx.manifest.composed_with(component).enumerate() {
            // A version alone is for a component's own dependencies; a trigger's are tables.
            let alone = dependency.node.as_str().filter(|_| index < own).map(|version| (dependency.node, version));
            let named = version_of(dependency.node).or(alone);
            let Some((node, version)) = named.filter(|(_, version)| semver::VersionReq::parse(version).is_err()) else { continue };
            let diagnostic = out.about(component, node.span, format!("\"{version}\" is no version requirement: Spin refuses to start"));
            let Some(key) = alone.and_then(|_| meant(cx, version)) else { continue };
            let table = format!("{{ {key} = {} }}", node.span.of(cx.text()));
            diagnostic.help = Some(format!("write `{table}`"));
            let edits = Edits::new(vec![Edit::replace(node.span, table)]);
            diagnostic.fix = edits.map(|edits| Fix::risky(format!("take it for a {key}"), edits));
        }
    }
}

/// The key of a dependency whose value a text looks like.
fn meant(cx: &Context<'_>, text: &str) -> Option<&'static str> {
    let is_file = text.ends_with(".wasm") || text.starts_with("./") || text.starts_with("../");
    if is_file { Some("path") } else { cx.manifest.component(text).map(|_| "component") }
}

fn version_of(node: &Node) -> Option<(&Node, &str)> {
    let node = node.as_table()?.get("version")?;
    Some((node, node.as_str()?))
}
