//! One manifest as the server knows it: its text, the facts of its components, its findings.

use std::sync::{Arc, OnceLock};

use super::settings::Settings;
use crate::diagnostic::Diagnostic;
use crate::facts::Facts;
use crate::manifest::{Input, Manifest, Nature};
use crate::rules;
use crate::syntax::{self, Statement};
use crate::text::SourceFile;
use crate::{Document, check};

/// A manifest and what is known of its components.
pub(super) struct App {
    /// The text, parsed.
    pub document: Arc<Document>,
    /// As of the last time that they were gathered.
    pub facts: Arc<Facts>,
    /// Raised whenever what was gathered would be out of date.
    pub generation: u64,
    /// What its facts depend on, as of the last text that was whole.
    pub inputs: Vec<Input>,
    findings: OnceLock<Arc<Vec<Diagnostic>>>,
    statements: OnceLock<Vec<Statement>>,
}

impl App {
    pub(super) fn new(document: Document, facts: Arc<Facts>, generation: u64) -> App {
        App { document: Arc::new(document), facts, generation, inputs: Vec::new(), findings: OnceLock::new(), statements: OnceLock::new() }
    }

    /// The manifest's file.
    pub(super) fn file(&self) -> &Arc<SourceFile> {
        &self.document.file
    }

    /// The typed view.
    pub(super) fn manifest(&self) -> Manifest<'_> {
        self.document.manifest()
    }

    /// The statements by their tokens.
    pub(super) fn statements(&self) -> &[Statement] {
        self.statements.get_or_init(|| syntax::statements(self.document.file.text()))
    }

    /// Has the findings worked out anew when they are next asked for.
    pub(super) fn judge_anew(&mut self) {
        self.findings = OnceLock::new();
    }

    /// Every finding, as the command line has it.
    pub(super) fn findings(&self, settings: &Settings) -> Arc<Vec<Diagnostic>> {
        Arc::clone(self.findings.get_or_init(|| Arc::new(self.findings_of(&self.document, settings))))
    }

    /// The findings of another text of the manifest, such as one with fixes made.
    pub(super) fn findings_of(&self, document: &Document, settings: &Settings) -> Vec<Diagnostic> {
        // Another program's file is nobody's business, as for a walk of the command line.
        if document.nature == Nature::Foreign {
            return Vec::new();
        }
        let mut found = check(document, &self.facts, &crate::Settings { selected: settings.select.clone(), ..crate::Settings::default() });
        found.retain(|diagnostic| is_wanted(settings, diagnostic.rule));
        found
    }
}

fn is_wanted(settings: &Settings, rule: &str) -> bool {
    if rule == rules::SYNTAX {
        return settings.shows_syntax();
    }
    let is_listed = |names: &[String]| names.iter().any(|name| name == rule);
    (settings.select.is_empty() || is_listed(&settings.select)) && !is_listed(&settings.ignore)
}
