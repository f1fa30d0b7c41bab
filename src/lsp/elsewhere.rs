//! Findings of manifests whose place is in another file: configurations, and comments in sources.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::app::App;
use super::session::Session;
use crate::diagnostic::Diagnostic;
use crate::manifest::Nature;
use crate::text::Span;

/// Has the files published anew that findings of changed manifests speak of, and those of which they spoke before.
pub(super) fn soil(session: &mut Session) {
    let changed: Vec<PathBuf> =
        session.dirty.iter().filter(|path| session.elsewhere.contains_key(*path) || session.apps.contains_key(*path)).cloned().collect();
    for path in changed {
        let now: BTreeSet<PathBuf> = session.apps.get(&path).into_iter().flat_map(|app| others(session, app)).collect();
        let before = if now.is_empty() { session.elsewhere.remove(&path) } else { session.elsewhere.insert(path, now.clone()) };
        session.dirty.extend(now);
        session.dirty.extend(before.into_iter().flatten());
    }
}

/// The files beside a manifest that its findings speak of.
fn others(session: &Session, app: &App) -> Vec<PathBuf> {
    let found = app.findings(&session.settings);
    let others = found.iter().map(|found| &found.place.file).filter(|file| !Arc::ptr_eq(file, app.file()));
    others.map(|file| file.path().to_path_buf()).collect()
}

/// What is found in a file that is no manifest: what all manifests say that it is beside of, as the command line does, else what it says
/// itself.
pub(super) fn findings(session: &Session, path: &Path) -> Vec<Diagnostic> {
    // Another program's file says nothing, and so contradicts nothing.
    let shown = |app: &&App| app.document.nature != Nature::Foreign && app.features(&session.settings).diagnostics;
    let of = |app: &App| -> Vec<Diagnostic> {
        let found = app.findings(&session.settings);
        found.iter().filter(|diagnostic| diagnostic.place.file.path() == path).cloned().collect()
    };
    let is_beside = |app: &App| app.beside().any(|file| file.path() == path);
    let sharing: Vec<&App> = session.apps.values().filter(shown).filter(|app| is_beside(app)).collect();
    if sharing.is_empty() {
        let mut found: Vec<Diagnostic> = session.apps.values().filter(shown).flat_map(of).collect();
        if found.is_empty() && session.settings.features.diagnostics {
            found = session.findings_beside(path);
        }
        return current(session, path, found);
    }
    let key = |diagnostic: &Diagnostic| -> (&'static str, Span) { (diagnostic.rule, diagnostic.place.span) };
    let all: Vec<Vec<Diagnostic>> = sharing.into_iter().map(of).collect();
    let is_common = |diagnostic: &Diagnostic| all.iter().all(|found| found.iter().any(|other| key(other) == key(diagnostic)));
    let common = all.first().into_iter().flatten().filter(|diagnostic| is_common(diagnostic)).cloned().collect();
    current(session, path, common)
}

/// Only what was read of the text as it is now counts: a place in an older one would be the wrong place.
fn current(session: &Session, path: &Path, mut found: Vec<Diagnostic>) -> Vec<Diagnostic> {
    if let Some(buffer) = session.buffers.get(path) {
        let is_current = |diagnostic: &Diagnostic| {
            let file = &diagnostic.place.file;
            Arc::ptr_eq(file, &buffer.file) || file.text() == buffer.file.text()
        };
        found.retain(is_current);
    }
    found
}
