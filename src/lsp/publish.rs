//! Findings as the client sees them: in manifests, and at the calls in sources.

use std::collections::BTreeSet;
use std::path::Path;

use tower_lsp::ls_types::{
    self as lsp, CodeDescription, DiagnosticRelatedInformation, DiagnosticTag, Location, NumberOrString, PublishDiagnosticsParams, Uri,
};

use super::session::Session;
use super::transport::Outbox;
use super::{convert, elsewhere};
use crate::diagnostic::{Diagnostic, Place, Tag};
use crate::facts::is_source;
use crate::rules;

/// Publishes what has changed, unless the client asks for it itself. Returns whether such a client has to ask again: it does not
/// know that a manifest speaks of a source, or that one is gone.
pub(super) fn publish(session: &mut Session, outbox: &Outbox) -> bool {
    let mut is_outdated = false;
    elsewhere::soil(session);
    for path in std::mem::take(&mut session.dirty) {
        let is_app = session.apps.contains_key(&path);
        let is_beside = !is_app && (is_source(&path) || is_elsewhere(session, &path) || session.shape_beside(&path).is_some());
        if session.client.pulls && !is_beside {
            // Of a manifest that is gone nothing else tells.
            is_outdated |= !is_app;
            continue;
        }
        let Some(uri) = session.uri(&path) else { continue };
        let diagnostics = diagnostics(session, &path);
        if is_beside {
            let now = result_id(&diagnostics);
            let is_known = session.shown.get(&path) == Some(&now);
            session.shown.insert(path.clone(), now);
            if is_known || session.client.pulls {
                is_outdated |= !is_known;
                continue;
            }
        }
        let version = session.buffers.get(&path).map(|buffer| buffer.version);
        outbox.notify("textDocument/publishDiagnostics", PublishDiagnosticsParams { uri, diagnostics, version });
    }
    is_outdated
}

fn is_elsewhere(session: &Session, path: &Path) -> bool {
    session.elsewhere.values().any(|files| files.contains(path))
}

/// What is to be shown in a document.
pub(super) fn diagnostics(session: &Session, path: &Path) -> Vec<lsp::Diagnostic> {
    let shown = |diagnostic: &Diagnostic| manifest_diagnostic(session, diagnostic);
    if let Some(app) = session.apps.get(path) {
        if !app.features(&session.settings).diagnostics {
            return Vec::new();
        }
        let found = app.findings(&session.settings);
        return found.iter().filter(|diagnostic| diagnostic.place.file.path() == path).map(shown).collect();
    }
    let calls = in_source(session, path).into_iter().map(|call| call.diagnostic);
    elsewhere::findings(session, path).iter().map(shown).chain(calls).collect()
}

/// A finding in its manifest.
pub(super) fn manifest_diagnostic(session: &Session, diagnostic: &Diagnostic) -> lsp::Diagnostic {
    let related = diagnostic.related.iter().filter_map(|related| {
        let location = location(session, &related.place)?;
        Some(DiagnosticRelatedInformation { location, message: related.message.clone() })
    });
    let related: Vec<_> = related.collect();
    let message = match &diagnostic.help {
        Some(help) => format!("{}\nhelp: {help}", diagnostic.message),
        None => diagnostic.message.clone(),
    };
    lsp::Diagnostic {
        range: convert::range(&diagnostic.place.file, diagnostic.place.span, session.encoding),
        severity: Some(convert::severity(diagnostic.severity)),
        code: Some(NumberOrString::String(diagnostic.rule.to_owned())),
        code_description: rule_page(diagnostic.rule),
        source: Some("spinlint".to_owned()),
        message,
        related_information: (session.client.related && !related.is_empty()).then_some(related),
        tags: diagnostic.tag.map(|found| vec![tag(found)]),
        data: None,
    }
}

fn rule_page(rule: &str) -> Option<CodeDescription> {
    let href: Uri = rules::url(rule).parse().ok()?;
    Some(CodeDescription { href })
}

/// What editors draw faded or struck out.
fn tag(tag: Tag) -> DiagnosticTag {
    match tag {
        Tag::Unnecessary => DiagnosticTag::UNNECESSARY,
        Tag::Deprecated => DiagnosticTag::DEPRECATED,
    }
}

/// A place as a location, in the text that was read.
pub(super) fn location(session: &Session, place: &Place) -> Option<Location> {
    let uri = session.uri(place.file.path())?;
    Some(Location { uri, range: convert::range(&place.file, place.span, session.encoding) })
}

/// A call in a source that opens what is not granted.
pub(super) struct Call {
    /// What is shown there.
    pub diagnostic: lsp::Diagnostic,
    /// The finding in the manifest.
    pub finding: Diagnostic,
}

