//! Go: which packages a component is built from, and what opens a store there.

mod constraint;
mod extract;
mod values;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::library::Library;
use super::program::{Caller, Found, Name};
use super::relevance;
use super::sdk::{GO, is_sdk_of_go};
use crate::text::{SourceFile, join_lexically, slashed, upwards};
use constraint::Tags;

/// The sources of a component that is built in `folder` by these commands.
pub(super) fn units(library: &Library<'_>, folder: &Path, commands: &[String]) -> Option<Found> {
    let command = commands.join(" && ");
    let workspace = Workspace::around(library, folder);
    let tags = Tags::of(&command);
    let (main, only) = main_package(library, folder, &command);
    let packages = workspace.packages(library, &main, &only, &tags);
    let texts: Vec<Arc<SourceFile>> = packages.values().flat_map(|package| package.files.clone()).collect();
    if texts.is_empty() {
        return None;
    }
    let marked = texts.iter().filter(|file| GO.markers.iter().any(|marker| file.text().contains(marker)));
    let mut relevant: BTreeSet<PathBuf> = marked.map(|file| file.path().to_path_buf()).collect();
    if relevant.is_empty() {
        return Some(Found::new(Vec::new(), &texts));
    }
    loop {
        let mut units = Vec::new();
        for (name, package) in &packages {
            for file in package.files.iter().filter(|file| relevant.contains(file.path())) {
                let Some(tree) = library.tree(file, &tree_sitter_go::LANGUAGE.into()) else { continue };
                let resolve = |path: &str| {
                    let name = packages.get(path).and_then(|package| package.name.clone());
                    (vec![path.to_owned()], name.unwrap_or_else(|| customary_name(path)))
                };
                // Every package here is loaded by the main one; its exported names are only called by name.
                let mut unit = extract::file(file, tree.root_node(), vec![name.clone()], package.is_main, package.is_main, &resolve);
                unit.is_own |= workspace.is_own(name);
                unit.functions[0].caller = Caller::Host;
                unit.functions[0].writes.extend(linked(&command, name, package.is_main));
                units.push(unit);
            }
        }
        let names = relevance::needs(&units, &GO);
        let before = relevant.len();
        relevant.extend(relevance::naming(&texts, &names, true));
        if relevant.len() == before {
            return Some(Found::new(units, &texts));
        }
    }
}

/// The variables of a package to which the linker is told to give a value: `-X main.store=x`.
fn linked<'c>(command: &'c str, package: &str, is_main: bool) -> impl Iterator<Item = Name> + 'c {
    let package = if is_main { "main".to_owned() } else { package.to_owned() };
    let words = command.split([' ', '"', '\'', '\\']).filter(|word| !word.is_empty());
    words.filter_map(move |word| {
        let (variable, _) = word.trim_start_matches("-X=").split_once('=')?;
        Some(vec![variable.strip_prefix(package.as_str())?.strip_prefix('.')?.to_owned()])
    })
}

struct Package {
    files: Vec<Arc<SourceFile>>,
    /// What its files call it.
    name: Option<String>,
    is_main: bool,
}

/// The local modules: import path and folder of each.
struct Workspace {
    modules: Vec<(String, PathBuf)>,
}

impl Workspace {
    fn around(library: &Library<'_>, folder: &Path) -> Workspace {
        let mut modules = Vec::new();
        for folder in upwards(folder) {
            if let Some(text) = library.files.text(&folder.join("go.mod"))
                && modules.is_empty()
            {
                modules.extend(module_path(&text).map(|path| (path, folder.clone())));
                // The SDK's own code opens nothing by itself, wherever it is taken from.
                let replaced = replacements(&text).filter(|(path, _)| !is_sdk_of_go(path));
                modules.extend(replaced.map(|(path, target)| (path, join_lexically(&folder, Path::new(&target)))));
            }
            if let Some(text) = library.files.text(&folder.join("go.work")) {
                for target in uses(&text) {
                    let folder = join_lexically(&folder, Path::new(&target));
                    let path = library.files.text(&folder.join("go.mod")).and_then(|text| module_path(&text));
                    modules.extend(path.map(|path| (path, folder)));
                }
            }
        }
        Workspace { modules }
    }

    fn is_own(&self, import: &str) -> bool {
        self.modules.first().is_some_and(|(path, _)| import == path || import.starts_with(&format!("{path}/")))
    }

