//! TOML text to a spanned tree. Parsing never fails: it gives a tree and the errors beside it.
//!
//! toml_edit reads the document; this tree holds what the linter needs of it (values, spans, and how each table is
//! written), so that nothing behind this module depends on one parser's types.

mod grammar;
mod outline;
mod recover;

pub use outline::{Statement, StatementKind, statements};

use toml_edit::{Formatted, Item, KeyMut, Value as TomlValue};

use crate::text::{Span, Spanned};

/// A parsed file: what could be read, and every place where it is not TOML as Spin reads it.
#[derive(Debug)]
pub struct Tree {
    /// The document's root table; statements with errors are left out.
    pub root: Table,
    /// The errors in the order of their places, at most one for each statement.
    pub errors: Vec<SyntaxError>,
}

/// One place that is not TOML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// The bytes that are wrong.
    pub span: Span,
    /// What is wrong with them.
    pub message: String,
    /// A place that explains it, such as the first of two equal keys.
    pub related: Option<(Span, String)>,
}

/// How a table is written, which decides where a new key goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// The file itself.
    Root,
    /// `[a.b]`
    Header,
    /// `[[a.b]]`
    Element,
    /// `{ a = 1 }`
    Inline,
    /// `a.b = 1`
    Dotted,
    /// Never written itself, only as a part of others' headers.
    Implicit,
}

/// A table's keys in the order of the file.
#[derive(Clone, Debug)]
pub struct Table {
    /// How it is written.
    pub form: Form,
    /// Its header with brackets, its braces, or the key that names it.
    pub span: Span,
    /// Its keys and values.
    pub entries: Vec<Entry>,
}

/// A key and its value.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The key, unquoted; its span is as written.
    pub key: Spanned<String>,
    /// The value.
    pub node: Node,
}

/// An array's items.
#[derive(Clone, Debug)]
pub struct Array {
    /// The items.
    pub items: Vec<Node>,
    /// Whether it is written as `[[headers]]`.
    pub of_tables: bool,
}

/// A value and where it stands.
#[derive(Clone, Debug)]
pub struct Node {
    /// The value as written; for a table, [`Table::span`].
    pub span: Span,
    /// The value.
    pub value: Value,
}

/// The kinds of TOML values.
#[derive(Clone, Debug)]
pub enum Value {
    /// A string of any spelling.
    String(String),
    /// An integer.
    Integer(i64),
    /// A floating point number.
    Float,
    /// `true` or `false`.
    Boolean(bool),
    /// A date, a time or both.
    Datetime,
    /// An array of values or of tables.
    Array(Array),
    /// A table of any form.
    Table(Table),
}

impl Value {
    /// The kind with its article, as messages name it.
    pub const fn kind(&self) -> &'static str {
        match self {
            Value::String(_) => "a string",
            Value::Integer(_) => "an integer",
            Value::Float => "a number",
            Value::Boolean(_) => "a boolean",
            Value::Datetime => "a date",
            Value::Array(Array { of_tables: true, .. }) => "an array of tables",
            Value::Array(_) => "an array",
            Value::Table(_) => "a table",
        }
    }
}

impl Node {
    /// The string, if it is one.
    pub fn as_str(&self) -> Option<&str> {
        match &self.value {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// The table, if it is one.
    pub fn as_table(&self) -> Option<&Table> {
        match &self.value {
            Value::Table(table) => Some(table),
            _ => None,
        }
    }

    /// The items, if it is an array.
    pub fn items(&self) -> &[Node] {
        match &self.value {
            Value::Array(array) => &array.items,
            _ => &[],
        }
    }

    /// Every string in it, at any depth.
    pub fn strings(&self) -> Vec<(&Node, &str)> {
        match &self.value {
            Value::String(text) => vec![(self, text)],
            Value::Array(array) => array.items.iter().flat_map(Node::strings).collect(),
            Value::Table(table) => table.entries.iter().flat_map(|entry| entry.node.strings()).collect(),
            _ => Vec::new(),
        }
    }

    /// The string with its place, if it is one.
    pub fn spanned_str(&self) -> Option<Spanned<String>> {
        self.as_str().map(|text| Spanned::new(text.to_owned(), self.span))
    }
}

impl Table {
    /// The entry of a key.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key.value == key)
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|entry| &entry.node)
    }
}

impl Entry {
    /// Whether the entry is a line of its table's own: neither a header's table nor a dotted key.
    pub fn is_plain_line(&self) -> bool {
        match &self.node.value {
            Value::Table(table) => table.form == Form::Inline,
            Value::Array(array) => !array.of_tables,
            _ => true,
        }
    }
}

/// Parses a file as Spin reads it (TOML 1.0), going on behind each statement that is wrong.
pub fn parse(text: &str) -> Tree {
    recover::parse(text)
}

/// The tree of a document that toml_edit has read, which gives away its strings: most of the time of a parse is spent on
/// allocations.
fn convert(text: &str, document: toml_edit::Document<&str>) -> Table {
    table(text, &mut document.into_table(), Form::Root, Span::at(0))
}

fn table(text: &str, source: &mut toml_edit::Table, form: Form, span: Span) -> Table {
    let mut entries = Vec::with_capacity(source.len());
    entries.extend(source.iter_mut().filter_map(|(key, item)| item_entry(text, &key, span_of(&key).unwrap_or(span), item)));
    Table { form, span, entries }
}

fn span_of(key: &KeyMut<'_>) -> Option<Span> {
    key.as_repr()?.span().map(Span::from)
}

