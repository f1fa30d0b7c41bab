//! Commands that only name others: `make`, `just`, npm scripts, shell scripts. What they run is looked up, so that a
//! build is known by the compiler at its end.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::super::library::Library;
use super::Step;
use crate::text::join_lexically;

/// Recipes that name recipes that name recipes are not followed further.
const DEPTH: usize = 5;

/// A step with everything that it runs, itself first.
pub(super) fn expand(library: &Library<'_>, step: Step) -> Vec<Step> {
    let mut all = vec![step];
    let mut done = 0;
    for _ in 0..DEPTH {
        let inner: Vec<Step> = all[done..].iter().flat_map(|step| inner(library, step)).collect();
        done = all.len();
        if inner.is_empty() {
            break;
        }
        all.extend(inner);
    }
    all
}

/// What a command runs, if it is one that only names others.
fn inner(library: &Library<'_>, step: &Step) -> Vec<Step> {
    let words: Vec<&str> = step.command.split_whitespace().skip_while(|word| word.contains('=')).collect();
    let Some((tool, arguments)) = words.split_first() else { return Vec::new() };
    let lines = |lines: Vec<String>, folder: &Path| -> Vec<Step> { lines.iter().flat_map(|line| super::split(folder, line)).collect() };
    match *tool {
        "make" | "gmake" => {
            let text = ["Makefile", "makefile", "GNUmakefile"].iter().find_map(|name| library.files.text(&step.folder.join(name)));
            lines(recipe(&text.unwrap_or_default(), arguments, "\t"), &step.folder)
        }
        "just" => {
            let text = ["justfile", "Justfile", ".justfile"].iter().find_map(|name| library.files.text(&step.folder.join(name)));
            lines(recipe(&text.unwrap_or_default(), arguments, " "), &step.folder)
        }
        "npm" | "yarn" | "pnpm" | "npx" | "turbo" | "lerna" | "nx" if is_for_all(tool, arguments) => {
            let members = members(library, &step.folder).into_iter();
            members.flat_map(|folder| lines(scripts(library, &folder, arguments), &folder)).collect()
        }
        "npm" | "yarn" | "pnpm" | "bun" | "run-s" | "run-p" | "npm-run-all" | "concurrently" => {
            let folder = workspace(library, &step.folder, arguments).unwrap_or_else(|| step.folder.clone());
            lines(scripts(library, &folder, arguments), &folder)
        }
        "sh" | "bash" => arguments.first().map(|script| shell(library, &step.folder, script, &arguments[1..])).unwrap_or_default(),
        "python" | "python3" => arguments.first().map(|script| python(library, &step.folder, script)).unwrap_or_default(),
        script if script.ends_with(".sh") => shell(library, &step.folder, script, arguments),
        _ => Vec::new(),
    }
}

/// The lines of the named recipes of a Makefile or justfile, those of what they need first, or of all if none is named; variables are left out.
fn recipe(text: &str, arguments: &[&str], indent: &str) -> Vec<String> {
    let mut recipes: Vec<(Vec<&str>, Vec<&str>, Vec<String>)> = Vec::new();
    for line in text.lines() {
        if let Some(command) = line.strip_prefix(indent).or_else(|| line.strip_prefix('\t')) {
            if let Some((_, _, lines)) = recipes.last_mut() {
                lines.push(without_variables(command.trim().trim_start_matches(['@', '-'])));
            }
        } else if let Some((targets, needed)) = line.split_once(':').filter(|_| !line.starts_with('#') && !line.contains(":=")) {
            recipes.push((targets.split_whitespace().collect(), needed.split_whitespace().collect(), Vec::new()));
        }
    }
    let named: Vec<&str> = arguments.iter().copied().filter(|word| !word.starts_with('-') && !word.contains('=')).collect();
    let mut wanted: Vec<usize> = Vec::new();
    for name in &named {
        want(&recipes, name, &mut wanted);
    }
    let lines: Vec<String> = wanted.iter().flat_map(|index| recipes[*index].2.clone()).collect();
    // A target that is no recipe's name may be made by a pattern.
    if lines.is_empty() { recipes.into_iter().flat_map(|(_, _, lines)| lines).collect() } else { lines }
}

/// Adds the recipes of a target, after those of what they need.
fn want(recipes: &[(Vec<&str>, Vec<&str>, Vec<String>)], name: &str, wanted: &mut Vec<usize>) {
    for (index, (targets, needed, _)) in recipes.iter().enumerate() {
        if !targets.contains(&name) || wanted.contains(&index) {
            continue;
        }
        // Its place is kept, so that what needs itself comes to an end.
        wanted.push(index);
        needed.iter().for_each(|needed| want(recipes, needed, wanted));
        let at = wanted.iter().position(|known| *known == index).expect("it was pushed");
        wanted.remove(at);
        wanted.push(index);
    }
}

fn without_variables(command: &str) -> String {
    let mut result = String::new();
    let mut rest = command;
    while let Some(start) = rest.find("$(") {
        result.push_str(&rest[..start]);
        let end = rest[start..].find(')').map_or(rest.len(), |end| start + end + 1);
        rest = rest[end..].trim_start_matches("/bin/");
    }
    result.push_str(rest);
    result
}

