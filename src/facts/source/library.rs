//! The source files of one run: each is read once and parsed once, however many components share it.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use tree_sitter::{Language, Node, Parser, Tree};

use crate::discover;
use crate::files::Files;
use crate::parallel::in_parallel;
use crate::text::SourceFile;

/// Folders that hold no sources of a component's own.
const SKIPPED: &[&str] = &["node_modules", "target", ".git", ".spin", "dist", "build", "__pycache__", ".venv", "venv", "vendor"];

/// A file larger than this is generated, or data.
const LARGEST: usize = 16 << 20;

/// Code that is nested deeper than this was written by a program; following it would exhaust the stack.
const DEEPEST: usize = 800;

/// The files of a run.
pub(in crate::facts) struct Library<'f> {
    pub files: &'f dyn Files,
    texts: Mutex<HashMap<PathBuf, Option<Arc<SourceFile>>>>,
    trees: Mutex<HashMap<PathBuf, Arc<Tree>>>,
    /// The files that are there and could not be read as text.
    unread: Mutex<BTreeSet<PathBuf>>,
}

impl<'f> Library<'f> {
    pub(in crate::facts) fn new(files: &'f dyn Files) -> Self {
        Library { files, texts: Mutex::default(), trees: Mutex::default(), unread: Mutex::default() }
    }

    /// A file's text; none if it is missing, not UTF-8, or too large to be written by a person.
    pub(super) fn text(&self, path: &Path) -> Option<Arc<SourceFile>> {
        if let Some(known) = lock(&self.texts).get(path) {
            return known.clone();
        }
        let bytes = self.files.read(path).ok().filter(|bytes| bytes.len() <= LARGEST);
        let text = bytes.and_then(|bytes| std::str::from_utf8(&bytes).ok().map(Arc::<str>::from));
        let file = text.map(|text| Arc::new(SourceFile::new(path, text)));
        if file.is_none() && self.files.is_file(path) {
            lock(&self.unread).insert(path.to_path_buf());
        }
        lock(&self.texts).insert(path.to_path_buf(), file.clone());
        file
    }

    /// The texts of many files, read several at a time.
    pub(super) fn texts(&self, paths: &BTreeSet<PathBuf>) -> Vec<Arc<SourceFile>> {
        let paths: Vec<&PathBuf> = paths.iter().collect();
        in_parallel(&paths, |path| self.text(path)).into_iter().flatten().collect()
    }

    /// The files that could not be read, in the folders of these or below them.
    pub(in crate::facts) fn unread_beside(&self, files: &[PathBuf]) -> Vec<PathBuf> {
        let folders: BTreeSet<&Path> = files.iter().filter_map(|file| file.parent()).collect();
        lock(&self.unread).iter().filter(|path| folders.iter().any(|folder| path.starts_with(folder))).cloned().collect()
    }

    /// A file's syntax tree.
    pub(super) fn tree(&self, file: &SourceFile, language: &Language) -> Option<Arc<Tree>> {
        if let Some(known) = lock(&self.trees).get(file.path()) {
            return Some(Arc::clone(known));
        }
        let mut parser = Parser::new();
        parser.set_language(language).ok()?;
        let tree = Arc::new(parser.parse(file.text(), None).filter(|tree| depth(tree) <= DEEPEST)?);
        lock(&self.trees).insert(file.path().to_path_buf(), Arc::clone(&tree));
        Some(tree)
    }

    /// All files below a folder with one of these extensions, sorted; `skip` names further folders to leave out.
    pub(super) fn walk(&self, folder: &Path, extensions: &[&str], skip: &[&str]) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let mut pending = vec![(folder.to_path_buf(), 0)];
        while let Some((folder, depth)) = pending.pop() {
            let listed = self.files.list(&folder);
            // A folder with a manifest of its own is another app.
            if depth > 0 && listed.iter().any(|entry| entry.name == discover::MANIFEST && !entry.is_folder) {
                continue;
            }
            for entry in listed {
                let path = folder.join(&entry.name);
                if entry.is_folder {
                    let name = entry.name.as_str();
                    if depth < 20 && !SKIPPED.contains(&name) && !skip.contains(&name) {
                        pending.push((path, depth + 1));
                    }
                } else if path.extension().and_then(|e| e.to_str()).is_some_and(|e| extensions.contains(&e)) {
                    found.push(path);
                }
            }
        }
        found.sort();
        found
    }
}

/// Adds the last names of the types that a node names, as the grammars of Go and Rust have them.
pub(super) fn type_names(source: &str, node: Node<'_>, names: &mut BTreeSet<String>) {
    if node.kind() == "type_identifier" {
        names.insert(source[node.byte_range()].to_owned());
    }
    let mut cursor = node.walk();
    for child in node.named_children(&mut cursor) {
        type_names(source, child, names);
    }
}

/// How deep a tree is nested.
fn depth(tree: &Tree) -> usize {
    let mut cursor = tree.walk();
    let mut deepest = 0;
    loop {
        deepest = deepest.max(cursor.depth() as usize);
        if cursor.goto_first_child() || cursor.goto_next_sibling() {
            continue;
        }
        loop {
            if !cursor.goto_parent() {
                return deepest;
            }
            if cursor.goto_next_sibling() {
                break;
            }
        }
    }
}

/// A panic in another thread has already been told; the cache is still good.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
