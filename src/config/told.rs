//! What is configured, setting by setting, and by which line.

use std::path::PathBuf;

use super::Config;
use crate::syntax::{Node, Table};
use crate::text::{SourceFile, Span};

/// A setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Its key, dotted, as `spinlint.toml` would have it.
    pub key: String,
    /// Its value, as it is written.
    pub value: String,
    /// Who says so.
    pub by: Line,
    /// Who says something else, which does not count.
    pub over: Option<Line>,
}

/// A line of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The file.
    pub path: PathBuf,
    /// The line, from 1.
    pub line: usize,
}

impl Config<'_> {
    /// Every setting that holds for a manifest.
    pub fn told(&self, manifest: &SourceFile) -> Vec<Told> {
        let mut told: Vec<Told> = Vec::new();
        for (id, table) in &self.components {
            collect(table, &["component".to_owned(), id.clone()], manifest, &mut told);
        }
        if let Some(own) = self.own {
            collect(own, &[], manifest, &mut told);
        }
        if let Some(file) = self.file {
            collect(&file.tree.root, &[], &file.file, &mut told);
        }
        told.sort_by(|a, b| a.key.cmp(&b.key));
        told
    }
}

fn collect(table: &Table, above: &[String], file: &SourceFile, told: &mut Vec<Told>) {
    for entry in &table.entries {
        let keys: Vec<String> = above.iter().cloned().chain([entry.key.value.clone()]).collect();
        if let Some(inner) = entry.node.as_table() {
            collect(inner, &keys, file, told);
            continue;
        }
        let key = keys.iter().map(|key| quoted(key)).collect::<Vec<_>>().join(".");
        let by = Line { path: file.path().to_path_buf(), line: file.position(entry.key.span.start).line };
        // Every file that leaves rules out does so.
        match told.iter_mut().find(|known| known.key == key && keys[0] != "ignore") {
            Some(known) => known.over = Some(by),
            None => told.push(Told { key, value: written(&entry.node, file), by, over: None }),
        }
    }
}

/// A value on one line.
fn written(node: &Node, file: &SourceFile) -> String {
    let Span { start, end } = node.span;
    let lines = file.text()[start..end].lines().map(|line| line.split(" #").next().unwrap_or_default().trim());
    lines.collect::<Vec<_>>().join(" ")
}

/// A key as TOML writes it.
fn quoted(key: &str) -> String {
    let is_bare = !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    if is_bare { key.to_owned() } else { format!("{key:?}") }
}
