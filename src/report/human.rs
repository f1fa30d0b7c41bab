//! Source lines and arrows, for people, drawn by miette.

use std::fmt;
use std::io::{self, Write};

use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, NamedSource, SourceCode};

use super::{Report, Style, not_inspected, summary};
use crate::diagnostic::{Diagnostic, Place, Safety, Severity};
use crate::text::{SourceFile, Span, bom_len};

/// Writes the report.
pub fn write(report: &Report, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let theme = if style.color { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    let handler = GraphicalReportHandler::new_themed(theme).with_width(style.width).with_context_lines(1).with_links(false);
    for diagnostic in report.diagnostics() {
        let mut text = String::new();
        for drawn in pictures(diagnostic) {
            if handler.render_report(&mut text, &drawn).is_err() {
                // A finding that cannot be drawn is told all the same.
                text.push_str(&format!("{} {}\n", drawn.code, drawn.message));
            }
        }
        writeln!(out, "{}\n", text.trim_end())?;
    }
    if style.quiet {
        return Ok(());
    }
    for note in report.manifests.iter().filter_map(not_inspected) {
        writeln!(out, "{note}")?;
    }
    writeln!(out, "{}", summary(report))
}

/// How many of the places that prove a finding are drawn.
const MOST_SHOWN: usize = 5;

/// A picture as miette draws it.
#[derive(Debug)]
struct Drawn {
    code: String,
    message: String,
    severity: miette::Severity,
    help: Option<String>,
    source: Option<NamedSource<String>>,
    labels: Vec<LabeledSpan>,
}

/// A finding in pictures: the manifest's lines, then those of each file with evidence, and the help under the last.
fn pictures(diagnostic: &Diagnostic) -> Vec<Drawn> {
    let own = &diagnostic.place;
    let (shown, offset) = shown_text(own);
    let mut labels = vec![LabeledSpan::new_primary_with_span(None, shift(visible(own), offset))];
    let mut evidence: Vec<(&SourceFile, Drawn)> = Vec::new();
    // All of a wrapper's calls would fill the screen with one finding; one more is as short as the line about it.
    let most = if diagnostic.related.len() == MOST_SHOWN + 1 { MOST_SHOWN + 1 } else { MOST_SHOWN };
    let (drawn, others) = diagnostic.related.split_at(diagnostic.related.len().min(most));
    for related in drawn {
        let file = &*related.place.file;
        let (text, offset) = shown_text(&related.place);
        let label = LabeledSpan::new_with_span(Some(related.message.clone()), shift(visible(&related.place), offset));
        if file.path() == own.file.path() {
            labels.push(label);
            continue;
        }
        if let Some((_, drawn)) = evidence.iter_mut().find(|(known, drawn)| known.path() == file.path() && drawn.source.is_some()) {
            drawn.labels.push(label);
            continue;
        }
        let name = file.shown_path();
        let drawn = match text.is_empty() {
            // A binary has no lines to show.
            true => Drawn { message: format!("{name} {}", related.message), ..Drawn::default() },
            false => Drawn {
                message: format!("in {name}"),
                source: Some(NamedSource::new(&name, text)),
                labels: vec![label],
                ..Drawn::default()
            },
        };
        evidence.push((file, drawn));
    }
    let severity = match diagnostic.severity {
        Severity::Error => miette::Severity::Error,
        Severity::Warning => miette::Severity::Warning,
        Severity::Info => miette::Severity::Advice,
    };
    let main = Drawn {
        code: format!("{}[{}]", diagnostic.severity.as_str(), diagnostic.rule),
        message: diagnostic.message.clone(),
        severity,
        source: Some(NamedSource::new(own.file.shown_path(), shown)),
        labels,
        help: None,
    };
    let mut pictures: Vec<Drawn> = std::iter::once(main).chain(evidence.into_iter().map(|(_, drawn)| drawn)).collect();
    if !others.is_empty() {
        let message = format!("and {} more places, which `--format json` lists", others.len());
        pictures.push(Drawn { message, ..Drawn::default() });
    }
    let fixable = match diagnostic.fix.as_ref().map(|fix| fix.safety) {
        Some(Safety::Safe) => " (`--fix` does it)",
        Some(Safety::Unsafe) => " (`--fix --unsafe-fixes` does it)",
        None => "",
    };
    if let Some(last) = pictures.last_mut() {
        last.help = diagnostic.help.as_ref().map(|help| format!("{help}{fixable}"));
    }
    pictures
}

/// The text that miette shows, without what would disturb the picture, and by how much offsets shift.
fn shown_text(place: &Place) -> (String, usize) {
    let text = place.file.text();
    let bom = bom_len(text);
    // One character for one byte, so that offsets stay true.
    let shown = text[bom..].chars().map(|c| if c != '\n' && c != '\t' && c != '\r' && c.is_ascii_control() { '?' } else { c });
    (shown.collect(), bom)
}

fn shift(span: Span, offset: usize) -> std::ops::Range<usize> {
    span.start.saturating_sub(offset)..span.end.saturating_sub(offset)
}

/// What of a place fits on one line: the rest of a call over ten lines only hides the first.
fn visible(place: &Place) -> Span {
    let text = place.file.text();
    let span = place.span;
    let line = span.of(text).lines().next().unwrap_or("");
    Span::new(span.start, span.start + line.len())
}

impl Default for Drawn {
    fn default() -> Self {
        Drawn {
            code: String::new(),
            message: String::new(),
            severity: miette::Severity::Advice,
            help: None,
            source: None,
            labels: Vec::new(),
        }
    }
}

impl fmt::Display for Drawn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Drawn {}

impl miette::Diagnostic for Drawn {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        (!self.code.is_empty()).then(|| Box::new(&self.code) as Box<dyn fmt::Display>)
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(self.severity)
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.source.as_ref().map(|source| source as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }
}
