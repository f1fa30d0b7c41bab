//! draft
pub mod capability;
pub mod diagnostic;
pub mod edit;
pub mod facts;
pub mod files;
pub mod grants;
pub mod manifest;
pub mod rules;
pub mod schema;
pub mod shape;
pub mod syntax;
pub mod text;

#[cfg(test)]
mod harness;

use std::sync::Arc;

use diagnostic::Diagnostic;
use facts::{Facts, Gatherer};
use manifest::{Manifest, Nature};
use syntax::Tree;
use text::SourceFile;

/// A manifest's text, parsed.
#[derive(Debug)]
pub struct Document {
    /// The file.
    pub file: Arc<SourceFile>,
    /// Its tree.
    pub tree: Tree,
    /// What it is.
    pub nature: Nature,
}

impl Document {
    /// Parses a file.
    pub fn parse(file: Arc<SourceFile>) -> Document {
        let tree = syntax::parse(file.text());
        let nature = Nature::of(&tree.root);
        Document { file, tree, nature }
    }

    /// The typed view.
    pub fn manifest(&self) -> Manifest<'_> {
        manifest::read(&self.tree, self.nature.version().unwrap_or(manifest::Version::Two))
    }

    /// What is known beside the text; nothing, while the text is not TOML.
    pub fn facts(&self, gatherer: &Gatherer<'_>) -> Facts {
        if !self.tree.errors.is_empty() || self.nature == Nature::Foreign {
            return Facts::default();
        }
        gatherer.gather(&self.file, &self.manifest())
    }
}

/// Every finding about a manifest, in the order of their places. `is_named` says that the user named the file, so that
/// a file of another program is worth a word.
pub fn check(document: &Document, facts: &Facts, is_named: bool) -> Vec<Diagnostic> {
    let manifest = document.manifest();
    let version = document.nature.version();
    let has_errors = !document.tree.errors.is_empty();
    // A broken file tells too little about itself to be judged by what is left of it.
    let shape = match version {
        Some(version) if !has_errors => shape::check(document.file.text(), &document.tree.root, Manifest::shape(version)),
        _ => Vec::new(),
    };
    let cx = rules::Context {
        file: &document.file,
        tree: &document.tree,
        nature: document.nature,
        is_named,
        manifest: &manifest,
        shape: &shape,
        facts,
    };
    let mut found = rules::run(&cx);
    if has_errors {
        found.retain(|diagnostic| diagnostic.rule == rules::SYNTAX);
    }
    found
}
