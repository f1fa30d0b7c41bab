//! The harness that distrusts every rule: its example fires just where its carets say, and every fix is proved.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::capability::Capability;
use crate::diagnostic::{Diagnostic, Place};
use crate::facts::trace::Trace;
use crate::facts::wasm::{Labels, Wasm, World};
use crate::facts::{Facts, Gatherer, Options, WasmFacts, WasmState};
use crate::files::Memory;
use crate::rules::{self, ALL, FixAvailability};
use crate::runtime_config::RuntimeConfig;
use crate::text::{SourceFile, Span};
use crate::{Document, Settings, check, suppression, syntax};

/// The head of a small app, to which a test adds its component `cart`.
pub const APP: &str =
    "spin_manifest_version = 2\napplication.name = \"shop\"\ntrigger.http = [{ route = \"/...\", component = \"cart\" }]\n";

/// The runtime configuration among the files of an example.
const CONFIGURATION: &str = "runtime-config.toml";

/// What stands beside a manifest in a test.
#[derive(Default)]
struct Beside<'t> {
    files: Vec<(&'t str, &'t str)>,
    facts: Option<&'t str>,
}

fn document(text: &str) -> Document {
    Document::parse(Arc::new(SourceFile::new("spin.toml", text)))
}

fn facts(document: &Document, beside: &Beside<'_>) -> Facts {
    let mut memory = Memory::default();
    for (path, text) in &beside.files {
        memory.insert(path, text);
    }
    let mut facts = document.facts(&Gatherer::new(&memory, Options::default()));
    let given: BTreeMap<String, BTreeMap<String, serde_json::Value>> =
        beside.facts.map(|facts| serde_json::from_str(facts).unwrap()).unwrap_or_default();
    for (id, given) in given {
        let texts =
            |key: &str| -> Vec<String> { given.get(key).map(|list| serde_json::from_value(list.clone()).unwrap()).unwrap_or_default() };
        let text = |key: &str| given.get(key).and_then(|value| value.as_str()).map(str::to_owned);
        let wasm = match (text("newer"), text("unreadable")) {
            (Some(newer), _) => WasmState::Stale { newer },
            (_, Some(reason)) => WasmState::Unreadable(reason),
            _ if given.contains_key("missing") => WasmState::Missing,
            _ => {
                let labels = Labels {
                    known: texts("labels"),
                    has_unknown: given.contains_key("unknown"),
                    is_complete: !given.contains_key("unknown"),
                };
                let labels = Capability::ALL.into_iter().map(|capability| (capability, labels.clone())).collect();
                let world = given.contains_key("exports").then(|| World { imports: texts("imports"), exports: texts("exports") });
                let module = Arc::new(Wasm { imports: texts("imports"), is_interpreter: given.contains_key("interpreter"), labels, world });
                let place = Place { file: Arc::new(SourceFile::new("cart.wasm", "")), span: Span::at(0) };
                WasmState::Read(WasmFacts { place, module })
            }
        };
        if let [start, message] = texts("unmet").as_slice() {
            let start = document.file.text().find(start.as_str()).unwrap();
            let key = Span::new(start, start + document.file.text()[start..].find(' ').unwrap());
            facts.unmet.push((Place { file: Arc::clone(&document.file), span: key }, message.clone()));
        }
        let requests = given.get("requests").map(|list| serde_json::from_value(list.clone()).unwrap()).unwrap_or_default();
        let trace = Trace { requests, ..Trace::default() };
        facts.observe(&id, &Place { file: Arc::new(SourceFile::new("cart.wasm", "")), span: Span::at(0) }, None, &trace);
        let component = facts.components.entry(id).or_default();
        component.has_stale_trace = given.contains_key("stale_trace");
        component.wasm = wasm;
    }
    facts
}

fn found(text: &str, beside: &Beside<'_>, rule: &str) -> Vec<Diagnostic> {
    let profile = (rule == "unknown-profile").then(|| "debug".into());
    let document = document(text).with_profile(profile);
    let facts = facts(&document, beside);
    let config = beside.files.iter().find(|(path, _)| *path == CONFIGURATION);
    let config = config.map(|(path, text)| Arc::new(RuntimeConfig::parse(Arc::new(SourceFile::new(*path, *text)))));
    check(
        &document,
        &facts,
        &Settings {
            runtime_config: config,
            is_named: true,
            is_built: false,
            selected: rules::find(rule).filter(|entry| !entry.rule.is_on).map(|entry| entry.name.to_owned()).into_iter().collect(),
            components: (rule == "unselected-component").then(|| "cart".to_owned()).into_iter().collect(),
            spin_version: (rule == "newer-feature").then(|| semver::Version::new(3, 4, 0)),
            ..Settings::default()
        },
    )
    .into_iter()
    .filter(|diagnostic| diagnostic.rule == rule)
    .collect()
}

