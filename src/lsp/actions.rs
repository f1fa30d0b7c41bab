//! Quick fixes, and all of them at once.

use std::path::Path;

use serde_json::{Value, json};
use tower_lsp::ls_types::{
    self as lsp, AnnotatedTextEdit, ChangeAnnotation, CodeAction, CodeActionKind, CodeActionOrCommand, CodeActionParams, DocumentChanges,
    OneOf, OptionalVersionedTextDocumentIdentifier, TextDocumentEdit, TextEdit, WorkspaceEdit,
};

use super::allow;
use super::app::App;
use super::convert;
use super::publish::{in_source, manifest_diagnostic};
use super::session::Session;
use crate::diagnostic::{Diagnostic, Edits, Fix, Safety};
use crate::fix;
use crate::rules;
use crate::text::SourceFile;

/// `source.fixAll.spinlint`
pub(super) fn fix_all_kind() -> CodeActionKind {
    CodeActionKind::new("source.fixAll.spinlint")
}

/// Which fixes are made together.
enum Several<'s> {
    /// The safe ones of all rules.
    All,
    /// The safe ones of one rule.
    Rule(&'s str),
    /// Those that grant a component what its code opens, be they safe or not.
    Component(&'s str),
}

impl Several<'_> {
    fn to_data(&self) -> Value {
        match self {
            Several::All => json!({}),
            Several::Rule(rule) => json!({ "rule": rule }),
            Several::Component(id) => json!({ "component": id }),
        }
    }

    fn of_data(data: &Value) -> Several<'_> {
        match (data["rule"].as_str(), data["component"].as_str()) {
            (Some(rule), _) => Several::Rule(rule),
            (_, Some(id)) => Several::Component(id),
            _ => Several::All,
        }
    }

    fn includes(&self, diagnostic: &Diagnostic) -> bool {
        let is_safe = diagnostic.fix.as_ref().is_some_and(|fix| fix.safety == Safety::Safe);
        match self {
            Several::All => is_safe,
            Several::Rule(rule) => is_safe && diagnostic.rule == *rule,
            Several::Component(id) => lacks_grant(diagnostic, id),
        }
    }
}

/// Whether a finding is a store that a component opens and is not granted, with a way to grant it.
fn lacks_grant(diagnostic: &Diagnostic, id: &str) -> bool {
    let is_grant = matches!(diagnostic.rule, rules::UNDECLARED_STORE | "misspelled-store");
    is_grant && diagnostic.fix.is_some() && diagnostic.component.as_deref() == Some(id)
}

/// The actions for a range of a document.
pub(super) fn actions(session: &Session, params: &CodeActionParams) -> Vec<CodeActionOrCommand> {
    let path = convert::path(&params.text_document.uri);
    let wanted = |kind: &CodeActionKind| {
        let only = params.context.only.as_deref();
        only.is_none_or(|only| only.iter().any(|parent| is_within(kind.as_str(), parent.as_str())))
    };
    let mut actions: Vec<CodeAction> = Vec::new();
    if !session.client.literal_actions {
        return Vec::new();
    }
    match session.apps.get(&path) {
        Some(app) => {
            if wanted(&CodeActionKind::QUICKFIX) {
                let found = app.findings(&session.settings);
                let range = |finding: &&Diagnostic| convert::range(app.file(), finding.place.span, session.encoding);
                let here = meant(found.iter().collect(), params.range, range);
                actions.extend(quick_fixes(session, app, &here));
                actions.extend(grant_all(session, app, &here));
                actions.extend(allow::in_manifest(session, app, &here));
            }
            if wanted(&fix_all_kind()) && params.context.only.is_some() {
                actions.extend(several(session, app, "fix all that has one safe answer".to_owned(), fix_all_kind(), &Several::All));
            }
        }
        None if wanted(&CodeActionKind::QUICKFIX) => actions.extend(in_source_file(session, &path, params.range)),
        None => {}
    }
    actions.into_iter().map(CodeActionOrCommand::CodeAction).collect()
}

