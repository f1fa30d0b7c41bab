//! What components are composed with.

use super::Component;
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
    /// Whether it may use its component's key-value stores.
    pub inherits_stores: bool,
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
    let inherits_stores = inherits_all
        || match table.and_then(|table| table.get("inherit_configuration")).map(|node| &node.value) {
            Some(Value::Boolean(all)) => *all,
            Some(Value::Array(array)) => array.items.iter().any(|item| item.as_str() == Some("key_value_stores")),
            _ => false,
        };
    Dependency { name, origin, node, inherits_stores }
}
