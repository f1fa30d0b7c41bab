//! The linter for Spin apps: what Spin refuses, and the stores that code opens and the manifest does not grant.
//!
//! # The house
//!
//! One pipeline of plain functions over plain data, with a table of rules at its end:
//!
//! ```text
//!   text --> syntax::parse --> manifest::read --> facts::gather <-- Wasm, sources, runs
//!                 |                 |                |
//!                 v                 v                v
//!            shape::check  -->  check = every rule of rules::ALL, in order
//!                                        |
//!                               Vec<Diagnostic>
//!                                 |           |
//!                         report::write   fix::apply
//! ```
//!
//! A manifest is about a hundred lines, so checking it anew costs nothing worth saving. What does cost time, reading a
//! Wasm file or scanning sources, produces [`facts`], which are an input of [`check`]; each front end decides when to
//! gather them.
//!
//! | module | what it is |
//! |---|---|
//! | [`text`] | spans, positions, files with their text |
//! | [`syntax`] | TOML to a spanned tree, going on behind broken statements |
//! | [`schema`] | the manifest's vocabulary as Rust types; JSON Schemas and the shape check come from it |
//! | [`shape`] | the tree against the vocabulary: unknown, misplaced and missing keys, wrong types, malformed names |
//! | [`manifest`] | the typed view that rules see |
//! | [`baseline`] | what was found once and is not told again |
//! | [`capability`] | what can be granted, and which interfaces use it |
//! | [`hosts`] | the grammar of network grants |
//! | [`routes`] | the grammar of HTTP routes |
//! | [`template`] | text that names variables |
//! | [`facts`] | what Wasm files, sources and runs show |
//! | [`grants`] | who opens what, and who must grant it |
//! | [`files`] | the only place that reads files |
//! | [`discover`] | which manifests there are |
//! | [`diagnostic`] | findings, severities, fixes |
//! | [`edit`] | edits by intent: insert a key, append an item, move a line |
//! | [`rules`] | the rules, one file each, and their table |
//! | [`fingerprint`] | what a finding is known by when lines have moved |
//! | [`fix`] | applies fixes in rounds until quiet |
//! | [`report`] | one output format for each file |
//! | [`runtime_config`] | what `--runtime-config-file` names |
//! | [`config`] | what a manifest and `spinlint.toml` configure |
//! | [`suppression`] | comments that allow what rules find |
//! | [`scenario`] | what `spinlint test` asks an app, and expects |
//! | `runtime` | runs components as Spin does, and witnesses which stores they open; of the feature `runtime` |
//! | [`parallel`] | several items at a time |
//! | [`info`] | what an app needs, for people and scripts that deploy it |
//! | [`lsp`] | the language server |
//! | [`cli`] | the command line |
//!
//! # What holds everywhere
//!
//! * The core cannot fail. A user's mistake is a [`diagnostic::Diagnostic`], never an `Err`; files, terminals and
//!   colours stay at the rim.
//! * A fix is a list of sorted, disjoint byte edits of the original text. No text is ever printed back from a tree.
//! * Not knowing never becomes a finding.
//! * Nothing is registered twice: a rule is its file and a line of [`rules::ALL`].

pub mod baseline;
pub mod capability;
pub mod cli;
pub mod config;
pub mod diagnostic;
pub mod discover;
pub mod edit;
pub mod facts;
pub mod files;
pub mod fingerprint;
pub mod fix;
pub mod grants;
pub mod hosts;
pub mod info;
pub mod lsp;
pub mod manifest;
pub mod parallel;
pub mod report;
pub mod routes;
pub mod rules;
#[cfg(feature = "runtime")]
pub mod runtime;
pub mod runtime_config;
pub mod scenario;
pub mod schema;
pub mod shape;
pub mod suppression;
pub mod syntax;
pub mod template;
pub mod text;

#[cfg(test)]
mod harness;

use std::path::PathBuf;
use std::sync::Arc;

use config::{Config, ConfigFile};
use diagnostic::Diagnostic;
use facts::trace::Trace;
use facts::{Facts, Gatherer};
use manifest::{Manifest, Nature};
use runtime_config::RuntimeConfig;
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
    /// The `spinlint.toml` that holds for it.
    pub config_file: Option<Arc<ConfigFile>>,
    /// The profile by which it is read: what `[component.<id>.profile.<name>]` says takes the place of what the component says.
    pub profile: Option<Arc<str>>,
}

impl Document {
    /// Parses a file.
    pub fn parse(file: Arc<SourceFile>) -> Document {
        let tree = syntax::parse(file.text());
        let mut nature = Nature::of(&tree.root);
        if nature == Nature::Foreign && !tree.errors.is_empty() {
            nature = Nature::of_broken(&syntax::statements(file.text()));
        }
        // Our own configuration has keys that a manifest has too.
        if file.path().ends_with(config::FILE) {
            nature = Nature::Foreign;
        }
        Document { file, tree, nature, config_file: None, profile: None }
    }

