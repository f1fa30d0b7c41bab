//! The only place that reads files: the disk, and a tree in memory for tests.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

/// Where files come from.
pub trait Files: Sync {
    /// A file's bytes.
    fn read(&self, path: &Path) -> io::Result<Arc<[u8]>>;

    /// When a file was last written, if it exists.
    fn modified(&self, path: &Path) -> Option<SystemTime>;

    /// The entries of a folder, sorted by name; none if it cannot be read. Links to folders are left out, so that no
    /// walk goes round in a circle.
    fn list(&self, folder: &Path) -> Vec<Listed>;

    /// Whether there is a file or a folder at the path.
    fn exists(&self, path: &Path) -> bool {
        self.is_file(path) || !self.list(path).is_empty()
    }

    /// Whether there is a file at the path.
    fn is_file(&self, path: &Path) -> bool {
        self.modified(path).is_some()
    }

    /// A file's text; none if it is not there or not UTF-8.
    fn text(&self, path: &Path) -> Option<String> {
        let bytes = self.read(path).ok()?;
        String::from_utf8(bytes.to_vec()).ok()
    }
}

/// An entry of a folder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Listed {
    /// Its name.
    pub name: String,
    /// Whether it is a folder.
    pub is_folder: bool,
}

/// The file system.
#[derive(Clone, Copy, Debug, Default)]
pub struct Disk;

#[expect(clippy::disallowed_methods, reason = "this is the one place that reads files")]
impl Files for Disk {
    fn read(&self, path: &Path) -> io::Result<Arc<[u8]>> {
        std::fs::read(path).map(Arc::from)
    }

    fn modified(&self, path: &Path) -> Option<SystemTime> {
        let metadata = std::fs::metadata(path).ok()?;
        metadata.is_file().then(|| metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH))
    }

    fn exists(&self, path: &Path) -> bool {
        path.exists()
    }

    fn list(&self, folder: &Path) -> Vec<Listed> {
        let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
        let listed = entries.flatten().filter_map(|entry| {
            let kind = entry.file_type().ok()?;
            let name = entry.file_name().into_string().ok()?;
            let is_file = kind.is_file() || (kind.is_symlink() && entry.path().is_file());
            (kind.is_dir() || is_file).then_some(Listed { name, is_folder: kind.is_dir() })
        });
        let mut listed: Vec<Listed> = listed.collect();
        listed.sort();
        listed
    }
}

/// A tree in memory.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    files: BTreeMap<PathBuf, Arc<[u8]>>,
}

impl Memory {
    /// Adds a file.
    pub fn insert(&mut self, path: impl Into<PathBuf>, content: impl AsRef<[u8]>) {
        self.files.insert(path.into(), Arc::from(content.as_ref()));
    }
}

impl Files for Memory {
    fn read(&self, path: &Path) -> io::Result<Arc<[u8]>> {
        self.files.get(path).cloned().ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn modified(&self, path: &Path) -> Option<SystemTime> {
        self.files.contains_key(path).then_some(SystemTime::UNIX_EPOCH)
    }

    fn list(&self, folder: &Path) -> Vec<Listed> {
        let below = self.files.keys().filter_map(|path| path.strip_prefix(folder).ok());
        let listed = below.filter_map(|path| {
            let mut parts = path.components();
            let name = parts.next()?.as_os_str().to_str()?.to_owned();
            Some(Listed { name, is_folder: parts.next().is_some() })
        });
        let mut listed: Vec<Listed> = listed.collect();
        listed.sort();
        listed.dedup();
        listed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_in_memory_lists_like_a_folder() {
        let mut memory = Memory::default();
        memory.insert("a/b/c.rs", "");
        memory.insert("a/d.rs", "");
        let names: Vec<(String, bool)> = memory.list(Path::new("a")).into_iter().map(|e| (e.name, e.is_folder)).collect();
        assert_eq!(names, [("b".to_owned(), true), ("d.rs".to_owned(), false)]);
    }
}
