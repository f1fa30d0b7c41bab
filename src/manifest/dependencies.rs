//! What components are composed with.

use super::{Component, Manifest};
use crate::syntax::{Node, Table, Value};
use crate::text::Spanned;

/// Something that a component is composed with.
#[derive(Clone, Debug)]
pub struct Dependency<'t> {
    /// What it satisfies, or the role of middleware.
    pub name: Spanned<String>,
    /// Where its Wasm comes from.
    pub origin: Origin,
    /// Its value.
    pub node: &'t Node,
    /// What of its component it may use.
    pub inheritance: Inheritance,
}

/// What of its component a dependency may use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inheritance {
    /// All that it is granted.
    All,
    /// What these keys grant; none if the list is empty.
    Keys(Vec<String>),
}

impl Dependency<'_> {
    /// Whether it may use what a key of its component grants.
    pub fn inherits(&self, key: &str) -> bool {
        match &self.inheritance {
            Inheritance::All => true,
            Inheritance::Keys(keys) => keys.iter().any(|own| own == key),
        }
    }
}

/// Where a dependency's Wasm comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A file beside the manifest.
    Path(String),
    /// Another component of the manifest.
    Component(String),
    /// A registry or a URL.
    Remote,
}

impl<'t> Manifest<'t> {
    /// The Wasm files that components are composed with, each where it is named; with the component, unless a trigger names it.
    pub fn composed_files<'m>(&'m self) -> impl Iterator<Item = (Spanned<String>, Option<&'m Component<'t>>)> {
        let of_components = self
            .components
            .iter()
            .flat_map(|component| component.dependencies().into_iter().map(move |dependency| (dependency, Some(component))));
        let of_triggers =
            self.triggers.iter().flat_map(|trigger| trigger.dependencies.iter().cloned().map(|dependency| (dependency, None)));
        of_components
            .chain(of_triggers)
            .filter_map(|(dependency, component)| Some((dependency.node.as_table()?.get("path")?.spanned_str()?, component)))
    }
}

impl<'t> Component<'t> {
    /// What `[component.<id>.dependencies]` names.
    pub fn dependencies(&self) -> Vec<Dependency<'t>> {
        let all = self.table.get("dependencies_inherit_configuration").is_some_and(|node| matches!(node.value, Value::Boolean(true)));
        let of = |table: &'t Table| table.get("dependencies").and_then(Node::as_table);
        let changed = self.profile.and_then(of);
        let own = of(self.table).into_iter().flat_map(|table| &table.entries);
        // What the profile names takes the place of what the component names so.
        let own = own.filter(|entry| changed.is_none_or(|changed| changed.get(&entry.key.value).is_none()));
        own.chain(changed.into_iter().flat_map(|table| &table.entries))
            .map(|entry| dependency(entry.key.clone(), &entry.node, all))
            .collect()
    }
}

/// Reads a dependency under its name.
pub(super) fn dependency(name: Spanned<String>, node: &Node, inherits_all: bool) -> Dependency<'_> {
    let table = node.as_table();
    let text = |key| table.and_then(|table| table.get(key)).and_then(Node::as_str).map(str::to_owned);
    let origin = match (text("path"), text("component")) {
        (Some(path), _) => Origin::Path(path),
        (None, Some(id)) => Origin::Component(id),
        (None, None) => Origin::Remote,
    };
    let own = table.and_then(|table| table.get("inherit_configuration"));
    let inheritance = match own.map(|node| &node.value) {
        _ if inherits_all => Inheritance::All,
        Some(Value::Boolean(true)) => Inheritance::All,
        Some(Value::Array(array)) => Inheritance::Keys(array.items.iter().filter_map(Node::as_str).map(str::to_owned).collect()),
        _ => Inheritance::Keys(Vec::new()),
    };
    Dependency { name, origin, node, inheritance }
}
