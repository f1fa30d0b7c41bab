//! A runtime configuration as rules see it, beside the manifest: which labels it defines, and what is wrong with itself.

use std::path::Path;
use std::sync::Arc;

use crate::capability::Capability;
use crate::files::Files;
use crate::schema::{self, Shape};
use crate::shape;
use crate::syntax::{self, Entry, Node, Table, Tree};
use crate::text::{SourceFile, Spanned, join_lexically};

/// The keys of `client_tls` that name files, which Spin looks for beside the configuration.
const CERTIFICATES: &[&str] = &["ca_roots_file", "client_cert_file", "client_private_key_file"];

/// A runtime configuration.
#[derive(Debug)]
pub struct RuntimeConfig {
    /// The file.
    pub file: Arc<SourceFile>,
    /// Its tree.
    pub tree: Tree,
    /// What its shape check found; nothing, while it is not TOML.
    pub shape: Vec<shape::Problem>,
    /// The certificates and keys that it names and that are not there, as far as was looked.
    pub missing_files: Vec<Spanned<String>>,
}

impl RuntimeConfig {
    /// Parses a file.
    pub fn parse(file: Arc<SourceFile>) -> RuntimeConfig {
        let tree = syntax::parse(file.text());
        let shape = match tree.errors.is_empty() {
            true => shape::check_configuration(file.text(), &tree.root, &schema::RUNTIME_CONFIG),
            false => Vec::new(),
        };
        RuntimeConfig { file, tree, shape, missing_files: Vec::new() }
    }

    /// Reads a file, and looks for those that it names; none if it is not there or no text.
    pub fn read(files: &dyn Files, path: &Path) -> Option<RuntimeConfig> {
        let mut config = RuntimeConfig::parse(Arc::new(SourceFile::new(path, files.text(path)?)));
        let folder = path.parent().unwrap_or(Path::new(""));
        let tables = config.tree.root.get("client_tls").map(Node::items).unwrap_or_default().iter().filter_map(Node::as_table);
        let named = tables.flat_map(|table| CERTIFICATES.iter().filter_map(|key| table.get(key)?.spanned_str()));
        config.missing_files = named.filter(|named| !files.is_file(&join_lexically(folder, Path::new(&named.value)))).collect();
        Some(config)
    }

    /// Whether another program's file looks like a runtime configuration: Spin reads one of its keys.
    pub fn is_one(root: &Table) -> bool {
        let Shape::Table(shape) = &*schema::RUNTIME_CONFIG else { return false };
        root.entries.iter().any(|entry| shape.field(&entry.key.value).is_some())
    }

    /// The definitions of stores or databases, each under its label.
    pub fn definitions(&self, capability: Capability) -> &[Entry] {
        let table = capability.row().definitions.and_then(|key| self.tree.root.get(key)).and_then(Node::as_table);
        table.map(|table| table.entries.as_slice()).unwrap_or_default()
    }

    /// Whether a label is defined; `default` always is.
    pub fn defines(&self, capability: Capability, label: &str) -> bool {
        label == DEFAULT || self.definitions(capability).iter().any(|entry| entry.key.value == label)
    }
}

/// The label that needs no definition.
pub const DEFAULT: &str = "default";

/// The text of a definition's key.
pub fn text<'t>(definition: &'t Entry, key: &str) -> Option<&'t str> {
    definition.node.as_table()?.get(key).and_then(Node::as_str)
}
