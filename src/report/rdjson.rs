//! Reviewdog's diagnostic format, which carries the fixes as suggestions.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::{Report, from_root};
use crate::diagnostic::{Diagnostic, Fix, Place, Severity};
use crate::rules;
use crate::text::Span;

/// Writes the report.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let result = json!({
        "source": { "name": "spinlint", "url": env!("CARGO_PKG_REPOSITORY") },
        "diagnostics": report.diagnostics().map(diagnostic).collect::<Vec<Value>>(),
    });
    serde_json::to_writer_pretty(&mut *out, &result)?;
    writeln!(out)
}

fn diagnostic(diagnostic: &Diagnostic) -> Value {
    let severity = match diagnostic.severity {
        Severity::Error => "ERROR",
        Severity::Warning => "WARNING",
        Severity::Info => "INFO",
    };
    let mut message = diagnostic.message.clone();
    if let Some(help) = &diagnostic.help {
        message.push_str(&format!("\n\nHelp: {help}"));
    }
    let mut value = json!({
        "message": message,
        "location": location(&diagnostic.place),
        "severity": severity,
        "code": { "value": diagnostic.rule, "url": rules::url(diagnostic.rule) },
    });
    if !diagnostic.related.is_empty() {
        let related = diagnostic.related.iter().map(|related| json!({ "message": related.message, "location": location(&related.place) }));
        value["related_locations"] = related.collect();
    }
    if let Some(fix) = &diagnostic.fix {
        value["suggestions"] = suggestion(diagnostic, fix).into_iter().collect();
    }
    value
}

/// A fix as one replacement: reviewdog takes each of several for a way of its own.
fn suggestion(diagnostic: &Diagnostic, fix: &Fix) -> Option<Value> {
    let file = &diagnostic.place.file;
    let edits = fix.edits.as_slice();
    let span = Span::new(edits.first()?.span.start, edits.last()?.span.end);
    let mut text = String::new();
    let mut done = span.start;
    for edit in edits {
        text.push_str(&file.text()[done..edit.span.start]);
        text.push_str(&edit.text);
        done = edit.span.end;
    }
    Some(json!({ "range": range(&Place { file: file.clone(), span }), "text": text }))
}

fn location(place: &Place) -> Value {
    match place.file.text().is_empty() {
        // A binary has no lines.
        true => json!({ "path": from_root(&place.file) }),
        false => json!({ "path": from_root(&place.file), "range": range(place) }),
    }
}

/// A range as reviewdog counts: columns in bytes.
fn range(place: &Place) -> Value {
    let text = place.file.text();
    let position = |offset: usize| {
        let line = text[..offset].rfind('\n').map_or(0, |newline| newline + 1);
        json!({ "line": place.file.position(offset).line, "column": offset - line + 1 })
    };
    json!({ "start": position(place.span.start), "end": position(place.span.end) })
}