/// Whether a kind is a parent's, as `quickfix.x` is `quickfix`'s; everything is that of the empty kind.
fn is_within(kind: &str, parent: &str) -> bool {
    parent.is_empty() || kind.strip_prefix(parent).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// What of the findings is asked about: those at the range, or else those on its lines. Few put the cursor into the name.
pub(super) fn meant<T>(found: Vec<T>, asked: lsp::Range, range: impl Fn(&T) -> lsp::Range) -> Vec<T> {
    let touches = |found: lsp::Range| found.start <= asked.end && asked.start <= found.end;
    let on_lines = |found: lsp::Range| found.start.line <= asked.end.line && asked.start.line <= found.end.line;
    let is_exact = found.iter().any(|one| touches(range(one)));
    found.into_iter().filter(|one| if is_exact { touches(range(one)) } else { on_lines(range(one)) }).collect()
}

fn quick_fixes(session: &Session, app: &App, here: &[&Diagnostic]) -> Vec<CodeAction> {
    let found = app.findings(&session.settings);
    let mut actions: Vec<CodeAction> = Vec::new();
    for diagnostic in here {
        actions.extend(quick_fix(session, diagnostic, manifest_diagnostic(session, diagnostic)));
    }
    let mut rules: Vec<&str> = here.iter().filter(|diagnostic| diagnostic.fix.is_some()).map(|diagnostic| diagnostic.rule).collect();
    rules.dedup();
    for rule in rules {
        let which = Several::Rule(rule);
        if found.iter().filter(|diagnostic| which.includes(diagnostic)).count() > 1 {
            actions.extend(several(session, app, format!("fix all `{rule}` in this file"), CodeActionKind::QUICKFIX, &which));
        }
    }
    actions
}

/// A finding's fix, on the diagnostic that the client shows for it.
fn quick_fix(session: &Session, finding: &Diagnostic, shown: lsp::Diagnostic) -> Option<CodeAction> {
    let fix = finding.fix.as_ref()?;
    Some(CodeAction {
        title: title(fix),
        kind: Some(CodeActionKind::QUICKFIX),
        diagnostics: Some(vec![shown]),
        edit: Some(workspace_edit(session, &finding.place.file, &fix.edits, confirmation(fix))?),
        is_preferred: (session.client.prefers && fix.safety == Safety::Safe).then_some(true),
        ..Default::default()
    })
}

fn title(fix: &Fix) -> String {
    match fix.safety {
        Safety::Safe => fix.title.clone(),
        Safety::Unsafe => format!("{} (may change a permission or the start-up)", fix.title),
    }
}

/// What the client shows before it makes an unsafe edit.
fn confirmation(fix: &Fix) -> Option<&str> {
    (fix.safety == Safety::Unsafe).then_some(fix.title.as_str())
}

/// On a component that lacks several grants: all of them.
fn grant_all(session: &Session, app: &App, here: &[&Diagnostic]) -> Option<CodeAction> {
    let id = here.first()?.component.as_deref()?;
    let found = app.findings(&session.settings);
    let labels: Vec<String> = found
        .iter()
        .filter(|diagnostic| lacks_grant(diagnostic, id))
        .filter_map(|diagnostic| diagnostic.label.as_ref().map(|label| format!("\"{label}\"")))
        .collect();
    if labels.len() < 2 {
        return None;
    }
    let title = format!("grant `{id}` the stores that its code opens: {}", labels.join(", "));
    several(session, app, title, CodeActionKind::QUICKFIX, &Several::Component(id))
}

/// An action that makes several fixes; its edit is worked out when it is chosen, where the client can ask for it then.
fn several(session: &Session, app: &App, title: String, kind: CodeActionKind, which: &Several<'_>) -> Option<CodeAction> {
    let found = app.findings(&session.settings);
    let diagnostics: Vec<lsp::Diagnostic> =
        found.iter().filter(|diagnostic| which.includes(diagnostic)).map(|diagnostic| manifest_diagnostic(session, diagnostic)).collect();
    if diagnostics.is_empty() {
        return None;
    }
    let mut action = CodeAction { title, kind: Some(kind), diagnostics: Some(diagnostics), ..Default::default() };
    if session.client.resolves_actions {
        let mut data = which.to_data();
        data["uri"] = json!(session.uri(app.file().path()));
        action.data = Some(data);
    } else {
        action.edit = Some(edit_of_several(session, app, which)?);
    }
    Some(action)
}

/// Works out the edit of an action that was sent without.
pub(super) fn resolve(session: &Session, mut action: CodeAction) -> CodeAction {
    let edit = action.data.as_ref().and_then(|data| {
        let app = session.apps.get(&convert::path(&data["uri"].as_str()?.parse().ok()?))?;
        edit_of_several(session, app, &Several::of_data(data))
    });
    action.edit = action.edit.or(edit);
    action
}

fn edit_of_several(session: &Session, app: &App, which: &Several<'_>) -> Option<WorkspaceEdit> {
    let document = app.document.reparse(app.file().shared_text());
    let outcome = fix::apply(document, true, |document| {
        let mut found = app.findings_of(document, &session.settings);
        found.retain(|diagnostic| which.includes(diagnostic));
        found
    });
    let edits = fix::edits_between(app.file().text(), outcome.document.file.text())?;
    workspace_edit(session, app.file(), &edits, None)
}

/// The fixes of the calls in a source: they edit the manifest, be it open or not.
fn in_source_file(session: &Session, path: &Path, asked: lsp::Range) -> Vec<CodeAction> {
    let here = meant(in_source(session, path), asked, |call| call.diagnostic.range);
    let fixes = here.iter().filter_map(|call| quick_fix(session, &call.finding, call.diagnostic.clone()));
    fixes.chain(allow::at_calls(session, path, &here)).chain(allow::beside(session, path, asked)).collect()
}

/// Edits of a document as the client takes them.
pub(super) fn workspace_edit(session: &Session, file: &SourceFile, edits: &Edits, confirm: Option<&str>) -> Option<WorkspaceEdit> {
    let uri = session.uri(file.path())?;
    let text_edits = edits
        .as_slice()
        .iter()
        .map(|edit| TextEdit { range: convert::range(file, edit.span, session.encoding), new_text: edit.text.clone() });
    if !session.client.versioned_edits {
        return Some(WorkspaceEdit { changes: Some([(uri, text_edits.collect())].into()), ..Default::default() });
    }
    let confirm = confirm.filter(|_| session.client.annotations);
    let annotation_id = "spinlint".to_owned();
    let text_edits = text_edits.map(|text_edit| match confirm {
        Some(_) => OneOf::Right(AnnotatedTextEdit { text_edit, annotation_id: annotation_id.clone() }),
        None => OneOf::Left(text_edit),
    });
    let annotations = confirm.map(|title| {
        let description = Some("may change a permission or the start-up".to_owned());
        let annotation = ChangeAnnotation { label: title.to_owned(), needs_confirmation: Some(true), description };
        [(annotation_id.clone(), annotation)].into()
    });
    let version = session.buffers.get(file.path()).map(|buffer| buffer.version);
    let text_document = OptionalVersionedTextDocumentIdentifier { uri, version };
    let changes = vec![TextDocumentEdit { text_document, edits: text_edits.collect() }];
    Some(WorkspaceEdit { document_changes: Some(DocumentChanges::Edits(changes)), change_annotations: annotations, ..Default::default() })
}
