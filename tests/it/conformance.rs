//! Spin's own verdicts: an error is reported exactly when Spin refuses the manifest.
//!
//! The cases are in `../shared/conformance`, outside of the project. Without them the test says so and passes.

use std::path::PathBuf;
use std::sync::Arc;

use spinlint::diagnostic::Severity;
use spinlint::facts::{Gatherer, Options};
use spinlint::files::Memory;
use spinlint::text::SourceFile;
use spinlint::{Document, Settings};

/// A file of the shared folder beside the project, if it is there.
pub fn shared(path: &str) -> Option<PathBuf> {
    let shared = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared")).join(path);
    if !shared.exists() {
        eprintln!("skipped: {} is not there", shared.display());
    }
    shared.exists().then_some(shared)
}

/// The errors of a manifest beside which there are no files at all.
fn errors(toml: &str) -> Vec<String> {
    found(toml).into_iter().map(|(line, column, rule, message)| format!("{line}:{column} {rule}: {message}")).collect()
}

/// The same, each with its line, its column and its rule.
fn found(toml: &str) -> Vec<(usize, usize, &'static str, String)> {
    let document = Document::parse(Arc::new(SourceFile::new("spin.toml", toml)));
    let facts = document.facts(&Gatherer::new(&Memory::default(), Options::default()));
    let found = spinlint::check(&document, &facts, &Settings { is_named: true, is_built: false, ..Settings::default() });
    let errors = found.into_iter().filter(|diagnostic| diagnostic.severity == Severity::Error);
    errors
        .map(|diagnostic| {
            let position = document.file.position(diagnostic.place.span.start);
            (position.line, position.column, diagnostic.rule, diagnostic.message)
        })
        .collect()
}

#[test]
fn errors_are_reported_exactly_when_spin_refuses() {
    let Some(path) = shared("conformance/cases.jsonl") else { return };
    let text = std::fs::read_to_string(path).unwrap();
    let (mut judged, mut failures) = (0, Vec::new());
    for line in text.lines() {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        let spin = &row["spin"];
        let accept = spin["accept"].as_bool().unwrap();
        // A row without a right answer is nobody's.
        if row["note"].as_str().unwrap().starts_with("open:") {
            continue;
        }
        judged += 1;
        let errors = errors(row["toml"].as_str().unwrap());
        if errors.is_empty() != accept {
            failures.push(format!("{} (accept {accept}, {}): {errors:?}", row["id"], spin["message"]));
        }
    }
    assert!(failures.is_empty(), "{} of {judged} rows differ:\n{}", failures.len(), failures.join("\n"));
    eprintln!("{judged} rows agree");
}

/// Where an error may be on another line than Spin's, because it is the better one: what Spin says, and why.
const BETTER_LINES: &[(&str, &str)] = &[
    ("data did not match any variant of untagged enum", "Spin points at the whole table, and not at the key that does not belong there"),
    ("invalid multiline", "Spin points at the end of the file, and not at the quote that nothing closes"),
    ("duplicate field `spin_manifest_version`", "Spin points at the first of the two, and not at the one to remove"),
];

#[test]
fn errors_are_on_the_line_that_spin_names_or_a_better_one() {
    let Some(path) = shared("conformance/cases.jsonl") else { return };
    let text = std::fs::read_to_string(path).unwrap();
    let mut failures = Vec::new();
    for line in text.lines() {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        let spin = &row["spin"];
        let Some(expected) = spin["line"].as_u64().filter(|_| !row["note"].as_str().unwrap().starts_with("open:")) else { continue };
        let message = spin["message"].as_str().unwrap();
        let found = found(row["toml"].as_str().unwrap());
        let is_there = found.iter().any(|(line, ..)| *line as u64 == expected);
        if !is_there && !BETTER_LINES.iter().any(|(said, _)| message.starts_with(said)) {
            failures.push(format!("{}: line {expected} by Spin ({message}), {found:?}", row["id"]));
        }
    }
    assert!(failures.is_empty(), "{} rows differ:\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn no_real_manifest_that_spin_accepts_gets_an_error() {
    let Some(folder) = shared("corpus") else { return };
    let verdicts = std::fs::read_to_string(folder.join("verdicts.csv")).unwrap();
    let mut failures = Vec::new();
    for row in verdicts.lines().skip(1) {
        let fields: Vec<&str> = row.split(',').collect();
        if fields.get(5) != Some(&"true") {
            continue;
        }
        let text = std::fs::read_to_string(folder.join("manifests").join(fields[0])).unwrap();
        let errors = errors(&text);
        if !errors.is_empty() {
            failures.push(format!("{}: {errors:?}", fields[0]));
        }
    }
    assert!(failures.is_empty(), "{} manifests:\n{}", failures.len(), failures.join("\n"));
}