    /// The same, read by a profile.
    #[must_use]
    pub fn with_profile(self, profile: Option<Arc<str>>) -> Document {
        Document { profile, ..self }
    }

    /// The same, with the configuration that holds for it.
    #[must_use]
    pub fn with_config(self, config_file: Option<Arc<ConfigFile>>) -> Document {
        Document { config_file, ..self }
    }

    /// Another text of the same file, read in the same way.
    #[must_use]
    pub fn reparse(&self, text: impl Into<Arc<str>>) -> Document {
        let file = Arc::new(SourceFile::new(self.file.path(), text));
        Document::parse(file).with_profile(self.profile.clone()).with_config(self.config_file.clone())
    }

    /// What is configured for the manifest.
    pub fn config<'d>(&'d self, manifest: &Manifest<'d>) -> Config<'d> {
        Config::of(manifest, &self.tree.root, self.file.path(), self.config_file.as_deref())
    }

    /// The typed view.
    pub fn manifest(&self) -> Manifest<'_> {
        manifest::read(&self.tree, self.nature.version().unwrap_or_default(), self.profile.as_deref())
    }

    /// What is known beside the text; nothing, while the text is not TOML.
    pub fn facts(&self, gatherer: &Gatherer<'_>) -> Facts {
        if !self.tree.errors.is_empty() || self.nature == Nature::Foreign {
            return Facts::default();
        }
        let manifest = self.manifest();
        gatherer.gather(&self.file, &manifest, &self.config(&manifest))
    }

    /// The same, with what a run has shown.
    pub fn facts_with(&self, gatherer: &Gatherer<'_>, trace: Option<&Trace>) -> Facts {
        let mut facts = self.facts(gatherer);
        if let Some(trace) = trace {
            gatherer.observe(&mut facts, &self.file, &self.manifest(), trace);
        }
        facts
    }
}

/// What a check takes for granted.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Whether the user named the file, so that a file of another program is worth a word.
    pub is_named: bool,
    /// Whether everything is built, so that a missing file is a mistake.
    pub is_built: bool,
    /// The rules that were asked for by name, those that are off otherwise too; all that are on, if none was.
    pub selected: Vec<String>,
    /// The rules that are left out.
    pub ignored: Vec<String>,
    /// The components that are started or built, if not all.
    pub components: Vec<String>,
    /// The version of Spin that the manifest is for, if not the newest.
    pub spin_version: Option<semver::Version>,
    /// The version of Spin that runs this program, which counts if nothing else says what the manifest is for.
    pub told_spin_version: Option<semver::Version>,
    /// The runtime configuration that the app is started with, if one was named.
    pub runtime_config: Option<Arc<RuntimeConfig>>,
    /// A runtime configuration that the configuration names and that could not be read.
    pub unreadable_config: Option<PathBuf>,
}

/// Every finding about a manifest, in the order of their places.
pub fn check(document: &Document, facts: &Facts, settings: &Settings) -> Vec<Diagnostic> {
    // A configuration of our own that is named is checked as one, by what it says itself.
    let is_own = settings.is_named && document.nature == Nature::Foreign && document.file.path().ends_with(config::FILE);
    let own = is_own.then(|| {
        let config = ConfigFile::parse(Arc::clone(&document.file));
        Document::parse(Arc::clone(&document.file)).with_config(Some(Arc::new(config)))
    });
    let document = own.as_ref().unwrap_or(document);
    let version = document.nature.version();
    // A broken file tells too little about itself to be judged by what is left of it.
    let is_toml = document.tree.errors.is_empty();
    let manifest = if is_toml { document.manifest() } else { Manifest::default() };
    let shape = match version {
        Some(version) if is_toml => shape::check(document.file.text(), &document.tree.root, Manifest::shape(version)),
        _ => Vec::new(),
    };
    // A runtime configuration that is named is checked as one, without a manifest.
    let is_configuration = settings.is_named && document.nature == Nature::Foreign && RuntimeConfig::is_one(&document.tree.root);
    let alone = is_configuration
        .then(|| Settings { runtime_config: Some(Arc::new(RuntimeConfig::parse(Arc::clone(&document.file)))), ..settings.clone() });
    let settings = alone.as_ref().unwrap_or(settings);
    let config = document.config(&manifest);
    let cx = rules::Context::new(document, &manifest, &shape, facts, settings, &config);
    let mut found = rules::run(&cx);
    fix::drop_broken(document.file.text(), &mut found);
    found
}