/// The findings of one rule.
pub fn findings(text: &str, files: &[(&str, &str)], rule: &str) -> Vec<Diagnostic> {
    found(text, &Beside { files: files.to_vec(), facts: None }, rule)
}

/// Asserts that a rule says nothing.
pub fn silent(text: &str, rule: &str) {
    silent_with(text, &[], rule);
}

/// Asserts that a rule says nothing about an app with these files.
pub fn silent_with(text: &str, files: &[(&str, &str)], rule: &str) {
    let found = findings(text, files, rule);
    assert!(found.is_empty(), "{rule} is not silent: {found:#?}");
}

/// Asserts that a rule says nothing about an app of which this is known.
pub fn silent_facts(text: &str, facts: &str, rule: &str) {
    let found = found(text, &Beside { files: Vec::new(), facts: Some(facts) }, rule);
    assert!(found.is_empty(), "{rule} is not silent: {found:#?}");
}

/// Asserts what a rule's fixes make of a text.
pub fn check_fix(before: &str, rule: &str, after: &str) {
    check_fix_with(before, &[], rule, after);
}

/// Asserts what a rule's fixes make of an app with these files.
pub fn check_fix_with(before: &str, files: &[(&str, &str)], rule: &str, after: &str) {
    let beside = Beside { files: files.to_vec(), facts: None };
    assert_eq!(fixed(before, &beside, rule), after);
}

/// Applies a rule's fixes one by one, and proves each of them.
fn fixed(text: &str, beside: &Beside<'_>, rule: &str) -> String {
    let mut text = text.to_owned();
    for _ in 0..20 {
        let Some(diagnostic) = found(&text, beside, rule).into_iter().find(|diagnostic| diagnostic.fix.is_some()) else { return text };
        let fix = diagnostic.fix.as_ref().unwrap();
        let next = fix.edits.apply(&text);
        prove(&text, &next, &diagnostic);
        let again = found(&next, beside, rule);
        let is_same = |other: &&Diagnostic| other.message == diagnostic.message && other.place.span == diagnostic.place.span;
        assert!(!again.iter().any(|other| is_same(&other)), "the fix changed nothing: {diagnostic:#?}\n{next}");
        text = next;
    }
    panic!("the fixes of {rule} never end:\n{text}");
}

/// What every fix has to leave as it was.
fn prove(before: &str, after: &str, diagnostic: &Diagnostic) {
    let tree = syntax::parse(after);
    assert!(tree.errors.is_empty(), "the fix of {} breaks the file: {:?}\n{after}", diagnostic.rule, tree.errors);
    // What allows nothing is taken out on purpose.
    let is_kept = |comment: &&str| diagnostic.rule != rules::UNUSED_SUPPRESSION || !comment.contains(suppression::MARK);
    let comments = |text: &str| -> Vec<String> {
        let comments = text.lines().filter_map(|line| line.split_once('#')).map(|(_, comment)| comment.trim_end());
        let mut comments: Vec<String> = comments.filter(is_kept).map(str::to_owned).collect();
        comments.sort();
        comments
    };
    assert_eq!(comments(before), comments(after), "the fix of {} loses a comment", diagnostic.rule);
    assert_eq!(before.contains("\r\n"), after.contains("\r\n"), "line ends changed");
    assert_eq!(
        after.matches('\n').count() == after.matches("\r\n").count(),
        before.matches('\n').count() == before.matches("\r\n").count()
    );
    assert_eq!(before.starts_with('\u{feff}'), after.starts_with('\u{feff}'), "the byte order mark changed");
}

/// The fenced blocks of a rule's documentation: the heading above each, its words, its text.
fn blocks(documentation: &str) -> Vec<(String, String, String)> {
    let mut blocks = Vec::new();
    let mut heading = String::new();
    let mut lines = documentation.lines();
    while let Some(line) = lines.next() {
        if let Some(text) = line.strip_prefix("## ") {
            heading = text.to_owned();
        } else if let Some(words) = line.strip_prefix("```") {
            let text: String = lines.by_ref().take_while(|line| *line != "```").flat_map(|line| [line, "\n"]).collect();
            blocks.push((heading.clone(), words.to_owned(), text));
        }
    }
    blocks
}

