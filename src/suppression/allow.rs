//! Writes the comments: behind what is allowed, or above it.

use std::sync::Arc;

use super::{MARK, Suppression, in_source, in_toml, line_of};
use crate::diagnostic::{Edit, Edits, Place};
use crate::syntax;
use crate::text::{SourceFile, Span};

/// The edit that allows what a rule finds at a place of a manifest or a source; none where no comment can stand.
pub fn allow(file: &Arc<SourceFile>, span: Span, rule: &str, reason: &str) -> Option<Edit> {
    let is_toml = is_toml(file);
    let comment = format!("{} {MARK} allow({rule}){}{reason}", sign(file), if reason.is_empty() { "" } else { " " });
    let candidates = match is_toml {
        true => [joined(file, span, rule), Some(behind(file, span, &comment)), above(file, span, &comment)],
        false => [above_call(file, span, &comment), None, None],
    };
    let works = |edit: &Edit| {
        let Some(edits) = Edits::new(vec![edit.clone()]) else { return false };
        let text = edits.apply(file.text());
        let is_broken = is_toml && !syntax::parse(&text).errors.is_empty();
        let written = Arc::new(SourceFile::new(file.path(), text));
        let place = Place { span: moved(span, edit), file: Arc::clone(&written) };
        !is_broken && in_file(&written).iter().any(|one| one.allows(rule, &place))
    };
    candidates.into_iter().flatten().find(works)
}

/// A manifest's text with comments that allow what rules find at places; none where nothing can be written.
pub fn allow_all(file: &Arc<SourceFile>, places: &[(Span, &str)], reason: &str) -> Option<String> {
    let mut now = Arc::clone(file);
    let mut done: Vec<Edit> = Vec::new();
    for (span, rule) in places {
        let span = done.iter().fold(*span, moved);
        let place = Place { file: Arc::clone(&now), span };
        // The comment of another finding may allow this one as well.
        if in_toml(&now).iter().any(|one| one.allows(rule, &place)) {
            continue;
        }
        let Some(edit) = allow(&now, span, rule, reason) else { continue };
        let text = Edits::new(vec![edit.clone()])?.apply(now.text());
        now = Arc::new(SourceFile::new(file.path(), text));
        done.push(edit);
    }
    (!done.is_empty()).then(|| now.text().to_owned())
}

/// The edit that takes a rule out of the comment at whose name a place is, or the whole comment that names none.
pub fn disallow(file: &Arc<SourceFile>, place: Span) -> Option<Edit> {
    let comment = in_file(file).into_iter().find(|one| one.place.span.start <= place.start && place.end <= one.place.span.end)?;
    match comment.rules.iter().position(|rule| rule.span == place) {
        Some(index) => Some(comment.without(&[index])),
        None => comment.rules.is_empty().then(|| comment.without(&[])),
    }
}

fn in_file(file: &Arc<SourceFile>) -> Vec<Suppression> {
    if is_toml(file) { in_toml(file) } else { in_source(file) }
}

fn is_toml(file: &SourceFile) -> bool {
    file.path().extension().is_some_and(|ending| ending == "toml") || file.path().as_os_str() == "-"
}

/// What a comment begins with in the language of a file.
fn sign(file: &SourceFile) -> &'static str {
    match file.path().extension().and_then(|ending| ending.to_str()) {
        Some("toml" | "py" | "pyi") | None => "#",
        Some(_) => "//",
    }
}

/// Where a span is after an edit.
fn moved(span: Span, edit: &Edit) -> Span {
    if edit.span.start > span.start {
        return span;
    }
    let shift = |offset: usize| offset + edit.text.len() - (edit.span.end - edit.span.start);
    Span::new(shift(span.start), shift(span.end))
}

/// One more rule in the comment that stands there already.
fn joined(file: &Arc<SourceFile>, span: Span, rule: &str) -> Option<Edit> {
    let text = file.text();
    let headers: Vec<Span> =
        syntax::statements(text).into_iter().filter(syntax::Statement::is_header).map(|statement| statement.span).collect();
    // One for a whole table would allow more than what was found.
    let is_narrow = |covers: Span| !headers.iter().any(|header| covers.start < header.start && header.end <= covers.end);
    let found = in_toml(file);
    let known = found.iter().find(|one| one.covers.start <= span.start && span.end <= one.covers.end && is_narrow(one.covers))?;
    Some(Edit::insert(known.rules.last()?.span.end, format!(", {rule}")))
}

