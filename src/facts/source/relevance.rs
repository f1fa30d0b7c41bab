//! Which of many files are worth parsing: those that name the SDK, and those that name what is needed of them.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;

use super::program::{Call, Callee, Expr, Function, Item, Sdk, Unit};
use crate::parallel::in_parallel;
use crate::text::SourceFile;

/// Names, each with the words of which a file that means it must have one; none if any file may mean it.
#[derive(Default)]
pub(super) struct Needs(HashMap<String, Option<HashSet<String>>>);

impl Needs {
    /// Adds a name that any file may mean.
    pub(super) fn add(&mut self, name: &str) {
        if !name.is_empty() {
            self.0.insert(name.to_owned(), None);
        }
    }

    /// Adds a name that only files mean which name its module.
    fn add_of_module(&mut self, name: &str, unit: &Unit) {
        if let Some(words) = self.0.entry(name.to_owned()).or_insert_with(|| Some(HashSet::new())) {
            words.extend(module_words(unit));
        }
    }
}

/// The names by which other files reach what these units open: functions that open something or lead to one, their
/// types, the constants of labels, and re-exports of the SDK.
pub(super) fn needs(units: &[Unit], sdk: &Sdk) -> Needs {
    let mut needs = Needs::default();
    let mut leading: BTreeSet<String> = sdk.opens.iter().map(|name| (*name).to_owned()).collect();
    loop {
        let before = (needs.0.len(), leading.len());
        for unit in units {
            for function in &unit.functions {
                function_needs(unit, function, sdk, &mut leading, &mut needs);
            }
            for (path, item) in &unit.items {
                let is_needed = path.iter().any(|name| needs.0.contains_key(name));
                match item {
                    // Who has an object can call what is in it.
                    Item::Function(index) if path.len() > 1 && needs.0.contains_key(&unit.functions[*index].name) => needs.add(&path[0]),
                    Item::Constant(value) if is_needed => value.names().into_iter().flatten().for_each(|name| needs.add(name)),
                    Item::Import(target) if path.len() == 1 && target.iter().any(|part| part.contains("spin") || part.contains("key")) => {
                        needs.add(&path[0]);
                    }
                    // Another name for what is needed is needed too.
                    Item::Import(target) if target.last().is_some_and(|last| needs.0.contains_key(last)) => {
                        needs.add_of_module(&path[0], unit)
                    }
                    Item::Import(target) if is_needed => target.last().into_iter().for_each(|name| needs.add(name)),
                    _ => {}
                }
            }
        }
        if (needs.0.len(), leading.len()) == before {
            return needs;
        }
    }
}

fn function_needs(unit: &Unit, function: &Function, sdk: &Sdk, leading: &mut BTreeSet<String>, needs: &mut Needs) {
    let leads = |call: &&Call| leading.contains(last_name(&call.callee)) || is_of_sdk(unit, function, call, sdk);
    let calls: Vec<&Call> = function.calls.iter().filter(leads).collect();
    let is_passed_on = function.paths.iter().any(|path| path.last().is_some_and(|last| leading.contains(last)));
    if calls.is_empty() && !is_passed_on {
        return;
    }
    let outer = outermost(unit, function);
    let mut takes_label = false;
    for path in calls.iter().flat_map(|call| &call.arguments).flat_map(|argument| argument.value.names()) {
        let parameters = function.parameters.iter().chain(&outer.parameters);
        takes_label |= parameters.into_iter().any(|parameter| parameter.name == path[0]);
        path.iter().for_each(|name| needs.add(name));
        let bound = function.bindings.iter().chain(&outer.bindings).filter(|binding| binding.name == path[0]);
        for binding in bound {
            binding.value.names().into_iter().flatten().for_each(|name| needs.add(name));
        }
    }
    // Nobody has to be found who calls what is called from outside.
    if outer.is_entry() && !takes_label {
        return;
    }
    for function in [function, outer] {
        if !function.name.is_empty() {
            leading.insert(function.name.clone());
            match &function.owner {
                Some(owner) => {
                    // A method is called on values whose type is not named; a constructor is its type's name.
                    needs.add(&function.name);
                    needs.add(owner);
                    leading.insert(owner.clone());
                }
                None => needs.add_of_module(&function.name, unit),
            }
        }
    }
}

