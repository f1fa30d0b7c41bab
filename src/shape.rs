//! The tree against the vocabulary: unknown, misplaced and missing keys, wrong types, malformed names. All of them in
//! one run, where Spin stops at the first.

mod forms;
mod generic;
mod invented;
mod owner;
mod placement;
mod repair;
mod since;
mod version1;

use owner::{FileKind, Owner};
pub use since::introduced;

use crate::capability::Capability;
use crate::diagnostic::{Fix, Severity};
use crate::edit;
use crate::schema::format::Format;
use crate::schema::{OLD_VERSION_KEY, VERSION_KEY};
use crate::schema::{Shape, TableShape};
use crate::syntax::{Entry, Form, Node, Table, Value};
use crate::text::{Span, nearest};

/// What is wrong with a place of the tree; each kind is a rule of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A key that the table does not have.
    UnknownKey,
    /// A key that another table has.
    MisplacedKey,
    /// A key that the table must have.
    MissingKey,
    /// A value of the wrong type.
    WrongType,
    /// An id or variable name that Spin does not accept.
    MalformedId,
    /// A package, registry or dependency name that Spin does not accept.
    MalformedReference,
    /// A store or database label that Spin does not accept.
    StoreLabelSyntax,
    /// An array or date where a table belongs, which Spin reads by position.
    PositionalTable,
    /// Something of this program's own configuration.
    Misconfiguration,
}

/// One finding about the shape of the manifest.
#[derive(Clone, Debug)]
pub struct Problem {
    /// Which rule it belongs to.
    pub kind: Kind,
    /// Where.
    pub span: Span,
    /// What is wrong, and what Spin does about it.
    pub message: String,
    /// The smallest change that helps.
    pub help: Option<String>,
    /// The same as edits.
    pub fix: Option<Fix>,
    /// Error where Spin refuses the text.
    pub severity: Severity,
    /// The id of the component that it is about.
    pub component: Option<String>,
    /// The label that it is about.
    pub label: Option<String>,
    /// The stores that a misspelt or misplaced grant names.
    pub grants: Vec<String>,
}

/// Checks a manifest's tree against a shape.
pub fn check(text: &str, root: &Table, shape: &Shape) -> Vec<Problem> {
    check_file(text, root, shape, FileKind::Manifest)
}

/// Checks a runtime configuration's tree against a shape.
pub fn check_configuration(text: &str, root: &Table, shape: &Shape) -> Vec<Problem> {
    check_file(text, root, shape, FileKind::RuntimeConfig)
}

/// Checks the tree of a configuration of this program against a shape.
pub fn check_own(text: &str, root: &Table, shape: &Shape) -> Vec<Problem> {
    check_file(text, root, shape, FileKind::Own)
}

fn check_file(text: &str, root: &Table, shape: &Shape, kind: FileKind) -> Vec<Problem> {
    let is_manifest = kind == FileKind::Manifest;
    let mut checker = Checker { text, root, schema: shape, kind, path: Vec::new(), problems: Vec::new() };
    if let Shape::Table(shape) = shape {
        checker.table(root, shape, Span::at(0));
    }
    if is_manifest && checker.is_version_1() {
        checker.version_1_triggers();
    }
    checker.problems.sort_by_key(|problem| problem.span);
    checker.problems
}

struct Checker<'t> {
    text: &'t str,
    root: &'t Table,
    schema: &'t Shape,
    kind: FileKind,
    /// The names of the tables that lead to the place at hand.
    path: Vec<String>,
    problems: Vec<Problem>,
}

/// What a key would grant with this value: the strings of a list, the one that stands for it, or the keys of a table.
fn grants(key: &str, node: &Node) -> Vec<String> {
    let items = node.items().iter().filter_map(Node::as_str);
    let keys = node.as_table().into_iter().flat_map(|table| &table.entries).map(|entry| entry.key.value.as_str());
    let all = items.chain(node.as_str()).chain(keys).map(str::to_owned);
    if Capability::of_key(key).is_some() { all.collect() } else { Vec::new() }
}

impl<'t> Checker<'t> {
    fn report(&mut self, kind: Kind, span: Span, message: String) -> &mut Problem {
        let component = match self.path.as_slice() {
            [first, id, ..] if first == "component" => Some(id.clone()),
            _ => None,
        };
        // That triggers are a list Spin itself demands, whoever takes what stands in it.
        let is_list =
            kind == Kind::WrongType && self.path.len() == if self.path.first().is_some_and(|first| first == "trigger") { 2 } else { 3 };
        let owner = self.owner();
        let kind = if owner == Owner::Linter { Kind::Misconfiguration } else { kind };
        let is_lenient = kind == Kind::PositionalTable || owner == Owner::Linter || (owner == Owner::Plugin && !is_list);
        let severity = if is_lenient { Severity::Warning } else { Severity::Error };
        self.problems.push(Problem { kind, span, message, help: None, fix: None, severity, component, label: None, grants: Vec::new() });
        let last = self.problems.len() - 1;
        &mut self.problems[last]
    }