/// A comment at the end of the line, before one that is there.
fn behind(file: &Arc<SourceFile>, span: Span, comment: &str) -> Edit {
    let text = file.text();
    let line = line_of(text, span.start);
    let other = super::comments(text).find(|comment| line.start <= comment.start && comment.end <= line.end);
    match other {
        Some(other) => Edit::insert(other.start, format!("{comment} ")),
        None => Edit::insert(line.start + line.of(text).trim_end().len(), format!(" {comment}")),
    }
}

/// A comment on a line of its own, above the statement.
fn above(file: &Arc<SourceFile>, span: Span, comment: &str) -> Option<Edit> {
    let text = file.text();
    let statements = syntax::statements(text);
    let around = statements.iter().find(|statement| statement.span.start <= span.start && span.start <= statement.span.end)?;
    Some(on_its_own(text, around.span.start, comment))
}

/// A comment on a line of its own, above a call.
fn above_call(file: &Arc<SourceFile>, span: Span, comment: &str) -> Option<Edit> {
    let text = file.text();
    let line = line_of(text, span.start);
    // A line that is continued cannot have a comment in it.
    let before = text[..line.start].trim_end_matches(['\r', '\n']);
    (!before.ends_with('\\')).then(|| on_its_own(text, span.start, comment))
}

fn on_its_own(text: &str, offset: usize, comment: &str) -> Edit {
    let line = line_of(text, offset);
    let written = line.of(text);
    let bom = written.len() - written.trim_start_matches('\u{feff}').len();
    let indent = &written[bom..written.len() - written[bom..].trim_start().len()];
    let end = if written.ends_with('\r') { "\r\n" } else { "\n" };
    Edit::insert(line.start + bom, format!("{indent}{comment}{end}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(name: &str, text: &str, at: &str) -> Option<String> {
        let file = Arc::new(SourceFile::new(name, text));
        let start = text.find(at).unwrap();
        let edit = allow(&file, Span::new(start, start + at.len()), "r", "why")?;
        Some(Edits::new(vec![edit]).unwrap().apply(text))
    }

    #[test]
    fn a_comment_comes_behind_or_into_the_one_there_or_above() {
        let toml = |text: &str, at: &str| after("spin.toml", text, at).unwrap();
        assert_eq!(toml("[a]\nb = 1\n", "a"), "[a] # spinlint: allow(r) why\nb = 1\n");
        assert_eq!(toml("b = 1  # note\r\n", "b"), "b = 1  # spinlint: allow(r) why # note\r\n");
        assert_eq!(toml("b = 1 # spinlint: allow(s) x\n", "b"), "b = 1 # spinlint: allow(s, r) x\n");
        assert_eq!(toml("# spinlint: allow(s)\n[a]\nb = 1\n", "b"), "# spinlint: allow(s)\n[a]\nb = 1 # spinlint: allow(r) why\n");
        assert_eq!(toml("b = \"\"\"\nx\ny\"\"\"\n", "x"), "# spinlint: allow(r) why\nb = \"\"\"\nx\ny\"\"\"\n");
        assert_eq!(toml("\u{feff}b = 1", "b"), "\u{feff}b = 1 # spinlint: allow(r) why");
        assert_eq!(toml("b = [\n  1,\n  2,\n]\n", "2"), "b = [\n  1,\n  2, # spinlint: allow(r) why\n]\n");
    }

    #[test]
    fn a_call_is_allowed_above_it_in_the_signs_of_its_language() {
        assert_eq!(
            after("a.rs", "fn f() {\n    open();\n}\n", "open").unwrap(),
            "fn f() {\n    // spinlint: allow(r) why\n    open();\n}\n"
        );
        assert_eq!(after("a.py", "\topen()\n", "open").unwrap(), "\t# spinlint: allow(r) why\n\topen()\n");
        assert_eq!(after("a.py", "x = \\\n  open()\n", "open"), None);
    }

    #[test]
    fn many_are_allowed_in_one_text() {
        let text = "a = 1\nb = 2\n";
        let file = Arc::new(SourceFile::new("spin.toml", text));
        let places = [(Span::new(0, 1), "r"), (Span::new(4, 5), "s"), (Span::new(6, 7), "r")];
        let after = allow_all(&file, &places, "why").unwrap();
        assert_eq!(after, "a = 1 # spinlint: allow(r, s) why\nb = 2 # spinlint: allow(r) why\n");
    }
}
