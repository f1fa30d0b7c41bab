//! Comments that allow what a rule finds: `# spinlint: allow(rule-a, rule-b) reason`.
//!
//! In TOML such a comment counts for its own line; alone on its line it counts for the statement below it, above a header for the whole
//! table, with the tables inside of it. In a source it counts for calls on its line, or alone on its line for those on the next one.

mod allow;

use std::cell::OnceCell;
use std::sync::Arc;

use toml_parser::Source;
use toml_parser::lexer::TokenKind;

use crate::diagnostic::{Edit, Place};
use crate::syntax::{self, Statement};
use crate::text::{SourceFile, Span, Spanned};

pub use allow::{allow, allow_all, disallow};

/// What such a comment begins with, behind the sign of its language.
pub const MARK: &str = "spinlint:";

/// A comment that allows what some rules find.
#[derive(Clone, Debug)]
pub struct Suppression {
    /// The comment, with its sign and up to the end of its line.
    pub place: Place,
    /// The rules, as they are written.
    pub rules: Vec<Spanned<String>>,
    /// The bytes that it counts for.
    pub covers: Span,
}

impl Suppression {
    /// Whether it allows what a rule finds at a place.
    pub fn allows(&self, rule: &str, place: &Place) -> bool {
        let is_there = place.span.start < self.covers.end.max(self.covers.start + 1) && place.span.end >= self.covers.start;
        is_there && self.rules.iter().any(|name| name.value == rule) && self.place.file.path() == place.file.path()
    }

    /// The edit that takes the rules of these indexes out, with the comment if none is left.
    pub fn without(&self, indexes: &[usize]) -> Edit {
        let text = self.place.file.text();
        let left: Vec<&str> =
            self.rules.iter().enumerate().filter(|(index, _)| !indexes.contains(index)).map(|(_, name)| name.value.as_str()).collect();
        if let (false, Some(first), Some(last)) = (left.is_empty(), self.rules.first(), self.rules.last()) {
            return Edit::replace(Span::new(first.span.start, last.span.end), left.join(", "));
        }
        let Span { start, end } = self.place.span;
        let line = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
        let before = &text[line..start];
        match before.trim_start_matches('\u{feff}').trim().is_empty() {
            // The whole line goes, with its end.
            true => {
                let rest = &text[end..];
                let newline = rest.find('\n').map_or(rest.len(), |newline| newline + 1);
                Edit::delete(Span::new(line + before.len() - before.trim_start_matches('\u{feff}').len(), end + newline))
            }
            false => Edit::delete(Span::new(line + before.trim_end().len(), end)),
        }
    }
}

/// The rules of a comment's text, which begins at an offset; none if it allows nothing.
fn rules(comment: &str, at: usize) -> Option<Vec<Spanned<String>>> {
    let body = comment.trim_start_matches(['#', '/', '*', '!', ' ', '\t']);
    let rest = body.strip_prefix(MARK)?.trim_start().strip_prefix("allow")?.trim_start().strip_prefix('(')?;
    let list = &rest[..rest.find(')')?];
    let mut offset = at + comment.len() - rest.len();
    let mut rules = Vec::new();
    for part in list.split(',') {
        let name = part.trim();
        let start = offset + part.len() - part.trim_start().len();
        if !name.is_empty() {
            rules.push(Spanned::new(name.to_owned(), Span::new(start, start + name.len())));
        }
        offset += part.len() + 1;
    }
    Some(rules)
}

/// Where the line of an offset begins, and where it ends.
fn line_of(text: &str, offset: usize) -> Span {
    let start = text[..offset].rfind('\n').map_or(0, |newline| newline + 1);
    let end = text[offset..].find('\n').map_or(text.len(), |newline| offset + newline);
    Span::new(start, end)
}

/// The comments of a TOML file.
fn comments(text: &str) -> impl Iterator<Item = Span> {
    let comments = Source::new(text).lex().filter(|token| token.kind() == TokenKind::Comment);
    comments.map(|token| {
        let span = Span::new(token.span().start(), token.span().end());
        Span::new(span.start, span.start + span.of(text).trim_end().len())
    })
}

/// The comments of a TOML file that allow something.
pub fn in_toml(file: &Arc<SourceFile>) -> Vec<Suppression> {
    let text = file.text();
    if !text.contains(MARK) {
        return Vec::new();
    }
    // Behind a line nothing more has to be known than the line.
    let statements = OnceCell::new();
    let found = comments(text).filter_map(|span| {
        let rules = rules(span.of(text), span.start)?;
        let covers = covered(text, || statements.get_or_init(|| syntax::statements(text)), span);
        Some(Suppression { place: Place { file: Arc::clone(file), span }, rules, covers })
    });
    found.collect()
}