    fn value(&mut self, entry: &'t Entry, shape: &Shape) {
        self.path.push(entry.key.value.clone());
        if !self.is_unread(&entry.node) {
            self.node(&entry.node, shape, Some(entry));
        }
        self.path.pop();
    }

    /// Checks a value; `entry` is its key, if it has one of its own.
    fn node(&mut self, node: &'t Node, shape: &Shape, entry: Option<&'t Entry>) {
        match (shape, &node.value) {
            (Shape::Any, _) => {}
            (Shape::String(None), Value::String(_)) | (Shape::Boolean, Value::Boolean(_)) => {}
            (Shape::String(None), Value::Datetime) if self.reads_dates_as_strings() => {}
            (Shape::String(Some(format)), Value::String(text)) => self.format(node.span, text, *format),
            (Shape::Words(words), Value::String(text)) => {
                if !words.contains(text) {
                    self.wrong_type(node, shape, entry);
                }
            }
            (Shape::Integer(low, high), Value::Integer(value)) => {
                if value < low || value > high {
                    let range = if *high == i64::MAX { format!("{low} or more") } else { format!("{low} to {high}") };
                    let message = format!("{} is {value}, Spin takes {range} and {}", self.subject(entry), self.owner().consequence());
                    self.report(Kind::WrongType, node.span, message);
                }
            }
            (Shape::Array(item), Value::Array(array)) => {
                for node in &array.items {
                    self.node(node, item, None);
                }
            }
            (Shape::Map { key, value }, Value::Table(table)) => self.map(table, *key, value),
            (Shape::Map { key: None, value }, Value::Datetime)
                if !self.reads_dates_as_strings() && matches!(**value, Shape::Any | Shape::String(None)) =>
            {
                let message =
                    format!("{} is a date where a table belongs, which Spin reads as a table with one odd key", self.subject(entry));
                self.report(Kind::PositionalTable, node.span, message);
            }
            (Shape::Table(shape), Value::Table(table)) => self.table(table, shape, node.span),
            (Shape::Table(table), Value::Array(array)) if table.positional && !array.of_tables => {
                self.positional(node, array, table, shape, entry);
            }
            (Shape::OneOf(forms), _) => self.one_of(node, forms, shape, entry),
            _ => self.wrong_type(node, shape, entry),
        }
    }

    fn map(&mut self, table: &'t Table, key: Option<Format>, value: &Shape) {
        for entry in &table.entries {
            if let Some(format) = key {
                self.path.push(entry.key.value.clone());
                self.format(entry.key.span, &entry.key.value, format);
                self.path.pop();
            }
            if self.slipped_into_map(entry, table, value) {
                continue;
            }
            self.value(entry, value);
        }
    }

    fn table(&mut self, table: &'t Table, shape: &TableShape, span: Span) {
        let at_root = self.path.is_empty();
        let mut renamed = Vec::new();
        for entry in &table.entries {
            match shape.field(&entry.key.value) {
                // The version has rules of its own.
                Some(field) if at_root && field.name == VERSION_KEY => {}
                Some(field) if self.reads_as_absent(entry, field) => {}
                Some(field) => self.value(entry, &field.shape),
                None if at_root && entry.key.value == OLD_VERSION_KEY && self.is_version_1() => {}
                None => match &shape.rest {
                    Some(rest) => self.value(entry, rest),
                    None if !shape.strict && !shape.plugin => {}
                    None => renamed.extend(self.unknown_key(entry, table, shape)),
                },
            }
        }
        for field in shape.fields.iter().filter(|field| field.required) {
            let present = table.entry(&field.name).is_some() || renamed.contains(&field.name);
            let is_version = at_root && field.name == VERSION_KEY;
            if !present && !is_version {
                self.missing_key(table, shape, &field.name, span);
            }
        }
    }

    fn is_version_1(&self) -> bool {
        self.root.get(VERSION_KEY).or_else(|| self.root.get(OLD_VERSION_KEY)).and_then(Node::as_str) == Some("1")
    }

    fn missing_key(&mut self, table: &Table, shape: &TableShape, name: &str, span: Span) {
        let place = self.place_of_table(table);
        let at_root = self.path.is_empty();
        let doc = shape.field(name).map(|field| first_sentence(&field.doc)).unwrap_or_default();
        let refused = self.refused();
        let message =
            if at_root { format!("the manifest has no `{name}`, {refused}") } else { format!("{place} has no `{name}`, {refused}") };
        // The whole file is no place to point at: the first line is.
        let span = if at_root { Span::at(crate::text::bom_len(self.text)) } else { span };
        let help = match (at_root, name) {
            (true, "trigger") => "add a trigger, such as `[[trigger.http]]` with `route = \"/...\"` and `component = \"<id>\"`".to_owned(),
            (true, "application") => "add `[application]` with `name = \"...\"`".to_owned(),
            _ => format!("add `{name}`: {doc}"),
        };
        self.report(Kind::MissingKey, span, message).help = Some(help);
    }

