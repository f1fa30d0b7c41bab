//! Applies fixes in rounds until quiet, and shows what they change.

use similar::ChangeTag;

use crate::Document;
use crate::diagnostic::{Diagnostic, Edit, Edits, Fix, Safety};
use crate::syntax;
use crate::text::{Span, visible};

/// More rounds than any manifest needs; a fix that undoes another must not run for ever.
const MOST_ROUNDS: usize = 100;

/// What fixing came to.
pub struct Outcome {
    /// The text, fixed.
    pub document: Document,
    /// What is left of findings.
    pub diagnostics: Vec<Diagnostic>,
    /// How many fixes were applied.
    pub applied: usize,
}

/// Applies the fixes that `check` finds, round by round: fixes that touch the same bytes wait for the next one.
///
/// Nothing is applied whose result would not be TOML.
pub fn apply(document: Document, unsafe_too: bool, check: impl Fn(&Document) -> Vec<Diagnostic>) -> Outcome {
    let mut document = document;
    let mut applied = 0;
    for _ in 0..MOST_ROUNDS {
        let diagnostics = check(&document);
        let fixes = diagnostics.iter().filter_map(|diagnostic| diagnostic.fix.as_ref());
        let fixes: Vec<&Fix> = fixes.filter(|fix| unsafe_too || fix.safety == Safety::Safe).collect();
        let text = document.file.text();
        // All that go together, else the first that goes alone.
        let result = together(text, &fixes).or_else(|| fixes.iter().find_map(|fix| together(text, std::slice::from_ref(fix))));
        let Some((text, count)) = result else {
            return Outcome { document, diagnostics, applied };
        };
        applied += count;
        document = document.reparse(text);
    }
    let diagnostics = check(&document);
    Outcome { document, diagnostics, applied }
}

/// Takes away the fixes whose result would not be TOML: two headers of one name, for example, only show when both are
/// written.
///
/// All that go together are proved by one parse, and so are those that had to wait for them; only where that fails is
/// each proved alone.
pub fn drop_broken(text: &str, found: &mut [Diagnostic]) {
    let is_toml = |edits: &Edits| syntax::parse(&edits.apply(text)).errors.is_empty();
    let mut unproved: Vec<&mut Option<Fix>> = found.iter_mut().map(|diagnostic| &mut diagnostic.fix).filter(|fix| fix.is_some()).collect();
    while !unproved.is_empty() {
        let (edits, left_out) = side_by_side(unproved.iter().filter_map(|fix| fix.as_ref()));
        let broken = Edits::new(edits).is_some_and(|edits| !is_toml(&edits));
        let mut waiting = Vec::with_capacity(left_out.len());
        for (index, fix) in unproved.into_iter().enumerate() {
            if left_out.binary_search(&index).is_ok() {
                waiting.push(fix);
            } else if broken {
                fix.take_if(|fix| !is_toml(&fix.edits));
            }
        }
        unproved = waiting;
    }
}

/// The text after those of the fixes that do not touch each other, with their number; none if it is no TOML, or the
/// same text.
fn together(text: &str, fixes: &[&Fix]) -> Option<(String, usize)> {
    let (edits, left_out) = side_by_side(fixes.iter().copied());
    let fixed = Edits::new(edits)?.apply(text);
    (fixed != text && syntax::parse(&fixed).errors.is_empty()).then_some((fixed, fixes.len() - left_out.len()))
}

/// The edits of those fixes that touch none of an earlier one, and the indexes of the others.
fn side_by_side<'f>(fixes: impl Iterator<Item = &'f Fix>) -> (Vec<Edit>, Vec<usize>) {
    let (mut taken, mut left_out): (Vec<Edit>, Vec<usize>) = Default::default();
    for (index, fix) in fixes.enumerate() {
        let edits = fix.edits.as_slice();
        match edits.iter().all(|edit| taken.iter().all(|other| are_apart(edit, other))) {
            true => taken.extend_from_slice(edits),
            false => left_out.push(index),
        }
    }
    (taken, left_out)
}

/// Whether two edits touch no common byte and do not insert at the same place.
fn are_apart(a: &Edit, b: &Edit) -> bool {
    let (a, b) = (a.span, b.span);
    if a.start == b.start {
        return false;
    }
    a.end <= b.start || b.end <= a.start
}

/// The edits, line by line, that make one text another; none if they are the same.
pub fn edits_between(before: &str, after: &str) -> Option<Edits> {
    let diff = similar::TextDiff::from_lines(before, after);
    let mut edits: Vec<Edit> = Vec::new();
    let mut at = 0;
    for change in diff.iter_all_changes() {
        let length = change.value().len();
        // Lines that follow each other are one edit.
        let open = edits.last_mut().filter(|edit| edit.span.end == at);
        match (change.tag(), open) {
            (ChangeTag::Equal, _) => at += length,
            (ChangeTag::Delete, Some(edit)) => {
                at += length;
                edit.span.end = at;
            }
            (ChangeTag::Delete, None) => {
                edits.push(Edit::delete(Span::new(at, at + length)));
                at += length;
            }
            (ChangeTag::Insert, Some(edit)) => edit.text.push_str(change.value()),
            (ChangeTag::Insert, None) => edits.push(Edit::insert(at, change.value())),
        }
    }
    Edits::new(edits)
}

/// A unified diff of two texts of one file; empty if they are the same.
pub fn diff(path: &str, before: &str, after: &str) -> String {
    if before == after {
        return String::new();
    }
    // A blank in a name would end it, unless a tab does.
    let name = if path.contains(' ') { format!("{}\t", visible(path)) } else { visible(path) };
    similar::TextDiff::from_lines(before, after).unified_diff().context_radius(3).header(&name, &name).to_string()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::facts::Facts;
    use crate::text::SourceFile;

    fn fixed(text: &str) -> Outcome {
        let document = Document::parse(Arc::new(SourceFile::new("spin.toml", text)));
        apply(document, false, |document| crate::check(document, &Facts::default(), &crate::Settings::default()))
    }

    #[test]
    fn every_line_of_the_tutorial_finds_its_table() {
        let outcome = fixed(
            "spin_manifest_version = 2\nname = \"kv\"\nversion = \"0.1.0\"\nroute = \"/...\"\ncomponent = \"kv\"\nsource = \"kv.wasm\"\nkey_value_stores = \"default\"\ncommand = \"make\"\n",
        );
        assert!(outcome.diagnostics.is_empty(), "{:#?}", outcome.diagnostics);
        assert_eq!(
            outcome.document.file.text(),
            "spin_manifest_version = 2\n\n[application]\nname = \"kv\"\nversion = \"0.1.0\"\n\n[[trigger.http]]\nroute = \"/...\"\ncomponent = \"kv\"\n\n[component.kv]\nsource = \"kv.wasm\"\nkey_value_stores = [\"default\"]\n\n[component.kv.build]\ncommand = \"make\"\n"
        );
    }

    #[test]
    fn a_diff_shows_what_changes() {
        assert_eq!(diff("a", "x\ny\n", "x\nz\n"), "--- a\n+++ a\n@@ -1,2 +1,2 @@\n x\n-y\n+z\n");
        assert_eq!(diff("a", "x", "x"), "");
    }

    #[test]
    fn edits_between_two_texts_make_the_one_the_other() {
        let (before, after) = ("a\nb\r\nc", "b\r\nx\nc\ny");
        assert_eq!(edits_between(before, after).unwrap().apply(before), after);
        assert_eq!(edits_between(before, before), None);
    }
}
