//! What a finding is known by when lines have moved: its rule, its place by names, and what stands there.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::diagnostic::Diagnostic;
use crate::syntax::{self, Entry, Node, Table};
use crate::text::{SourceFile, Span};

/// No more of a text is kept than this, in bytes.
const LONGEST: usize = 120;

/// What a finding is known by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Fingerprint {
    /// The rule.
    pub rule: String,
    /// The names of the keys that lead there: `component.cart.source`.
    pub place: String,
    /// What it is about: a label, a host.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub label: String,
    /// What is written there, with its blanks made one.
    pub snippet: String,
}

impl Fingerprint {
    /// The fingerprint of a finding about a manifest with this root table.
    pub fn of(diagnostic: &Diagnostic, manifest: &Arc<SourceFile>, root: &Table) -> Fingerprint {
        let file = &diagnostic.place.file;
        let (text, span) = (file.text(), diagnostic.place.span);
        let place = match Arc::ptr_eq(file, manifest) {
            true => names(root, span),
            // A file beside the manifest, of which few findings are.
            false => names(&syntax::parse(text).root, span),
        };
        let written = span.of(text).split_whitespace().collect::<Vec<_>>().join(" ");
        Fingerprint {
            rule: diagnostic.rule.to_owned(),
            place: place.join("."),
            label: diagnostic.label.clone().unwrap_or_default(),
            snippet: written[..written.floor_char_boundary(LONGEST)].to_owned(),
        }
    }

    /// A short name for it, the same in every run; `nth` tells equal ones of a file apart.
    pub fn digest(&self, path: &str, nth: usize) -> String {
        let mut hasher = Sha256::new();
        for part in [path, &self.rule, &self.place, &self.label, &self.snippet, &nth.to_string()] {
            hasher.update(part.as_bytes());
            hasher.update([0]);
        }
        hasher.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
    }
}

/// The names of the keys that lead to a place.
fn names(table: &Table, span: Span) -> Vec<String> {
    let holds = |outer: Span| outer.start <= span.start && span.end <= outer.end;
    for entry in &table.entries {
        let inner = in_node(&entry.node, span);
        if !inner.is_empty() || holds(entry.key.span) || (holds(entry.node.span) && !is_empty(entry)) {
            return [vec![entry.key.value.clone()], inner].concat();
        }
    }
    Vec::new()
}

fn is_empty(entry: &Entry) -> bool {
    entry.node.span.start == entry.node.span.end
}

fn in_node(node: &Node, span: Span) -> Vec<String> {
    match node.as_table() {
        Some(table) => names(table, span),
        None => node.items().iter().map(|item| in_node(item, span)).find(|names| !names.is_empty()).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_known_by_their_names() {
        let text = "[component.cart]\nsource = \"a\"\nfiles = [{ source = \"b\" }]\nbuild.command = \"c\"\n[[trigger.http]]\nroute = 1\n";
        let tree = syntax::parse(text);
        let at = |part: &str| {
            let start = text.find(part).unwrap();
            names(&tree.root, Span::new(start, start + part.len())).join(".")
        };
        let parts = ["cart", "\"a\"", "\"b\"", "\"c\"", "1", "command"];
        let places = ["component.cart", "component.cart.source", "component.cart.files.source", "component.cart.build.command"];
        let expected = [&places[..], &["trigger.http.route", "component.cart.build.command"]].concat();
        assert_eq!(parts.map(at).to_vec(), expected);
    }
}
