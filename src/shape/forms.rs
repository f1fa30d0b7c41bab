//! Values that may take several forms. Spin says only that none matches; here the form that was meant is found, and
//! told what it lacks or has too much.

use super::{Checker, Kind};
use crate::diagnostic::Severity;
use crate::schema::{Form, Shape, TableShape};
use crate::syntax::{Array, Entry, Node, Table, Value};

impl<'t> Checker<'t> {
    pub(super) fn one_of(&mut self, node: &'t Node, forms: &[Form], shape: &Shape, entry: Option<&'t Entry>) {
        let same_kind = |form: &&Form| {
            matches!(
                (&*form.shape, &node.value),
                (Shape::String(_) | Shape::Words(_), Value::String(_))
                    | (Shape::Boolean, Value::Boolean(_))
                    | (Shape::Array(_), Value::Array(_))
            )
        };
        if let Some(form) = forms.iter().find(same_kind) {
            self.node(node, &form.shape, entry);
            return;
        }
        match &node.value {
            Value::Datetime if self.reads_dates_as_strings() && forms.iter().any(|form| matches!(*form.shape, Shape::String(None))) => {}
            Value::Table(table) => {
                let tables: Vec<(&Form, &TableShape)> = forms
                    .iter()
                    .filter_map(|form| match &*form.shape {
                        Shape::Table(shape) => Some((form, shape)),
                        _ => None,
                    })
                    .collect();
                match tables.iter().max_by_key(|(_, shape)| likeness(table, shape)) {
                    Some((form, shape)) => self.table_form(node, table, (form, shape), &tables, entry),
                    None => self.wrong_type(node, shape, entry),
                }
            }
            Value::Array(array) if !array.of_tables => {
                let positional = forms.iter().find(|form| matches!(&*form.shape, Shape::Table(table) if table.positional));
                match positional {
                    Some(form) => self.node(node, &form.shape, entry),
                    None => self.wrong_type(node, shape, entry),
                }
            }
            _ => self.wrong_type(node, shape, entry),
        }
    }

    pub(super) fn positional(&mut self, node: &'t Node, array: &'t Array, table: &TableShape, shape: &Shape, entry: Option<&'t Entry>) {
        let needed = table.fields.iter().rposition(|field| field.required).map_or(0, |index| index + 1);
        // What is left over is ignored in TOML only.
        let is_short_enough = array.items.len() <= table.fields.len() || self.path.first().is_none_or(|first| first != "trigger");
        let fits = array.items.len() >= needed
            && is_short_enough
            && table.fields.iter().zip(&array.items).all(|(field, item)| self.accepts(item, &field.shape));
        if !fits {
            self.wrong_type(node, shape, entry);
            return;
        }
        let names: Vec<&str> = table.fields.iter().map(|field| field.name.as_str()).take(array.items.len()).collect();
        let message = format!(
            "{} is an array where a table belongs: Spin reads its items as {}, in this order",
            self.subject(entry),
            names.join(", ")
        );
        self.report(Kind::PositionalTable, node.span, message).help = Some("write a table with these keys".to_owned());
    }

    /// Whether Spin takes a value for a shape.
    pub(super) fn accepts(&self, node: &'t Node, shape: &Shape) -> bool {
        let mut trial = Checker {
            text: self.text,
            root: self.root,
            schema: self.schema,
            kind: self.kind,
            path: self.path.clone(),
            problems: Vec::new(),
        };
        trial.node(node, shape, None);
        trial.problems.iter().all(|problem| problem.severity < Severity::Error)
    }