/// The lines of the scripts that a package manager is told to run.
fn scripts(library: &Library<'_>, folder: &Path, arguments: &[&str]) -> Vec<String> {
    let package = library.files.text(&folder.join("package.json")).and_then(|text| serde_json::from_str::<Value>(&text).ok());
    let Some(scripts) = package.as_ref().and_then(|package| package.get("scripts")).and_then(Value::as_object) else { return Vec::new() };
    // `run-s build:*`, `concurrently "npm:build:*"`
    let named = arguments.iter().flat_map(|word| {
        let word = word.trim_matches(['"', '\'']).trim_start_matches("npm:");
        let matches = |name: &&String| match word.split_once('*') {
            Some((before, after)) => !before.is_empty() && name.starts_with(before) && name.ends_with(after),
            None => *name == word,
        };
        scripts.keys().filter(matches).collect::<Vec<_>>()
    });
    let all = named.flat_map(|name| [format!("pre{name}"), name.clone(), format!("post{name}")]);
    all.filter_map(|name| scripts.get(&name)?.as_str().map(str::to_owned)).collect()
}

/// Whether a command runs scripts in all members of a workspace.
fn is_for_all(tool: &str, arguments: &[&str]) -> bool {
    let runner = [tool, arguments.first().copied().unwrap_or("")];
    runner.iter().any(|word| matches!(*word, "turbo" | "lerna" | "nx"))
        || arguments.iter().any(|word| matches!(*word, "--workspaces" | "-ws" | "-r" | "--recursive" | "workspaces"))
}

/// The folders of all packages below one.
fn members(library: &Library<'_>, root: &Path) -> Vec<PathBuf> {
    let packages = library.walk(root, &["json"], &[]).into_iter();
    let packages = packages.filter(|path| path.file_name().is_some_and(|file| file == "package.json"));
    packages.filter_map(|path| path.parent().map(Path::to_path_buf)).filter(|folder| folder != root).collect()
}

/// The folder of the workspace member that `--workspace`, `-w`, `--filter` or `workspace` names.
fn workspace(library: &Library<'_>, root: &Path, arguments: &[&str]) -> Option<PathBuf> {
    let name = arguments.iter().enumerate().find_map(|(index, word)| {
        let next = || arguments.get(index + 1).copied();
        match word.split_once('=') {
            Some(("--workspace" | "-w" | "--filter" | "-F", name)) => Some(name),
            None if matches!(*word, "--workspace" | "-w" | "--filter" | "-F" | "workspace") => next(),
            _ => None,
        }
    })?;
    let name = name.trim_matches(['"', '\'']).trim_end_matches("...");
    let by_path = join_lexically(root, Path::new(name.trim_start_matches("./")));
    if library.files.is_file(&by_path.join("package.json")) {
        return Some(by_path);
    }
    let named = members(library, root).into_iter().filter_map(|folder| {
        let package: Value = serde_json::from_str(&library.files.text(&folder.join("package.json"))?).ok()?;
        let full = package.get("name")?.as_str()?;
        // pnpm takes a name without its scope.
        let is_meant = full == name || full.rsplit('/').next() == Some(name);
        is_meant.then_some(folder)
    });
    named.min_by_key(|path| path.components().count())
}

/// The commands of a shell script, with its arguments in place of `$1` and the like.
fn shell(library: &Library<'_>, folder: &Path, script: &str, arguments: &[&str]) -> Vec<Step> {
    let text = library.files.text(&join_lexically(folder, Path::new(script.trim_start_matches("./")))).unwrap_or_default();
    let mut text = text.replace("\\\n", " ");
    // Scripts go to their own folder before anything else.
    let own = Path::new(script.trim_start_matches("./")).parent().map(crate::text::slashed).filter(|own| !own.is_empty());
    for written in ["\"$0\"", "$0", "\"${BASH_SOURCE[0]}\"", "${BASH_SOURCE[0]}"] {
        text = text.replace(&format!("$(dirname {written})"), own.as_deref().unwrap_or("."));
    }
    for (index, argument) in arguments.iter().enumerate() {
        let number = index + 1;
        for written in [format!("${{{number}}}"), format!("${number}")] {
            text = text.replace(&written, argument);
        }
    }
    // `app="$1"` and the like, one variable after the other.
    let assignments: Vec<(String, String)> = text
        .lines()
        .filter_map(|line| {
            let (name, value) = line.trim().trim_start_matches("local ").trim_start_matches("export ").split_once('=')?;
            let is_name = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
            is_name.then(|| (name.to_owned(), value.trim_matches(['"', '\'']).to_owned()))
        })
        .collect();
    for (name, value) in assignments {
        text = text.replace(&format!("${{{name}}}"), &value).replace(&format!("${name}"), &value);
    }
    // `cd` holds for the lines behind it, as it does in the shell.
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.starts_with('#')).collect();
    super::split(folder, &lines.join(" && "))
}

/// A build script in Python: the words of the command that it puts together.
fn python(library: &Library<'_>, folder: &Path, script: &str) -> Vec<Step> {
    let text = library.files.text(&join_lexically(folder, Path::new(script))).unwrap_or_default();
    let list = text.split(['[', '(']).find(|part| part.trim_start().trim_start_matches(['"', '\'']).starts_with("componentize-py"));
    let Some(list) = list else { return Vec::new() };
    let list = list.split([']', ')']).next().unwrap_or("");
    let command: Vec<&str> = list.split([',', '"', '\'', ' ', '\n']).filter(|word| !word.is_empty()).collect();
    vec![Step { folder: folder.to_path_buf(), command: command.join(" ") }]
}
