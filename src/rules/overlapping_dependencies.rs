//! Two dependencies of a component satisfy the same import.
//!
//! ## Why
//!
//! Two names of one package have to differ in their interfaces, or in versions that are not compatible. Spin refuses to start otherwise.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/...", component = "cart" }]
//! [component.cart]
//! source = "cart.wasm"
//! [component.cart.dependencies]
//! "shop:prices" = "1.0"
//! "shop:prices/list@1.2.0" = { path = "list.wasm" }
//! # <- `shop:prices/list@1.2.0` overlaps with `shop:prices`: Spin refuses to start
//! ```

use super::{Context, Evidence, Findings, FixAvailability, Rule};
use crate::diagnostic::{Place, Related, Severity};

pub(super) const RULE: Rule =
    Rule { severity: Severity::Error, fix: FixAvailability::Never, by: Evidence::Text, since: "0.1.0", is_on: true, check };

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    for component in &cx.manifest.components {
        let dependencies = component.dependencies();
        for (index, later) in dependencies.iter().enumerate() {
            let Some(name) = Name::of(&later.name.value) else { continue };
            let earlier =
                dependencies[..index].iter().find(|earlier| Name::of(&earlier.name.value).is_some_and(|other| name.overlaps(&other)));
            if let Some(earlier) = earlier {
                let message = format!("`{}` overlaps with `{}`: Spin refuses to start", later.name.value, earlier.name.value);
                let diagnostic = out.about(component, later.name.span, message);
                let place = Place { file: cx.file.clone(), span: earlier.name.span };
                diagnostic.related.push(Related { place, message: "the other one".to_owned() });
            }
        }
    }
}

/// The name of a package, or of one of its interfaces.
struct Name<'n> {
    package: &'n str,
    interface: Option<&'n str>,
    version: Option<semver::Version>,
}

impl<'n> Name<'n> {
    fn of(text: &'n str) -> Option<Name<'n>> {
        let (name, version) = match text.split_once('@') {
            Some((name, version)) => (name, Some(semver::Version::parse(version).ok()?)),
            None => (text, None),
        };
        let (package, interface) = match name.split_once('/') {
            Some((package, interface)) => (package, Some(interface)),
            None => (name, None),
        };
        package.contains(':').then_some(Name { package, interface, version })
    }

    fn overlaps(&self, other: &Name<'_>) -> bool {
        let differ = |pair: (Option<semver::Version>, Option<semver::Version>)| matches!(pair, (Some(a), Some(b)) if a != b);
        let versions = (self.version.as_ref().map(compatible), other.version.as_ref().map(compatible));
        let interfaces = matches!((self.interface, other.interface), (Some(a), Some(b)) if a != b);
        self.package == other.package && !differ(versions) && !interfaces
    }
}

/// The first version that is compatible with this one.
fn compatible(version: &semver::Version) -> semver::Version {
    let mut first = semver::Version { build: semver::BuildMetadata::EMPTY, ..version.clone() };
    if first.pre.is_empty() && (first.major > 0 || first.minor > 0) {
        first.patch = 0;
        first.minor = if first.major > 0 { 0 } else { first.minor };
    }
    first
}
