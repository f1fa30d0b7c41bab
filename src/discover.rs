//! Which manifests there are: the one that Spin would find, and all below a folder.

use std::path::{Path, PathBuf};

use ignore::WalkBuilder;

/// The name that Spin looks for.
pub const MANIFEST: &str = "spin.toml";

/// How many folders upwards Spin looks.
const MOST_PARENTS: usize = 19;

/// The manifest in the current folder, else in its parents; a parent with a `.git` folder is the last one looked at.
pub fn as_spin_does() -> Option<PathBuf> {
    let mut folder = PathBuf::new();
    for level in 0..=MOST_PARENTS {
        let candidate = folder.join(MANIFEST);
        if candidate.is_file() {
            return Some(candidate);
        }
        if level > 0 && folder.join(".git").is_dir() {
            break;
        }
        folder.push("..");
    }
    None
}

/// Every manifest below a folder, and sentences about what could not be looked at.
///
/// `.gitignore` counts whether or not git is there; hidden folders may hold apps. The content of templates for
/// `spin new` is left out: its placeholders are no TOML.
pub fn below(folder: &Path) -> (Vec<PathBuf>, Vec<String>) {
    let (mut found, mut complaints) = (Vec::new(), Vec::new());
    let mut walker = WalkBuilder::new(folder);
    walker.require_git(false).hidden(false).filter_entry(|entry| {
        let is_folder = entry.file_type().is_some_and(|kind| kind.is_dir());
        let skipped = matches!(entry.file_name().to_str(), Some(".git" | "node_modules" | "target"));
        !(is_folder && skipped && entry.depth() > 0)
    });
    for entry in walker.build() {
        match entry {
            Ok(entry) if entry.file_name() == MANIFEST && !entry.path().is_dir() => {
                let path = entry.into_path();
                let path = path.strip_prefix(".").map(Path::to_path_buf).unwrap_or(path);
                if !is_template(&path) {
                    found.push(path);
                }
            }
            Ok(_) => {}
            Err(error) => complaints.push(format!("{error}")),
        }
    }
    found.sort();
    (found, complaints)
}

/// Whether a manifest is the content of a template for `spin new`.
pub fn is_template(manifest: &Path) -> bool {
    let contents = manifest.ancestors().filter(|folder| folder.file_name().is_some_and(|name| name == "content"));
    contents.into_iter().any(|content| content.with_file_name("metadata").join("spin-template.toml").is_file())
}
