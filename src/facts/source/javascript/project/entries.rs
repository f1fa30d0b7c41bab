//! The file that a build begins with.

use std::path::{Path, PathBuf};

use super::super::MAKERS;
use super::{EXTENSIONS, Project, file_name, without_comments};
use crate::text::join_lexically;

/// The commands that bundle or compile what they name.
const BUNDLERS: &[&str] = &["esbuild", "webpack", "vite", "rollup", "rspack", "tsup", "bun", "tsc", "swc", "parcel", "ncc"];

/// The options of bundlers that name a source and no bundle.
const OPTIONS: &[&str] = &["entry", "entryPoints", "import", "in", "input", "source", "main", "lib"];

/// One call of a bundler, in a command or in a script.
struct Build {
    /// Its words.
    text: String,
    /// The sources that it names.
    entries: Vec<Entry>,
}

/// A source that is bundled, with the name that an object gives its bundle: `{ api: "./src/a/main.ts" }`.
struct Entry {
    path: PathBuf,
    name: Option<String>,
}

impl Project<'_, '_> {
    /// The files that a build begins with: what is bundled for the Wasm, else what the build's own words name, else the customary ones. Empty
    /// if no file is known; none, if nothing tells which of several bundles is meant.
    pub(in crate::facts::source::javascript) fn entries(&self, commands: &[String], wasm: Option<&str>) -> Option<Vec<PathBuf>> {
        let bundle = commands.iter().rev().find(|command| runs(command, MAKERS)).and_then(|command| input(command));
        if let Some(source) = bundle.as_ref().and_then(|bundle| self.source_file(bundle)) {
            return Some(vec![source]);
        }
        let mut builds = self.builds(commands);
        builds.retain(|build| !build.entries.is_empty());
        let all = || builds.iter().flat_map(|build| build.entries.iter().map(|entry| entry.path.clone())).collect::<Vec<PathBuf>>();
        let mut found = match &bundle {
            Some(bundle) if all().len() > 1 => bundled(&builds, bundle)?,
            _ => all(),
        };
        found.dedup();
        if !found.is_empty() {
            return Some(found);
        }
        // A loop over several bundles names none of them; the Wasm then says which one it is made of.
        let is_one_of_many = bundle.as_ref().is_some_and(|bundle| bundle.contains('$'));
        let made_of = if is_one_of_many { wasm } else { bundle.as_deref() };
        if let Some(stem) = made_of.and_then(|made_of| Path::new(made_of).file_stem()).map(|stem| stem.to_string_lossy()) {
            let places = [format!("src/{stem}"), stem.to_string(), format!("src/{stem}/main")];
            if let Some(source) = places.iter().find_map(|place| self.source_file(place)) {
                return Some(vec![source]);
            }
        }
        if is_one_of_many {
            return None;
        }
        let package = self.json(&self.folder.join("package.json"));
        let fields = ["source", "main", "module"].iter().filter_map(|field| package.as_ref()?.get(*field)?.as_str());
        if let Some(main) = fields.filter_map(|path| self.source_file(path)).next() {
            return Some(vec![main]);
        }
        let stems = ["src/index", "index", "src/main", "src/app", "main", "app", "src/spin"];
        let customary = stems.iter().flat_map(|stem| EXTENSIONS.iter().map(move |ending| self.folder.join(format!("{stem}.{ending}"))));
        Some(customary.filter(|path| self.library.files.is_file(path)).take(1).collect())
    }

    /// The calls of bundlers: in the commands, in the scripts that they run, in the configurations that they read.
    fn builds(&self, commands: &[String]) -> Vec<Build> {
        let all = commands.join(" && ");
        let scripts = self.scripts(&all);
        let build = |text: &str| Build {
            text: text.to_owned(),
            entries: named_paths(text)
                .filter_map(|(path, name)| Some(Entry { path: self.source_file(&path)?, name }))
                .filter(|entry| !scripts.contains(&entry.path))
                .collect(),
        };
        let mut builds = Vec::new();
        for script in &scripts {
            let Some(text) = self.library.files.text(script) else { continue };
            let text = without_comments(&text);
            // A script may bundle several times.
            let mut calls: Vec<&str> = text.split("build(").collect();
            if calls.len() < 3 {
                calls = vec![&text];
            }
            let mut found: Vec<Build> = calls.into_iter().map(build).collect();
            // One configuration may build several components: the command then tells which.
            let is_named = |entry: &Entry| all.contains(&file_name(&entry.path));
            if found.iter().flat_map(|build| &build.entries).any(is_named) {
                found.iter_mut().for_each(|build| build.entries.retain(is_named));
            }
            builds.extend(found);
        }
        let bundling = commands.iter().filter(|command| runs(command, BUNDLERS) || runs(command, MAKERS));
        builds.extend(bundling.map(|command| build(command)));
        builds
    }

