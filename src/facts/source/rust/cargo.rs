//! Cargo packages: where they are, what they are called, which features are on, what they depend on by path.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::super::library::Library;
use crate::syntax::{self, Node, Table, Value};
use crate::text::{join_lexically, upwards};

/// A package as one build sees it.
#[derive(Clone, Debug)]
pub(super) struct Package {
    /// Its folder.
    pub folder: PathBuf,
    /// What other crates call it.
    pub crate_name: String,
    /// The crate's root file.
    pub root: PathBuf,
    /// The features that are on.
    pub features: BTreeSet<String>,
    /// What it depends on.
    pub dependencies: Vec<Dependency>,
}

/// A dependency of a package.
#[derive(Clone, Debug)]
pub(super) struct Dependency {
    /// What the package calls it.
    pub alias: String,
    /// The name of the package that it is.
    pub package: String,
    /// Its folder, if it is a local one.
    pub folder: Option<PathBuf>,
    /// The features that are asked for.
    pub features: BTreeSet<String>,
    /// Whether its default features are on.
    pub default_features: bool,
}

/// What a build command says about features.
#[derive(Clone, Debug, Default)]
pub(in crate::facts::source) struct FeatureFlags {
    pub named: BTreeSet<String>,
    pub all: bool,
    pub no_default: bool,
}

/// Reads the `Cargo.toml` of a folder; none if there is none.
pub(super) fn manifest(library: &Library<'_>, folder: &Path) -> Option<Table> {
    let text = library.files.text(&folder.join("Cargo.toml"))?;
    Some(syntax::parse(&text).root)
}

/// The folders of a workspace's members, and the root's own if it is a package.
pub(super) fn members(library: &Library<'_>, folder: &Path, manifest: &Table) -> Vec<PathBuf> {
    let mut folders = Vec::new();
    if manifest.get("package").is_some() {
        folders.push(folder.to_path_buf());
    }
    let patterns = manifest.get("workspace").and_then(Node::as_table).and_then(|workspace| workspace.get("members"));
    for pattern in patterns.map(Node::items).unwrap_or_default().iter().filter_map(Node::as_str) {
        folders.extend(expand(library, folder, pattern));
    }
    // Local dependencies of a root package are members without being listed.
    if let Some(dependencies) = manifest.get("dependencies").and_then(Node::as_table) {
        let paths = dependencies.entries.iter().filter_map(|entry| entry.node.as_table()?.get("path")?.as_str());
        folders.extend(paths.map(|path| join_lexically(folder, Path::new(path))));
    }
    folders.dedup();
    folders
}

/// The root of the workspace that the package of a folder is a member of; none if that, or its target folder, is not plain to see.
pub(in super::super) fn workspace_root(library: &Library<'_>, folder: &Path) -> Option<PathBuf> {
    let own = manifest(library, folder)?;
    let is_configured = upwards(folder).any(|folder| {
        let configs = ["config.toml", "config"].map(|name| folder.join(".cargo").join(name));
        configs.iter().any(|config| library.files.text(config).is_some_and(|text| text.contains("target-dir")))
    });
    if is_configured || own.get("workspace").is_some() {
        return None;
    }
    if let Some(named) = own.get("package").and_then(|package| package.as_table()?.get("workspace")?.as_str()) {
        return Some(join_lexically(folder, Path::new(named)));
    }
    // The nearest workspace above is the one, if it lists the package.
    upwards(folder).skip(1).find_map(|root| {
        let manifest = manifest(library, &root)?;
        manifest.get("workspace")?;
        Some(members(library, &root, &manifest).iter().any(|member| member == folder).then_some(root))
    })?
}

