//! Which folder and which build a component's sources have, by its build commands and its Wasm path.

mod making;
mod recipes;

use std::path::{Path, PathBuf};

use making::making;

use super::library::Library;
use super::program::{Found, Sdk};
use super::{go, javascript, python, rust, sdk};
use crate::text::{join_lexically, slashed};

/// A language whose sources are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Language {
    Rust,
    JavaScript,
    Python,
    Go,
}

/// What the manifest says of a component's build.
pub(in crate::facts) struct Request<'r> {
    /// The folder of the manifest.
    pub folder: &'r Path,
    /// The build commands.
    pub commands: &'r [String],
    /// The folder that they run in.
    pub workdir: Option<&'r str>,
    /// The component's Wasm, as the manifest names it.
    pub wasm: Option<&'r str>,
    /// Whether the manifest has no other component.
    pub is_only_one: bool,
    /// The folders of its sources, if somebody says which they are.
    pub roots: Option<&'r [PathBuf]>,
}

impl Language {
    /// How its SDKs spell what has to be granted.
    pub(super) fn sdk(self) -> &'static Sdk {
        match self {
            Language::Rust => &sdk::RUST,
            Language::JavaScript => &sdk::JAVASCRIPT,
            Language::Python => &sdk::PYTHON,
            Language::Go => &sdk::GO,
        }
    }

    /// The language that a command's first words belong to.
    fn of_command(command: &str) -> Option<Language> {
        let words = command.split([' ', '/', '=']).filter(|word| !word.is_empty());
        words.into_iter().find_map(|word| match word {
            "cargo" | "cargo-component" | "rustc" => Some(Language::Rust),
            "npm" | "npx" | "yarn" | "pnpm" | "bun" | "bunx" | "node" | "deno" | "j2w" | "esbuild" | "webpack" | "vite" | "knitwit"
            | "tsc" => Some(Language::JavaScript),
            "componentize-py" | "py2wasm" | "python" | "python3" | "pip" | "uv" | "poetry" => Some(Language::Python),
            "go" | "tinygo" | "componentize-go" => Some(Language::Go),
            _ => None,
        })
    }

    /// The language that a folder's files belong to.
    fn of_folder(library: &Library<'_>, folder: &Path) -> Option<Language> {
        let names: Vec<String> = library.files.list(folder).into_iter().filter(|entry| !entry.is_folder).map(|entry| entry.name).collect();
        let has = |name: &str| names.iter().any(|known| known == name);
        let ends = |ending: &str| names.iter().any(|name| name.ends_with(ending));
        if has("Cargo.toml") {
            Some(Language::Rust)
        } else if has("go.mod") || ends(".go") {
            Some(Language::Go)
        } else if has("package.json") || ends(".ts") || ends(".js") {
            Some(Language::JavaScript)
        } else if has("requirements.txt") || has("pyproject.toml") || ends(".py") {
            Some(Language::Python)
        } else {
            None
        }
    }
}

/// The sources of a component.
pub(in crate::facts) struct Sources {
    /// What was found, several parts only where somebody names several folders.
    pub(super) parts: Vec<(Found, Language)>,
    /// All files that belong to the component.
    pub(super) files: Vec<PathBuf>,
}

/// The sources of a component with their language; none if there are none in a known one.
pub(in crate::facts) fn sources(library: &Library<'_>, request: &Request<'_>) -> Option<Sources> {
    let parts = match request.roots {
        Some(roots) => roots.iter().filter_map(|root| in_root(library, root, request)).collect(),
        None => Vec::from_iter(find(library, request)),
    };
    let files = parts.iter().flat_map(|(found, _)| found.files.clone()).collect();
    (!parts.is_empty()).then_some(Sources { parts, files })
}

/// The sources in a folder that somebody named.
fn in_root(library: &Library<'_>, root: &Path, request: &Request<'_>) -> Option<(Found, Language)> {
    let language = Language::of_folder(library, root)?;
    let found = match language {
        Language::Rust => rust::units(library, root, &rust::Request::default(), request.wasm.and_then(|wasm| wasm.rsplit('/').next())),
        Language::JavaScript => javascript::units(library, root, &[], request.wasm),
        Language::Python => python::units(library, root, &[]),
        Language::Go => go::units(library, root, &[]),
    };
    Some((found?, language))
}

fn find(library: &Library<'_>, request: &Request<'_>) -> Option<(Found, Language)> {
    let steps = making(steps(library, request), request.wasm)?;
    let (folder, language) = match steps.iter().rev().find_map(|step| Some((step.folder.clone(), Language::of_command(&step.command)?))) {
        Some((folder, language)) => (folder, language),
        None => {
            let folder = steps.last().map(|step| step.folder.clone()).or_else(|| folder_by_wasm(library, request))?;
            let language = Language::of_folder(library, &folder)?;
            (folder, language)
        }
    };
    if language == Language::JavaScript
        && steps.iter().any(|step| making::is_for_browsers(&step.command))
        && !steps.iter().any(|step| making::may_make_wasm(&step.command))
    {
        return None;
    }
    // What other folders' commands say is not about this one.
    let commands: Vec<String> = steps.iter().filter(|step| step.folder == folder).map(|step| step.command.clone()).collect();
    let found = match language {
        Language::Rust => {
            let (folder, cargo) = cargo_request(&steps, &folder);
            rust::units(library, &folder, &cargo, request.wasm.and_then(|wasm| wasm.rsplit('/').next()))
        }
        Language::JavaScript => javascript::units(library, &folder, &commands, request.wasm),
        Language::Python => python::units(library, &folder, &commands),
        Language::Go => go::units(library, &folder, &commands),
    };
    Some((found?, language))
}

