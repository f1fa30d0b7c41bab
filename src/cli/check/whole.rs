//! What only the manifests of a run together show.

use std::sync::Arc;

use crate::cli::complain;
use crate::diagnostic::{Diagnostic, Safety};
use crate::report::{ManifestReport, Report};
use crate::text::{SourceFile, Span, nearest};

/// Leaves what is about a file beside several manifests to the first of them, and leaves out what another of them contradicts.
pub(super) fn once_about(report: &mut Report) {
    type Key = (&'static str, Span);
    let key = |diagnostic: &Diagnostic| -> Key { (diagnostic.rule, diagnostic.place.span) };
    let mut files: Vec<Arc<SourceFile>> = report.manifests.iter().flat_map(|manifest| manifest.beside.clone()).collect();
    files.sort_by(|a, b| a.path().cmp(b.path()));
    files.dedup_by(|a, b| Arc::ptr_eq(a, b));
    for file in files {
        let is_about = |diagnostic: &Diagnostic| Arc::ptr_eq(&diagnostic.place.file, &file);
        let sharing = |manifest: &ManifestReport| manifest.beside.iter().any(|other| Arc::ptr_eq(other, &file));
        let found = |manifest: &ManifestReport| manifest.diagnostics.iter().filter(|one| is_about(one)).map(key).collect::<Vec<Key>>();
        let sets: Vec<Vec<Key>> = report.manifests.iter().filter(|manifest| sharing(manifest)).map(found).collect();
        for (index, manifest) in report.manifests.iter_mut().filter(|manifest| sharing(manifest)).enumerate() {
            manifest.diagnostics.retain(|one| !is_about(one) || (index == 0 && sets.iter().all(|set| set.contains(&key(one)))));
        }
    }
}

/// Leaves only what was asked for among what was inspected, and complains of ids that no manifest has.
pub(super) fn unknown_components(ids: &[String], report: &mut Report) -> Vec<String> {
    let known: Vec<String> = report.manifests.iter().flat_map(|manifest| &manifest.inspected).map(|one| one.component.clone()).collect();
    for manifest in report.manifests.iter_mut().filter(|_| !ids.is_empty()) {
        manifest.inspected.retain(|inspected| ids.contains(&inspected.component));
    }
    let unknown = ids.iter().filter(|id| !known.contains(id));
    let complaint = |id: &String| match nearest(id, known.iter().map(String::as_str)) {
        Some(meant) => format!("there is no component `{id}`; did you mean `{meant}`?"),
        None => format!("there is no component `{id}`; there are {}", known.join(", ")),
    };
    unknown.map(complaint).collect()
}

/// Says on standard error which fixes were not applied because they may change more than they should.
pub(super) fn held_back(report: &Report, unsafe_too: bool) {
    let held: Vec<&Diagnostic> = report
        .diagnostics()
        .filter(|diagnostic| diagnostic.fix.as_ref().is_some_and(|fix| fix.safety == Safety::Unsafe && !unsafe_too))
        .collect();
    if held.is_empty() {
        return;
    }
    let noun = if held.len() == 1 { "fix was" } else { "fixes were" };
    complain(&format!("{} unsafe {noun} held back (`--unsafe-fixes` applies them):", held.len()));
    for diagnostic in held {
        let position = diagnostic.place.file.position(diagnostic.place.span.start);
        let title = diagnostic.fix.as_ref().map_or("", |fix| fix.title.as_str());
        complain(&format!("  {}:{}: {}: {title}", diagnostic.place.file.shown_path(), position.line, diagnostic.rule));
    }
}
