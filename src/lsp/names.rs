//! Every place where a manifest names something of its own: components, variables, store and database labels.

use super::app::App;
use super::cursor::full_path;
use crate::capability::Capability;
use crate::hosts::INTERNAL_SUFFIX;
use crate::manifest::Version;
use crate::syntax::{Node, Table, Value};
use crate::text::Span;

/// What a name means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A component's id.
    Component,
    /// A variable of the application.
    Variable,
    /// A key-value store's label.
    Store,
    /// A SQLite database's label.
    Database,
}

/// A place that names something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Occurrence {
    /// What it means.
    pub kind: Kind,
    /// The name.
    pub name: String,
    /// The name alone, without quotes.
    pub span: Span,
    /// Whether it declares what it names.
    pub declares: bool,
}

/// Every place of a manifest that names something, sorted.
pub(super) fn occurrences(app: &App) -> Vec<Occurrence> {
    let text = app.file().text();
    let mut found = Finder { text, found: Vec::new() };
    found.declarations(app);
    let root = &app.document.tree.root;
    for (kind, table) in entries(root, "trigger") {
        for trigger in table.items().iter().filter_map(Node::as_table) {
            found.trigger(kind, trigger);
        }
    }
    for component in &app.manifest().components {
        found.component(component.table);
    }
    if let Some(application) = root.get("application").and_then(Node::as_table) {
        let settings = entries(application, "trigger").filter_map(|(_, node)| node.as_table());
        settings.flat_map(|table| &table.entries).for_each(|entry| found.templates(&entry.node));
    }
    found.found.sort_by_key(|occurrence| occurrence.span);
    found.found.dedup();
    found.found
}

/// The occurrence at an offset.
pub(super) fn at(occurrences: &[Occurrence], offset: usize) -> Option<&Occurrence> {
    occurrences.iter().find(|occurrence| occurrence.span.start <= offset && offset <= occurrence.span.end)
}

fn entries<'t>(table: &'t Table, key: &str) -> impl Iterator<Item = (&'t str, &'t Node)> {
    let table = table.get(key).and_then(Node::as_table);
    table.into_iter().flat_map(|table| &table.entries).map(|entry| (entry.key.value.as_str(), &entry.node))
}

/// A span without its quotes.
pub(super) fn unquoted(text: &str, span: Span) -> Span {
    let written = span.of(text);
    let quotes = ["\"\"\"", "'''", "\"", "'"].into_iter().find(|quote| written.starts_with(quote) && written.len() >= 2 * quote.len());
    let width = quotes.map_or(0, str::len);
    Span::new(span.start + width, span.end - width)
}

/// The names in the templates of a text.
pub(super) fn template_names(text: &str) -> impl Iterator<Item = &str> {
    text.split("{{").skip(1).filter_map(|rest| Some(rest.split_once("}}")?.0.trim()))
}

struct Finder<'t> {
    text: &'t str,
    found: Vec<Occurrence>,
}

impl Finder<'_> {
    fn add(&mut self, kind: Kind, name: &str, span: Span, declares: bool) {
        // An escape in a name would put every place behind it off.
        if span.of(self.text) == name {
            self.found.push(Occurrence { kind, name: name.to_owned(), span, declares });
        }
    }

    fn add_node(&mut self, kind: Kind, node: &Node) {
        if let Some(name) = node.as_str() {
            self.add(kind, name, unquoted(self.text, node.span), false);
        }
    }

    /// Ids and variables where they are keys, in headers and before dots too.
    fn declarations(&mut self, app: &App) {
        let manifest = app.manifest();
        // In version 1 the id is a value of its component.
        let has_ids_as_keys = manifest.version == Version::Two;
        for component in manifest.components.iter().filter(|_| !has_ids_as_keys) {
            self.add(Kind::Component, &component.id, unquoted(self.text, component.place), true);
        }
        let statements = app.statements();
        for (index, statement) in statements.iter().enumerate() {
            let full = full_path(statements, index);
            let kind = match full.first().map(String::as_str) {
                Some("component") if has_ids_as_keys => Kind::Component,
                Some("variables") => Kind::Variable,
                _ => continue,
            };
            let before = full.len() - statement.keys.len();
            if let Some(key) = 1usize.checked_sub(before).and_then(|at| statement.keys.get(at)) {
                self.add(kind, &key.value, unquoted(self.text, key.span), true);
            }
        }
        for (table, kind) in [("component", Kind::Component), ("variables", Kind::Variable)] {
            let inline = app.document.tree.root.get(table).and_then(Node::as_table);
            let inline = inline.filter(|table| table.form == crate::syntax::Form::Inline);
            for entry in inline.into_iter().flat_map(|table| &table.entries) {
                self.add(kind, &entry.key.value, unquoted(self.text, entry.key.span), true);
            }
        }
    }

    fn trigger(&mut self, kind: &str, trigger: &Table) {
        if let Some(node) = trigger.get("component") {
            self.add_node(Kind::Component, node);
        }
        for (_, node) in entries(trigger, "components") {
            self.add_node(Kind::Component, node);
            node.items().iter().for_each(|item| self.add_node(Kind::Component, item));
        }
        for (_, node) in entries(trigger, "dependencies") {
            node.items().iter().for_each(|item| self.dependency(item));
        }
        // Which fields plugins read as templates nobody knows; what looks like one is meant as one.
        if kind != "http" {
            trigger.entries.iter().for_each(|entry| self.templates(&entry.node));
        }
    }

    fn dependency(&mut self, node: &Node) {
        if let Some(target) = node.as_table().and_then(|table| table.get("component")) {
            self.add_node(Kind::Component, target);
        }
    }

    fn component(&mut self, table: &Table) {
        entries(table, "dependencies").for_each(|(_, node)| self.dependency(node));
        // `config` and `trigger` are version 1's.
        for (_, node) in ["variables", "config", "trigger"].into_iter().flat_map(|key| entries(table, key)) {
            self.templates(node);
        }
        let labels = [(Capability::KeyValue.row().key, Kind::Store), (Capability::Sqlite.row().key, Kind::Database)];
        for (key, kind) in labels {
            table.get(key).map(Node::items).unwrap_or_default().iter().for_each(|item| self.add_node(kind, item));
        }
        for host in table.get("allowed_outbound_hosts").map(Node::items).unwrap_or_default() {
            self.templates(host);
            let inner = unquoted(self.text, host.span);
            let written = inner.of(self.text);
            let authority = written.find("://").map(|at| at + 3);
            let name = authority.and_then(|at| written[at..].split_once(INTERNAL_SUFFIX).map(|(name, _)| (at, name)));
            if let Some((at, name)) = name.filter(|(_, name)| *name != "*" && !name.contains(['.', '{'])) {
                self.add(Kind::Component, name, Span::new(inner.start + at, inner.start + at + name.len()), false);
            }
        }
    }

    /// The variables that a template names.
    fn templates(&mut self, node: &Node) {
        if !matches!(node.value, Value::String(_)) {
            return;
        }
        let mut from = node.span.start;
        while let Some(open) = self.text[from..node.span.end].find("{{").map(|at| from + at + 2) {
            let Some(close) = self.text[open..node.span.end].find("}}").map(|at| open + at) else { return };
            let name = self.text[open..close].trim();
            if !name.is_empty() {
                let start = open + self.text[open..close].find(name).unwrap_or(0);
                self.add(Kind::Variable, name, Span::new(start, start + name.len()), false);
            }
            from = close + 2;
        }
    }
}
