//! Every file of `tests/sources` is a small app whose sources say, at the end of a line, what is used there:
//! `//~ app "default"`, or `//~ app ?` for a label that is computed. The README beside them says more.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use spinlint::Document;
use spinlint::capability::Capability;
use spinlint::facts::{Certainty, Gatherer, Options};
use spinlint::files::Memory;
use spinlint::report::ManifestReport;
use spinlint::text::SourceFile;

/// Something that is used, with its kind, the component that uses it, and the file and line where.
type Known = (String, String, String, String);

/// The kind of a use that is likely and not proved.
const LIKELY: &str = "likely";

struct Case {
    files: Memory,
    manifest: String,
    known: BTreeSet<Known>,
    /// The components that use something computed, and its kind. Which of several calls tells it, no rule says.
    computed: BTreeSet<(String, String)>,
}

fn read(text: &str) -> Case {
    let mut case = Case { files: Memory::default(), manifest: String::new(), known: BTreeSet::new(), computed: BTreeSet::new() };
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let Some(words) = line.strip_prefix("```") else { continue };
        let (_, path) = words.split_once(' ').unwrap_or_else(|| panic!("a block without a path: {line}"));
        let mut content = String::new();
        for (number, line) in lines.by_ref().take_while(|line| *line != "```").enumerate() {
            content.push_str(line);
            content.push('\n');
            let mark = line.split_once("//~ ").or_else(|| line.split_once("#~ "));
            for mark in mark.map(|(_, marks)| marks).unwrap_or("").split(';').filter(|mark| !mark.trim().is_empty()) {
                let (component, used) = mark.trim().split_once(' ').unwrap_or_else(|| panic!("no mark: {mark}"));
                let is_kind = |word: &str| word == LIKELY || Capability::ALL.iter().any(|capability| capability.row().noun == word);
                let (kind, label) = used.trim().split_once(' ').filter(|(word, _)| is_kind(word)).unwrap_or(("store", used.trim()));
                match label.trim() {
                    "?" => {
                        case.computed.insert((kind.to_owned(), component.to_owned()));
                    }
                    label => {
                        let label = label.trim_matches('"').to_owned();
                        case.known.insert((kind.to_owned(), component.to_owned(), label, format!("{path}:{}", number + 1)));
                    }
                }
            }
        }
        if path == "spin.toml" {
            case.manifest.clone_from(&content);
        }
        case.files.insert(path, content);
    }
    case
}

fn cases(folder: &Path) -> Vec<PathBuf> {
    let languages = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir());
    let files = languages.flat_map(|language| std::fs::read_dir(language).unwrap().map(|entry| entry.unwrap().path()));
    let mut files: Vec<PathBuf> = files.filter(|path| path.extension().is_some_and(|ending| ending == "md")).collect();
    files.sort();
    files
}

#[test]
fn every_app_opens_what_its_marks_say() {
    let folder = std::env::var("SPINLINT_SOURCES").unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/tests/sources").to_owned());
    let mut failures = Vec::new();
    let paths = cases(Path::new(&folder));
    let others = std::env::var_os("SPINLINT_SOURCES").is_some();
    assert!(others || paths.len() > 400, "only {} apps in {folder}", paths.len());
    for path in paths {
        let case = read(&std::fs::read_to_string(&path).unwrap());
        let document = Document::parse(Arc::new(SourceFile::new("spin.toml", case.manifest.as_str())));
        let facts = document.facts(&Gatherer::new(&case.files, Options::default()));
        let (mut known, mut computed) = (BTreeSet::new(), BTreeSet::new());
        // The apps of one language are about stores alone.
        let is_about = |capability: Capability| capability == Capability::KeyValue || path.iter().any(|part| part == "grants");
        for (id, component) in &facts.components {
            for used in component.source_uses().iter().filter(|used| is_about(used.capability)) {
                let kind = used.capability.row().noun.to_owned();
                match &used.label {
                    Some(label) => {
                        let kind = if used.certainty == Certainty::Proved { kind } else { LIKELY.to_owned() };
                        let line = used.place.file.position(used.place.span.start).line;
                        known.insert((kind, id.clone(), label.clone(), format!("{}:{line}", used.place.file.display_path())));
                    }
                    None => {
                        computed.insert((kind, id.clone()));
                    }
                }
            }
        }
        let name = path.strip_prefix(&folder).unwrap_or(&path).display().to_string();
        let missed: Vec<_> = case.known.difference(&known).collect();
        let invented: Vec<_> = known.difference(&case.known).collect();
        if !missed.is_empty() || !invented.is_empty() {
            failures.push(format!("{name}\n  missed {missed:?}\n  invented {invented:?}"));
        } else if computed != case.computed {
            failures.push(format!("{name}\n  computed in {computed:?}, marked in {:?}", case.computed));
        }
    }
    assert!(failures.is_empty(), "{} apps differ:\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn a_source_that_is_no_text_is_told_and_proves_nothing() {
    let mut files = Memory::default();
    let manifest = "spin_manifest_version = 2\napplication.name = \"a\"\ntrigger.http = [{ route = \"/...\", component = \"a\" }]\n\
                    [component.a]\nsource = \"a.wasm\"\n[component.a.build]\ncommand = \"cargo build --target wasm32-wasip1\"\n";
    files.insert("Cargo.toml", "[package]\nname = \"a\"\n");
    files.insert("src/lib.rs", "mod keep;\n");
    files.insert("src/keep.rs", b"// caf\xe9\npub fn f() { spin_sdk::key_value::Store::open(\"x\"); }\n");
    let document = Document::parse(Arc::new(SourceFile::new("spin.toml", manifest)));
    let facts = document.facts(&Gatherer::new(&files, Options::default()));
    assert_eq!(facts.component("a").unread_files, [PathBuf::from("src/keep.rs")]);
    let report = ManifestReport::new(document.file.clone(), &document.manifest(), &facts, Vec::new());
    assert!(!report.inspected[0].is_complete());
}