/// Where cargo writes a Wasm that `source` names in the target folder of its package, where a workspace has another; as `source` would
/// name it.
pub(in crate::facts) fn written_to(library: &Library<'_>, request: &Request<'_>) -> Option<String> {
    let (before, behind) = request.wasm?.split_once("target/")?;
    let named = join_lexically(request.folder, Path::new(before));
    let steps = steps(library, request);
    // Of several commands any may move the file.
    let [step] = steps.as_slice() else { return None };
    if Language::of_command(&step.command) != Some(Language::Rust)
        || step.command.contains("target-dir")
        || step.command.contains("TARGET_DIR")
    {
        return None;
    }
    let (folder, _) = cargo_request(&steps, &step.folder);
    let root = rust::workspace_root(library, &folder)?;
    let up = named.strip_prefix(&root).ok().filter(|below| !below.as_os_str().is_empty())?.components().count();
    let path = join_lexically(Path::new(before), Path::new(&"../".repeat(up)));
    Some(slashed(&path.join("target").join(behind)))
}

/// One command with the folder that it runs in.
#[derive(PartialEq, Eq)]
struct Step {
    folder: PathBuf,
    command: String,
}

/// Everything that the build runs, one by one.
fn steps(library: &Library<'_>, request: &Request<'_>) -> Vec<Step> {
    let base = match request.workdir {
        Some(workdir) => join_lexically(request.folder, Path::new(workdir)),
        None => request.folder.to_path_buf(),
    };
    let typed = request.commands.iter().flat_map(|line| split(&base, line));
    let mut steps: Vec<Step> = typed.flat_map(|step| recipes::expand(library, step)).collect();
    if steps.is_empty() && request.workdir.is_some() {
        steps.push(Step { folder: base, command: String::new() });
    }
    steps
}

/// The commands of a line, `cd` followed and options that change the folder too.
fn split(base: &Path, line: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut folder = base.to_path_buf();
    let commands = line.split(['&', ';', '\n', '(', ')']).flat_map(|part| part.split("||"));
    for command in commands.map(str::trim).filter(|command| !command.is_empty()) {
        let words: Vec<&str> = command.split_whitespace().collect();
        if let ["cd" | "pushd", target, ..] = words.as_slice() {
            let target = target.trim_matches(['"', '\'']);
            // A folder that a variable names is not known; most scripts go to their own first.
            if !target.contains('$') {
                folder = join_lexically(&folder, Path::new(target));
            }
            continue;
        }
        let changed = words.iter().enumerate().find_map(|(index, word)| {
            let value = || words.get(index + 1).copied();
            match *word {
                "--prefix" | "-C" | "--cwd" | "--dir" | "--directory" => value(),
                other => ["--prefix=", "--cwd=", "--dir=", "--directory="].iter().find_map(|option| other.strip_prefix(option)),
            }
        });
        let folder = changed.map_or_else(|| folder.clone(), |changed| join_lexically(&folder, Path::new(changed)));
        steps.push(Step { folder, command: command.to_owned() });
    }
    steps
}

/// Without a build: the folder whose `target` the Wasm is in, the manifest's if it has one component, or the Wasm's own
/// folder if a project is there.
fn folder_by_wasm(library: &Library<'_>, request: &Request<'_>) -> Option<PathBuf> {
    let wasm = request.wasm.unwrap_or("");
    if let Some((before, _)) = wasm.split_once("target/") {
        return Some(join_lexically(request.folder, Path::new(before)));
    }
    let mut own = Path::new(wasm).parent();
    while let Some(folder) = own.filter(|folder| !folder.as_os_str().is_empty()) {
        let folder_here = join_lexically(request.folder, folder);
        if Language::of_folder(library, &folder_here).is_some() {
            return Some(folder_here);
        }
        own = folder.parent();
    }
    request.is_only_one.then(|| request.folder.to_path_buf())
}

/// What the cargo commands say of package and features.
fn cargo_request(steps: &[Step], folder: &Path) -> (PathBuf, rust::Request) {
    let mut request = rust::Request::default();
    let mut packages: Vec<String> = Vec::new();
    let mut folder = folder.to_path_buf();
    for step in steps.iter().filter(|step| Language::of_command(&step.command) == Some(Language::Rust)) {
        let words: Vec<&str> = step.command.split_whitespace().map(|word| word.trim_matches(['"', '\''])).collect();
        for (index, word) in words.iter().enumerate() {
            let (name, attached) = match word.split_once('=') {
                Some((name, value)) => (name, Some(value)),
                None => (*word, None),
            };
            let value = attached.or_else(|| words.get(index + 1).copied());
            match (name, value) {
                ("-p" | "--package", Some(value)) => packages.push(value.split('@').next().unwrap_or(value).to_owned()),
                ("--bin" | "--example", Some(value)) => request.binary = Some(value.to_owned()),
                ("--manifest-path", Some(value)) => {
                    let path = join_lexically(&step.folder, Path::new(value));
                    folder = path.parent().unwrap_or(Path::new("")).to_path_buf();
                }
                ("-F" | "--features", Some(_)) => {
                    let rest = attached
                        .into_iter()
                        .chain(words[index + 1..].iter().copied().take_while(|word| attached.is_none() && !word.starts_with('-')));
                    request.features.named.extend(rest.flat_map(|list| list.split(',')).filter(|name| !name.is_empty()).map(str::to_owned));
                }
                ("--all-features", _) => request.features.all = true,
                ("--no-default-features", _) => request.features.no_default = true,
                _ => {}
            }
        }
    }
    packages.sort();
    packages.dedup();
    // Of several the name of the Wasm tells which one it is.
    request.package = packages.pop().filter(|_| packages.is_empty());
    (folder, request)
}
