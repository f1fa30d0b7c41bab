//! What holds for a manifest beside the command line: `spinlint.toml`, the nearest upwards, and what the manifest's own tool tables say,
//! which goes before it.

mod told;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::diagnostic::Severity;
use crate::files::Files;
use crate::manifest::Manifest;
use crate::schema;
use crate::shape;
use crate::syntax::{self, Node, Table, Tree};
use crate::text::{SourceFile, Span, Spanned, absolute, join_lexically};

pub use told::{Line, Told};

/// The name of the file.
pub const FILE: &str = "spinlint.toml";

/// The name of the table among those of tools.
pub const TOOL: &str = "spinlint";

/// The word that stands for every rule where rules are left out.
pub const ALL_RULES: &str = "all";

/// A `spinlint.toml`.
#[derive(Debug)]
pub struct ConfigFile {
    /// The file.
    pub file: Arc<SourceFile>,
    /// Its tree.
    pub tree: Tree,
    /// What its shape check found; nothing, while it is not TOML.
    pub shape: Vec<shape::Problem>,
}

/// How grave a rule's findings are to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// The rule does not run.
    Off,
    /// It runs, and this is what its findings are.
    On(Severity),
}

/// What holds for one manifest.
#[derive(Clone, Debug, Default)]
pub struct Config<'d> {
    /// `[application.tool.spinlint]`
    own: Option<&'d Table>,
    /// `[component.<id>.tool.spinlint]`, by component.
    components: Vec<(String, &'d Table)>,
    manifest: PathBuf,
    /// The file that holds for it.
    pub file: Option<&'d ConfigFile>,
    /// The tables of levels for all components, the one that goes first first.
    levels: Vec<&'d Table>,
    /// Those for one component, which go before them.
    levels_of: Vec<(String, &'d Table)>,
}

impl ConfigFile {
    /// Parses a file.
    pub fn parse(file: Arc<SourceFile>) -> ConfigFile {
        let tree = syntax::parse(file.text());
        let shape = match tree.errors.is_empty() {
            true => shape::check_own(file.text(), &tree.root, &schema::CONFIGURATION),
            false => Vec::new(),
        };
        ConfigFile { file, tree, shape }
    }

    /// A file that is there and cannot be read as text, which has to be told: what it configures does not hold.
    fn unreadable(path: PathBuf) -> ConfigFile {
        let mut file = ConfigFile::parse(Arc::new(SourceFile::new(path, "")));
        let message = "this file cannot be read as text (UTF-8)".to_owned();
        file.tree.errors.push(syntax::SyntaxError { span: Span::at(0), message, related: None });
        file
    }

    /// The folder that its paths are relative to.
    fn folder(&self) -> &Path {
        self.file.path().parent().unwrap_or(Path::new(""))
    }
}

/// A table's strings under a key, in an array.
fn strings<'t>(table: &'t Table, key: &str) -> impl Iterator<Item = Spanned<String>> + use<'t> {
    table.get(key).map(Node::items).unwrap_or_default().iter().filter_map(Node::spanned_str)
}

/// Reads a level; none if it is none, which the shape check says.
fn level(node: &Node) -> Option<Level> {
    Some(match node.as_str()? {
        "off" => Level::Off,
        "info" => Level::On(Severity::Info),
        "warning" => Level::On(Severity::Warning),
        "error" => Level::On(Severity::Error),
        _ => return None,
    })
}

/// Reads a version of Spin; what stands behind it, as in `4.1.0-pre0`, is of no account.
pub fn spin_version(text: &str) -> Result<semver::Version, String> {
    let plain = text.trim().trim_start_matches('v').split(['-', '+', ' ']).next().unwrap_or_default();
    let dots = plain.matches('.').count();
    let whole = format!("{plain}{}", [".0.0", ".0", ""].get(dots).copied().unwrap_or_default());
    semver::Version::parse(&whole).map_err(|_| "a version of Spin is a number such as 3.4 or 4.0.2".to_owned())
}

/// The version of Spin that runs this program as its plugin, if it does.
pub fn told_spin_version() -> Option<semver::Version> {
    spin_version(&std::env::var("SPIN_VERSION").ok()?).ok()
}