/// The folders that a member pattern means; `*` stands for any one name.
fn expand(library: &Library<'_>, folder: &Path, pattern: &str) -> Vec<PathBuf> {
    let mut found = vec![folder.to_path_buf()];
    for part in pattern.split('/').filter(|part| !part.is_empty() && *part != ".") {
        found = match part.split_once('*') {
            Some((before, after)) => {
                let below = found.iter().flat_map(|folder| {
                    let entries = library.files.list(folder).into_iter();
                    entries
                        .filter(|entry| entry.is_folder && entry.name.starts_with(before) && entry.name.ends_with(after))
                        .map(|entry| folder.join(entry.name))
                });
                below.collect()
            }
            None => found.iter().map(|folder| join_lexically(folder, Path::new(part))).collect(),
        };
    }
    found.retain(|folder| library.files.is_file(&folder.join("Cargo.toml")));
    found
}

/// The name of the package in a folder's manifest.
pub(super) fn package_name(manifest: &Table) -> Option<&str> {
    text(manifest.get("package")?.as_table()?, "name")
}

/// The names that a package's Wasm files can have, with the root file of each.
pub(super) fn targets(library: &Library<'_>, folder: &Path, manifest: &Table) -> Vec<(String, PathBuf)> {
    let Some(package) = package_name(manifest) else { return Vec::new() };
    let mut targets = Vec::new();
    let lib = manifest.get("lib").and_then(Node::as_table);
    let lib_root = folder.join(lib.and_then(|lib| text(lib, "path")).unwrap_or("src/lib.rs"));
    if lib.is_some() || library.files.is_file(&lib_root) {
        let name = lib.and_then(|lib| text(lib, "name")).unwrap_or(package);
        targets.push((name.replace('-', "_"), lib_root));
    }
    let bins = manifest.get("bin").map(Node::items).unwrap_or_default().iter().filter_map(Node::as_table);
    for bin in bins {
        let name = text(bin, "name").unwrap_or(package);
        let default = if name == package { "src/main.rs".to_owned() } else { format!("src/bin/{name}.rs") };
        targets.push((name.to_owned(), folder.join(text(bin, "path").unwrap_or(&default))));
    }
    let main = folder.join("src/main.rs");
    if library.files.is_file(&main) && !targets.iter().any(|(_, root)| *root == main) {
        targets.push((package.to_owned(), main));
    }
    for entry in library.files.list(&folder.join("src/bin")) {
        let path = folder.join("src/bin").join(&entry.name);
        let (name, root) = match entry.name.strip_suffix(".rs") {
            Some(name) => (name.to_owned(), path),
            None => (entry.name.clone(), path.join("main.rs")),
        };
        if !targets.iter().any(|(_, known)| *known == root) {
            targets.push((name, root));
        }
    }
    targets
}

/// A package with the features that a build switches on. `root` is its crate root, if it is not the library.
pub(super) fn package(library: &Library<'_>, folder: &Path, flags: &FeatureFlags, root: Option<PathBuf>) -> Option<Package> {
    let manifest = manifest(library, folder)?;
    let name = package_name(&manifest)?.to_owned();
    let targets = targets(library, folder, &manifest);
    let (lib_name, lib_root) = targets.first().cloned().unwrap_or_else(|| (name.clone(), folder.join("src/lib.rs")));
    let features = active_features(&manifest, flags, &name);
    let workspace = workspace_dependencies(library, folder);
    let mut dependencies = Vec::new();
    collect_dependencies(&manifest, folder, workspace.as_ref(), &features, &mut dependencies);
    Some(Package {
        folder: folder.to_path_buf(),
        crate_name: lib_name.replace('-', "_"),
        root: root.unwrap_or(lib_root),
        features,
        dependencies,
    })
}

