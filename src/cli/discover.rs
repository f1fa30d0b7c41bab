//! Which manifests a run is about.

use std::path::{Path, PathBuf};

use ignore::WalkBuilder;

use super::{Check, Failure};

/// The name that Spin looks for.
const MANIFEST: &str = "spin.toml";

/// How many folders upwards Spin looks.
const MOST_PARENTS: usize = 19;

/// A manifest to check.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Target {
    /// The path, as the command line names it joined with what a walk found; `-` for standard input.
    pub path: PathBuf,
    /// Whether the user named it, as against a walk that found it.
    pub is_named: bool,
}

/// What was found, and what could not be looked at.
pub(super) struct Found {
    /// The manifests, sorted by path.
    pub targets: Vec<Target>,
    /// Sentences about paths that could not be looked at.
    pub complaints: Vec<String>,
}

/// Finds the manifests that the arguments mean.
pub(super) fn targets(arguments: &Check) -> Result<Found, Failure> {
    let mut found = Found { targets: Vec::new(), complaints: Vec::new() };
    if let Some(from) = &arguments.from {
        let path = if from.is_dir() { from.join(MANIFEST) } else { from.clone() };
        found.targets.push(Target { path, is_named: true });
        return Ok(found);
    }
    let here = [PathBuf::from(".")];
    let paths = if arguments.all { here.as_slice() } else { arguments.paths.as_slice() };
    if paths.is_empty() {
        found.targets.push(Target { path: as_spin_does()?, is_named: true });
        return Ok(found);
    }
    for path in paths {
        if path.is_dir() {
            walk(path, &mut found);
        } else {
            found.targets.push(Target { path: path.clone(), is_named: true });
        }
    }
    found.targets.sort();
    found.targets.dedup_by(|a, b| a.path == b.path);
    if found.targets.is_empty() && found.complaints.is_empty() {
        let names: Vec<String> = paths.iter().map(|path| format!("`{}`", path.display())).collect();
        return Err(Failure::Told(format!("there is no {MANIFEST} below {}", names.join(", "))));
    }
    Ok(found)
}

/// The manifest in the current folder, else in its parents; a parent with a `.git` folder is the last one looked at.
fn as_spin_does() -> Result<PathBuf, Failure> {
    let mut folder = PathBuf::new();
    for level in 0..=MOST_PARENTS {
        let candidate = folder.join(MANIFEST);
        if candidate.is_file() {
            return Ok(candidate);
        }
        if level > 0 && folder.join(".git").is_dir() {
            break;
        }
        folder.push("..");
    }
    Err(Failure::Told(format!("there is no {MANIFEST} in the current folder or above it; name a manifest, or a folder to search")))
}

fn walk(folder: &Path, found: &mut Found) {
    let mut walker = WalkBuilder::new(folder);
    // `.gitignore` counts whether or not git is there; hidden folders may hold apps.
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
                    found.targets.push(Target { path, is_named: false });
                }
            }
            Ok(_) => {}
            Err(error) => found.complaints.push(format!("{error}")),
        }
    }
}

/// The content of a template for `spin new`: its placeholders are no TOML.
fn is_template(manifest: &Path) -> bool {
    let contents = manifest.ancestors().filter(|folder| folder.file_name().is_some_and(|name| name == "content"));
    contents.into_iter().any(|content| content.with_file_name("metadata").join("spin-template.toml").is_file())
}