    /// Reports a key that the table does not have, and returns the key that was meant, if it is clear.
    fn unknown_key(&mut self, entry: &'t Entry, table: &'t Table, shape: &TableShape) -> Option<String> {
        let name = &entry.key.value;
        let known = || shape.fields.iter().map(|field| field.name.as_str());
        let meant = invented::meant(&self.path, name)
            .filter(|meant| shape.field(meant).is_some() && (table.entry(meant).is_none() || !self.belongs_elsewhere(entry)))
            .or_else(|| if self.belongs_elsewhere(entry) { None } else { nearest(name, known()) });
        if meant.is_none() && self.misplaced(entry, table) {
            return None;
        }
        let place = self.place_of_table(table);
        let message = format!("{place} has no key `{name}`, {}", self.refused());
        let Some(meant) = meant.map(str::to_owned) else {
            let list: Vec<&str> = known().collect();
            let help = format!("its keys are {}", list.join(", "));
            self.report(Kind::UnknownKey, entry.key.span, message).help = Some(help);
            return None;
        };
        // A version key of another spelling is told as the version that is missing.
        if meant == VERSION_KEY && self.path.is_empty() && self.root.get(OLD_VERSION_KEY).is_none() && table.entry(&meant).is_none() {
            return Some(meant);
        }
        let taken = table.entry(&meant).is_some();
        // A name that stands in several headers would have to be changed in all of them.
        let stands_once = placement::header_starts(&entry.node).len() + placement::dotted_lines(&entry.node) <= 1;
        let fix = (!taken && stands_once).then(|| crate::diagnostic::Edits::new(vec![edit::rename_key(entry.key.span, &meant)])).flatten();
        let fix = fix.map(|edits| Fix::safe(format!("rename `{name}` to `{meant}`"), edits));
        let help = if taken {
            format!("did you mean `{meant}`? It is there already: remove this line or join the two")
        } else {
            format!("did you mean `{meant}`?")
        };
        let grants = grants(&meant, &entry.node);
        let problem = self.report(Kind::UnknownKey, entry.key.span, message);
        problem.grants = grants;
        problem.fix = fix;
        problem.help = Some(help);
        Some(meant)
    }

    fn format(&mut self, span: Span, text: &str, format: Format) {
        let Err(reason) = format.check(text) else { return };
        let kind = match format {
            Format::Label => Kind::StoreLabelSyntax,
            Format::KebabId | Format::Version1Id | Format::LowerSnakeId => Kind::MalformedId,
            Format::Package | Format::Registry | Format::DependencyName | Format::Version => Kind::MalformedReference,
        };
        let what = match (format, self.path.last().map(String::as_str)) {
            (Format::Label, Some("sqlite_databases")) => "database label",
            (Format::Label, _) => "store label",
            (Format::KebabId, Some(_)) => "component id",
            _ => format.noun(),
        };
        let message = format!("`{text}` is no {what}: {reason}; {}", self.refused());
        let help = format.repair(text).map(|repaired| match kind {
            Kind::StoreLabelSyntax => format!("write `{repaired}`, here and in the code that opens it"),
            _ => format!("write `{repaired}`, here and wherever it is named"),
        });
        let problem = self.report(kind, span, message);
        problem.help = help;
        if kind == Kind::StoreLabelSyntax {
            problem.label = Some(text.to_owned());
        }
    }

    /// The place at hand as a subject: "`key_value_stores`", or "this value".
    fn subject(&self, entry: Option<&Entry>) -> String {
        match (entry, self.path.last()) {
            (Some(entry), _) => format!("`{}`", entry.key.value),
            (None, Some(name)) => format!("an item of `{name}`"),
            (None, None) => "this value".to_owned(),
        }
    }

    /// What the file's top is called.
    fn top(&self) -> &'static str {
        if self.kind == FileKind::Manifest { "the top of the manifest" } else { "the top of the configuration" }
    }

    /// A table as the manifest writes it: "`[component.cart]`".
    fn place_of_table(&self, table: &Table) -> String {
        match table.form {
            Form::Root => self.top().to_owned(),
            Form::Header | Form::Element => format!("`{}`", table.span.of(self.text)),
            _ if self.path.is_empty() => self.top().to_owned(),
            _ => {
                let names: Vec<String> = self.path.iter().map(|name| edit::bare_or_quoted(name)).collect();
                format!("`{}`", names.join("."))
            }
        }
    }
}

fn first_sentence(doc: &str) -> String {
    let doc = doc.replace('\n', " ");
    let end = doc.find(". ").unwrap_or(doc.len());
    doc[..end].trim_end_matches('.').to_owned()
}
