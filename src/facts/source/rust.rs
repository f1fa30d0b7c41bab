//! Rust: which package a component is built from, which files belong to it, and what opens a store there.

mod cargo;
mod cfg;
mod extract;
mod names;
mod texts;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

pub(super) use cargo::workspace_root;
use cargo::{FeatureFlags, Package};

use super::library::Library;
use super::program::{Caller, Found, Name, Unit};
use super::relevance;
use super::sdk::RUST;

/// What a build command says of the package.
#[derive(Clone, Debug, Default)]
pub(super) struct Request {
    /// `-p`
    pub package: Option<String>,
    /// `--bin` or `--example`
    pub binary: Option<String>,
    /// `--features` and the like.
    pub features: FeatureFlags,
}

/// The sources of a component that cargo builds in `folder`. `wasm` is the file name that the manifest expects.
pub(super) fn units(library: &Library<'_>, folder: &Path, request: &Request, wasm: Option<&str>) -> Option<Found> {
    let package = find_package(library, folder, request, wasm)?;
    let mut packages = vec![package];
    add_dependencies(library, &mut packages);
    Some(load(library, &packages))
}

/// The package that a component is built from.
fn find_package(library: &Library<'_>, folder: &Path, request: &Request, wasm: Option<&str>) -> Option<Package> {
    let manifest = cargo::manifest(library, folder)?;
    let folders = cargo::members(library, folder, &manifest);
    let read = |folder: &PathBuf| cargo::manifest(library, folder).map(|manifest| (folder.clone(), manifest));
    let members: Vec<_> = folders.iter().filter_map(read).collect();
    let stem = wasm.and_then(|wasm| wasm.strip_suffix(".wasm"));
    let is_called = |name: &str, wanted: &str| name.replace('-', "_") == wanted.replace('-', "_");
    let with_wasm = |candidates: &[(PathBuf, crate::syntax::Table)]| {
        candidates.iter().find_map(|(folder, manifest)| {
            let targets = cargo::targets(library, folder, manifest);
            let wanted = request.binary.as_deref().or(stem)?;
            targets.into_iter().find(|(name, _)| is_called(name, wanted)).map(|(_, root)| (folder.clone(), root))
        })
    };
    if let Some(wanted) = &request.package {
        let named: Vec<_> = members.iter().filter(|(_, manifest)| cargo::package_name(manifest) == Some(wanted)).cloned().collect();
        let (folder, _) = named.first()?.clone();
        let root = with_wasm(&named).map(|(_, root)| root);
        return cargo::package(library, &folder, &request.features, root);
    }
    if let Some((folder, root)) = with_wasm(&members) {
        return cargo::package(library, &folder, &request.features, Some(root));
    }
    // The file may have been renamed on its way; a lone package is the one.
    match manifest.get("package") {
        Some(_) => cargo::package(library, folder, &request.features, None),
        None if members.len() == 1 => cargo::package(library, &members[0].0, &request.features, None),
        None => None,
    }
}

/// The component's package is followed by its local dependencies, each with the features that are asked of it.
fn add_dependencies(library: &Library<'_>, packages: &mut Vec<Package>) {
    let mut next = 0;
    while let Some(package) = packages.get(next).cloned() {
        for dependency in &package.dependencies {
            let Some(folder) = &dependency.folder else { continue };
            if packages.iter().any(|known| known.folder == *folder) {
                continue;
            }
            let flags = FeatureFlags { named: dependency.features.clone(), all: false, no_default: !dependency.default_features };
            packages.extend(cargo::package(library, folder, &flags, None));
        }
        next += 1;
    }
}

/// Reads the files of the packages that matter.
fn load(library: &Library<'_>, packages: &[Package]) -> Found {
    let skip = ["tests", "benches", "examples"];
    let paths: BTreeSet<PathBuf> = packages
        .iter()
        .flat_map(|package| {
            let folder = package.root.parent().unwrap_or(&package.folder).to_path_buf();
            library.walk(&folder, &["rs"], &skip)
        })
        .collect();
    let files = library.texts(&paths);
    let marked = files.iter().filter(|file| RUST.markers.iter().any(|marker| file.text().contains(marker)));
    let mut relevant: BTreeSet<PathBuf> = marked.map(|file| file.path().to_path_buf()).collect();
    if relevant.is_empty() {
        return Found::new(Vec::new(), &files);
    }
    // Files that name others by `#[path]` are followed wherever they lead.
    relevant.extend(files.iter().filter(|file| file.text().contains("#[path")).map(|file| file.path().to_path_buf()));
    loop {
        let units = read(library, packages, &relevant);
        let names = relevance::needs(&units, &RUST);
        let before = relevant.len();
        relevant.extend(relevance::naming(&files, &names, false));
        if relevant.len() == before {
            return Found::new(units, &files);
        }
    }
}

