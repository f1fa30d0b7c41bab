//! A table in Markdown, for the summary of a step or the comment of a bot.

use std::io::{self, Write};

use super::{Report, not_inspected, summary};
use crate::rules;

/// Writes the report.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "### spinlint: {}", text(&summary(report)))?;
    if report.diagnostics().next().is_some() {
        writeln!(out, "\n| | place | rule | finding |\n|---|---|---|---|")?;
    }
    for diagnostic in report.diagnostics() {
        let file = &diagnostic.place.file;
        let position = file.position(diagnostic.place.span.start);
        let mut told = text(&diagnostic.message);
        if let Some(help) = &diagnostic.help {
            told.push_str(&format!("<br>{}", text(help)));
        }
        writeln!(
            out,
            "| {} | {}:{} | [{rule}]({}) | {told} |",
            diagnostic.severity.as_str(),
            text(&file.shown_path()),
            position.line,
            rules::url(diagnostic.rule),
            rule = diagnostic.rule,
        )?;
    }
    let notes: Vec<String> = report.manifests.iter().filter_map(not_inspected).collect();
    if !notes.is_empty() {
        writeln!(out, "\nNot looked at:\n")?;
    }
    for note in notes {
        writeln!(out, "- {}", text(&note))?;
    }
    Ok(())
}

/// Text that Markdown takes as it is, in one cell. What stands between backticks is code already, in which only the bar counts.
fn text(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    let mut is_code = false;
    let pairs = text.matches('`').count() / 2;
    let mut ticks = 0;
    for c in text.chars() {
        match c {
            '`' if ticks < pairs * 2 => {
                ticks += 1;
                is_code = !is_code;
                escaped.push(c);
            }
            '\n' | '\r' => escaped.push(' '),
            '|' => escaped.push_str("\\|"),
            '<' if !is_code => escaped.push_str("&lt;"),
            '&' if !is_code => escaped.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '~' if !is_code => escaped.extend(['\\', c]),
            c => escaped.push(c),
        }
    }
    escaped
}
