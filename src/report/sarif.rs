//! SARIF 2.1.0, for code scanning, with the rules' documentation and the fixes.

use std::io::{self, Write};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::{Report, fingerprinted};
use crate::diagnostic::{Diagnostic, Place, Severity};
use crate::rules;

/// What a URI's path has to escape, and the colon, which would end a scheme (RFC 3986, sections 3.3 and 4.2).
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'!')
    .remove(b'$')
    .remove(b'&')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b'+')
    .remove(b',')
    .remove(b';')
    .remove(b'=')
    .remove(b'@');

/// Writes the report.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let rules: Vec<Value> = rules::ALL
        .iter()
        .map(|entry| {
            json!({
                "id": entry.name,
                "shortDescription": { "text": entry.summary() },
                "help": { "text": entry.documentation(), "markdown": entry.documentation() },
                "helpUri": rules::url(entry.name),
                "defaultConfiguration": { "level": level(entry.rule.severity) },
            })
        })
        .collect();
    let results: Vec<Value> = fingerprinted(report).map(|(diagnostic, digest)| result(diagnostic, &digest)).collect();
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "spinlint", "semanticVersion": env!("CARGO_PKG_VERSION"), "rules": rules } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    serde_json::to_writer_pretty(&mut *out, &log)?;
    writeln!(out)
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

fn result(diagnostic: &Diagnostic, digest: &str) -> Value {
    let mut message = diagnostic.message.clone();
    if let Some(help) = &diagnostic.help {
        message.push_str(&format!("\n\nHelp: {help}"));
    }
    let mut result = json!({
        "ruleId": diagnostic.rule,
        "ruleIndex": rules::ALL.iter().position(|entry| entry.name == diagnostic.rule),
        "level": level(diagnostic.severity),
        "message": { "text": message },
        "locations": [{ "physicalLocation": location(&diagnostic.place) }],
        "partialFingerprints": { "spinlint/v1": digest },
    });
    if !diagnostic.related.is_empty() {
        let related = diagnostic.related.iter().enumerate().map(
            |(index, related)| json!({ "id": index, "physicalLocation": location(&related.place), "message": { "text": related.message } }),
        );
        result["relatedLocations"] = related.collect();
    }
    if let Some(fix) = &diagnostic.fix {
        let replacements = fix.edits.as_slice().iter().map(|edit| {
            json!({
                "deletedRegion": region(&Place { file: diagnostic.place.file.clone(), span: edit.span }),
                "insertedContent": { "text": edit.text },
            })
        });
        result["fixes"] = json!([{
            "description": { "text": fix.title },
            "artifactChanges": [{
                "artifactLocation": artifact(&diagnostic.place),
                "replacements": replacements.collect::<Vec<_>>(),
            }],
        }]);
    }
    result
}

fn artifact(place: &Place) -> Value {
    let path = place.file.display_path();
    json!({ "uri": utf8_percent_encode(&path, ESCAPED).to_string() })
}

fn location(place: &Place) -> Value {
    match place.file.text().is_empty() {
        // A binary has no lines.
        true => json!({ "artifactLocation": artifact(place) }),
        false => json!({ "artifactLocation": artifact(place), "region": region(place) }),
    }
}

fn region(place: &Place) -> Value {
    let (start, end) = (place.file.position(place.span.start), place.file.position(place.span.end));
    json!({
        "startLine": start.line,
        "startColumn": start.column,
        "endLine": end.line,
        "endColumn": end.column,
        "byteOffset": place.span.start,
        "byteLength": place.span.end - place.span.start,
    })
}