/// Takes the caret lines out of a text: each names the start of a span on the line above it and the message. `# <-`
/// means the first key of the line above, or the start of the file where there is none.
fn carets(text: &str) -> (String, Vec<(usize, usize, String)>) {
    let mut plain = String::new();
    let mut expected = Vec::new();
    let mut line_start = 0;
    for line in text.lines() {
        let body = line.strip_prefix('#').unwrap_or("");
        if let Some(message) = body.strip_prefix(" <- ") {
            let above = &plain[line_start..];
            let length = above.find([' ', '=', '\n']).unwrap_or(0);
            expected.push((line_start, line_start + length, message.to_owned()));
        } else if body.trim_start().starts_with('^') {
            let column = line.find('^').unwrap();
            let end = line.rfind("^ ").map_or(line.trim_end().len(), |at| at + 1);
            expected.push((line_start + column, line_start + end, line[end..].trim().to_owned()));
        } else {
            line_start = plain.len();
            plain.push_str(line);
            plain.push('\n');
        }
    }
    (plain, expected)
}

#[test]
fn every_example_fires_just_where_its_carets_say() {
    let mut failures = Vec::new();
    for entry in ALL {
        let documentation = entry.documentation();
        let blocks = blocks(&documentation);
        let example = blocks
            .iter()
            .find(|(heading, words, _)| heading == "Example" && words == "toml")
            .unwrap_or_else(|| panic!("{} has no example", entry.name));
        let (text, expected) = carets(&example.2);
        let mut beside = Beside::default();
        let config = blocks.iter().find(|(_, words, _)| words.ends_with(CONFIGURATION)).map(|(_, _, text)| carets(text));
        if let Some((text, _)) = &config {
            beside.files.push((CONFIGURATION, text));
        }
        let expected: Vec<(usize, usize, String)> =
            expected.into_iter().chain(config.iter().flat_map(|(_, carets)| carets.clone())).collect();
        for (heading, words, text) in &blocks {
            if heading == "Example" {
                match words.split_once(' ') {
                    Some((_, CONFIGURATION)) => {}
                    Some((_, path)) => beside.files.push((path, text)),
                    None if words == "facts" => beside.facts = Some(text),
                    None => {}
                }
            }
        }
        let found = found(&text, &beside, entry.name);
        let told: Vec<(usize, usize, String)> =
            found.iter().map(|diagnostic| (diagnostic.place.span.start, diagnostic.place.span.end, diagnostic.message.clone())).collect();
        if told != expected {
            failures.push(format!("{}:\n  told     {told:?}\n  expected {expected:?}", entry.name));
            continue;
        }
        let wanted = blocks.iter().find(|(heading, words, _)| heading == "Fixed" && words == "toml").map(|(_, _, text)| text.clone());
        match (entry.rule.fix, wanted) {
            (FixAvailability::Never, wanted) => {
                assert!(
                    wanted.is_none() && found.iter().all(|diagnostic| diagnostic.fix.is_none()),
                    "{} says that it has no fix",
                    entry.name
                );
            }
            (FixAvailability::Sometimes(_), Some(wanted)) => {
                assert_eq!(fixed(&text, &beside, entry.name), wanted, "the fix of {}", entry.name)
            }
            (FixAvailability::Sometimes(_), None) => {
                assert!(found.iter().any(|diagnostic| diagnostic.fix.is_some()), "{} shows no fix", entry.name)
            }
        }
        for text in [text.replace('\n', "\r\n"), format!("\u{feff}{text}")] {
            fixed(&text, &beside, entry.name);
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn the_table_is_in_order() {
    let names: Vec<&str> = ALL.iter().map(|entry| entry.name).collect();
    let mut sorted = names.clone();
    sorted.sort_unstable();
    assert_eq!(names, sorted);
    for entry in ALL {
        assert!(entry.name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "{}", entry.name);
        assert!(!["require-", "no-", "check-"].iter().any(|prefix| entry.name.starts_with(prefix)), "{}", entry.name);
        let documentation = entry.documentation();
        for heading in ["\n## Why\n", "\n## Example\n"] {
            assert!(documentation.contains(heading), "{} lacks {heading:?}", entry.name);
        }
        assert!(entry.summary().ends_with('.'), "{}: {}", entry.name, entry.summary());
    }
}