/// The calls in a source that open what their component is not granted.
///
/// Only what was read of the text as it is now counts: a place in an older one would be the wrong place.
pub(super) fn in_source(session: &Session, path: &Path) -> Vec<Call> {
    let Some(buffer) = session.buffers.get(path) else { return Vec::new() };
    let mut calls = Vec::new();
    for app in session.apps.values().filter(|app| {
        let features = app.features(&session.settings);
        features.diagnostics && features.source_diagnostics
    }) {
        for finding in app.findings(&session.settings).iter() {
            let (Some(label), Some(component)) = (&finding.label, &finding.component) else { continue };
            for related in finding.related.iter().filter(|related| related.place.file.path() == path) {
                if related.place.file.text() != buffer.file.text() {
                    continue;
                }
                let line = app.file().position(finding.place.span.start).line;
                let name = app.file().path().file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
                let uses = app.facts.component(component).source_uses().iter();
                let mut here = uses.filter(|used| used.place.span == related.place.span && used.label.as_ref() == Some(label));
                let Some(noun) = here.next().map(|used| used.capability.row().noun) else { continue };
                let message = format!("component `{component}` is not granted {noun} \"{label}\" ({name}:{line})");
                let declared = location(session, &finding.place)
                    .map(|location| vec![DiagnosticRelatedInformation { location, message: format!("component `{component}`") }]);
                let diagnostic = lsp::Diagnostic {
                    range: convert::range(&related.place.file, related.place.span, session.encoding),
                    message,
                    related_information: declared.filter(|_| session.client.related),
                    ..manifest_diagnostic(session, finding)
                };
                calls.push(Call { diagnostic, finding: finding.clone() });
            }
        }
    }
    calls
}

/// The answer to a document's pull: the items, or that nothing has changed since.
pub(super) fn document_report(items: Vec<lsp::Diagnostic>, previous: Option<String>) -> lsp::DocumentDiagnosticReportResult {
    let result_id = result_id(&items);
    if previous.as_ref() == Some(&result_id) {
        let unchanged = lsp::UnchangedDocumentDiagnosticReport { result_id };
        let report =
            lsp::RelatedUnchangedDocumentDiagnosticReport { related_documents: None, unchanged_document_diagnostic_report: unchanged };
        return lsp::DocumentDiagnosticReport::Unchanged(report).into();
    }
    let full = lsp::FullDocumentDiagnosticReport { result_id: Some(result_id), items };
    lsp::DocumentDiagnosticReport::Full(lsp::RelatedFullDocumentDiagnosticReport {
        related_documents: None,
        full_document_diagnostic_report: full,
    })
    .into()
}

/// The answer to a workspace's pull: all manifests, and what else is open.
pub(super) fn workspace_report(session: &Session, previous: Vec<lsp::PreviousResultId>) -> lsp::WorkspaceDiagnosticReportResult {
    let paths: BTreeSet<_> = session.apps.keys().chain(session.buffers.keys()).chain(session.elsewhere.values().flatten()).collect();
    let items = paths.into_iter().filter_map(|path| {
        let uri = session.uri(path)?;
        let version = session.buffers.get(path).map(|buffer| i64::from(buffer.version));
        let items = diagnostics(session, path);
        let result_id = result_id(&items);
        let is_known = previous.iter().any(|known| known.uri == uri && known.value == result_id);
        Some(match is_known {
            true => lsp::WorkspaceDocumentDiagnosticReport::Unchanged(lsp::WorkspaceUnchangedDocumentDiagnosticReport {
                uri,
                version,
                unchanged_document_diagnostic_report: lsp::UnchangedDocumentDiagnosticReport { result_id },
            }),
            false => lsp::WorkspaceDocumentDiagnosticReport::Full(lsp::WorkspaceFullDocumentDiagnosticReport {
                uri,
                version,
                full_document_diagnostic_report: lsp::FullDocumentDiagnosticReport { result_id: Some(result_id), items },
            }),
        })
    });
    // What was told of a manifest that is gone is taken back.
    let gone = previous.iter().filter(|known| {
        let path = convert::path(&known.uri);
        !session.apps.contains_key(&path) && !session.buffers.contains_key(&path) && !is_elsewhere(session, &path)
    });
    let gone = gone.map(|known| {
        lsp::WorkspaceDocumentDiagnosticReport::Full(lsp::WorkspaceFullDocumentDiagnosticReport {
            uri: known.uri.clone(),
            version: None,
            full_document_diagnostic_report: lsp::FullDocumentDiagnosticReport { result_id: None, items: Vec::new() },
        })
    });
    lsp::WorkspaceDiagnosticReportResult::Report(lsp::WorkspaceDiagnosticReport { items: items.chain(gone).collect() })
}

/// Equal for equal findings.
pub(super) fn result_id(items: &[lsp::Diagnostic]) -> String {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    serde_json::to_string(items).unwrap_or_default().hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}