    /// The scripts and configurations that bundle, as far as the build runs them.
    fn scripts(&self, commands: &str) -> Vec<PathBuf> {
        let mut found = Vec::new();
        for entry in self.library.files.list(&self.folder) {
            let name = entry.name.as_str();
            let Some((stem, ending)) = name.rsplit_once('.') else { continue };
            if entry.is_folder || !EXTENSIONS.contains(&ending) {
                continue;
            }
            let tool = BUNDLERS.iter().find(|tool| stem.starts_with(&format!("{tool}.")) || stem == **tool);
            if tool.is_some_and(|tool| commands.contains(tool)) {
                found.push(self.folder.join(name));
            }
        }
        for path in paths_in(commands).map(|path| join_lexically(&self.folder, Path::new(path.trim_start_matches("./")))) {
            let bundles =
                |text: &str| BUNDLERS.iter().any(|bundler| text.contains(&format!("\"{bundler}")) || text.contains(&format!("'{bundler}")));
            let is_called_so = BUNDLERS.iter().any(|bundler| file_name(&path).starts_with(bundler));
            if !found.contains(&path) && self.library.files.text(&path).is_some_and(|text| is_called_so || bundles(&text)) {
                found.push(path);
            }
        }
        found
    }

    /// A file of the project that a person wrote, by the path that a command gives it.
    fn source_file(&self, path: &str) -> Option<PathBuf> {
        let is_output = path.split('/').any(|part| matches!(part, "dist" | "build" | "node_modules" | "target" | "out"));
        let joined = join_lexically(&self.folder, Path::new(path.trim_start_matches("./")));
        let name = file_name(&joined);
        let is_config =
            name.contains(".config.") || matches!(name.as_str(), "build.mjs" | "build.js" | "esbuild.js" | "esbuild.mjs" | "build.ts");
        (!is_output && !is_config).then(|| self.with_ending(&joined)).flatten()
    }
}

/// The sources of a bundle: those of the build that names it, else those that are called as it is; none, if several builds could make it.
fn bundled(builds: &[Build], bundle: &str) -> Option<Vec<PathBuf>> {
    let bundle = Path::new(bundle);
    let plain = |path: &Path| join_lexically(Path::new(""), path);
    let having = |is_it: &dyn Fn(&Path) -> bool| -> Vec<&Build> {
        builds.iter().filter(|build| paths_in(&build.text).any(|path| is_it(Path::new(&path)))).collect()
    };
    let mut named = having(&|path| plain(path) == plain(bundle));
    if named.is_empty() {
        named = having(&|path| path.file_name() == bundle.file_name());
    }
    let is_named = !named.is_empty();
    let candidates: Vec<&Entry> = match is_named {
        true => named.into_iter().flat_map(|build| &build.entries).collect(),
        false => builds.iter().flat_map(|build| &build.entries).collect(),
    };
    // A bundler that is given several sources writes a bundle for each, called as the source is or as it is told.
    let stem = bundle.file_stem();
    let is_alike = |entry: &&&Entry| match &entry.name {
        Some(name) => Path::new(name).file_name() == stem,
        None => entry.path.file_stem() == stem,
    };
    let alike: Vec<PathBuf> = candidates.iter().filter(is_alike).map(|entry| entry.path.clone()).collect();
    let all: Vec<PathBuf> = candidates.iter().map(|entry| entry.path.clone()).collect();
    if alike.is_empty() { is_named.then_some(all) } else { Some(alike) }
}

/// Whether a command runs one of these tools.
fn runs(command: &str, tools: &[&str]) -> bool {
    let mut words = command.split_whitespace().skip_while(|word| {
        word.contains('=') || matches!(*word, "npx" | "bunx" | "npm" | "exec" | "pnpm" | "yarn" | "dlx" | "--" | "spin" | "-y" | "--yes")
    });
    words.next().is_some_and(|tool| {
        let tool = tool.rsplit('/').next().unwrap_or(tool);
        tools.contains(&tool.split('@').next().unwrap_or(tool))
    })
}

/// The script of which a command makes Wasm.
fn input(command: &str) -> Option<String> {
    let words: Vec<&str> = command.split_whitespace().map(|word| word.trim_matches(['"', '\''])).collect();
    let named = words.windows(2).find(|pair| matches!(pair[0], "-i" | "--input")).map(|pair| pair[1]);
    let attached = || words.iter().find_map(|word| word.strip_prefix("--input="));
    let plain = || words.iter().skip(1).copied().find(|word| EXTENSIONS.iter().any(|ending| word.ends_with(&format!(".{ending}"))));
    named.or_else(attached).or_else(plain).map(str::to_owned)
}

/// The paths of source files in a text, each with the key that stands before it.
fn named_paths(text: &str) -> impl Iterator<Item = (String, Option<String>)> {
    let mut from = 0;
    paths_in(text).map(move |path| {
        let at = text[from..].find(&path).map_or(from, |at| from + at);
        from = at + path.len();
        let before = text[..at].rsplit([',', '{', '\n']).next().unwrap_or("");
        let key = before.split_once(':').map(|(key, _)| key.trim().trim_matches(['"', '\'']).to_owned());
        (path, key.filter(|key| !OPTIONS.contains(&key.as_str()) && !key.is_empty() && !key.contains(' ')))
    })
}

/// Everything in a text that reads as the path of a source file.
fn paths_in(text: &str) -> impl Iterator<Item = String> {
    let words = text.split(|c: char| !(c.is_alphanumeric() || matches!(c, '.' | '/' | '_' | '-' | '@')));
    let paths = words.filter(|word| word.rsplit_once('.').is_some_and(|(stem, ending)| !stem.is_empty() && EXTENSIONS.contains(&ending)));
    paths.map(str::to_owned)
}