fn item_entry(text: &str, name: &str, key: Span, item: &mut Item) -> Option<Entry> {
    let (key, node) = match item {
        Item::None => return None,
        Item::Value(value) => (key, value_node(key, value)),
        Item::Table(source) => {
            let header = source.span().map(Span::from);
            let (form, span, key) = match header {
                _ if source.is_dotted() => (Form::Dotted, key, key),
                Some(header) if !source.is_implicit() => (Form::Header, header, last_key_of(text, header).unwrap_or(key)),
                _ => (Form::Implicit, key, key),
            };
            (key, Node { span, value: Value::Table(table(text, source, form, span)) })
        }
        Item::ArrayOfTables(tables) => {
            let items = tables.iter_mut().map(|source| {
                let span = source.span().map(Span::from).unwrap_or(key);
                Node { span, value: Value::Table(table(text, source, Form::Element, span)) }
            });
            let items: Vec<Node> = items.collect();
            let span = items.first().map_or(key, |first| first.span);
            (key, Node { span, value: Value::Array(Array { items, of_tables: true }) })
        }
    };
    Some(Entry { key: Spanned::new(name.to_owned(), key), node })
}

/// The last name of a header, which toml_edit gives the span of another header where a sub-table came first.
fn last_key_of(text: &str, header: Span) -> Option<Span> {
    let written = header.of(text);
    let inner = written.trim_start_matches('[').trim_end_matches(']').trim_end();
    let end = header.start + written.find(inner)? + inner.len();
    let start = match inner.as_bytes().last()? {
        quote @ (b'"' | b'\'') => {
            let open = inner[..inner.len() - 1].rfind(*quote as char)?;
            end - (inner.len() - open)
        }
        _ => end - (inner.len() - inner.rfind(['.', ' ', '\t']).map_or(0, |at| at + 1)),
    };
    Some(Span::new(start, end))
}

fn value_node(key: Span, value: &mut TomlValue) -> Node {
    let span = value.span().map(Span::from).unwrap_or(key);
    let value = match value {
        TomlValue::String(string) => Value::String(std::mem::replace(string, Formatted::new(String::new())).into_value()),
        TomlValue::Integer(integer) => Value::Integer(*integer.value()),
        TomlValue::Float(_) => Value::Float,
        TomlValue::Boolean(boolean) => Value::Boolean(*boolean.value()),
        TomlValue::Datetime(_) => Value::Datetime,
        TomlValue::Array(array) => {
            let items = array.iter_mut().map(|item| value_node(span, item)).collect();
            Value::Array(Array { items, of_tables: false })
        }
        TomlValue::InlineTable(source) => {
            let form = if source.is_dotted() { Form::Dotted } else { Form::Inline };
            let span = if source.is_dotted() { key } else { span };
            let entries = source.iter_mut().map(|(key, item)| {
                let place = span_of(&key).unwrap_or(span);
                Entry { key: Spanned::new(key.get().to_owned(), place), node: value_node(place, item) }
            });
            return Node { span, value: Value::Table(Table { form, span, entries: entries.collect() }) };
        }
    };
    Node { span, value }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(text: &str) -> Vec<String> {
        let errors = parse(text).errors;
        errors.iter().map(|error| format!("{:?} {}", error.span.of(text), error.message)).collect()
    }

    #[test]
    fn headers_name_their_own_keys_whatever_came_before() {
        let text = "[component.x.build]\ncommand = \"b\"\n[component.\"x\"]\nsource = \"s\"\n";
        let tree = parse(text);
        assert!(tree.errors.is_empty(), "{:?}", tree.errors);
        let component = tree.root.get("component").and_then(Node::as_table).unwrap();
        let entry = component.entry("x").unwrap();
        assert_eq!(entry.key.span, Span::new(45, 48));
        assert_eq!(entry.node.span.of(text), "[component.\"x\"]");
    }

    #[test]
    fn every_broken_statement_is_told_and_later_tables_survive() {
        let text = "a = \nb = [1, 2\n[t]\nc = 1 2\nd = 'x\n[broken\ne = 1\n[u]\nf = tru\n[v]\ng = 1\n";
        let tree = parse(text);
        assert_eq!(tree.errors.len(), 6, "{:#?}", tree.errors);
        assert_eq!(tree.errors[1].span.of(text), "[");
        assert!(tree.root.get("t").is_some() && tree.root.get("v").is_some());
    }

    #[test]
    fn toml_1_1_is_not_what_spin_reads() {
        assert_eq!(places("a = { b = 1, }\n").len(), 1);
        assert_eq!(places("a = {\n b = 1 }\n").len(), 1);
        assert_eq!(places("a = \"\\e\"\n").len(), 1);
        assert_eq!(places("a = \"\\x41\"\n").len(), 1);
        assert_eq!(places("a = 07:30\n").len(), 1);
        assert!(places("a = { b = [\n1,\n] }\nc = '''\\e'''\nd = \"\\\\e\"\ne = 07:30:00\n").is_empty());
    }

    #[test]
    fn a_dotted_key_adds_to_no_table_that_a_header_has_begun() {
        let text = "[component.c.build]\ncommand = \"b\"\n[component]\nc.source = \"s\"\nc.environment.A = \"1\"\n";
        assert_eq!(places(text), ["\"source\" `source` adds to a table that a header has begun"]);
        assert!(places("[component]\nc.source = \"s\"\n[component.c.build]\ncommand = \"b\"\n").is_empty());
    }

    #[test]
    fn equal_keys_are_told_with_the_first_of_them() {
        let text = "[a]\nb = 1\nb = 2\n";
        let tree = parse(text);
        assert_eq!(tree.errors.len(), 1);
        assert_eq!(tree.errors[0].span, Span::new(10, 11));
        assert_eq!(tree.errors[0].related.as_ref().unwrap().0, Span::new(4, 5));
    }
}