/// What a comment in TOML counts for.
fn covered<'s>(text: &str, statements: impl FnOnce() -> &'s Vec<Statement>, comment: Span) -> Span {
    let line = line_of(text, comment.start);
    let is_alone = text[line.start..comment.start].trim_start_matches('\u{feff}').trim().is_empty();
    if !is_alone {
        return line;
    }
    // Other comments may stand between it and what it is about; an empty line may not.
    let mut next = line;
    while next.end < text.len() {
        next = line_of(text, next.end + 1);
        if !next.of(text).trim_start().starts_with('#') {
            break;
        }
    }
    let statements = statements();
    let is_around = |statement: &&Statement| statement.span.start < comment.start && comment.end <= statement.span.end;
    if let Some(around) = statements.iter().find(is_around) {
        return Span::new(line.start, next.end.min(around.span.end));
    }
    let first = |statement: &Statement| statement.span.start >= next.start && statement.span.start <= next.end;
    let Some(index) = statements.iter().position(first) else { return line };
    let statement = &statements[index];
    if !statement.is_header() {
        return Span::new(line.start, statement.span.end);
    }
    let names = |statement: &Statement| statement.keys.iter().map(|key| key.value.clone()).collect::<Vec<_>>();
    let own = names(statement);
    let is_inside = |other: &Statement| other.keys.len() > own.len() && names(other).starts_with(&own);
    let end = statements[index + 1..].iter().find(|other| other.is_header() && !is_inside(other));
    Span::new(line.start, end.map_or(text.len(), |other| other.span.start))
}

/// The comments of a source that allow something.
pub fn in_source(file: &Arc<SourceFile>) -> Vec<Suppression> {
    let text = file.text();
    let found = memchr::memmem::find_iter(text.as_bytes(), MARK.as_bytes()).filter_map(|at| {
        let line = line_of(text, at);
        let before = &text[line.start..at];
        let start = line.start + before.trim_end_matches(['#', '/', '*', '!', ' ', '\t']).len();
        let start = start + text[start..at].len() - text[start..at].trim_start().len();
        if !text[start..].starts_with(['#', '/']) {
            return None;
        }
        let span = Span::new(start, start + text[start..line.end].trim_end().len());
        let rules = rules(span.of(text), start)?;
        let is_alone = text[line.start..start].trim().is_empty();
        let mut covers = line;
        while is_alone && covers.end < text.len() {
            let next = line_of(text, covers.end + 1);
            covers.end = next.end;
            // Other comments may stand between.
            if !next.of(text).trim_start().starts_with(['#', '/']) {
                break;
            }
        }
        Some(Suppression { place: Place { file: Arc::clone(file), span }, rules, covers })
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn covers(text: &str) -> Vec<&str> {
        let file = Arc::new(SourceFile::new("spin.toml", text));
        in_toml(&file).into_iter().map(|found| &text[found.covers.start..found.covers.end]).collect()
    }

    #[test]
    fn a_comment_counts_for_its_line_its_statement_or_its_table() {
        assert_eq!(covers("a = 1 # spinlint: allow(x) why\nb = 2\n"), ["a = 1 # spinlint: allow(x) why"]);
        let above = "# spinlint: allow(x)\n# more\na = [\n 1,\n]\nb = 2\n";
        assert_eq!(covers(above), ["# spinlint: allow(x)\n# more\na = [\n 1,\n]"]);
        let table = "# spinlint: allow(x)\n[a]\nb = 1\n[a.c]\nd = 1\n";
        assert_eq!(covers(&format!("{table}[e]\n")), [table]);
        let item = "a = [\n  # spinlint: allow(x)\n  1,\n  2,\n]\n";
        assert_eq!(covers(item), ["  # spinlint: allow(x)\n  1,"]);
        assert_eq!(covers("# spinlint: allow(x)\n\na = 1\n"), ["# spinlint: allow(x)"]);
        assert_eq!(covers("a = \"# spinlint: allow(x)\"\n"), [""; 0]);
    }

    #[test]
    fn a_comment_in_a_source_counts_for_its_line_or_the_next() {
        let text = "// spinlint: allow(a, b) on purpose\nopen();\nopen(); // spinlint: allow(c)\nlet s = \"spinlint: allow(d)\";\n";
        let file = Arc::new(SourceFile::new("lib.rs", text));
        let found = in_source(&file);
        let names: Vec<Vec<&str>> = found.iter().map(|one| one.rules.iter().map(|rule| rule.value.as_str()).collect()).collect();
        assert_eq!(names, [vec!["a", "b"], vec!["c"]]);
        assert!(found[0].covers.of(text).ends_with("\nopen();") && found[1].covers.of(text).starts_with("open(); //"));
        assert!(found[0].rules.iter().all(|rule| rule.span.of(text) == rule.value));
    }

    #[test]
    fn what_is_taken_out_leaves_the_rest() {
        let text = "a = 1  # spinlint: allow(x, y) why\n# spinlint: allow(z)\nb = 1\n";
        let found = in_toml(&Arc::new(SourceFile::new("spin.toml", text)));
        let apply = |edit: Edit| crate::diagnostic::Edits::new(vec![edit]).unwrap().apply(text);
        assert_eq!(apply(found[0].without(&[0])), text.replace("x, y", "y"));
        assert_eq!(apply(found[0].without(&[0, 1])), text.replace("  # spinlint: allow(x, y) why", ""));
        assert_eq!(apply(found[1].without(&[0])), text.replace("# spinlint: allow(z)\n", ""));
    }
}
