//! Values of the wrong type: what they are, what Spin expects, and the one thing that can have been meant.

use super::owner::Owner;
use super::{Checker, Kind};
use crate::diagnostic::{Edit, Edits, Fix};
use crate::edit;
use crate::schema::{self, Shape};
use crate::syntax::{Array, Entry, Form, Node, Table, Value};
use crate::text::Span;

impl<'t> Checker<'t> {
    pub(super) fn wrong_type(&mut self, node: &'t Node, shape: &Shape, entry: Option<&'t Entry>) {
        // A key whose value fits another table of the same key has lost its header, not its type.
        if let Some(entry) = entry {
            let own = self.path.pop();
            let lost = self.has_lost_its_header(entry);
            self.path.extend(own);
            if lost {
                return;
            }
        }
        let subject = self.subject(entry);
        let span = if matches!(node.value, Value::Table(Table { form: Form::Implicit | Form::Dotted, .. })) {
            entry.map_or(node.span, |entry| entry.key.span)
        } else {
            node.span
        };
        let message = match (&node.value, shape) {
            (Value::String(text), Shape::Words(_)) => {
                format!("{subject} is \"{text}\", {}", self.owner().expects(&shape.noun()))
            }
            _ => format!("{subject} is {}, {}", node.value.kind(), self.owner().expects(&shape.noun())),
        };
        let message = self.brackets(node, shape).unwrap_or(message);
        let repair = self.repair(node, shape, entry);
        let label_list = self.path.last().is_some_and(|key| key == "key_value_stores" || key == "sqlite_databases");
        let problem = self.report(Kind::WrongType, span, message);
        match repair {
            Some((title, edits)) => {
                problem.help = Some(title.clone());
                problem.fix = Some(Fix::safe(title, edits));
            }
            None if label_list && problem.help.is_none() => {
                problem.help = Some("write a list of labels, such as `[\"default\"]`".to_owned())
            }
            None => {}
        }
        self.look_inside(node, shape);
    }

    /// A table with the wrong brackets has mistakes of its own.
    fn look_inside(&mut self, node: &'t Node, shape: &Shape) {
        match (shape, &node.value) {
            (Shape::Array(item), Value::Table(table)) => {
                if let Shape::Table(item) = &**item {
                    self.table(table, item, node.span);
                }
            }
            (Shape::Table(shape), Value::Array(Array { items, of_tables: true })) => {
                for item in items {
                    if let Value::Table(table) = &item.value {
                        self.table(table, shape, item.span);
                    }
                }
            }
            _ => {}
        }
    }

    /// The message about a header with one pair of brackets too few or too many.
    fn brackets(&self, node: &Node, shape: &Shape) -> Option<String> {
        let header = node.span.of(self.text);
        match (shape, &node.value) {
            (Shape::Array(_), Value::Table(Table { form: Form::Header, .. })) if self.path.first()? == "trigger" => {
                Some(format!("`{header}` has single brackets, but a trigger is one of a list: `[{header}]`; {}", Owner::Manifest.refuses()))
            }
            (Shape::Map { .. }, Value::Array(Array { of_tables: true, .. })) if self.path == ["component"] => {
                Some(format!("`{header}` is how version 1 writes a component, version 2 writes `[component.<id>]`; {}", self.refused()))
            }
            (Shape::Map { .. } | Shape::Table(_), Value::Array(Array { of_tables: true, .. })) => {
                let single = header.strip_prefix('[')?.strip_suffix(']')?;
                Some(format!("`{header}` has double brackets, but this table stands alone: `{single}`; {}", self.refused()))
            }
            _ => None,
        }
    }

    fn has_lost_its_header(&mut self, entry: &'t Entry) -> bool {
        // Only at the top: below a header the reader sees which table a line is in.
        self.path.is_empty() && self.misplaced_at_root(entry)
    }

    fn misplaced_at_root(&mut self, entry: &'t Entry) -> bool {
        let root = self.root;
        self.misplaced(entry, root)
    }