/// Whether a call with a name that much else has too means the SDK's: by where its first name comes from.
fn is_of_sdk(unit: &Unit, function: &Function, call: &Call, sdk: &Sdk) -> bool {
    let path = match &call.callee {
        Callee::Member { name, .. } => return !call.arguments.is_empty() && (sdk.method)(name, None).is_some(),
        Callee::Path(path) => path,
    };
    if !path.last().is_some_and(|last| sdk.common.contains(&last.as_str())) {
        return false;
    }
    let is_foreign =
        |target: &[String]| target.iter().any(|part| sdk.markers.iter().any(|marker| part.contains(marker)) || part == "net/http");
    let bound = function.bindings.iter().filter(|binding| binding.name == path[0]).any(|binding| match &binding.value {
        Expr::Path(target) => is_foreign(target),
        _ => false,
    });
    let item = match unit.items.get(&path[..1]) {
        Some(Item::Import(target)) => is_foreign(target),
        _ => false,
    };
    bound || item || is_foreign(path) || path.len() == 1 && unit.globs.iter().any(|glob| is_foreign(glob)) || (sdk.opening)(path).is_some()
}

/// The words by which a file can refer to a unit's module.
fn module_words(unit: &Unit) -> Vec<String> {
    let mut words = vec!["super".to_owned(), "crate".to_owned()];
    let last = unit.module.last().map_or("", String::as_str);
    // The module of a single name is a crate or a top-level module; `crate` alone means it only there.
    if unit.module.len() > 1 {
        words.pop();
    }
    for part in last.rsplit('/').take(2) {
        words.push(part.split('.').next().unwrap_or(part).to_owned());
    }
    words
}

fn last_name(callee: &Callee) -> &str {
    match callee {
        Callee::Path(path) => path.last().map_or("", String::as_str),
        Callee::Member { name, .. } => name,
    }
}

fn outermost<'u>(unit: &'u Unit, function: &'u Function) -> &'u Function {
    let mut outer = function;
    while let Some(parent) = outer.parent.filter(|parent| *parent != 0) {
        outer = &unit.functions[parent];
    }
    outer
}

/// The files that name what is needed. `by_folder` says that files of one folder need no word for their module.
pub(super) fn naming(files: &[Arc<SourceFile>], needs: &Needs, by_folder: bool) -> BTreeSet<PathBuf> {
    let chunk = files.len().div_ceil(8).max(1);
    let chunks: Vec<&[Arc<SourceFile>]> = files.chunks(chunk).collect();
    let found = in_parallel(&chunks, |files| {
        let meant = files.iter().filter(|file| means(file.text(), needs, by_folder));
        meant.map(|file| file.path().to_path_buf()).collect::<Vec<_>>()
    });
    found.into_iter().flatten().collect()
}

fn means(text: &str, needs: &Needs, by_folder: bool) -> bool {
    let mut waiting: Vec<&HashSet<String>> = Vec::new();
    for word in words(text) {
        match needs.0.get(word) {
            Some(None) => return true,
            Some(Some(_)) if by_folder => return true,
            Some(Some(modules)) => waiting.push(modules),
            None => {}
        }
    }
    if waiting.is_empty() {
        return false;
    }
    // Names that come by a wildcard come without their module.
    if text.contains("::*") || text.contains("import *") || text.contains("export *") {
        return true;
    }
    let present: HashSet<&str> = words(text).collect();
    waiting.iter().any(|modules| modules.iter().any(|word| present.contains(word.as_str())))
}

/// The identifiers of a text, in comments and strings too.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$')).filter(|word| !word.is_empty())
}
