//! JavaScript and TypeScript: which files a component is bundled from, and what opens a store there.

mod extract;
mod project;
mod values;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tree_sitter::Language;

use super::library::Library;
use super::program::{Found, Name, Unit};
use super::relevance;
use super::sdk::JAVASCRIPT;
use crate::text::{SourceFile, slashed};
pub(super) use project::EXTENSIONS;
use project::Project;

/// The commands that make Wasm of a bundle.
pub(super) const MAKERS: &[&str] = &["j2w", "js2wasm", "spin-js2wasm"];

/// The sources of a component that is bundled in `folder` by these commands, for this Wasm.
pub(super) fn units(library: &Library<'_>, folder: &Path, commands: &[String], wasm: Option<&str>) -> Option<Found> {
    let project = Project::new(library, folder);
    let entries = project.entries(commands, wasm)?;
    let files = if entries.is_empty() { all_files(library, folder) } else { reached_files(library, &project, &entries) };
    if files.is_empty() {
        return None;
    }
    let texts: Vec<Arc<SourceFile>> = files.values().cloned().collect();
    let marked = texts.iter().filter(|file| JAVASCRIPT.markers.iter().any(|marker| file.text().contains(marker)));
    let mut relevant: BTreeSet<PathBuf> = marked.map(|file| file.path().to_path_buf()).collect();
    if relevant.is_empty() {
        return Some(Found::new(Vec::new(), &texts));
    }
    // What passes everything on names nothing of it.
    relevant.extend(texts.iter().filter(|file| file.text().contains("export *")).map(|file| file.path().to_path_buf()));
    let mut units: BTreeMap<PathBuf, Unit> = BTreeMap::new();
    loop {
        for path in &relevant {
            if units.contains_key(path) {
                continue;
            }
            let file = &files[path];
            let is_entry = entries.is_empty() || entries.contains(path);
            if let Some(unit) = unit(library, &project, file, is_entry) {
                units.insert(path.clone(), unit);
            }
        }
        let all: Vec<Unit> = std::mem::take(&mut units).into_values().collect();
        let mut names = relevance::needs(&all, &JAVASCRIPT);
        // A default export is known by its file.
        let default = ["default".to_owned()];
        let stems = all.iter().filter(|unit| unit.items.contains_key(default.as_slice())).filter_map(|unit| unit.file.path().file_stem());
        stems.for_each(|stem| names.add(&stem.to_string_lossy()));
        let before = relevant.len();
        relevant.extend(relevance::naming(&texts, &names, true));
        if relevant.len() == before {
            return Some(Found::new(all, &texts));
        }
        units = all.into_iter().map(|unit| (unit.file.path().to_path_buf(), unit)).collect();
    }
}

fn unit(library: &Library<'_>, project: &Project<'_, '_>, file: &Arc<SourceFile>, is_entry: bool) -> Option<Unit> {
    let tree = library.tree(file, &language(file.path()))?;
    let is_own = file.path().starts_with(&project.folder);
    let resolve = |specifier: &str| -> Name {
        match project.resolve(file.path(), specifier) {
            Some(path) => vec![slashed(&path)],
            None => vec![specifier.to_owned()],
        }
    };
    Some(extract::file(file, tree.root_node(), is_own, is_entry, &resolve))
}

fn language(path: &Path) -> Language {
    match path.extension().and_then(|ending| ending.to_str()) {
        Some("ts" | "mts" | "cts") => tree_sitter_typescript::LANGUAGE_TYPESCRIPT.into(),
        Some("tsx") => tree_sitter_typescript::LANGUAGE_TSX.into(),
        _ => tree_sitter_javascript::LANGUAGE.into(),
    }
}

/// The files that the entries load, followed by the words of their imports: parsing comes later, and for few.
fn reached_files(library: &Library<'_>, project: &Project<'_, '_>, entries: &[PathBuf]) -> BTreeMap<PathBuf, Arc<SourceFile>> {
    let mut files = BTreeMap::new();
    let mut pending = entries.to_vec();
    while let Some(path) = pending.pop() {
        if files.contains_key(&path) {
            continue;
        }
        let Some(file) = library.text(&path) else { continue };
        pending.extend(specifiers(file.text()).filter_map(|specifier| project.resolve(&path, specifier)));
        files.insert(path, file);
    }
    files
}

/// The quoted words behind `from`, `import` and `require(`, but for imports of types.
fn specifiers(text: &str) -> impl Iterator<Item = &str> {
    let hits = ["from", "import", "require"].into_iter().flat_map(move |keyword| text.match_indices(keyword));
    hits.filter_map(move |(at, keyword)| {
        let rest = text[at + keyword.len()..].trim_start().trim_start_matches('(').trim_start();
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\'' | '`'))?;
        let end = rest[1..].find(quote)?;
        let statement = text[..at].rfind(['\n', ';']).map_or(0, |start| start + 1);
        let is_type = keyword == "from" && imports_types(text[statement..at].trim_start());
        (!is_type).then_some(&rest[1..=end])
    })
}

/// Whether an import up to its `from` brings types alone, which nothing loads.
fn imports_types(statement: &str) -> bool {
    let Some(names) = statement.strip_prefix("import ") else { return false };
    let listed = names.trim().strip_prefix('{').and_then(|names| names.strip_suffix('}'));
    let is_type = |name: &str| name.trim().is_empty() || name.trim().starts_with("type ");
    names.starts_with("type ") || listed.is_some_and(|names| !names.trim().is_empty() && names.split(',').all(is_type))
}

/// Every source file of a folder but tests, where nothing says which of them are built.
fn all_files(library: &Library<'_>, folder: &Path) -> BTreeMap<PathBuf, Arc<SourceFile>> {
    let skip = ["__tests__", "__mocks__", "test", "tests", "e2e", "cypress", "coverage"];
    let paths = library.walk(folder, EXTENSIONS, &skip).into_iter().filter(|path| {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        !name.contains(".test.") && !name.contains(".spec.") && !name.contains(".config.") && !name.ends_with(".d.ts")
    });
    paths.filter_map(|path| library.text(&path).map(|file| (path, file))).collect()
}
