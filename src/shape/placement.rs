//! Lines in the wrong table: where they belong, and how they get there.

use std::sync::Arc;

use super::{Checker, Kind, grants};
use crate::diagnostic::{Fix, Safety};
use crate::edit;
use crate::schema::Shape;
use crate::syntax::{Entry, Form, Node, Table, Value};

/// A kind of table that has a key: its names, with `*` where the user names it.
pub(super) struct Home {
    /// The names that lead to it.
    path: Vec<String>,
    /// Whether it is an array of tables.
    is_array: bool,
    /// What the key's value may be there.
    shape: Arc<Shape>,
    /// The keys that the table cannot do without.
    required: Vec<String>,
}

/// Keys that no variable or header would be called by chance.
const UNMISTAKABLE: [&str; 6] =
    ["key_value_stores", "sqlite_databases", "ai_models", "allowed_outbound_hosts", "allowed_http_hosts", "exclude_files"];

impl<'t> Checker<'t> {
    /// Whether another table of the manifest has this very key, with a value of this kind.
    pub(super) fn belongs_elsewhere(&self, entry: &Entry) -> bool {
        self.is_spins_manifest() && self.home_of(entry).is_some()
    }

    /// Reports a key that another table has.
    pub(super) fn misplaced(&mut self, entry: &'t Entry, table: &'t Table) -> bool {
        let Some(home) = self.home_of(entry).filter(|_| self.is_spins_manifest()) else { return false };
        let place = self.place_of_table(table);
        let target = self.concrete(&home);
        let header = named(&target, home.is_array);
        let here = if self.path.is_empty() { "at the top of the manifest".to_owned() } else { format!("in {place}") };
        let message = format!("`{}` belongs in {header}, not {here}; {}", entry.key.value, self.refused());
        let (fix, help) = self.move_to(entry, table, &home, &target);
        let grants = grants(&entry.key.value, &entry.node);
        let problem = self.report(Kind::MisplacedKey, entry.key.span, message);
        problem.grants = grants;
        problem.help = Some(help);
        problem.fix = fix;
        true
    }

    /// Reports a component's key among variables or environment variables: an error where the value is not a string,
    /// and a warning where Spin takes it for a variable.
    pub(super) fn slipped_into_map(&mut self, entry: &'t Entry, table: &'t Table, value: &Shape) -> bool {
        let in_map = matches!(self.path.as_slice(), [.., map] if map == "variables" || map == "environment");
        if !in_map || self.path.len() < 3 || !matches!(value, Shape::String(_)) || !entry.is_plain_line() {
            return false;
        }
        let is_string = entry.node.as_str().is_some();
        if is_string && !UNMISTAKABLE.contains(&entry.key.value.as_str()) {
            return false;
        }
        let Some(home) = self.home_in(entry, |home| home.path.len() == self.path.len() - 1 && self.matches_prefix(home)) else {
            return false;
        };
        let place = self.place_of_table(table);
        let target = self.concrete(&home);
        let header = named(&target, home.is_array);
        let consequence = if is_string { "Spin takes it for a variable and grants nothing" } else { self.refused() };
        let message = format!("`{}` belongs in {header}, not in {place}; {consequence}", entry.key.value);
        let (fix, help) = self.move_to(entry, table, &home, &target);
        let grants = grants(&entry.key.value, &entry.node);
        let problem = self.report(Kind::MisplacedKey, entry.key.span, message);
        problem.grants = grants;
        problem.help = Some(help);
        problem.fix = fix;
        if is_string {
            problem.severity = crate::diagnostic::Severity::Warning;
            if let Some(fix) = &mut problem.fix {
                fix.safety = Safety::Unsafe;
            }
        }
        true
    }

    /// The nearest kind of table that has the key: one above, one below, the component that a trigger runs, any other.
    fn home_of(&self, entry: &Entry) -> Option<Home> {
        self.home_in(entry, |_| true)
    }

    fn home_in(&self, entry: &Entry, wanted: impl Fn(&Home) -> bool) -> Option<Home> {
        // The id of a component stands in its header, whatever else has an `id`.
        if !entry.is_plain_line() || entry.key.value == "id" {
            return None;
        }
        let homes = homes(self.schema, &entry.key.value);
        // Nothing that Spin reads belongs among the settings of a tool.
        let is_tool = |home: &Home| home.path.iter().any(|name| name == "tool");
        let is_here = |home: &Home| home.path.len() == self.path.len() && self.matches_prefix(home);
        let candidates =
            homes.into_iter().filter(|home| !is_tool(home) && !is_here(home) && wanted(home) && takes(&home.shape, &entry.node));
        candidates.min_by_key(|home| self.distance(home))
    }

