//! JavaScript projects: the file that a build begins with, and the files that imports lead to.

mod entries;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::super::library::Library;
use crate::text::{join_lexically, slashed, upwards};

/// The endings of source files, in the order in which a bundler tries them.
pub(in crate::facts::source) const EXTENSIONS: &[&str] = &["ts", "tsx", "mts", "cts", "js", "jsx", "mjs", "cjs"];

/// A project as one component sees it.
pub(super) struct Project<'l, 'f> {
    library: &'l Library<'f>,
    /// The project's folder.
    pub folder: PathBuf,
    /// Local packages by name.
    packages: BTreeMap<String, PathBuf>,
    /// Path aliases of tsconfig: a pattern with at most one `*`, and what it stands for.
    aliases: Vec<(String, PathBuf)>,
}

impl<'l, 'f> Project<'l, 'f> {
    pub(super) fn new(library: &'l Library<'f>, folder: &Path) -> Self {
        let mut project = Project { library, folder: folder.to_path_buf(), packages: BTreeMap::new(), aliases: Vec::new() };
        project.find_packages();
        project.read_bundler_aliases();
        project.read_tsconfig();
        project
    }

    fn json(&self, path: &Path) -> Option<Value> {
        let text = self.library.files.text(path)?;
        serde_json::from_str(&text).or_else(|_| serde_json::from_str(&without_comments(&text))).ok()
    }

    /// The module that an import names: a local file, or the text itself for anything else.
    pub(super) fn resolve(&self, importer: &Path, specifier: &str) -> Option<PathBuf> {
        if specifier.starts_with('.') {
            let folder = importer.parent().unwrap_or(Path::new(""));
            return self.with_ending(&join_lexically(folder, Path::new(specifier)));
        }
        for (pattern, target) in &self.aliases {
            let found = match pattern.split_once('*') {
                Some((before, after)) => {
                    let rest = specifier.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
                    rest.and_then(|rest| self.with_ending(Path::new(&slashed(target).replace('*', rest))))
                }
                None if pattern == specifier => self.with_ending(target),
                None => None,
            };
            if found.is_some() {
                return found;
            }
        }
        let (name, rest) = self
            .packages
            .keys()
            .filter_map(|name| {
                let rest = specifier.strip_prefix(name.as_str())?;
                (rest.is_empty() || rest.starts_with('/')).then_some((name, rest))
            })
            .max_by_key(|(name, _)| name.len())?;
        self.package_file(&self.packages[name], rest.trim_start_matches('/'))
    }

    /// The file that a local package delivers under a path; where it names a build's output, its source.
    fn package_file(&self, folder: &Path, rest: &str) -> Option<PathBuf> {
        let package = self.json(&folder.join("package.json")).unwrap_or_default();
        let key = if rest.is_empty() { ".".to_owned() } else { format!("./{rest}") };
        let exported = match package.get("exports") {
            Some(Value::String(path)) if rest.is_empty() => Some(path.clone()),
            Some(Value::Object(exports)) => {
                exports.get(&key).or_else(|| exports.get("import").filter(|_| rest.is_empty())).and_then(first_text)
            }
            _ => None,
        };
        let fields = ["source", "module", "main", "types"].iter().filter_map(|field| package.get(*field)?.as_str().map(str::to_owned));
        let mut candidates: Vec<String> = exported.into_iter().collect();
        if rest.is_empty() {
            candidates.extend(fields);
            candidates.extend(["src/index".to_owned(), "index".to_owned()]);
        } else {
            candidates.extend([rest.to_owned(), format!("src/{rest}")]);
        }
        candidates.iter().find_map(|path| {
            let path = path.trim_start_matches("./").trim_end_matches(".d.ts");
            let source = path.replacen("dist/", "src/", 1).replacen("lib/", "src/", 1).replacen("build/", "src/", 1);
            [source.as_str(), path].iter().find_map(|path| self.with_ending(&join_lexically(folder, Path::new(path))))
        })
    }

    /// The file itself, with an ending, as a folder's index, or as the TypeScript that compiles to it.
    fn with_ending(&self, path: &Path) -> Option<PathBuf> {
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or("");
        if EXTENSIONS.contains(&ending) && self.library.files.is_file(path) {
            return Some(path.to_path_buf());
        }
        let text = slashed(path);
        let compiled = match ending {
            "js" => vec![path.with_extension("ts"), path.with_extension("tsx")],
            "mjs" => vec![path.with_extension("mts")],
            "jsx" => vec![path.with_extension("tsx")],
            _ => Vec::new(),
        };
        let endings = EXTENSIONS.iter().map(|ending| PathBuf::from(format!("{text}.{ending}")));
        let indexes = EXTENSIONS.iter().map(|ending| path.join(format!("index.{ending}")));
        compiled.into_iter().chain(endings).chain(indexes).find(|path| self.library.files.is_file(path))
    }

