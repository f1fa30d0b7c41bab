//! What a TOML file is: a manifest of some version, or another program's file.

use super::Version;
use crate::schema::{OLD_VERSION_KEY, VERSION_KEY};
use crate::syntax::{Entry, Statement, Table, Value};

/// The tables that only Spin has in a file of this name.
const TABLES: &[&str] = &["application", "trigger", "component"];

/// What a TOML file is, judged by its top level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nature {
    /// A manifest of this version.
    Manifest(Version),
    /// A manifest with a version that Spin does not know; the layout is most like this one.
    UnsupportedVersion(Version),
    /// A file with tables of a manifest, without a version; the layout is most like this one.
    WithoutVersion(Version),
    /// Another program's file.
    Foreign,
}

impl Nature {
    /// Judges a file.
    pub fn of(root: &Table) -> Nature {
        let looks_like = match root.get("component").map(|node| &node.value) {
            Some(Value::Array(array)) if array.of_tables => Version::One,
            _ => Version::Two,
        };
        match version_entry(root).map(|entry| &entry.node.value) {
            Some(Value::Integer(2)) => Nature::Manifest(Version::Two),
            Some(Value::String(text)) if text == "1" => Nature::Manifest(Version::One),
            Some(_) => Nature::UnsupportedVersion(looks_like),
            None => {
                let has_spin_table = TABLES.iter().any(|key| {
                    root.get(key).is_some_and(|node| node.as_table().is_some() || node.items().iter().any(|item| item.as_table().is_some()))
                });
                let is_foreign = root.get("package").is_some() || !has_spin_table;
                if is_foreign { Nature::Foreign } else { Nature::WithoutVersion(looks_like) }
            }
        }
    }

    /// Judges a file by what its lines begin with: where it is broken, the tree may lack what says what it is.
    pub fn of_broken(statements: &[Statement]) -> Nature {
        let firsts = statements.iter().filter(|statement| statement.header.is_none()).filter_map(|statement| statement.keys.first());
        let has = |names: &[&str]| firsts.clone().any(|first| names.contains(&first.value.as_str()));
        match () {
            () if has(&[VERSION_KEY, OLD_VERSION_KEY]) => Nature::Manifest(Version::Two),
            () if has(TABLES) && !has(&["package"]) => Nature::WithoutVersion(Version::Two),
            () => Nature::Foreign,
        }
    }

    /// The version by whose rules the file is read.
    pub const fn version(self) -> Option<Version> {
        match self {
            Nature::Manifest(version) | Nature::UnsupportedVersion(version) | Nature::WithoutVersion(version) => Some(version),
            Nature::Foreign => None,
        }
    }
}

/// The entry of the version key, under either name.
pub fn version_entry(root: &Table) -> Option<&Entry> {
    root.entry(VERSION_KEY).or_else(|| root.entry(OLD_VERSION_KEY))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax;

    #[test]
    fn other_programs_files_are_known_by_their_tables() {
        let nature = |text: &str| Nature::of(&syntax::parse(text).root);
        assert_eq!(nature("[package]\nname = \"x\"\n[component.x]\n"), Nature::Foreign);
        assert_eq!(nature("[gate]\nurl = \"x\"\n"), Nature::Foreign);
        assert_eq!(nature("[application]\nname = \"x\"\n"), Nature::WithoutVersion(Version::Two));
        assert_eq!(nature("spin_manifest_version = \"2\"\n"), Nature::UnsupportedVersion(Version::Two));
        assert_eq!(nature("spin_version = \"1\"\n"), Nature::Manifest(Version::One));
    }

    #[test]
    fn a_broken_file_is_known_by_its_lines() {
        let nature = |text: &str| Nature::of_broken(&syntax::statements(text));
        assert_eq!(nature("spin_manifest_version = \n"), Nature::Manifest(Version::Two));
        assert_eq!(nature("spin_manifest_version 2\n[variables]\n"), Nature::Manifest(Version::Two));
        assert_eq!(nature("[application\nname = \"a\""), Nature::WithoutVersion(Version::Two));
        assert_eq!(nature("x = \n[gate]\ncomponent = 1\n"), Nature::Foreign);
        assert_eq!(nature("[package]\nname = \n[component.x]\n"), Nature::Foreign);
    }
}