impl<'d> Config<'d> {
    /// What holds for a manifest, by what it says itself and by the file that holds for it.
    pub fn of(manifest: &Manifest<'d>, root: &'d Table, path: &Path, file: Option<&'d ConfigFile>) -> Config<'d> {
        let own = root.get("application").and_then(Node::as_table).and_then(tool);
        let components = manifest.components.iter().filter_map(|component| Some((component.id.clone(), tool(component.table)?)));
        let components = components.collect();
        let file = file.filter(|file| file.tree.errors.is_empty());
        let mut config = Config { own, components, manifest: path.to_path_buf(), file, ..Config::default() };
        // Every rule asks for its level, most of them more than once.
        let levels = |table: &'d Table| table.get("rules").and_then(Node::as_table);
        config.levels = config.tables().filter_map(|(table, _)| levels(table)).collect();
        config.levels_of = config.components.iter().filter_map(|(id, table)| Some((id.clone(), levels(table)?))).collect();
        let named: Vec<&Table> = config.tables().filter_map(|(table, _)| table.get("component").and_then(Node::as_table)).collect();
        let named = named.into_iter().flat_map(|components| &components.entries);
        config.levels_of.extend(named.filter_map(|entry| Some((entry.key.value.clone(), levels(entry.node.as_table()?)?))));
        config
    }

    /// The tables for all of the manifest's components, the one that goes first first, each with the folder of its file.
    fn tables(&self) -> impl Iterator<Item = (&'d Table, &Path)> {
        let own = self.own.map(|table| (table, self.manifest.parent().unwrap_or(Path::new(""))));
        own.into_iter().chain(self.file.map(|file| (&file.tree.root, file.folder())))
    }

    /// The tables for a component, the one that goes first first, each with the folder of its file.
    fn tables_of(&self, id: &str) -> impl Iterator<Item = (&'d Table, &Path)> {
        let folder = self.manifest.parent().unwrap_or(Path::new(""));
        let own = self.components.iter().find(|(known, _)| *known == id).map(|(_, table)| (*table, folder));
        let id = id.to_owned();
        let named = self.tables().filter_map(move |(table, folder)| {
            let components = table.get("component").and_then(Node::as_table)?;
            Some((components.get(&id)?.as_table()?, folder))
        });
        own.into_iter().chain(named)
    }

    /// Whether anything is configured at all.
    pub fn is_empty(&self) -> bool {
        self.own.is_none() && self.components.is_empty() && self.file.is_none()
    }

    /// How grave a rule's findings about a component are, or those about none.
    pub fn level(&self, rule: &str, component: Option<&str>) -> Option<Level> {
        let of_component = self.levels_of.iter().filter(|(id, _)| component == Some(id));
        let mut tables = of_component.map(|(_, table)| table).chain(&self.levels);
        tables.find_map(|table| level(table.get(rule)?))
    }

    /// Whether a rule has to run, for some component or for all.
    pub fn runs(&self, rule: &str, is_on: bool) -> bool {
        let for_all = self.level(rule, None).map_or(is_on, |level| level != Level::Off);
        let mut of_components = self.levels_of.iter().filter_map(|(_, table)| level(table.get(rule)?));
        for_all || of_components.any(|level| level != Level::Off)
    }

    /// The rules that are left out in a file, as they are named: all of them by a word of its own.
    pub fn ignored(&self, path: &Path) -> Vec<&'d str> {
        let ignores = self.tables().filter_map(|(table, folder)| Some((table.get("ignore")?.as_table()?, folder)));
        let entries = ignores.flat_map(|(ignore, folder)| ignore.entries.iter().map(move |entry| (entry, folder)));
        let here = entries.filter(|(entry, folder)| matches(&entry.key.value, path, folder));
        here.flat_map(|(entry, _)| entry.node.items()).filter_map(Node::as_str).collect()
    }

    /// The version of Spin that the app is for.
    pub fn spin_version(&self) -> Option<semver::Version> {
        self.tables().find_map(|(table, _)| spin_version(table.get("spin_version")?.as_str()?).ok())
    }

