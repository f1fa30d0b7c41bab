//! Which of many files are worth parsing: those that name the SDK, and those that name what is needed of them.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use super::program::{Callee, Expr, Function, Item, Unit};
use crate::text::SourceFile;

/// The names by which other files reach what these units open: functions that open a store or lead to one, their
/// types, the constants of labels, and re-exports of the SDK. `opens` are the last names of calls that open.
pub(super) fn needed_names(units: &[Unit], opens: &[&str]) -> BTreeSet<String> {
    let mut names: BTreeSet<String> = BTreeSet::new();
    let mut leading: BTreeSet<String> = opens.iter().map(|name| (*name).to_owned()).collect();
    loop {
        let before = names.len();
        for unit in units {
            for function in &unit.functions {
                if function.calls.iter().any(|call| leading.contains(last_name(&call.callee))) || mentions(function, &leading) {
                    let outer = outermost(unit, function);
                    for name in [&function.name, &outer.name].into_iter().chain(&function.owner) {
                        if !name.is_empty() {
                            names.insert(name.clone());
                            leading.insert(name.clone());
                        }
                    }
                    for argument in function.calls.iter().flat_map(|call| &call.arguments) {
                        if let Expr::Path(path) = &argument.value {
                            names.extend(path.iter().cloned());
                        }
                    }
                    names.extend(function.bindings.iter().filter_map(|binding| match &binding.value {
                        Expr::Path(path) => path.last().cloned(),
                        _ => None,
                    }));
                }
            }
            for (path, item) in &unit.items {
                match item {
                    Item::Constant(Expr::Path(target)) if path.iter().any(|name| names.contains(name)) => {
                        names.extend(target.iter().cloned())
                    }
                    Item::Import(target) if path.len() == 1 && target.iter().any(|part| part.contains("spin") || part.contains("key")) => {
                        names.insert(path[0].clone());
                    }
                    Item::Import(target) if path.iter().any(|name| names.contains(name)) => names.extend(target.last().cloned()),
                    _ => {}
                }
            }
        }
        if names.len() == before {
            return names;
        }
    }
}

fn mentions(function: &Function, names: &BTreeSet<String>) -> bool {
    function.paths.iter().any(|path| path.last().is_some_and(|last| names.contains(last)))
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

/// The files that name any of these words.
pub(super) fn naming(files: &[Arc<SourceFile>], names: &BTreeSet<String>) -> BTreeSet<PathBuf> {
    let found = files.iter().filter(|file| words(file.text()).any(|word| names.contains(word)));
    found.map(|file| file.path().to_path_buf()).collect()
}

/// The identifiers of a text, in comments and strings too.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '$')).filter(|word| !word.is_empty())
}
