//! Who reads a part of a manifest, and when: Spin as it loads the file, Spin as it starts a trigger, or a plugin.

use super::Checker;
use crate::schema;
use crate::syntax::{Node, Value};

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FileKind {
    /// A manifest.
    Manifest,
    /// A runtime configuration of Spin.
    RuntimeConfig,
    /// A configuration of this program.
    Own,
}

/// Who reads a part of a manifest, and refuses what it does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    /// Spin, as it reads the file.
    Manifest,
    /// Spin, as it starts a trigger.
    Trigger,
    /// A plugin.
    Plugin,
    /// Spin, as it starts with a runtime configuration.
    Configuration,
    /// This program.
    Linter,
}

impl Owner {
    /// What it does to an app that is wrong.
    pub(super) const fn refuses(self) -> &'static str {
        match self {
            Owner::Manifest => "Spin refuses to load the manifest",
            Owner::Trigger | Owner::Configuration => "Spin refuses to start",
            Owner::Plugin => "its plugin refuses to start",
            Owner::Linter => "spinlint leaves it out",
        }
    }

    /// What it does with a value of another kind than it expects.
    pub(super) fn expects(self, noun: &str) -> String {
        match self {
            Owner::Linter => format!("spinlint expects {noun} and leaves it out"),
            _ => format!("Spin expects {noun} and {}", self.consequence()),
        }
    }

    /// What Spin does to what it cannot read.
    pub(super) const fn consequence(self) -> &'static str {
        match self {
            Owner::Configuration => "refuses to start",
            _ => "refuses the manifest",
        }
    }
}

impl Checker<'_> {
    /// Who reads the place at hand.
    pub(super) fn owner(&self) -> Owner {
        match self.kind {
            FileKind::Own => return Owner::Linter,
            FileKind::RuntimeConfig => return Owner::Configuration,
            FileKind::Manifest if self.path.windows(2).any(|names| names == ["tool", "spinlint"]) => return Owner::Linter,
            FileKind::Manifest => {}
        }
        let path: Vec<&str> = self.path.iter().map(String::as_str).collect();
        let (kind, key) = match path.as_slice() {
            ["application", "trigger", kind, ..] => (kind, None),
            ["trigger", kind, rest @ ..] => (kind, rest.first()),
            _ => return Owner::Manifest,
        };
        let is_common = |key: &&str| ["id", "component", "components", "dependencies"].contains(key);
        match schema::trigger_shape(kind) {
            _ if key.is_some_and(is_common) => Owner::Manifest,
            Some(shape) if shape.plugin => Owner::Plugin,
            _ => Owner::Trigger,
        }
    }

    /// Whether the place at hand is one of the manifest that Spin reads.
    pub(super) fn is_spins_manifest(&self) -> bool {
        self.kind == FileKind::Manifest && self.owner() != Owner::Linter
    }

    /// What happens to an app that is wrong at the place at hand.
    pub(super) fn refused(&self) -> &'static str {
        self.owner().refuses()
    }

    /// Whether the place at hand holds settings of triggers that the manifest does not have: nobody reads them, as long as they are a table.
    pub(super) fn is_unread(&self, node: &Node) -> bool {
        let [application, trigger, kind] = self.path.as_slice() else { return false };
        let triggers = self.root.get("trigger").and_then(Node::as_table).and_then(|table| table.get(kind));
        let may_be_any = matches!(node.value, Value::Table(_) | Value::Datetime);
        may_be_any && application == "application" && trigger == "trigger" && triggers.is_none_or(|node| node.items().is_empty())
    }
}