    fn folder_of(&self, import: &str) -> Option<PathBuf> {
        let fits = self.modules.iter().filter_map(|(path, folder)| {
            let rest = import.strip_prefix(path.as_str())?;
            (rest.is_empty() || rest.starts_with('/'))
                .then(|| (path.len(), join_lexically(folder, Path::new(rest.trim_start_matches('/')))))
        });
        fits.max_by_key(|(length, _)| *length).map(|(_, folder)| folder)
    }

    /// The main package and the local ones that it imports, by import path.
    fn packages(&self, library: &Library<'_>, main: &Path, only: &[PathBuf], tags: &Tags) -> BTreeMap<String, Package> {
        let mut packages = BTreeMap::new();
        let mut pending: Vec<(String, PathBuf)> = vec![("main".to_owned(), main.to_path_buf())];
        while let Some((import, folder)) = pending.pop() {
            if packages.contains_key(&import) {
                continue;
            }
            let is_main = import == "main";
            let listed = library.files.list(&folder).into_iter().filter(|entry| !entry.is_folder && entry.name.ends_with(".go"));
            let paths = listed.map(|entry| folder.join(entry.name)).filter(|path| !is_main || only.is_empty() || only.contains(path));
            let built = paths.filter_map(|path| library.text(&path)).filter(|file| {
                let name = file.path().file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
                tags.builds(&name, file.text())
            });
            let files: Vec<Arc<SourceFile>> = built.collect();
            for file in &files {
                let code = file.text().lines().filter(|line| !line.trim_start().starts_with("//"));
                let imports = code.filter_map(|line| line.split('"').nth(1)).filter(|text| !text.contains(' '));
                pending.extend(imports.filter_map(|import| Some((import.to_owned(), self.folder_of(import)?))));
            }
            let clause = |file: &Arc<SourceFile>| {
                file.text().lines().find_map(|line| line.strip_prefix("package ").map(|name| name.trim().to_owned()))
            };
            let name = files.first().and_then(clause);
            packages.insert(import, Package { files, name, is_main });
        }
        packages
    }
}

fn module_path(text: &str) -> Option<String> {
    text.lines().find_map(|line| line.trim().strip_prefix("module ")).map(|path| path.trim().trim_matches('"').to_owned())
}

/// `replace path => ../folder`, alone or in a list.
fn replacements(text: &str) -> impl Iterator<Item = (String, String)> {
    text.lines().filter_map(|line| {
        let line = line.trim();
        let (from, to) = line.strip_prefix("replace ").unwrap_or(line).split_once("=>")?;
        let path = from.split_whitespace().next()?.to_owned();
        let target = to.split_whitespace().next()?;
        target.starts_with('.').then(|| (path, target.to_owned()))
    })
}

/// `use ./folder`, alone or in a list.
fn uses(text: &str) -> Vec<String> {
    let words = text.lines().flat_map(|line| line.split("//").next().unwrap_or("").split_whitespace());
    words.filter(|word| word.starts_with('.')).map(str::to_owned).collect()
}

/// The folder of the main package, and the files of it if the command names them.
fn main_package(library: &Library<'_>, folder: &Path, command: &str) -> (PathBuf, Vec<PathBuf>) {
    let words: Vec<&str> = command.split_whitespace().collect();
    let mut files = Vec::new();
    let mut at = folder.to_path_buf();
    if let Some(build) = words.iter().position(|word| *word == "build") {
        let mut previous = "";
        for word in &words[build + 1..] {
            if matches!(*word, "&&" | ";" | "|") {
                break;
            }
            let is_value = matches!(previous, "-o" | "-target" | "--target" | "-tags" | "-C" | "-ldflags" | "-gc" | "-scheduler" | "-opt");
            let path = join_lexically(folder, Path::new(word.trim_start_matches("./")));
            if !is_value && word.ends_with(".go") {
                files.push(path);
            } else if !is_value
                && (word.starts_with("./") || *word == ".")
                && library.files.list(&path).iter().any(|entry| entry.name.ends_with(".go"))
            {
                at = path;
            }
            previous = word;
        }
    }
    if let Some(parent) = files.first().and_then(|file| file.parent()) {
        at = parent.to_path_buf();
    }
    (at, files)
}

/// The last part of an import path that is not a version.
fn customary_name(path: &str) -> String {
    let is_version =
        |part: &str| part.strip_prefix('v').is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()));
    let path = slashed(Path::new(path));
    path.rsplit('/').find(|part| !is_version(part)).unwrap_or(&path).to_owned()
}
