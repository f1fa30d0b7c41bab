//! The names of dependencies: packages, their interfaces, and plain ones.

/// The name of a package, or of one of its interfaces.
pub struct DependencyName<'n> {
    package: &'n str,
    interface: Option<&'n str>,
    version: Option<semver::Version>,
}

impl<'n> DependencyName<'n> {
    /// Reads one; none of a plain name.
    pub fn of(text: &'n str) -> Option<DependencyName<'n>> {
        let (name, version) = match text.split_once('@') {
            Some((name, version)) => (name, Some(semver::Version::parse(version).ok()?)),
            None => (text, None),
        };
        let (package, interface) = match name.split_once('/') {
            Some((package, interface)) => (package, Some(interface)),
            None => (name, None),
        };
        package.contains(':').then_some(DependencyName { package, interface, version })
    }

    /// Whether something can satisfy both.
    pub fn overlaps(&self, other: &DependencyName<'_>) -> bool {
        let differ = |pair: (Option<semver::Version>, Option<semver::Version>)| matches!(pair, (Some(a), Some(b)) if a != b);
        let versions = (self.version.as_ref().map(compatible), other.version.as_ref().map(compatible));
        let interfaces = matches!((self.interface, other.interface), (Some(a), Some(b)) if a != b);
        self.package == other.package && !differ(versions) && !interfaces
    }
}

/// Whether a dependency's name means an import of its component's Wasm ([crates/compose/src/lib.rs] of Spin).
pub fn means_import(name: &str, import: &str) -> bool {
    match (DependencyName::of(name), DependencyName::of(import)) {
        (Some(name), Some(import)) => {
            name.package == import.package
                && name.interface.is_none_or(|interface| import.interface == Some(interface))
                && name.version.is_none_or(|version| import.version == Some(version))
        }
        // A plain name means itself alone, and a package none that is plain.
        _ => name == import,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_mean_their_interfaces_and_versions_themselves() {
        let rows = [
            ("foo:bar/baz@0.1.0", "foo:bar/baz@0.1.0", true),
            ("foo:bar/baz", "foo:bar/baz@0.1.0", true),
            ("foo:bar", "foo:bar/baz", true),
            ("foo:bar@0.1.0", "foo:bar/baz@0.1.0", true),
            ("foo:bar@0.1.0", "foo:bar/baz@0.1.1", false),
            ("foo:bar@0.1.0", "foo:bar/baz", false),
            ("foo:bar/baz", "foo:bar/qux", false),
            ("foo-bar", "foo-bar", true),
            ("foo-bar", "foo:bar/baz", false),
        ];
        for (name, import, expected) in rows {
            assert_eq!(means_import(name, import), expected, "{name} {import}");
        }
    }
}
