//! Workflow commands, which GitHub shows at the lines of a pull request.

use std::io::{self, Write};

use super::Report;
use crate::diagnostic::Severity;

/// Writes the report.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    for diagnostic in report.diagnostics() {
        let file = &diagnostic.place.file;
        let (start, end) = (file.position(diagnostic.place.span.start), file.position(diagnostic.place.span.end));
        let command = match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "notice",
        };
        // GitHub takes columns only within one line.
        let columns = if start.line == end.line { format!(",col={},endColumn={}", start.column, end.column) } else { String::new() };
        let mut message = diagnostic.message.clone();
        for related in &diagnostic.related {
            let position = related.place.file.position(related.place.span.start);
            message.push_str(&format!("\n{}:{}: {}", related.place.file.shown_path(), position.line, related.message));
        }
        if let Some(help) = &diagnostic.help {
            message.push_str(&format!("\nhelp: {help}"));
        }
        writeln!(
            out,
            "::{command} file={},line={},endLine={}{columns},title={}::{}",
            property(&file.shown_path()),
            start.line,
            end.line,
            property(&format!("spinlint {}", diagnostic.rule)),
            data(&message)
        )?;
    }
    Ok(())
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
