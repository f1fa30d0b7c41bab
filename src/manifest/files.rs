//! What a component's `files` name.

use super::Component;
use crate::syntax::{Node, Value};
use crate::text::Spanned;

/// An entry of `files`.
#[derive(Clone, Debug)]
pub struct FileEntry {
    /// The file, the folder or the glob.
    pub path: Spanned<String>,
    /// Whether it is a table with a place in the guest, which takes no glob.
    pub is_placed: bool,
}

impl FileEntry {
    /// Whether Spin takes it for a glob.
    pub fn is_glob(&self) -> bool {
        !self.is_placed && self.path.value.contains(['*', '?', '['])
    }
}

impl Component<'_> {
    /// What its `files` name.
    pub fn files(&self) -> Vec<FileEntry> {
        let items = self.table.get("files").map(Node::items).unwrap_or_default().iter();
        let named = items.filter_map(|item| match &item.value {
            Value::Table(table) => Some(FileEntry { path: table.get("source")?.spanned_str()?, is_placed: true }),
            _ => Some(FileEntry { path: item.spanned_str()?, is_placed: false }),
        });
        named.collect()
    }
}
