//! Which manifests a run is about.

use std::path::{Path, PathBuf};

use super::{Check, Failure};
use crate::discover::{self, MANIFEST};

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

/// The manifest that `--from` means, or without it the one that Spin would find.
pub(super) fn one(from: Option<&Path>) -> Result<PathBuf, Failure> {
    match from {
        Some(folder) if folder.is_dir() => Ok(folder.join(MANIFEST)),
        Some(file) => Ok(file.to_path_buf()),
        None => discover::as_spin_does().ok_or_else(|| {
            Failure::Told(format!("there is no {MANIFEST} in the current folder or above it; name a manifest, or a folder to search"))
        }),
    }
}

/// Finds the manifests that the arguments mean.
pub(super) fn targets(arguments: &Check) -> Result<Found, Failure> {
    let mut found = Found { targets: Vec::new(), complaints: Vec::new() };
    if arguments.from.is_some() {
        found.targets.push(Target { path: one(arguments.from.as_deref())?, is_named: true });
        return Ok(found);
    }
    let here = [PathBuf::from(".")];
    let paths = if arguments.all { here.as_slice() } else { arguments.paths.as_slice() };
    if paths.is_empty() {
        found.targets.push(Target { path: one(None)?, is_named: true });
        return Ok(found);
    }
    for path in paths {
        if path.is_dir() {
            let (manifests, complaints) = discover::below(path);
            found.targets.extend(manifests.into_iter().map(|path| Target { path, is_named: false }));
            found.complaints.extend(complaints);
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