    /// The runtime configuration that the app is started with.
    pub fn runtime_config_file(&self) -> Option<PathBuf> {
        self.tables().find_map(|(table, folder)| Some(join_lexically(folder, Path::new(table.get("runtime_config_file")?.as_str()?))))
    }

    /// The folders of a component's sources, if somebody says which they are.
    pub fn sources(&self, component: &str) -> Option<Vec<PathBuf>> {
        self.tables_of(component).find_map(|(table, folder)| {
            table.get("sources")?;
            Some(strings(table, "sources").map(|path| join_lexically(folder, Path::new(&path.value))).collect())
        })
    }

    /// What is set of an editor's features, by name: what goes first last, to be laid over what comes before it.
    pub fn features(&self) -> Vec<(&'d str, bool)> {
        let tables: Vec<&'d Table> = self.tables().filter_map(|(table, _)| table.get("editor")?.as_table()).collect();
        let entries = tables.into_iter().rev().flat_map(|table| table.entries.iter());
        let features = entries.filter_map(|entry| match entry.node.value {
            syntax::Value::Boolean(value) => Some((entry.key.value.as_str(), value)),
            _ => None,
        });
        features.collect()
    }
}

/// A table's settings for this tool.
pub fn tool(table: &Table) -> Option<&Table> {
    table.get("tool")?.as_table()?.get(TOOL)?.as_table()
}

/// Whether a glob of a file in a folder matches a path; that of a folder matches all that is in it.
fn matches(glob: &str, path: &Path, folder: &Path) -> bool {
    let (path, folder) = (absolute(path), absolute(folder));
    let Ok(relative) = path.strip_prefix(&folder) else { return false };
    let options = glob::MatchOptions { require_literal_separator: true, ..glob::MatchOptions::default() };
    let glob = glob.trim_start_matches("./").trim_end_matches('/');
    [glob.to_owned(), format!("{glob}/**")].iter().any(|glob| {
        let pattern = glob::Pattern::new(glob);
        pattern.is_ok_and(|pattern| pattern.matches_path_with(relative, options))
    })
}

/// Finds the files, and reads each once.
#[derive(Debug, Default)]
pub struct Finder {
    /// The file of every folder that was asked about.
    known: Mutex<HashMap<PathBuf, Option<Arc<ConfigFile>>>>,
    /// The file that somebody named, or that none is to be read.
    named: Option<Option<Arc<ConfigFile>>>,
}

impl Finder {
    /// Finds one file for all manifests, or none for any.
    pub fn always(file: Option<Arc<ConfigFile>>) -> Finder {
        Finder { named: Some(file), ..Finder::default() }
    }

    /// The file that holds for a manifest: the nearest upwards.
    pub fn find(&self, files: &dyn Files, manifest: &Path) -> Option<Arc<ConfigFile>> {
        if let Some(named) = &self.named {
            return named.clone();
        }
        let folder = manifest.parent().unwrap_or(Path::new(""));
        let depth = std::path::absolute(folder.join(".")).map(|folder| folder.components().count()).unwrap_or_default();
        self.of_folder(files, folder, depth)
    }

    fn of_folder(&self, files: &dyn Files, folder: &Path, depth: usize) -> Option<Arc<ConfigFile>> {
        if let Some(known) = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(folder) {
            return known.clone();
        }
        let path = folder.join(FILE);
        let found = match files.is_file(&path) {
            true => Some(Arc::new(match files.text(&path) {
                Some(text) => ConfigFile::parse(Arc::new(SourceFile::new(path, text))),
                None => ConfigFile::unreadable(path),
            })),
            false if depth > 1 => self.of_folder(files, &above(folder), depth - 1),
            false => None,
        };
        // Another thread may have read it meanwhile: all have to share one, for what is about it is told once.
        self.known.lock().unwrap_or_else(PoisonError::into_inner).entry(folder.to_path_buf()).or_insert(found).clone()
    }
}

/// The folder above one, which may be named relatively.
fn above(folder: &Path) -> PathBuf {
    match folder.components().next_back() {
        Some(std::path::Component::Normal(_)) => folder.parent().map(Path::to_path_buf).unwrap_or_default(),
        Some(std::path::Component::RootDir | std::path::Component::Prefix(_)) => folder.to_path_buf(),
        _ => folder.join(".."),
    }
}