    /// Local packages: dependencies by path, and the members of the workspaces around.
    fn find_packages(&mut self) {
        let mut folders = Vec::new();
        for folder in upwards(&self.folder.clone()) {
            if let Some(package) = self.json(&folder.join("package.json")) {
                for table in ["dependencies", "devDependencies"] {
                    for (name, version) in package.get(table).and_then(Value::as_object).into_iter().flatten() {
                        let path = version
                            .as_str()
                            .and_then(|version| ["file:", "link:", "portal:"].iter().find_map(|kind| version.strip_prefix(kind)));
                        if let Some(path) = path {
                            self.packages.entry(name.clone()).or_insert_with(|| join_lexically(&folder, Path::new(path)));
                        }
                    }
                }
                let workspaces = package.get("workspaces").map(|workspaces| workspaces.get("packages").unwrap_or(workspaces));
                let patterns = workspaces.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
                folders.extend(patterns.flat_map(|pattern| self.expand(&folder, pattern)));
            }
            if let Some(text) = self.library.files.text(&folder.join("pnpm-workspace.yaml")) {
                let patterns =
                    text.lines().filter_map(|line| line.trim().strip_prefix("- ")).map(|line| line.trim_matches(['"', '\'', ' ']));
                folders.extend(patterns.flat_map(|pattern| self.expand(&folder, pattern)).collect::<Vec<_>>());
            }
        }
        for folder in folders {
            let name = self.json(&folder.join("package.json")).and_then(|package| package.get("name")?.as_str().map(str::to_owned));
            if let Some(name) = name {
                self.packages.entry(name).or_insert(folder);
            }
        }
    }

    fn expand(&self, folder: &Path, pattern: &str) -> Vec<PathBuf> {
        let mut found = vec![folder.to_path_buf()];
        for part in pattern.split('/').filter(|part| !part.is_empty() && *part != ".") {
            found = if part.contains('*') {
                let below = found.iter().flat_map(|folder| {
                    let folders =
                        self.library.files.list(folder).into_iter().filter(|entry| entry.is_folder && entry.name != "node_modules");
                    folders.map(|entry| folder.join(entry.name))
                });
                below.collect()
            } else {
                found.iter().map(|folder| join_lexically(folder, Path::new(part))).collect()
            };
        }
        found
    }

    /// `alias: { "~": path.resolve(__dirname, "source") }` of a bundler's configuration: a name, and the last quoted
    /// word of its line, if it is a folder.
    fn read_bundler_aliases(&mut self) {
        for entry in self.library.files.list(&self.folder) {
            if !entry.name.contains(".config.") {
                continue;
            }
            let Some(text) = self.library.files.text(&self.folder.join(&entry.name)) else { continue };
            let Some((_, block)) = text.split_once("alias") else { continue };
            let block = block.split('}').next().unwrap_or("");
            for part in block.split(['{', ',', '\n']).filter(|part| part.contains(':')) {
                let (name, _) = part.split_once(':').unwrap_or((part, ""));
                let name = name.trim().trim_matches(['"', '\'']);
                let rest: String = block[block.find(part).unwrap_or(0)..].lines().next().unwrap_or("").to_owned();
                let Some(target) = rest.rsplit(['"', '\'']).nth(1) else { continue };
                let folder = join_lexically(&self.folder, Path::new(target.trim_start_matches("./").trim_start_matches('/')));
                if !name.is_empty() && !self.library.files.list(&folder).is_empty() {
                    self.aliases.push((format!("{name}/*"), folder.join("*")));
                }
            }
        }
    }

    fn read_tsconfig(&mut self) {
        for name in ["tsconfig.json", "jsconfig.json"] {
            let mut path = self.folder.join(name);
            // A configuration may extend another, which then names the paths.
            for _ in 0..4 {
                let Some(config) = self.json(&path) else { break };
                let folder = path.parent().unwrap_or(Path::new("")).to_path_buf();
                let options = config.get("compilerOptions");
                let base = options.and_then(|options| options.get("baseUrl")).and_then(Value::as_str);
                let base = join_lexically(&folder, Path::new(base.unwrap_or(".")));
                for (pattern, targets) in options.and_then(|options| options.get("paths")).and_then(Value::as_object).into_iter().flatten()
                {
                    for target in targets.as_array().into_iter().flatten().filter_map(Value::as_str) {
                        self.aliases.push((pattern.clone(), join_lexically(&base, Path::new(target))));
                    }
                }
                match config.get("extends").and_then(Value::as_str).filter(|extends| extends.starts_with('.')) {
                    Some(extends) => {
                        path = join_lexically(&folder, Path::new(extends));
                        if path.extension().is_none() {
                            path.set_extension("json");
                        }
                    }
                    None => break,
                }
            }
        }
    }
}

fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// The first path of a conditional export.
fn first_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Object(conditions) => {
            ["source", "import", "default", "require", "types"].iter().find_map(|key| conditions.get(*key).and_then(first_text))
        }
        _ => None,
    }
}

/// A text without `//` and `/* */` comments and without commas before closing brackets, outside of strings.
fn without_comments(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    let mut quote = None;
    while let Some(character) = characters.next() {
        match (quote, character) {
            (Some(_), '\\') => {
                result.push(character);
                result.extend(characters.next());
            }
            (Some(open), _) => {
                if character == open {
                    quote = None;
                }
                result.push(character);
            }
            (None, '"' | '\'' | '`') => {
                quote = Some(character);
                result.push(character);
            }
            (None, '/') if characters.peek() == Some(&'/') => {
                while characters.peek().is_some_and(|next| *next != '\n') {
                    characters.next();
                }
            }
            (None, '/') if characters.peek() == Some(&'*') => {
                characters.next();
                while let Some(next) = characters.next() {
                    if next == '*' && characters.peek() == Some(&'/') {
                        characters.next();
                        break;
                    }
                }
            }
            (None, '}' | ']') => {
                let kept = result.trim_end().trim_end_matches(',').len();
                if result.trim_end().ends_with(',') {
                    result.truncate(kept);
                }
                result.push(character);
            }
            (None, _) => result.push(character),
        }
    }
    result
}
