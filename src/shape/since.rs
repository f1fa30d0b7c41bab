//! What of a manifest came with a later version of Spin than the first that reads it.

use crate::schema::Shape;
use crate::syntax::{Node, Table, Value};
use crate::text::Span;

/// The keys and forms of a table that came with a later version, in the order of the file, each with that version.
pub fn introduced<'s>(table: &Table, shape: &'s Shape) -> Vec<(Span, &'s str)> {
    let mut found = Vec::new();
    collect(table, shape, &mut found);
    found
}

fn collect<'s>(table: &Table, shape: &'s Shape, found: &mut Vec<(Span, &'s str)>) {
    let Shape::Table(known) = shape else { return };
    for entry in &table.entries {
        match known.field(&entry.key.value) {
            Some(field) => {
                found.extend(field.since.as_deref().map(|since| (entry.key.span, since)));
                node(&entry.node, &field.shape, found);
            }
            None => known.rest.iter().for_each(|rest| node(&entry.node, rest, found)),
        }
    }
}

fn node<'s>(value: &Node, shape: &'s Shape, found: &mut Vec<(Span, &'s str)>) {
    match (shape, &value.value) {
        (Shape::Table(_), Value::Table(inner)) => collect(inner, shape, found),
        (Shape::Map { value: each, .. }, Value::Table(inner)) => inner.entries.iter().for_each(|entry| node(&entry.node, each, found)),
        (Shape::Array(item), Value::Array(array)) => array.items.iter().for_each(|each| node(each, item, found)),
        (Shape::OneOf(forms), _) => {
            let fits = |shape: &Shape| match (&value.value, shape) {
                (Value::Table(inner), Shape::Table(known)) => inner.entries.iter().all(|entry| known.field(&entry.key.value).is_some()),
                (Value::Array(_), Shape::Array(_)) => true,
                _ => false,
            };
            let Some(form) = forms.iter().find(|form| fits(&form.shape)) else { return };
            found.extend(form.since.as_deref().map(|since| (value.span, since)));
            node(value, &form.shape, found);
        }
        _ => {}
    }
}
