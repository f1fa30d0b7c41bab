//! A line for each finding: `path:line:column: error[rule] message`.

use std::io::{self, Write};

use super::{Report, Style, summary};

/// Writes the report.
pub fn write(report: &Report, style: Style, out: &mut dyn Write) -> io::Result<()> {
    for diagnostic in report.diagnostics() {
        let position = diagnostic.place.file.position(diagnostic.place.span.start);
        writeln!(
            out,
            "{}:{}:{}: {}[{}] {}",
            diagnostic.place.file.shown_path(),
            position.line,
            position.column,
            diagnostic.severity.as_str(),
            diagnostic.rule,
            diagnostic.message
        )?;
    }
    if !style.quiet {
        writeln!(out, "{}", summary(report))?;
    }
    Ok(())
}
