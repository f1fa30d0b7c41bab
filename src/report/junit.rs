//! JUnit's XML, which CI systems show as a list of tests: one case for each manifest, and one for each request of a run.

use std::io::{self, Write};

use super::{ManifestReport, Report};
use crate::diagnostic::{Diagnostic, Severity};
use crate::facts::trace::{DENIED, Request};
use crate::rules;

/// Writes the report.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let asked = report.requests.as_deref().unwrap_or_default();
    let cases = report.manifests.len() + asked.len();
    let manifests = report.manifests.iter().filter(|manifest| errors(manifest).next().is_some()).count();
    let requests = asked.iter().filter(|request| !failures(request).is_empty()).count();
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(out, "<testsuites name=\"spinlint\" tests=\"{cases}\" failures=\"{}\">", manifests + requests)?;
    writeln!(out, "  <testsuite name=\"manifests\" tests=\"{}\" failures=\"{manifests}\">", report.manifests.len())?;
    for manifest in &report.manifests {
        let failures: Vec<(&str, String)> = errors(manifest).map(|error| (error.rule, located(error))).collect();
        let others = manifest.diagnostics.iter().filter(|diagnostic| diagnostic.severity != Severity::Error);
        let others: Vec<String> = others.map(|other| format!("{}[{}]: {}", other.severity.as_str(), other.rule, located(other))).collect();
        case(out, "spin.toml", &manifest.file.display_path(), &failures, &others)?;
    }
    writeln!(out, "  </testsuite>")?;
    if !asked.is_empty() {
        writeln!(out, "  <testsuite name=\"requests\" tests=\"{}\" failures=\"{requests}\">", asked.len())?;
        for request in asked {
            let done: Vec<String> = request.fault.iter().cloned().chain(request.accesses.iter().map(ToString::to_string)).collect();
            let class = if request.component.is_empty() { "no component" } else { &request.component };
            case(out, class, &request.name(), &failures(request), &done)?;
        }
        writeln!(out, "  </testsuite>")?;
    }
    writeln!(out, "</testsuites>")
}

fn errors(manifest: &ManifestReport) -> impl Iterator<Item = &Diagnostic> {
    manifest.diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error)
}

fn located(diagnostic: &Diagnostic) -> String {
    let position = diagnostic.place.file.position(diagnostic.place.span.start);
    format!("{}:{}:{}: {}", diagnostic.place.file.display_path(), position.line, position.column, diagnostic.message)
}

/// Why a request counts as failed, each with the rule that tells it.
fn failures(request: &Request) -> Vec<(&'static str, String)> {
    let denied =
        request.accesses.iter().filter(|access| access.result == DENIED).map(|access| (rules::UNDECLARED_STORE, request.tells(access)));
    denied.chain(request.unmet.iter().map(|unmet| ("unmet-expectation", unmet.clone()))).collect()
}

fn case(out: &mut dyn Write, class: &str, name: &str, failures: &[(&str, String)], told: &[String]) -> io::Result<()> {
    write!(out, "    <testcase classname=\"{}\" name=\"{}\"", escape(class), escape(name))?;
    if failures.is_empty() && told.is_empty() {
        return writeln!(out, "/>");
    }
    writeln!(out, ">")?;
    for (rule, message) in failures {
        writeln!(out, "      <failure type=\"{rule}\" message=\"{}\"/>", escape(message))?;
    }
    if !told.is_empty() {
        writeln!(out, "      <system-out>{}</system-out>", escape(&told.join("\n")))?;
    }
    writeln!(out, "    </testcase>")
}

/// Text for XML: without what no document may hold.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' | '\t' => escaped.push_str(&format!("&#{};", u32::from(c))),
            c if c.is_control() => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}
