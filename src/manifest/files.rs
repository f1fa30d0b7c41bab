//! What a component's `files` name.

use super::Component;
use crate::syntax::{Node, Value};
use crate::text::Spanned;

/// An entry of `files`.
#[derive(Clone, Debug)]
pub struct FileEntry {
    /// The file, the folder or the glob.
    pub path: Spanned<String>,
    /// Its place in the guest; an entry that is a path alone keeps its own.
    pub destination: Option<Spanned<String>>,
}

impl FileEntry {
    /// Whether Spin takes it for a glob, which one with a place is not.
    pub fn is_glob(&self) -> bool {
        self.destination.is_none() && self.path.value.contains(is_of_glob)
    }
}

/// Whether a path ends in a folder's own name and the `/` of folders, as `./` and `assets/./` do. Spin cannot make such a folder.
pub fn ends_in_itself(path: &str) -> bool {
    let name = path.trim_end_matches('/');
    name == "." || name.ends_with("/.")
}

/// Whether Spin takes a path with this character for a glob.
pub fn is_of_glob(character: char) -> bool {
    matches!(character, '*' | '?' | '[' | ']')
}

impl Component<'_> {
    /// What its `files` name.
    pub fn files(&self) -> Vec<FileEntry> {
        let items = self.table.get("files").map(Node::items).unwrap_or_default().iter();
        let named = items.filter_map(|item| match &item.value {
            Value::Table(table) => {
                Some(FileEntry { path: table.get("source")?.spanned_str()?, destination: Some(table.get("destination")?.spanned_str()?) })
            }
            _ => Some(FileEntry { path: item.spanned_str()?, destination: None }),
        });
        named.collect()
    }
}
