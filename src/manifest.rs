//! The manifest as rules see it: its components, triggers and grants, every leaf with its place, every leaf optional.
//!
//! What does not have the expected type is left out here; the shape check has already told it.

use std::path::{Path, PathBuf};

mod build;
mod composition;
mod dependencies;
mod dependency_name;
mod files;
mod nature;
mod templates;
mod triggers;
mod variables;

pub use build::Build;
use composition::Composition;
use dependencies::dependency;
pub use dependencies::{Dependency, Inheritance, Origin};
pub use dependency_name::{DependencyName, means_import};
pub use files::{FileEntry, ends_in_itself, is_of_glob};
pub use nature::{Nature, version_entry};
pub use templates::TemplatePlace;
pub use variables::Variable;

use crate::schema;
use crate::syntax::{Entry, Node, Table, Tree, Value};
use crate::text::{Span, Spanned, join_lexically};

/// The two formats of a manifest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Version {
    /// `spin_manifest_version = "1"`
    One,
    /// `spin_manifest_version = 2`
    #[default]
    Two,
}

/// A manifest.
#[derive(Debug, Default)]
pub struct Manifest<'t> {
    /// By whose rules it is read.
    pub version: Version,
    /// The components, those written inside triggers behind the others.
    pub components: Vec<Component<'t>>,
    /// The triggers in the order of the file.
    pub triggers: Vec<Trigger<'t>>,
    /// The variables of the application.
    pub variables: Vec<Variable<'t>>,
    root: Option<&'t Table>,
    composition: Composition,
}

/// A component.
#[derive(Debug)]
pub struct Component<'t> {
    /// The id that Spin uses; generated for a component that is written inside a trigger.
    pub id: String,
    /// The id in the header, or the trigger's `component` key.
    pub place: Span,
    /// Its table.
    pub table: &'t Table,
    /// What the profile changes by which the manifest is read.
    pub profile: Option<&'t Table>,
}

/// A trigger.
#[derive(Debug)]
pub struct Trigger<'t> {
    /// The trigger type: `http`, `redis` or a plugin's.
    pub kind: String,
    /// Its id, generated where it is not given.
    pub id: String,
    /// Its table; in version 1 the component's.
    pub table: &'t Table,
    /// What belongs to its type, with what all triggers have: the same table, in version 1 that below the component's.
    pub settings: Option<&'t Table>,
    /// The `route` of an http trigger.
    pub route: Option<&'t Node>,
    /// The ids of the components that it runs.
    pub components: Vec<String>,
    /// The ids that it names, its own component first.
    pub references: Vec<Spanned<String>>,
    /// Its middleware.
    pub dependencies: Vec<Dependency<'t>>,
}

/// What the facts of a component are gathered from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    id: String,
    source: Option<Source>,
    build: Build,
    files: Vec<(String, bool)>,
    composed_with: Vec<Origin>,
}

/// Where a component's Wasm is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A path beside the manifest.
    Path(String),
    /// A registry or a URL.
    Remote,
}

/// The grants of one key: the entry and its labels.
#[derive(Debug)]
pub struct Grants<'t> {
    /// The entry, such as `key_value_stores = ["default"]`.
    pub entry: &'t Entry,
    /// The labels. A single string and the keys of a table, which Spin refuses, count too: what they grant is clear.
    pub labels: Vec<Spanned<String>>,
}

/// Reads a tree as a manifest of this version, by a profile.
pub fn read<'t>(tree: &'t Tree, version: Version, profile: Option<&str>) -> Manifest<'t> {
    let root = &tree.root;
    let (mut components, triggers) = match version {
        Version::One => {
            let components = version_1_components(root);
            let triggers = version_1_triggers(root, &components);
            (components, triggers)
        }
        Version::Two => {
            let mut components = declared_components(root);
            let triggers = triggers::triggers(root, &mut components);
            (components, triggers)
        }
    };
    if let Some(name) = profile {
        for component in &mut components {
            component.profile = component.table.get("profile").and_then(Node::as_table).and_then(|profiles| profiles.get(name)?.as_table());
        }
    }
    let variables = variables::variables(root);
    let mut manifest = Manifest { version, components, triggers, variables, root: Some(root), composition: Composition::default() };
    manifest.composition = Composition::of(&manifest);
    manifest
}

