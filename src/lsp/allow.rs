//! "Allow this rule here": the comment that suppresses a finding, in the manifest or at the call.

use std::path::Path;
use std::sync::Arc;

use tower_lsp::ls_types::{self as lsp, CodeAction, CodeActionKind};

use super::actions::{meant, workspace_edit};
use super::app::App;
use super::publish::{Call, manifest_diagnostic};
use super::session::Session;
use super::{convert, elsewhere};
use crate::diagnostic::{Diagnostic, Edit, Edits};
use crate::rules;
use crate::suppression;
use crate::text::{SourceFile, Span};

/// The comments in a manifest.
pub(super) fn in_manifest(session: &Session, app: &App, found: &[&Diagnostic]) -> Vec<CodeAction> {
    let action =
        |finding: &&Diagnostic| action(session, app.file(), finding.place.span, finding.rule, manifest_diagnostic(session, finding));
    once(found.iter().filter_map(action))
}

/// The comments above calls in a source.
pub(super) fn at_calls(session: &Session, path: &Path, calls: &[Call]) -> Vec<CodeAction> {
    let Some(buffer) = session.buffers.get(path) else { return Vec::new() };
    let action = |call: &Call| {
        let offset = |position| convert::offset(&buffer.file, position, session.encoding);
        let span = Span::new(offset(call.diagnostic.range.start), offset(call.diagnostic.range.end));
        action(session, &buffer.file, span, call.finding.rule, call.diagnostic.clone())
    };
    once(calls.iter().filter_map(action))
}

/// The comments in a file that configures, and those in any file beside the manifest that allow nothing.
pub(super) fn beside(session: &Session, path: &Path, asked: lsp::Range) -> Vec<CodeAction> {
    let found = elsewhere::findings(session, path);
    let here = meant(found, asked, |finding| convert::range(&finding.place.file, finding.place.span, session.encoding));
    let action = |one: &Diagnostic| {
        let (file, span, shown) = (&one.place.file, one.place.span, manifest_diagnostic(session, one));
        match one.rule == rules::UNUSED_SUPPRESSION {
            true => {
                let edit = suppression::disallow(file, span)?;
                quick_fix(session, file, edit, "remove what is not needed of the comment".to_owned(), shown)
            }
            false => action(session, file, span, one.rule, shown),
        }
    };
    once(here.iter().filter_map(action))
}

/// One comment allows all findings of a rule in its place.
fn once(actions: impl Iterator<Item = CodeAction>) -> Vec<CodeAction> {
    let mut different: Vec<CodeAction> = Vec::new();
    for action in actions {
        if !different.iter().any(|other| other.edit == action.edit) {
            different.push(action);
        }
    }
    different
}

fn action(session: &Session, file: &Arc<SourceFile>, span: Span, rule: &str, shown: lsp::Diagnostic) -> Option<CodeAction> {
    // What is no TOML has no comments, and a comment that allows nothing is mended, not allowed.
    if [rules::SYNTAX, rules::UNUSED_SUPPRESSION].contains(&rule) {
        return None;
    }
    quick_fix(session, file, suppression::allow(file, span, rule, "")?, format!("allow `{rule}` here"), shown)
}

fn quick_fix(session: &Session, file: &Arc<SourceFile>, edit: Edit, title: String, shown: lsp::Diagnostic) -> Option<CodeAction> {
    let edits = Edits::new(vec![edit])?;
    Some(CodeAction {
        title,
        kind: Some(CodeActionKind::QUICKFIX),
        diagnostics: Some(vec![shown]),
        edit: Some(workspace_edit(session, file, &edits, None)?),
        ..Default::default()
    })
}