/// The features that are on, with those that they bring.
fn active_features(manifest: &Table, flags: &FeatureFlags, package: &str) -> BTreeSet<String> {
    let table = manifest.get("features").and_then(Node::as_table);
    let mut pending: Vec<String> = flags
        .named
        .iter()
        .filter_map(|name| match name.split_once('/') {
            Some((of, name)) if of == package => Some(name.to_owned()),
            Some(_) => None,
            None => Some(name.clone()),
        })
        .collect();
    if !flags.no_default {
        pending.push("default".to_owned());
    }
    if flags.all {
        pending.extend(table.into_iter().flat_map(|table| &table.entries).map(|entry| entry.key.value.clone()));
        pending.extend(optional_dependencies(manifest));
    }
    let mut active = BTreeSet::new();
    while let Some(name) = pending.pop() {
        // `dep:x` switches a dependency on without a feature of its name.
        if name.starts_with("dep:") || name.contains('/') {
            active.insert(name);
            continue;
        }
        if active.insert(name.clone()) {
            let brings = table.and_then(|table| table.get(&name)).map(Node::items).unwrap_or_default();
            pending.extend(brings.iter().filter_map(Node::as_str).map(str::to_owned));
        }
    }
    active
}

fn optional_dependencies(manifest: &Table) -> Vec<String> {
    let table = manifest.get("dependencies").and_then(Node::as_table);
    let optional = table.into_iter().flat_map(|table| &table.entries).filter(|entry| {
        entry.node.as_table().and_then(|options| options.get("optional")).is_some_and(|node| matches!(node.value, Value::Boolean(true)))
    });
    optional.map(|entry| entry.key.value.clone()).collect()
}

/// `[workspace.dependencies]` of the workspace that a folder belongs to, with the workspace's folder.
fn workspace_dependencies(library: &Library<'_>, folder: &Path) -> Option<(PathBuf, Table)> {
    upwards(folder).find_map(|folder| {
        let manifest = manifest(library, &folder)?;
        let table = manifest.get("workspace")?.as_table()?.get("dependencies")?.as_table()?;
        Some((folder, table.clone()))
    })
}

fn collect_dependencies(
    manifest: &Table,
    folder: &Path,
    workspace: Option<&(PathBuf, Table)>,
    features: &BTreeSet<String>,
    found: &mut Vec<Dependency>,
) {
    let mut tables: Vec<&Table> = manifest.get("dependencies").and_then(Node::as_table).into_iter().collect();
    // Which targets hold hardly matters: a crate that is named but not built has nothing that calls it.
    let targets = manifest.get("target").and_then(Node::as_table);
    let targets = targets.into_iter().flat_map(|table| &table.entries);
    tables.extend(targets.filter_map(|entry| entry.node.as_table()?.get("dependencies")?.as_table()));
    for entry in tables.into_iter().flat_map(|table| &table.entries) {
        let alias = &entry.key.value;
        let own = entry.node.as_table();
        let inherits = own.and_then(|own| own.get("workspace")).is_some_and(|node| matches!(node.value, Value::Boolean(true)));
        let shared = workspace.filter(|_| inherits).and_then(|(folder, table)| Some((folder.as_path(), table.get(alias)?)));
        let base = shared.map_or(folder, |(folder, _)| folder);
        let options = shared.map_or(own, |(_, node)| node.as_table());
        let package = options.and_then(|options| text(options, "package")).unwrap_or(alias);
        let path = options.and_then(|options| text(options, "path"));
        let mut wanted: BTreeSet<String> = BTreeSet::new();
        for options in [options, own].into_iter().flatten() {
            let named = options.get("features").map(Node::items).unwrap_or_default();
            wanted.extend(named.iter().filter_map(Node::as_str).map(str::to_owned));
        }
        let prefix = format!("{alias}/");
        wanted.extend(features.iter().filter_map(|feature| feature.strip_prefix(&prefix)).map(str::to_owned));
        let is_off = |options: &Table| options.get("default-features").is_some_and(|node| matches!(node.value, Value::Boolean(false)));
        found.push(Dependency {
            alias: alias.replace('-', "_"),
            package: package.to_owned(),
            folder: path.map(|path| join_lexically(base, Path::new(path))),
            features: wanted,
            default_features: !options.is_some_and(is_off),
        });
    }
}

fn text<'t>(table: &'t Table, key: &str) -> Option<&'t str> {
    table.get(key).and_then(Node::as_str)
}
