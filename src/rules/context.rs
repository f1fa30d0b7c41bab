//! What a rule sees, and where it puts what it finds.

use std::cell::OnceCell;
use std::sync::Arc;

use super::allowed::AllowedHosts;
use super::granting::Lack;
use super::suppress::Unused;
use super::{Entry, SYNTAX};
use crate::capability::Capability;
use crate::config::{Config, ConfigFile};
use crate::diagnostic::{Diagnostic, Place, Severity};
use crate::facts::Facts;
use crate::manifest::{Component, Manifest, Nature};
use crate::shape::{self, Kind};
use crate::syntax::Tree;
use crate::text::{SourceFile, Span};
use crate::{Document, Settings};

/// What a rule sees.
pub struct Context<'a> {
    /// The manifest's file.
    pub file: &'a Arc<SourceFile>,
    /// Its tree.
    pub tree: &'a Tree,
    /// What the file is.
    pub nature: Nature,
    /// What the check takes for granted.
    pub settings: &'a Settings,
    /// The profile by which the manifest is read.
    pub profile: Option<&'a str>,
    /// The typed view.
    pub manifest: &'a Manifest<'a>,
    /// What the shape check found.
    pub shape: &'a [shape::Problem],
    /// What is known beside the text.
    pub facts: &'a Facts,
    /// What is configured.
    pub config: &'a Config<'a>,
    /// The file of it, be it TOML or not.
    pub config_file: Option<&'a ConfigFile>,
    pub(super) allowed: OnceCell<AllowedHosts<'a>>,
    pub(super) unused: OnceCell<Vec<Unused>>,
    pub(super) lacks: [Lack<'a>; Capability::ALL.len()],
}

impl<'a> Context<'a> {
    /// What the rules see of a document.
    pub fn new(
        document: &'a Document,
        manifest: &'a Manifest<'a>,
        shape: &'a [shape::Problem],
        facts: &'a Facts,
        settings: &'a Settings,
        config: &'a Config<'a>,
    ) -> Context<'a> {
        let (lacks, unused, allowed) = Default::default();
        let config_file = document.config_file.as_deref();
        let (file, tree, nature, profile) = (&document.file, &document.tree, document.nature, document.profile.as_deref());
        Context { file, tree, nature, settings, profile, manifest, shape, facts, config, config_file, allowed, unused, lacks }
    }

    /// Whether the file is no manifest, but a configuration that is checked alone: Spin's or our own.
    pub(super) fn is_configuration(&self) -> bool {
        let runtime_config = self.settings.runtime_config.as_ref().map(|config| &config.file);
        let own = self.config_file.map(|config| &config.file);
        [runtime_config, own].into_iter().flatten().any(|file| Arc::ptr_eq(file, self.file))
    }

    /// Whether a rule runs: what is asked for by name goes before what is configured.
    pub(super) fn runs(&self, entry: &Entry) -> bool {
        let is_listed = |names: &[String]| names.iter().any(|name| name == entry.name);
        let (selected, ignored) = (&self.settings.selected, &self.settings.ignored);
        match selected.is_empty() {
            _ if is_listed(ignored) => false,
            // A file that is not TOML was not checked, whichever rules were asked for.
            _ if entry.name == SYNTAX => true,
            true => self.config.runs(entry.name, entry.rule.is_on),
            false => is_listed(selected),
        }
    }

    /// The version of Spin that the manifest is for, if not the newest.
    pub(super) fn spin_version(&self) -> Option<semver::Version> {
        let settings = self.settings;
        settings.spin_version.clone().or_else(|| self.config.spin_version()).or_else(|| settings.told_spin_version.clone())
    }

    /// Whether the manifest is for a version of Spin before this one.
    pub(super) fn is_for_before(&self, major: u64, minor: u64) -> bool {
        self.spin_version().is_some_and(|version| version < semver::Version::new(major, minor, 0))
    }

    /// How grave it is that something is not as it has to be which a build may still change: an error where everything is built and it is needed.
    pub(super) fn until_built(&self, before: Severity, is_needed: bool) -> Severity {
        if self.settings.is_built && is_needed { Severity::Error } else { before }
    }

    /// The manifest's text.
    pub fn text(&self) -> &str {
        self.file.text()
    }
}

/// Where a rule puts its findings.
pub struct Findings<'a> {
    pub(super) entry: &'static Entry,
    pub(super) file: &'a Arc<SourceFile>,
    pub(super) found: &'a mut Vec<Diagnostic>,
}

impl Findings<'_> {
    /// Reports a finding at a place of the manifest.
    pub fn report(&mut self, span: Span, message: impl Into<String>) -> &mut Diagnostic {
        self.found.push(Diagnostic {
            rule: self.entry.name,
            severity: self.entry.rule.severity,
            place: Place { file: Arc::clone(self.file), span },
            message: message.into(),
            component: None,
            label: None,
            related: Vec::new(),
            help: None,
            fix: None,
            tag: None,
        });
        let last = self.found.len() - 1;
        &mut self.found[last]
    }

    /// Reports a finding at a place of another file.
    pub(super) fn elsewhere(&mut self, file: &Arc<SourceFile>, span: Span, message: impl Into<String>) -> &mut Diagnostic {
        let diagnostic = self.report(span, message);
        diagnostic.place.file = Arc::clone(file);
        diagnostic
    }

    /// Reports a finding about a component.
    pub(super) fn about(&mut self, component: &Component<'_>, span: Span, message: impl Into<String>) -> &mut Diagnostic {
        let diagnostic = self.report(span, message);
        diagnostic.component = Some(component.id.clone());
        diagnostic
    }

    /// Reports what the shape check found of one kind.
    pub(super) fn shape(&mut self, cx: &Context<'_>, kind: Kind) {
        for problem in cx.shape.iter().filter(|problem| problem.kind == kind) {
            let diagnostic = self.report(problem.span, problem.message.clone());
            diagnostic.severity = problem.severity;
            diagnostic.component.clone_from(&problem.component);
            diagnostic.label.clone_from(&problem.label);
            diagnostic.help.clone_from(&problem.help);
            diagnostic.fix.clone_from(&problem.fix);
        }
    }
}
