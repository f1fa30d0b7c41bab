//! Baselines: what was found once and is not to be told again.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::diagnostic::Diagnostic;
use crate::fingerprint::Fingerprint;
use crate::syntax::Table;
use crate::text::{SourceFile, absolute, slashed};

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
pub type Counts = BTreeMap<(String, Fingerprint), usize>;

/// What is not to be told again.
pub struct Baseline {
    /// Its file, to which the paths in it are relative.
    pub path: PathBuf,
    counts: Counts,
}

impl Baseline {
    /// Reads the text of a file. The error is a sentence's end: "is no baseline: ...".
    pub fn parse(path: &Path, text: &str) -> Result<Baseline, String> {
        let file: File = serde_json::from_str(text).map_err(|error| format!("is no baseline: {error}"))?;
        if file.version != VERSION {
            return Err(format!("is a baseline of version {}, and this is a program for version {VERSION}", file.version));
        }
        let counts = file.findings.into_iter().map(|entry| ((entry.path, entry.fingerprint), entry.count)).collect();
        Ok(Baseline { path: path.to_path_buf(), counts })
    }

    /// A baseline in a file that holds nothing yet.
    pub fn new(path: &Path) -> Baseline {
        Baseline { path: path.to_path_buf(), counts: Counts::new() }
    }

    /// Takes what was found about a manifest with this root table.
    pub fn add(&mut self, root: &Table, manifest: &Arc<SourceFile>, found: &[Diagnostic]) {
        for diagnostic in found {
            *self.counts.entry(self.key(diagnostic, manifest, root)).or_default() += 1;
        }
    }

    /// How many findings it holds.
    pub fn len(&self) -> usize {
        self.counts.values().sum()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    /// The text of its file.
    pub fn to_text(&self) -> String {
        let entries = self.counts.iter().map(|((path, fingerprint), count)| Entry {
            path: path.clone(),
            fingerprint: fingerprint.clone(),
            count: *count,
        });
        // Strings and numbers can always be written.
        let text = serde_json::to_string_pretty(&File { version: VERSION, findings: entries.collect() });
        text.unwrap_or_default() + "\n"
    }

    /// Leaves out what the baseline holds, and returns what of it was found.
    pub fn leave_out(&self, root: &Table, manifest: &Arc<SourceFile>, found: &mut Vec<Diagnostic>) -> Counts {
        let mut used = Counts::new();
        if self.is_empty() {
            return used;
        }
        found.retain(|diagnostic| {
            let key = self.key(diagnostic, manifest, root);
            let Some(allowed) = self.counts.get(&key) else { return true };
            let count = used.entry(key).or_default();
            *count += 1;
            *count > *allowed
        });
        used
    }

    /// The entries about these files of which less was found than they hold, by rules that are wanted.
    pub fn unmatched<'b>(
        &'b self,
        used: &'b Counts,
        checked: &[&Path],
        is_wanted: impl Fn(&str) -> bool + 'b,
    ) -> impl Iterator<Item = (&'b str, &'b Fingerprint)> + 'b {
        let checked: Vec<String> = checked.iter().map(|path| relative(&self.path, path)).collect();
        let stale = self.counts.iter().filter(|(key, count)| used.get(key).copied().unwrap_or_default() < **count);
        let stale = stale.map(|((path, fingerprint), _)| (path.as_str(), fingerprint));
        stale.filter(move |(path, fingerprint)| checked.iter().any(|known| known == path) && is_wanted(&fingerprint.rule))
    }

    fn key(&self, diagnostic: &Diagnostic, manifest: &Arc<SourceFile>, root: &Table) -> (String, Fingerprint) {
        (relative(&self.path, diagnostic.place.file.path()), Fingerprint::of(diagnostic, manifest, root))
    }
}

/// A path as seen from the folder of a baseline.
fn relative(baseline: &Path, path: &Path) -> String {
    let folder = baseline.parent().unwrap_or(Path::new(""));
    // Both are named from where the program was started, as a rule: then nothing has to be asked of the system.
    if folder == Path::new("") && path.is_relative() && !path.starts_with("..") && !path.starts_with(".") {
        return slashed(path);
    }
    let (folder, path) = (absolute(folder), absolute(path));
    let mut up = PathBuf::new();
    for ancestor in folder.ancestors() {
        if let Ok(rest) = path.strip_prefix(ancestor) {
            return slashed(&up.join(rest));
        }
        up.push("..");
    }
    slashed(&path)
}

#[cfg(test)]
mod tests {
    use super::relative;
    use std::path::Path;

    #[test]
    fn paths_are_seen_from_the_baseline() {
        let seen = |baseline: &str, path: &str| relative(Path::new(baseline), Path::new(path));
        assert_eq!(seen("b.json", "shop/spin.toml"), "shop/spin.toml");
        assert_eq!(seen("./b.json", "./shop/spin.toml"), "shop/spin.toml");
        assert_eq!(seen("lint/b.json", "shop/spin.toml"), "../shop/spin.toml");
        assert_eq!(seen("/a/lint/b.json", "/a/spin.toml"), "../spin.toml");
    }
}
