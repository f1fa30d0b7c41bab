//! The only place that reads files: the disk, unsaved buffers before it, and a tree in memory for tests.

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
        // A pipe or a device would be waited for, or never end. What a shell hands over as a file is a pipe, too.
        let is_handed_over = ["/dev/fd", "/dev/stdin", "/proc"].iter().any(|folder| path.starts_with(folder));
        if !is_handed_over && !std::fs::metadata(path)?.is_file() {
            return Err(io::Error::other("it is no regular file"));
        }
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
        // The folder of `spin.toml` is an empty path, which the system has no folder for.
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
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

/// Unsaved buffers before the files below them.
pub struct Overlay<'f> {
    /// The buffers, each with the time of its last change.
    pub buffers: BTreeMap<PathBuf, (Arc<str>, SystemTime)>,
    /// Where everything else comes from.
    pub below: &'f dyn Files,
}

impl Overlay<'_> {
    /// A buffer, if it differs from what is saved: one that does not is as old as its file.
    fn unsaved(&self, path: &Path) -> Option<&(Arc<str>, SystemTime)> {
        let buffer = self.buffers.get(path)?;
        let is_saved = self.below.read(path).is_ok_and(|saved| *saved == *buffer.0.as_bytes());
        (!is_saved).then_some(buffer)
    }
}

impl Files for Overlay<'_> {
    fn read(&self, path: &Path) -> io::Result<Arc<[u8]>> {
        match self.buffers.get(path) {
            Some((text, _)) => Ok(Arc::from(text.as_bytes())),
            None => self.below.read(path),
        }
    }

    fn modified(&self, path: &Path) -> Option<SystemTime> {
        self.unsaved(path).map(|(_, changed)| *changed).or_else(|| self.below.modified(path))
    }

    fn exists(&self, path: &Path) -> bool {
        self.buffers.contains_key(path) || self.below.exists(path)
    }

    fn list(&self, folder: &Path) -> Vec<Listed> {
        let mut listed = self.below.list(folder);
        let unsaved = self.buffers.keys().filter(|path| path.parent() == Some(folder));
        let names = unsaved.filter_map(|path| path.file_name()?.to_str().map(str::to_owned));
        listed.extend(names.map(|name| Listed { name, is_folder: false }));
        listed.sort();
        listed.dedup();
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
    fn buffers_win_over_files_and_are_as_old_as_what_they_equal() {
        let mut memory = Memory::default();
        memory.insert("a/b.rs", "old");
        memory.insert("a/c.rs", "same");
        let buffers = [("a/b.rs", "new"), ("a/c.rs", "same"), ("a/d.rs", "")];
        let later = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1);
        let buffers = buffers.into_iter().map(|(path, text)| (PathBuf::from(path), (Arc::from(text), later))).collect();
        let overlay = Overlay { buffers, below: &memory };
        assert_eq!(overlay.text(Path::new("a/b.rs")).as_deref(), Some("new"));
        let times = ["a/b.rs", "a/c.rs", "a/d.rs"].map(|path| overlay.modified(Path::new(path)));
        assert_eq!(times, [Some(later), Some(SystemTime::UNIX_EPOCH), Some(later)]);
        assert_eq!(overlay.list(Path::new("a")).len(), 3);
    }

    #[test]
    fn a_tree_in_memory_lists_like_a_folder() {
        let mut memory = Memory::default();
        memory.insert("a/b/c.rs", "");
        memory.insert("a/d.rs", "");
        let names: Vec<(String, bool)> = memory.list(Path::new("a")).into_iter().map(|e| (e.name, e.is_folder)).collect();
        assert_eq!(names, [("b".to_owned(), true), ("d.rs".to_owned(), false)]);
    }
}
