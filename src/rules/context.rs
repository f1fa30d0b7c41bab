//! What a rule sees, and where it puts what it finds.

use std::sync::Arc;

use super::Entry;
use crate::Settings;
use crate::diagnostic::{Diagnostic, Place};
use crate::facts::Facts;
use crate::manifest::{Component, Manifest, Nature};
use crate::shape::{self, Kind};
use crate::syntax::Tree;
use crate::text::{SourceFile, Span};

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
}

impl Context<'_> {
    /// Whether the file is no manifest, but a runtime configuration that is checked alone.
    pub(super) fn is_configuration(&self) -> bool {
        self.settings.runtime_config.as_ref().is_some_and(|config| Arc::ptr_eq(&config.file, self.file))
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
