//! The report as one JSON object, version 1. The types here are its schema.

use std::io::{self, Write};

use schemars::JsonSchema;
use serde::Serialize;

use super::Report;
use crate::diagnostic::{Diagnostic, Place, Safety, Severity};
use crate::facts::trace::Request;

/// What `spinlint check --format json` prints.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "spinlint report, version 1")]
pub struct JsonReport {
    /// The version of this format: 1.
    version: u32,
    /// The findings, sorted by path, offset and rule.
    diagnostics: Vec<JsonDiagnostic>,
    /// What components were asked while they ran, and what they did with stores.
    #[serde(skip_serializing_if = "Option::is_none")]
    requests: Option<Vec<Request>>,
    /// What the run came to.
    summary: JsonSummary,
}

/// A finding.
#[derive(Serialize, JsonSchema)]
struct JsonDiagnostic {
    /// The rule's id.
    rule: &'static str,
    /// How grave it is.
    severity: Severity,
    /// What is wrong, and what Spin will do about it.
    message: String,
    /// The manifest, as the command line names it.
    path: String,
    /// Where in it.
    range: JsonRange,
    /// The component, by the id that Spin uses.
    #[serde(skip_serializing_if = "Option::is_none")]
    component: Option<String>,
    /// The store's label.
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<String>,
    /// The evidence, in source order.
    related: Vec<JsonRelated>,
    /// The smallest change that helps.
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<String>,
    /// The same as edits.
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<JsonFix>,
}

/// A place that explains a finding.
#[derive(Serialize, JsonSchema)]
struct JsonRelated {
    /// The file.
    path: String,
    /// Where in it; the start of the file for a binary.
    range: JsonRange,
    /// What is to be seen there.
    message: String,
}

/// A change that makes the finding go away.
#[derive(Serialize, JsonSchema)]
struct JsonFix {
    /// What it does.
    title: String,
    /// What it promises.
    safety: Safety,
    /// The edits, sorted, of the text as it is.
    edits: Vec<JsonEdit>,
}

/// A replacement.
#[derive(Serialize, JsonSchema)]
struct JsonEdit {
    /// The file.
    path: String,
    /// What is replaced; empty for an insertion.
    range: JsonRange,
    /// What stands there afterwards.
    text: String,
}

/// A half-open range.
#[derive(Serialize, JsonSchema)]
struct JsonRange {
    /// Its first character.
    start: JsonPosition,
    /// Behind its last character.
    end: JsonPosition,
}

/// A place in a file.
#[derive(Serialize, JsonSchema)]
struct JsonPosition {
    /// The line, from 1.
    line: usize,
    /// The column, from 1, in Unicode scalar values.
    column: usize,
    /// The byte, from 0, byte order mark included.
    offset: usize,
}

/// What the run came to.
#[derive(Serialize, JsonSchema)]
struct JsonSummary {
    /// How many manifests were checked.
    files: usize,
    /// How many errors were found.
    errors: usize,
    /// How many warnings were found.
    warnings: usize,
    /// How many infos were found.
    infos: usize,
    /// How many fixes were applied.
    fixed: usize,
    /// How far each component was looked at.
    inspected: Vec<JsonInspected>,
}

/// How far a component was looked at.
#[derive(Serialize, JsonSchema)]
struct JsonInspected {
    /// The manifest.
    path: String,
    /// The component.
    component: String,
    /// `read`, `stale`, `missing`, `remote` or `skipped`.
    #[schemars(regex(pattern = "^(read|stale|missing|remote|skipped)$"))]
    wasm: &'static str,
    /// `read`, `none` or `skipped`.
    #[schemars(regex(pattern = "^(read|none|skipped)$"))]
    sources: &'static str,
    /// The files of its sources that are not text in UTF-8, or too large to be written by a person.
    #[serde(skip_serializing_if = "Option::is_none")]
    unread: Option<Vec<String>>,
}

/// Writes the report.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let inspected = report.manifests.iter().flat_map(|manifest| {
        manifest.inspected.iter().map(|inspected| JsonInspected {
            path: manifest.file.display_path(),
            component: inspected.component.clone(),
            wasm: inspected.wasm,
            sources: inspected.sources,
            unread: Some(inspected.unread.clone()).filter(|unread| !unread.is_empty()),
        })
    });
    let json = JsonReport {
        version: 1,
        diagnostics: report.diagnostics().map(diagnostic).collect(),
        requests: report.requests.clone(),
        summary: JsonSummary {
            files: report.manifests.len(),
            errors: report.count(Severity::Error),
            warnings: report.count(Severity::Warning),
            infos: report.count(Severity::Info),
            fixed: report.fixed,
            inspected: inspected.collect(),
        },
    };
    serde_json::to_writer_pretty(&mut *out, &json)?;
    writeln!(out)
}

fn diagnostic(diagnostic: &Diagnostic) -> JsonDiagnostic {
    let path = diagnostic.place.file.display_path();
    let related = diagnostic.related.iter().map(|related| JsonRelated {
        path: related.place.file.display_path(),
        range: range(&related.place),
        message: related.message.clone(),
    });
    let fix = diagnostic.fix.as_ref().map(|fix| JsonFix {
        title: fix.title.clone(),
        safety: fix.safety,
        edits: fix
            .edits
            .as_slice()
            .iter()
            .map(|edit| JsonEdit {
                path: path.clone(),
                range: range(&Place { file: diagnostic.place.file.clone(), span: edit.span }),
                text: edit.text.clone(),
            })
            .collect(),
    });
    JsonDiagnostic {
        rule: diagnostic.rule,
        severity: diagnostic.severity,
        message: diagnostic.message.clone(),
        range: range(&diagnostic.place),
        path,
        component: diagnostic.component.clone(),
        label: diagnostic.label.clone(),
        related: related.collect(),
        help: diagnostic.help.clone(),
        fix,
    }
}

fn range(place: &Place) -> JsonRange {
    let position = |offset: usize| {
        let position = place.file.position(offset);
        JsonPosition { line: position.line, column: position.column, offset }
    };
    JsonRange { start: position(place.span.start), end: position(place.span.end) }
}
