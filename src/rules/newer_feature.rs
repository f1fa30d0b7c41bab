//! The manifest has something that the version of Spin it is for does not know.
//!
//! ## Why
//!
//! `--spin-version 3.4`, or `SPIN_VERSION`, says which Spin is to start the app; without it the newest is meant. An older one refuses the manifest, and
//! calls the key unknown.
//!
//! ## Example
//!
//! With `--spin-version 3.4`:
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/...", component = "cart" }]
//! [component.cart]
//! source = "cart.wasm"
//! [component.cart.profile.debug]
//! #               ^^^^^^^ Spin 3.4.0 does not know this: it came with Spin 4.0.0
//! source = "cart-debug.wasm"
//! ```

use super::{Context, Evidence, Findings, FixAvailability, Rule};
use crate::diagnostic::Severity;
use crate::manifest::{Manifest, Version};
use crate::schema::Shape;
use crate::syntax::{Node, Table, Value};
use crate::text::Span;

pub(super) const RULE: Rule =
    Rule { severity: Severity::Error, fix: FixAvailability::Never, by: Evidence::Asked, since: "0.1.0", is_on: true, check };

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    let Some(version) = cx.spin_version().filter(|_| cx.manifest.version == Version::Two) else { return };
    let mut found = Vec::new();
    table(&cx.tree.root, Manifest::shape(cx.manifest.version), &mut found);
    for (span, since) in found {
        if semver::Version::parse(since).is_ok_and(|since| version < since) {
            let message = format!("Spin {version} does not know this: it came with Spin {since}");
            out.report(span, message).help = Some(format!("remove it, or use Spin {since} or newer"));
        }
    }
}

/// Collects what a table has that came with a later version.
fn table<'s>(table: &Table, shape: &'s Shape, found: &mut Vec<(Span, &'s str)>) {
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
        (Shape::Table(_), Value::Table(inner)) => table(inner, shape, found),
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
