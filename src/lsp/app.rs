//! One manifest as the server knows it: its text, the facts of its components, its findings.

use std::sync::{Arc, OnceLock};

use super::configured::Configured;
use super::settings::Settings;
use crate::diagnostic::Diagnostic;
use crate::facts::Facts;
use crate::manifest::{Input, Manifest, Nature};
use crate::schema::configuration::Features;
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
    /// What it is started with.
    pub configured: Configured,
    findings: OnceLock<Arc<Vec<Diagnostic>>>,
    features: OnceLock<Features>,
    statements: OnceLock<Vec<Statement>>,
}

impl App {
    pub(super) fn new(document: Document, configured: Configured, facts: Arc<Facts>, generation: u64) -> App {
        let (findings, features, statements) = Default::default();
        App { document: Arc::new(document), facts, generation, inputs: Vec::new(), configured, findings, features, statements }
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
        self.features = OnceLock::new();
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
        let mut found = check(document, &self.facts, &settings.of_check(&self.configured));
        found.retain(|diagnostic| settings.shows(diagnostic.rule));
        found
    }

    /// Takes the same text under another configuration.
    pub(super) fn reconfigure(&mut self, document: Document, configured: Configured) {
        self.document = Arc::new(document);
        self.configured = configured;
        self.judge_anew();
    }

    /// The features that are on for this app: what its project configures goes before what the editor is set to.
    pub(super) fn features(&self, settings: &Settings) -> &Features {
        self.features.get_or_init(|| {
            let manifest = self.manifest();
            let configured = self.document.config(&manifest).features();
            let features = serde_json::to_value(&settings.features).unwrap_or_default();
            let mut features = features.as_object().cloned().unwrap_or_default();
            features.extend(configured.into_iter().map(|(name, value)| (name.to_owned(), value.into())));
            serde_json::from_value(features.into()).unwrap_or_else(|_| settings.features.clone())
        })
    }

    /// The files beside the manifest that say how it is judged.
    pub(super) fn beside(&self) -> impl Iterator<Item = &Arc<SourceFile>> {
        let config = self.document.config_file.as_ref().map(|config| &config.file);
        config.into_iter().chain(self.configured.runtime_config.as_ref().map(|config| &config.file))
    }
}