    fn table_form(
        &mut self,
        node: &'t Node,
        table: &'t Table,
        (form, shape): (&Form, &TableShape),
        all: &[(&Form, &TableShape)],
        entry: Option<&'t Entry>,
    ) {
        if let Some((key, words)) = unknown_word(table, all) {
            let written = key.node.as_str().unwrap_or_default();
            let message = format!("there is no `{}` \"{written}\", {}", key.key.value, self.refused());
            self.report(Kind::WrongType, key.node.span, message).help = Some(format!("it is one of {}", words.join(", ")));
            return;
        }
        // Other forms' keys do not go with this one; the plain check knows only its own table.
        let knows_some = table.entries.iter().any(|entry| shape.field(&entry.key.value).is_some());
        if !knows_some && all.len() > 1 {
            let subject = self.subject(entry);
            let choices: Vec<String> = all.iter().map(|(form, shape)| format!("{} ({})", form.title, keys(shape))).collect();
            let message = format!("{subject} is a table of no form that Spin knows here, {}", self.refused());
            self.report(Kind::WrongType, node.span, message).help = Some(format!("write {}", choices.join(", or ")));
            return;
        }
        let foreign = |key: &str| all.iter().find(|(_, other)| other.field(key).is_some());
        let mut plain = shape.clone();
        for entry in &table.entries {
            let key = &entry.key.value;
            if shape.strict
                && shape.field(key).is_none()
                && let Some((other, _)) = foreign(key)
            {
                let message = format!("`{key}` belongs to {}, the other keys make this {}; {}", other.title, form.title, self.refused());
                self.report(Kind::UnknownKey, entry.key.span, message).help = Some(format!("{} has {}", form.title, keys(shape)));
                plain.strict = false;
            }
        }
        let reported = self.problems.len();
        self.table(table, &plain, node.span);
        for problem in &mut self.problems[reported..] {
            // A form inside this one has told which of its own needs it.
            if problem.kind == Kind::MissingKey && !problem.message.ends_with(" needs it)") {
                problem.message = format!("{} ({} needs it)", problem.message, form.title);
            }
        }
    }
}

/// The key by which forms are told apart, with its words, where the table has another one there.
fn unknown_word<'t>(table: &'t Table, all: &[(&Form, &TableShape)]) -> Option<(&'t Entry, Vec<String>)> {
    let of = |shape: &TableShape| {
        let mut words = shape.fields.iter().filter_map(|field| match &*field.shape {
            Shape::Words(words) => Some((field.name.clone(), words.clone())),
            _ => None,
        });
        words.next()
    };
    let told: Vec<(String, Vec<String>)> = all.iter().map(|(_, shape)| of(shape)).collect::<Option<_>>()?;
    let (name, _) = told.first()?;
    let entry = table.entry(name).filter(|entry| entry.node.as_str().is_some())?;
    let words: Vec<String> = told.iter().filter(|(other, _)| other == name).flat_map(|(_, words)| words.clone()).collect();
    (all.len() > 1 && !words.iter().any(|word| Some(word.as_str()) == entry.node.as_str())).then_some((entry, words))
}

/// How much a table looks like a form: words that match, then known keys, then nothing missing, then nothing foreign.
fn likeness(table: &Table, shape: &TableShape) -> (bool, usize, std::cmp::Reverse<usize>, std::cmp::Reverse<usize>) {
    let words_match = shape.fields.iter().all(|field| match (&*field.shape, table.get(&field.name)) {
        (Shape::Words(words), Some(node)) => node.as_str().is_some_and(|text| words.iter().any(|word| word == text)),
        (Shape::Words(_), None) => false,
        _ => true,
    });
    let known = table.entries.iter().filter(|entry| shape.field(&entry.key.value).is_some()).count();
    let missing = shape.fields.iter().filter(|field| field.required && table.entry(&field.name).is_none()).count();
    let foreign = table.entries.len() - known;
    (words_match, known, std::cmp::Reverse(missing), std::cmp::Reverse(foreign))
}

fn keys(shape: &TableShape) -> String {
    let names = shape.fields.iter().map(|field| match field.required {
        true => format!("`{}`", field.name),
        false => format!("`{}`?", field.name),
    });
    names.collect::<Vec<_>>().join(", ")
}
