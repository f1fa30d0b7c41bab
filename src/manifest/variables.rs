//! The variables of an application, and the templates that name them.

use super::{Component, Manifest};
use crate::syntax::{Entry, Node, Table, Value};
use crate::template;
use crate::text::Spanned;

/// A variable of the application.
#[derive(Debug)]
pub struct Variable<'t> {
    /// Its name.
    pub name: Spanned<String>,
    /// Its table, or an array of what would stand in it.
    pub node: &'t Node,
}

impl Variable<'_> {
    /// The value that it has when nobody gives it one.
    pub fn default(&self) -> Option<&str> {
        self.get("default").and_then(Node::as_str)
    }

    /// Whether somebody has to give it a value.
    pub fn is_required(&self) -> bool {
        self.is("required")
    }

    /// Whether its value is to be kept from others.
    pub fn is_secret(&self) -> bool {
        self.is("secret")
    }

    /// What it says under a key.
    pub fn get(&self, key: &str) -> Option<&Node> {
        match self.node.as_table() {
            Some(table) => table.get(key),
            // Spin reads an array by position.
            None => self.node.items().get(["description", "required", "default", "secret"].iter().position(|name| *name == key)?),
        }
    }

    fn is(&self, key: &str) -> bool {
        self.get(key).is_some_and(|node| matches!(node.value, Value::Boolean(true)))
    }
}

impl Manifest<'_> {
    /// What a template becomes by the defaults of its variables; none where one has no default, or the template cannot be read.
    pub fn by_defaults(&self, text: &str) -> Option<String> {
        let parts = template::parse(text).ok()?;
        template::resolve(&parts, |name| self.variable(name).and_then(Variable::default).map(str::to_owned).ok_or(())).ok()
    }
}

impl<'t> Component<'t> {
    /// Its variables, each with the template of its value; version 1 calls them `config`.
    pub fn variables(&self) -> impl Iterator<Item = &'t Entry> + use<'t> {
        let table = self.table;
        let tables = ["variables", "config"].into_iter().filter_map(move |key| table.get(key)?.as_table());
        tables.flat_map(|table| &table.entries)
    }
}

/// The variables that a manifest declares.
pub(super) fn variables(root: &Table) -> Vec<Variable<'_>> {
    let entries = root.get("variables").and_then(Node::as_table).map(|table| table.entries.as_slice()).unwrap_or_default();
    let is_one = |node: &Node| matches!(node.value, Value::Table(_) | Value::Array(_));
    entries.iter().filter(|entry| is_one(&entry.node)).map(|entry| Variable { name: entry.key.clone(), node: &entry.node }).collect()
}
