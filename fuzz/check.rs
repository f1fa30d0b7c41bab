//! What has to hold for any text at all: nothing panics, every place is in the text, every fix leaves TOML, and fixing comes to an end. The fuzz
//! target feeds it, and so do bounded tests (`tests/it/abuse.rs`).

use std::sync::Arc;

use spinlint::facts::Facts;
use spinlint::text::SourceFile;
use spinlint::{Document, Settings, fix, syntax};

/// Parses a text as a manifest.
pub fn document(text: &str) -> Document {
    Document::parse(Arc::new(SourceFile::new("spin.toml", text)))
}

/// Checks and fixes a text, and asserts what has to hold.
pub fn check(text: &str) {
    let settings = Settings { is_named: true, is_built: true, ..Settings::default() };
    let found = spinlint::check(&document(text), &Facts::default(), &settings);
    for diagnostic in &found {
        assert!(diagnostic.place.span.start <= diagnostic.place.span.end && diagnostic.place.span.end <= text.len(), "{diagnostic:?}");
        diagnostic.place.file.position(diagnostic.place.span.end);
        if let Some(fix) = &diagnostic.fix {
            let fixed = fix.edits.apply(text);
            let tree = syntax::parse(&fixed);
            assert!(tree.errors.is_empty(), "{}: {:?}\n{fixed}", diagnostic.rule, tree.errors);
        }
    }
    let before = found.iter().filter(|diagnostic| diagnostic.fix.is_some()).count();
    let outcome = fix::apply(document(text), true, |document| spinlint::check(document, &Facts::default(), &settings));
    let after = outcome.diagnostics.iter().filter(|diagnostic| diagnostic.fix.is_some()).count();
    assert!(after == 0 || after < before, "fixing ends with {after} of {before} fixes left:\n{}", outcome.document.file.text());
}
