//! What a runtime configuration defines: the stores and databases that `--runtime-config-file` gives Spin.

use std::path::Path;
use std::sync::Arc;

use crate::diagnostic::Place;
use crate::files::Files;
use crate::syntax::{self, Node};
use crate::text::SourceFile;

/// A runtime configuration's definitions.
#[derive(Debug, Default)]
pub struct RuntimeConfig {
    /// The labels of `[key_value_store.<label>]`, with their places.
    pub stores: Vec<(String, Place)>,
    /// The labels of `[sqlite_database.<label>]`, with their places.
    pub databases: Vec<(String, Place)>,
}

impl RuntimeConfig {
    /// Reads a file; what is not there or not TOML defines nothing.
    pub fn read(files: &dyn Files, path: &Path) -> RuntimeConfig {
        let Some(text) = files.text(path) else { return RuntimeConfig::default() };
        let file = Arc::new(SourceFile::new(path, text));
        let tree = syntax::parse(file.text());
        let labels = |table: &str| {
            let entries = tree.root.get(table).and_then(Node::as_table).map(|table| table.entries.as_slice()).unwrap_or_default();
            let place = |entry: &syntax::Entry| (entry.key.value.clone(), Place { file: Arc::clone(&file), span: entry.key.span });
            entries.iter().map(place).collect()
        };
        RuntimeConfig { stores: labels("key_value_store"), databases: labels("sqlite_database") }
    }
}
