//! Baselines: what was found once and is not to be told again.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{CLEAN, Check, FAILED, Failure, complain, write};
use crate::diagnostic::Diagnostic;
use crate::files::{Disk, Files};
use crate::fingerprint::Fingerprint;
use crate::report::Report;
use crate::syntax::{self, Table};
use crate::text::{SourceFile, join_lexically, slashed};

/// The version of the file's format.
const VERSION: u32 = 1;

/// A baseline's file.
#[derive(Serialize, Deserialize)]
struct File {
    version: u32,
    findings: Vec<Entry>,
}

/// Equal findings of a file.
#[derive(Serialize, Deserialize)]
struct Entry {
    /// The file, relative to that of the baseline.
    path: String,
    #[serde(flatten)]
    fingerprint: Fingerprint,
    #[serde(default = "one", skip_serializing_if = "is_one")]
    count: usize,
}

fn one() -> usize {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_one(count: &usize) -> bool {
    *count == 1
}

/// Findings with their files, and how many are equal.
pub(super) type Counts = BTreeMap<(String, Fingerprint), usize>;

/// What is not to be told again.
pub(super) struct Baseline {
    path: PathBuf,
    counts: Counts,
}

impl Baseline {
    /// Reads a file.
    pub(super) fn read(path: &Path) -> Result<Baseline, Failure> {
        let shown = path.display();
        let text =
            Disk.text(path).ok_or_else(|| Failure::Told(format!("cannot read the baseline {shown}; `--write-baseline` makes one")))?;
        let file: File = serde_json::from_str(&text).map_err(|error| Failure::Told(format!("{shown} is no baseline: {error}")))?;
        if file.version != VERSION {
            let message = format!("{shown} is a baseline of version {}, and this is a program for version {VERSION}", file.version);
            return Err(Failure::Told(message));
        }
        let counts = file.findings.into_iter().map(|entry| ((entry.path, entry.fingerprint), entry.count)).collect();
        Ok(Baseline { path: path.to_path_buf(), counts })
    }

    /// Leaves out what the baseline holds, and returns what of it was found.
    pub(super) fn leave_out(&self, root: &Table, manifest: &Arc<SourceFile>, found: &mut Vec<Diagnostic>) -> Counts {
        let mut used = Counts::new();
        if self.counts.is_empty() {
            return used;
        }
        found.retain(|diagnostic| {
            let key = key(&self.path, diagnostic, manifest, root);
            let Some(allowed) = self.counts.get(&key) else { return true };
            let count = used.entry(key).or_default();
            *count += 1;
            *count > *allowed
        });
        used
    }

    /// Says which entries about files that were checked match nothing any more.
    pub(super) fn tell_stale(&self, arguments: &Check, report: &Report, used: &Counts) {
        // Where only a part was looked at, nothing is known of the rest.
        if !arguments.component_id.is_empty() || arguments.no_sources || arguments.no_wasm {
            return;
        }
        let is_wanted =
            |rule: &String| (arguments.select.is_empty() || arguments.select.contains(rule)) && !arguments.ignore.contains(rule);
        let checked: Vec<String> = report.manifests.iter().map(|manifest| relative(&self.path, manifest.file.path())).collect();
        let stale: Vec<_> = self
            .counts
            .iter()
            .filter(|(key, count)| used.get(key).copied().unwrap_or_default() < **count)
            .filter(|((path, fingerprint), _)| checked.contains(path) && is_wanted(&fingerprint.rule))
            .collect();
        if stale.is_empty() {
            return;
        }
        let noun = if stale.len() == 1 { "entry matches" } else { "entries match" };
        let shown = self.path.display();
        complain(&format!("{} {noun} nothing any more; `--write-baseline {shown}` writes the baseline anew:", stale.len()));
        for ((path, fingerprint), _) in stale {
            complain(&format!("  {path}: {} at `{}`", fingerprint.rule, fingerprint.place));
        }
    }
}

/// A path as seen from the folder of a baseline.
fn relative(baseline: &Path, path: &Path) -> String {
    // The empty path, which is where the program was started, cannot be made absolute.
    let whole =
        |path: &Path| std::path::absolute(Path::new(".").join(path)).map(|path| join_lexically(Path::new(""), &path)).unwrap_or_default();
    let (folder, path) = (whole(baseline.parent().unwrap_or(Path::new(""))), whole(path));
    let mut up = PathBuf::new();
    for ancestor in folder.ancestors() {
        if let Ok(rest) = path.strip_prefix(ancestor) {
            return slashed(&up.join(rest));
        }
        up.push("..");
    }
    slashed(&path)
}

fn key(baseline: &Path, diagnostic: &Diagnostic, manifest: &Arc<SourceFile>, root: &Table) -> (String, Fingerprint) {
    (relative(baseline, diagnostic.place.file.path()), Fingerprint::of(diagnostic, manifest, root))
}

/// Writes everything that a report holds into a file, if the report is whole. Returns the exit code.
pub(super) fn keep(path: &Path, report: &Report, is_whole: bool, quiet: bool) -> Result<u8, Failure> {
    let shown = path.display();
    if !is_whole {
        complain(&format!("{shown} is not written: it would forget what could not be checked"));
        return Ok(FAILED);
    }
    let mut counts = Counts::new();
    for manifest in &report.manifests {
        let root = syntax::parse(manifest.file.text()).root;
        for diagnostic in &manifest.diagnostics {
            *counts.entry(key(path, diagnostic, &manifest.file, &root)).or_default() += 1;
        }
    }
    let total: usize = counts.values().sum();
    let findings = counts.into_iter().map(|((path, fingerprint), count)| Entry { path, fingerprint, count }).collect();
    let text = serde_json::to_string_pretty(&File { version: VERSION, findings }).map_err(|error| Failure::Told(error.to_string()))?;
    write::create(path, &(text + "\n")).map_err(|error| Failure::Told(format!("cannot write {shown}: {error}")))?;
    if !quiet {
        let nouns = if total == 1 { "finding" } else { "findings" };
        complain(&format!("{shown} holds {total} {nouns}, which `--baseline {shown}` leaves out"));
    }
    Ok(CLEAN)
}