    fn matches_prefix(&self, home: &Home) -> bool {
        home.path.iter().zip(&self.path).all(|(pattern, name)| pattern == "*" || pattern == name)
    }

    fn distance(&self, home: &Home) -> usize {
        let (own, other) = (self.path.len(), home.path.len());
        let from_trigger = self.path.first().is_some_and(|first| first == "trigger");
        match self.matches_prefix(home) {
            true if other < own => own - other,
            true => 10 + other - own,
            false if from_trigger && home.path == ["component", "*"] => 20,
            false => 30 + other,
        }
    }

    /// The home with its names filled in as far as they are known.
    fn concrete(&self, home: &Home) -> Vec<String> {
        let mut path = home.path.clone();
        for at in 0..path.len() {
            if path[at] != "*" {
                continue;
            }
            let own = self.path.get(at).filter(|_| path[..at] == self.path[..at]);
            let known = own.cloned().or_else(|| (path[0] == "component" && at == 1).then(|| self.component_at_hand()).flatten());
            if let Some(name) = known {
                path[at] = name;
            }
        }
        path
    }

    /// The component that a line outside any component can only mean: that of the trigger at hand, or the only one.
    fn component_at_hand(&self) -> Option<String> {
        let mut named: Vec<&str> = Vec::new();
        let triggers = self.root.get("trigger").and_then(Node::as_table);
        let types = triggers.into_iter().flat_map(|triggers| &triggers.entries);
        named.extend(types.flat_map(|entry| entry.node.items()).filter_map(|trigger| trigger.as_table()?.get("component")?.as_str()));
        named.extend(self.root.get("component").and_then(Node::as_str));
        if let Some(components) = self.root.get("component").and_then(Node::as_table) {
            named.extend(components.entries.iter().map(|entry| entry.key.value.as_str()));
        }
        named.sort_unstable();
        named.dedup();
        match named.as_slice() {
            [only] => Some((*only).to_owned()),
            _ => None,
        }
    }

    fn move_to(&self, entry: &'t Entry, table: &Table, home: &Home, target: &[String]) -> (Option<Fix>, String) {
        let header = header(target, home.is_array);
        let named = named(target, home.is_array);
        let key = &entry.key.value;
        // In version 1 a header belongs to the component above it, and a new one at the end to the last.
        if self.is_version_1() {
            return (None, below(target, home.is_array));
        }
        if target.iter().any(|name| name == "*") {
            return (None, format!("move the line below a `{}` header", header.replace(".*", ".<id>")));
        }
        // A string that stands for a list of one is made one on the way.
        let value = match (&*home.shape, entry.node.as_str()) {
            (Shape::Array(_), Some(text)) if !text.contains(',') => Some(format!("[{}]", edit::string(text))),
            _ => None,
        };
        // A line of the table's own name has to go first: `component = "x"` and `[component.x]` exclude each other.
        let first = target.first().and_then(|first| self.root.entry(first));
        if first.is_some_and(|first| !std::ptr::eq(first, entry) && first.is_plain_line() && first.node.as_table().is_none()) {
            return (None, below(target, home.is_array));
        }
        let found = self.find(target, home.is_array);
        if found.iter().any(|table| table.entry(key).is_some()) && !home.is_array {
            return (None, format!("{named} has its own `{key}`: remove this line or that one"));
        }
        let edits = match found.as_slice() {
            [table] if table.entry(key).is_none() => edit::move_entry(self.text, entry, table, value.as_deref()),
            // A new trigger for a single line is nobody's intention, but where every header was lost.
            [] if home.is_array && !(self.path.is_empty() && self.root.get("trigger").is_none()) => None,
            // A table that lacks something would be refused as well, unless it comes the same way.
            [] if home.required.iter().any(|needed| table.entry(needed).is_none()) => None,
            [] => edit::move_entry_to_new_table(self.text, entry, &header, self.place_for(&target[0])),
            _ => None,
        };
        // A trigger answers by one of the two.
        let is_answered = |table: &&Table| ["component", "static_response"].iter().any(|own| own != key && table.entry(own).is_some());
        let edits = edits.filter(|_| key != "static_response" || !found.iter().any(is_answered));
        let title = format!("move `{key}` to {named}");
        // What a profile grants is not meant for every run.
        let is_safe = !self.path.iter().any(|name| name == "profile");
        let fix = edits.map(|edits| if is_safe { Fix::safe(title, edits) } else { Fix::risky(title, edits) });
        (fix, below(target, home.is_array))
    }