/// Reads the module trees of the packages, as far as they lead to relevant files.
fn read(library: &Library<'_>, packages: &[Package], relevant: &BTreeSet<PathBuf>) -> Vec<Unit> {
    let mut units = Vec::new();
    for (index, package) in packages.iter().enumerate() {
        let mut pending: Vec<(Name, PathBuf)> = vec![(vec![package.crate_name.clone()], package.root.clone())];
        let mut seen = BTreeSet::new();
        while let Some((module, path)) = pending.pop() {
            let Some(file) = library.text(&path).filter(|_| seen.insert(path.clone())) else { continue };
            let Some(tree) = library.tree(&file, &tree_sitter_rust::LANGUAGE.into()) else { continue };
            let (found, declared) = extract::file(&file, tree.root_node(), module.clone(), index == 0, &package.features);
            units.extend(found);
            for declaration in declared {
                let candidates = module_files(&path, &package.root, &module, &declaration);
                let target = candidates.into_iter().find(|candidate| library.files.is_file(candidate));
                if let Some(target) = target.filter(|target| leads_to(target, relevant)) {
                    pending.push((declaration.module, target));
                }
            }
        }
        units.extend(aliases(library, package, packages));
    }
    units
}

/// Where a declared module's file may be.
fn module_files(path: &Path, root: &Path, module: &[String], declaration: &extract::Declared) -> Vec<PathBuf> {
    let parent = path.parent().unwrap_or(Path::new(""));
    if let Some(named) = &declaration.path {
        return vec![crate::text::join_lexically(parent, Path::new(named))];
    }
    let owns_folder = path == root || path.file_name().is_some_and(|name| name == "mod.rs");
    let stem = path.file_stem().map(PathBuf::from).unwrap_or_default();
    let mut folder = if owns_folder { parent.to_path_buf() } else { parent.join(stem) };
    // Modules written inside the file make folders of their own.
    let inline = &declaration.module[module.len()..declaration.module.len() - 1];
    folder.extend(inline);
    let name = &declaration.module[declaration.module.len() - 1];
    vec![folder.join(format!("{name}.rs")), folder.join(name).join("mod.rs")]
}

/// Whether a file is relevant, or one in the folder of its modules is.
fn leads_to(path: &Path, relevant: &BTreeSet<PathBuf>) -> bool {
    if relevant.contains(path) {
        return true;
    }
    let is_mod = path.file_name().is_some_and(|name| name == "mod.rs");
    let folder = if is_mod { path.parent().map(Path::to_path_buf).unwrap_or_default() } else { path.with_extension("") };
    relevant.range(folder.clone()..).next().is_some_and(|next| next.starts_with(&folder))
}

/// A dependency under another name is a module of that name, all of whose names are the crate's.
fn aliases(library: &Library<'_>, package: &Package, packages: &[Package]) -> Vec<Unit> {
    let mut targets: BTreeMap<String, String> = BTreeMap::new();
    for dependency in &package.dependencies {
        let local = dependency.folder.as_ref().and_then(|folder| packages.iter().find(|known| known.folder == *folder));
        let real = local.map_or_else(|| dependency.package.replace('-', "_"), |known| known.crate_name.clone());
        if real != dependency.alias {
            targets.insert(dependency.alias.clone(), real);
        }
    }
    let Some(file) = library.text(&package.root) else { return Vec::new() };
    let units = targets.into_iter().map(|(alias, real)| {
        let mut unit = Unit::new(file.clone(), vec![alias], false);
        unit.functions[0].caller = Caller::Nobody;
        unit.globs.push(vec![real]);
        unit
    });
    units.collect()
}
