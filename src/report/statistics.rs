//! How often each rule found something, in place of what it found.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use super::{Report, Style, summary};
use crate::diagnostic::Severity;

/// What a rule found.
#[derive(Serialize)]
struct Line {
    rule: &'static str,
    severity: Severity,
    count: usize,
    fixable: usize,
}

/// The rules that found something, the most frequent first.
fn lines(report: &Report) -> Vec<Line> {
    let mut lines: BTreeMap<(&str, Severity), Line> = BTreeMap::new();
    for diagnostic in report.diagnostics() {
        let (rule, severity) = (diagnostic.rule, diagnostic.severity);
        let line = lines.entry((rule, severity)).or_insert(Line { rule, severity, count: 0, fixable: 0 });
        line.count += 1;
        line.fixable += usize::from(diagnostic.fix.is_some());
    }
    let mut lines: Vec<Line> = lines.into_values().collect();
    lines.sort_by_key(|line| std::cmp::Reverse(line.count));
    lines
}

/// Writes a table for people.
pub fn write(report: &Report, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let lines = lines(report);
    let width = |text: fn(&Line) -> String| lines.iter().map(|line| text(line).len()).max().unwrap_or(0);
    let (counts, names) = (width(|line| line.count.to_string()), width(|line| line.rule.to_owned()));
    for line in &lines {
        let fixable = if line.fixable > 0 { format!("{} fixable", line.fixable) } else { String::new() };
        let text = format!("{:>counts$}  {:names$}  {:7}  {fixable}", line.count, line.rule, line.severity.as_str());
        writeln!(out, "{}", text.trim_end())?;
    }
    if !style.quiet {
        writeln!(out, "{}", summary(report))?;
    }
    Ok(())
}

/// Writes an array of JSON.
pub fn write_json(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, &lines(report))?;
    writeln!(out)
}