    /// The edit for a value with one possible meaning, and its title.
    fn repair(&self, node: &Node, shape: &Shape, entry: Option<&Entry>) -> Option<(String, Edits)> {
        let written = node.span.of(self.text);
        let replace = |text: String| Some((format!("write `{text}`"), Edits::new(vec![Edit::replace(node.span, text)])?));
        match (shape, &node.value) {
            // A list in one string is not one item.
            (Shape::Array(item), Value::String(text)) if text.contains(',') && matches!(**item, Shape::String(_)) => {
                let items: Vec<&str> = text.split(',').map(str::trim).filter(|item| !item.is_empty()).collect();
                let are_accepted = items.iter().all(|text| self.accepts_text(item, text));
                let items: Vec<String> = items.into_iter().map(edit::string).collect();
                if are_accepted { replace(format!("[{}]", items.join(", "))) } else { None }
            }
            (Shape::Array(item), Value::String(text)) if self.accepts_text(item, text) => replace(format!("[{written}]")),
            (Shape::Array(item), Value::Table(table)) if matches!(**item, Shape::String(_)) => self.labels(table, entry),
            // What stands where a trigger's type would, and is none, is no trigger by its brackets.
            (Shape::Array(_), Value::Table(_)) if self.is_in_unknown_trigger() => None,
            (Shape::Array(item), Value::Table(table)) if matches!(**item, Shape::Table(_)) => match table.form {
                Form::Header => doubled_brackets(table.span),
                Form::Inline => replace(format!("[{written}]")),
                _ => None,
            },
            // A number of another spelling may be meant by its value.
            (Shape::String(None), Value::Integer(_) | Value::Boolean(_) | Value::Float | Value::Datetime)
                if !written.contains(['_', 'x', 'o', 'b']) || matches!(node.value, Value::Boolean(_)) =>
            {
                replace(format!("\"{written}\""))
            }
            (Shape::String(_), Value::Array(Array { items, of_tables: false })) if entry.is_some() => match items.as_slice() {
                [only] if only.as_str().is_some() => replace(only.span.of(self.text).to_owned()),
                _ => None,
            },
            (Shape::Boolean, Value::String(text)) if text == "true" || text == "false" => replace(text.clone()),
            (Shape::Map { .. } | Shape::Table(_), Value::Array(Array { items, of_tables: true })) => self.single_brackets(items, shape),
            _ => None,
        }
    }

    fn is_in_unknown_trigger(&self) -> bool {
        matches!(self.path.as_slice(), [first, kind] if first == "trigger" && schema::trigger_shape(kind).is_none())
    }

    /// Whether a text can be the only item of a list.
    fn accepts_text(&self, item: &Shape, text: &str) -> bool {
        match item {
            Shape::String(format) => format.is_none_or(|format| format.check(text).is_ok()),
            Shape::OneOf(_) => true,
            _ => false,
        }
    }

    /// A table of labels: `{ default = true }`, or the same under a header of its own.
    fn labels(&self, table: &Table, entry: Option<&Entry>) -> Option<(String, Edits)> {
        let named = table.entries.iter().all(|entry| match &entry.node.value {
            Value::Boolean(enabled) => *enabled,
            Value::Table(options) => options.entries.is_empty(),
            _ => false,
        });
        let labels: Vec<String> = table.entries.iter().map(|entry| edit::string(&entry.key.value)).collect();
        if !named || labels.is_empty() {
            return None;
        }
        let list = format!("[{}]", labels.join(", "));
        let title = format!("write `{list}`");
        match table.form {
            Form::Inline => Some((title, Edits::new(vec![Edit::replace(table.span, list)])?)),
            Form::Header => {
                let entry = entry?;
                let parent = self.parent()?;
                let mut lines: Vec<Edit> = table.entries.iter().map(|entry| edit::remove_entry(self.text, entry)).collect::<Option<_>>()?;
                let header = edit::line_start(self.text, table.span.start);
                let end = self.text[table.span.end..].find('\n').map_or(self.text.len(), |at| table.span.end + at + 1);
                if self.text[table.span.end..end].contains('#') {
                    return None;
                }
                lines.push(Edit::delete(Span::new(header, end)));
                lines.push(edit::insert_key(self.text, parent, &entry.key.value, &list)?);
                Some((title, Edits::new(lines)?))
            }
            _ => None,
        }
    }

    /// The table that the value at hand is in.
    fn parent(&self) -> Option<&Table> {
        let mut table = self.root;
        for name in self.path.split_last()?.1 {
            table = table.get(name)?.as_table()?;
        }
        Some(table)
    }

    /// `[[component.x]]` for `[component.x]`, and version 1's `[[component]]` with its `id`.
    fn single_brackets(&self, items: &[Node], shape: &Shape) -> Option<(String, Edits)> {
        if let Shape::Table(_) = shape {
            let [only] = items else { return None };
            // `[[trigger]]` lacks a name that brackets do not bring.
            if self.path.len() < 2 {
                return None;
            }
            let inner = only.span.of(self.text).strip_prefix("[[")?.strip_suffix("]]")?;
            let header = format!("[{}]", inner.trim());
            return Some((format!("write `{header}`"), Edits::new(vec![Edit::replace(only.span, header)])?));
        }
        if self.path.len() != 1 {
            return None;
        }
        let mut edits = Vec::new();
        for item in items {
            let table = item.as_table()?;
            let id = table.entry("id")?;
            let has_sub_tables = table.entries.iter().any(|entry| !entry.is_plain_line());
            if has_sub_tables {
                return None;
            }
            edits.push(Edit::replace(item.span, format!("[{}.{}]", self.path[0], edit::bare_or_quoted(id.node.as_str()?))));
            edits.push(edit::remove_entry(self.text, id)?);
        }
        Some((format!("write `[{}.<id>]`", self.path[0]), Edits::new(edits)?))
    }
}

fn doubled_brackets(header: Span) -> Option<(String, Edits)> {
    let edits = vec![Edit::insert(header.start, "["), Edit::insert(header.end, "]")];
    Some(("write the header with double brackets".to_owned(), Edits::new(edits)?))
}
