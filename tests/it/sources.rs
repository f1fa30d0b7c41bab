//! Every file of `tests/sources` is a small app whose sources say, at the end of a line, what is opened there:
//! `//~ app "default"`, or `//~ app ?` for a label that is computed. The README beside them says more.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use spinlint::Document;
use spinlint::facts::{Gatherer, Options};
use spinlint::files::Memory;
use spinlint::text::SourceFile;

/// A label with the component that opens it, and the file and line where.
type Known = (String, String, String);

struct Case {
    files: Memory,
    manifest: String,
    known: BTreeSet<Known>,
    /// The components that open a computed label. Which of several calls tells it, no rule says.
    computed: BTreeSet<String>,
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
                let (component, label) = mark.trim().split_once(' ').unwrap_or_else(|| panic!("no mark: {mark}"));
                match label.trim() {
                    "?" => {
                        case.computed.insert(component.to_owned());
                    }
                    label => {
                        let label = label.trim_matches('"').to_owned();
                        case.known.insert((component.to_owned(), label, format!("{path}:{}", number + 1)));
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
    assert!(paths.len() > 400, "only {} apps in {folder}", paths.len());
    for path in paths {
        let case = read(&std::fs::read_to_string(&path).unwrap());
        let document = Document::parse(Arc::new(SourceFile::new("spin.toml", case.manifest.as_str())));
        let facts = document.facts(&Gatherer::new(&case.files, Options::default()));
        let (mut known, mut computed) = (BTreeSet::new(), BTreeSet::new());
        for (id, component) in &facts.components {
            for open in component.source_opens() {
                match &open.label {
                    Some(label) => {
                        let line = open.place.file.position(open.place.span.start).line;
                        known.insert((id.clone(), label.clone(), format!("{}:{line}", open.place.file.display_path())));
                    }
                    None => {
                        computed.insert(id.clone());
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