    /// The tables of that path that a line can be inserted into.
    fn find(&self, path: &[String], is_array: bool) -> Vec<&'t Table> {
        let mut table = self.root;
        for (index, name) in path.iter().enumerate() {
            let Some(node) = table.get(name) else { return Vec::new() };
            match &node.value {
                Value::Table(next) => table = next,
                Value::Array(array) if is_array && index + 1 == path.len() => {
                    return array.items.iter().filter_map(Node::as_table).collect();
                }
                _ => return Vec::new(),
            }
        }
        if table.form == Form::Implicit { Vec::new() } else { vec![table] }
    }

    /// Where a new table goes: before the first table that the manifest's customary order puts behind it.
    fn place_for(&self, first: &str) -> usize {
        let order = ["application", "variables", "trigger", "component"];
        let rank = |name: &str| order.iter().position(|known| *known == name).unwrap_or(order.len());
        let later = self.root.entries.iter().filter(|entry| rank(&entry.key.value) > rank(first));
        let starts = later.flat_map(|entry| header_starts(&entry.node));
        match starts.min() {
            Some(start) => before_comments(self.text, edit::line_start(self.text, start)),
            None => self.text.len(),
        }
    }
}

/// Where the headers of a table and of the tables below it begin.
pub(super) fn header_starts(node: &Node) -> Vec<usize> {
    match &node.value {
        Value::Table(table) => {
            let own = matches!(table.form, Form::Header | Form::Element).then_some(table.span.start);
            own.into_iter().chain(table.entries.iter().flat_map(|entry| header_starts(&entry.node))).collect()
        }
        Value::Array(array) if array.of_tables => array.items.iter().flat_map(header_starts).collect(),
        _ => Vec::new(),
    }
}

/// How many lines spell a table by dotted keys.
pub(super) fn dotted_lines(node: &Node) -> usize {
    match node.as_table() {
        Some(table) if table.form == Form::Dotted => table.entries.iter().map(|entry| dotted_lines(&entry.node).max(1)).sum(),
        _ => 0,
    }
}

/// The start of the comment lines directly above a line.
fn before_comments(text: &str, mut line: usize) -> usize {
    while line > 0 {
        let previous = edit::line_start(text, line - 1);
        if !text[previous..line].trim_start().starts_with('#') {
            break;
        }
        line = previous;
    }
    line
}

/// A path as a header: `[component.cart]`.
fn header(path: &[String], is_array: bool) -> String {
    let names: Vec<String> = path.iter().map(|name| if name == "*" { name.clone() } else { edit::bare_or_quoted(name) }).collect();
    let inner = names.join(".");
    if is_array { format!("[[{inner}]]") } else { format!("[{inner}]") }
}

/// A path as messages name it: "`[component.cart]`".
fn named(path: &[String], is_array: bool) -> String {
    if path.is_empty() { "the top of the manifest".to_owned() } else { format!("`{}`", header(path, is_array)) }
}

/// Where a line has to be moved to.
fn below(path: &[String], is_array: bool) -> String {
    let place = if path.is_empty() { "to" } else { "below the header" };
    format!("move the line {place} {}", named(path, is_array))
}

/// Whether a value can stand for a shape, as it is or as the only item of a list.
fn takes(shape: &Shape, node: &Node) -> bool {
    match (shape, &node.value) {
        (Shape::Array(item), Value::String(_)) => matches!(**item, Shape::String(_) | Shape::OneOf(_)),
        (Shape::OneOf(forms), _) => forms.iter().any(|form| takes(&form.shape, node)),
        (Shape::String(_), Value::String(_))
        | (Shape::Boolean, Value::Boolean(_))
        | (Shape::Array(_), Value::Array(_))
        | (Shape::Map { .. } | Shape::Table(_), Value::Table(_)) => true,
        _ => false,
    }
}

/// All kinds of tables that are written under headers and have the key.
fn homes(schema: &Shape, key: &str) -> Vec<Home> {
    let mut found = Vec::new();
    collect(schema, &mut Vec::new(), false, key, &mut found);
    found
}

fn collect(shape: &Shape, path: &mut Vec<String>, is_array: bool, key: &str, found: &mut Vec<Home>) {
    match shape {
        Shape::Table(table) => {
            if let Some(field) = table.field(key).filter(|_| table.strict) {
                let required = table.fields.iter().filter(|field| field.required).map(|field| field.name.clone());
                found.push(Home { path: path.clone(), is_array, shape: field.shape.clone(), required: required.collect() });
            }
            for field in &table.fields {
                path.push(field.name.clone());
                collect(&field.shape, path, false, key, found);
                path.pop();
            }
        }
        Shape::Map { value, .. } => {
            path.push("*".to_owned());
            collect(value, path, false, key, found);
            path.pop();
        }
        Shape::Array(item) if !is_array => collect(item, path, true, key, found),
        _ => {}
    }
}