impl<'t> Manifest<'t> {
    /// The component of an id.
    pub fn component(&self, id: &str) -> Option<&Component<'t>> {
        self.composition.ids.get(id).map(|index| &self.components[*index])
    }

    /// Whether there is a component of this id, be it one of which nothing is known here because its table is written as an array.
    pub fn declares(&self, id: &str) -> bool {
        let table = self.root.and_then(|root| root.get("component")).and_then(Node::as_table);
        self.component(id).is_some() || table.is_some_and(|table| table.get(id).is_some())
    }

    /// The variable of a name.
    pub fn variable(&self, name: &str) -> Option<&Variable<'t>> {
        self.variables.iter().find(|variable| variable.name.value == name)
    }

    /// The table of what the application is called: `[application]`, in version 1 the file's own.
    pub fn details(&self) -> Option<&'t Table> {
        match self.version {
            Version::One => self.root,
            Version::Two => self.root?.get("application")?.as_table(),
        }
    }

    /// The settings that all triggers of a type share: `[application.trigger.<type>]`.
    pub fn shared_settings(&self, kind: &str) -> Option<&'t Entry> {
        let root = self.root?;
        match self.version {
            Version::One => root.entry("trigger").filter(|entry| entry.node.as_table().is_some()),
            Version::Two => root.get("application")?.as_table()?.get("trigger")?.as_table()?.entry(kind),
        }
    }

    /// The shape that the manifest's version has.
    pub fn shape(version: Version) -> &'static schema::Shape {
        match version {
            Version::One => &schema::VERSION_1,
            Version::Two => &schema::MANIFEST,
        }
    }

    /// What a component is composed with: its own dependencies and the middleware of the triggers that run it.
    pub fn composed_with<'m>(&'m self, component: &'m Component<'t>) -> impl Iterator<Item = Dependency<'t>> + use<'m, 't> {
        let triggers = self.composition.triggers.get(&component.id).into_iter().flatten();
        let middleware = triggers.flat_map(|trigger| self.triggers[*trigger].dependencies.iter().cloned());
        component.dependencies().into_iter().chain(middleware)
    }

    /// What the facts of every component are gathered from: where it is the same, the facts are.
    pub fn inputs(&self) -> Vec<Input> {
        let input = |component: &Component<'t>| Input {
            id: component.id.clone(),
            source: component.source().map(|source| source.value),
            build: component.build(),
            files: component.files().into_iter().map(|file| (file.path.value, file.destination.is_some())).collect(),
            composed_with: self.composed_with(component).map(|dependency| dependency.origin).collect(),
        };
        self.components.iter().map(input).collect()
    }

    /// Whether a trigger runs the component, or one that it is composed into.
    pub fn is_reached(&self, component: &Component<'t>) -> bool {
        self.is_triggered(&component.id) || self.parents(&component.id).any(|parent| self.is_triggered(&parent.id))
    }

    /// Whether a trigger runs a component under its own id.
    pub fn is_triggered(&self, id: &str) -> bool {
        self.composition.triggers.contains_key(id)
    }

    /// The components that another one is composed into.
    pub fn parents<'m>(&'m self, id: &str) -> impl Iterator<Item = &'m Component<'t>> + use<'m, 't> {
        let parents = self.composition.parents.get(id).into_iter().flatten();
        parents.map(|parent| &self.components[*parent])
    }
}

impl<'t> Component<'t> {
    /// Where its Wasm is.
    pub fn source(&self) -> Option<Spanned<Source>> {
        let node = self.source_node()?;
        let source = match &node.value {
            Value::String(path) => Source::Path(path.clone()),
            Value::Table(_) => Source::Remote,
            _ => return None,
        };
        Some(Spanned::new(source, node.span))
    }

    /// The path of its Wasm, if that lies beside its manifest in a folder.
    pub fn wasm(&self, folder: &Path) -> Option<PathBuf> {
        match self.source()?.value {
            Source::Path(path) => Some(join_lexically(folder, Path::new(&path))),
            Source::Remote => None,
        }
    }

    /// The labels of the key-value stores that it may open.
    pub fn key_value_stores(&self) -> Option<Grants<'t>> {
        self.grants("key_value_stores")
    }

    /// What it is granted under a key.
    pub fn grants(&self, key: &str) -> Option<Grants<'t>> {
        let entry = self.table.entry(key)?;
        let items = entry.node.items().iter().filter_map(Node::spanned_str);
        let keys = entry.node.as_table().into_iter().flat_map(|table| table.entries.iter().map(|entry| entry.key.clone()));
        Some(Grants { entry, labels: items.chain(entry.node.spanned_str()).chain(keys).collect() })
    }

    /// The entries of its `allowed_outbound_hosts`.
    pub fn allowed_hosts(&self) -> impl Iterator<Item = (&'t Node, &'t str)> + use<'t> {
        let items = self.table.get("allowed_outbound_hosts").map(Node::items).unwrap_or_default();
        items.iter().filter_map(|item| Some((item, item.as_str()?)))
    }

    /// The value of its `source`, or of what the profile puts in its place.
    pub fn source_node(&self) -> Option<&'t Node> {
        self.profile.and_then(|profile| profile.get("source")).or_else(|| self.table.get("source"))
    }

    /// Whether a profile puts another Wasm in the component's place.
    pub fn has_profile_sources(&self) -> bool {
        let profiles = self.table.get("profile").and_then(Node::as_table);
        profiles.is_some_and(|profiles| {
            profiles.entries.iter().filter_map(|entry| entry.node.as_table()).any(|profile| profile.get("source").is_some())
        })
    }
}

fn declared_components(root: &Table) -> Vec<Component<'_>> {
    let table = root.get("component").and_then(Node::as_table);
    let entries = table.into_iter().flat_map(|table| &table.entries);
    let components = entries.filter_map(|entry| {
        let table = entry.node.as_table()?;
        Some(Component { id: entry.key.value.clone(), place: entry.key.span, table, profile: None })
    });
    components.collect()
}

fn version_1_components(root: &Table) -> Vec<Component<'_>> {
    let tables = root.get("component").map(Node::items).unwrap_or_default().iter().filter_map(Node::as_table);
    let components = tables.filter_map(|table| {
        let id = table.get("id")?.spanned_str()?;
        Some(Component { id: id.value, place: id.span, table, profile: None })
    });
    components.collect()
}

fn version_1_triggers<'t>(root: &'t Table, components: &[Component<'t>]) -> Vec<Trigger<'t>> {
    let kind = root.get("trigger").and_then(|node| node.as_table()?.get("type")?.as_str()).unwrap_or("http");
    let trigger = |component: &Component<'t>| Trigger {
        kind: kind.to_owned(),
        id: format!("trigger-{}", component.id),
        table: component.table,
        settings: component.table.get("trigger").and_then(Node::as_table),
        route: component.table.get("trigger").and_then(|node| node.as_table()?.get("route")),
        components: vec![component.id.clone()],
        references: Vec::new(),
        dependencies: Vec::new(),
    };
    components.iter().map(trigger).collect()
}
