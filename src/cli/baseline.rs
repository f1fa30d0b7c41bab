//! `--baseline` and `--write-baseline`: the files, and what is said of them.

use std::path::Path;

use super::{CLEAN, Check, FAILED, Failure, complain, write};
use crate::baseline::{Baseline, Counts};
use crate::files::Files;
use crate::report::Report;
use crate::syntax;

/// Reads a file.
pub(super) fn read(files: &dyn Files, path: &Path) -> Result<Baseline, Failure> {
    let shown = path.display();
    let text = files.text(path).ok_or_else(|| Failure::Told(format!("cannot read the baseline {shown}; `--write-baseline` makes one")))?;
    Baseline::parse(path, &text).map_err(|reason| Failure::Told(format!("{shown} {reason}")))
}

/// Says which entries about files that were checked match nothing any more.
pub(super) fn tell_stale(baseline: &Baseline, arguments: &Check, report: &Report, used: &Counts) {
    // Where only a part was looked at, nothing is known of the rest.
    if !arguments.component_id.is_empty() || arguments.no_sources || arguments.no_wasm {
        return;
    }
    let is_listed = |names: &[String], rule: &str| names.iter().any(|name| name == rule);
    let is_wanted = |rule: &str| (arguments.select.is_empty() || is_listed(&arguments.select, rule)) && !is_listed(&arguments.ignore, rule);
    let checked: Vec<&Path> = report.manifests.iter().map(|manifest| manifest.file.path()).collect();
    let stale: Vec<_> = baseline.unmatched(used, &checked, is_wanted).collect();
    if stale.is_empty() {
        return;
    }
    let noun = if stale.len() == 1 { "entry matches" } else { "entries match" };
    let shown = baseline.path.display();
    complain(&format!("{} {noun} nothing any more; `--write-baseline {shown}` writes the baseline anew:", stale.len()));
    for (path, fingerprint) in stale {
        complain(&format!("  {path}: {} at `{}`", fingerprint.rule, fingerprint.place));
    }
}

/// Writes everything that a report holds into a file, if the report is whole. Returns the exit code.
pub(super) fn keep(path: &Path, report: &Report, is_whole: bool, quiet: bool) -> Result<u8, Failure> {
    let shown = path.display();
    if !is_whole {
        complain(&format!("{shown} is not written: it would forget what could not be checked"));
        return Ok(FAILED);
    }
    let mut baseline = Baseline::new(path);
    for manifest in &report.manifests {
        baseline.add(&syntax::parse(manifest.file.text()).root, &manifest.file, &manifest.diagnostics);
    }
    write::create(path, &baseline.to_text(), "findings").map_err(|error| Failure::Told(format!("cannot write {shown}: {error}")))?;
    if !quiet {
        let nouns = if baseline.len() == 1 { "finding" } else { "findings" };
        complain(&format!("{shown} holds {} {nouns}, which `--baseline {shown}` leaves out", baseline.len()));
    }
    Ok(CLEAN)
}
