//! GitLab's report of code quality: a part of Code Climate's, which merge requests show.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::{Report, fingerprinted, from_root};
use crate::diagnostic::{Diagnostic, Severity};

/// Writes the report.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let issues: Vec<Value> = fingerprinted(report).map(|(diagnostic, digest)| issue(diagnostic, &digest)).collect();
    serde_json::to_writer_pretty(&mut *out, &issues)?;
    writeln!(out)
}

fn issue(diagnostic: &Diagnostic, digest: &str) -> Value {
    let file = &diagnostic.place.file;
    let (start, end) = (file.position(diagnostic.place.span.start), file.position(diagnostic.place.span.end));
    let severity = match diagnostic.severity {
        Severity::Error => "major",
        Severity::Warning => "minor",
        Severity::Info => "info",
    };
    json!({
        "description": diagnostic.message,
        "check_name": diagnostic.rule,
        "fingerprint": digest,
        "severity": severity,
        "location": { "path": from_root(file), "lines": { "begin": start.line, "end": end.line } },
    })
}
