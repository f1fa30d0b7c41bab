//! One manifest: read, checked, and fixed in memory if that is asked for.

use std::cell::RefCell;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

use crate::baseline::{Baseline, Counts};
use crate::cli::Check;
use crate::cli::discover::Target;
use crate::cli::evidence::Evidence;
use crate::diagnostic::Diagnostic;
use crate::facts::Facts;
use crate::files::Files;
use crate::fix;
use crate::manifest::Nature;
use crate::report::ManifestReport;
use crate::{Document, rules, suppression};

/// What manifests are checked with.
pub(super) struct Examiner<'a> {
    pub arguments: &'a Check,
    pub evidence: Evidence<'a>,
    pub baseline: Option<Baseline>,
    pub files: &'a dyn Files,
}

/// What became of one manifest.
pub(super) enum Checked {
    /// It is nobody's business: another program's file that a walk found.
    Silent,
    /// It could not be read.
    Unreadable(String),
    /// It was checked.
    Done(Box<Done>),
}

/// A manifest that was checked.
pub(super) struct Done {
    pub report: ManifestReport,
    pub before: Arc<str>,
    pub after: Arc<str>,
    pub fixed: usize,
    /// How many findings a comment allows now.
    pub allowed: usize,
    /// What of the baseline was found.
    pub known: Counts,
}

impl Examiner<'_> {
    /// Reads and checks one manifest.
    pub(super) fn check(&self, target: &Target) -> Checked {
        let text = match read(self.files, &target.path) {
            Ok(text) => text,
            Err(error) => return Checked::Unreadable(error),
        };
        let document = self.evidence.document(self.arguments, target, text);
        if !target.is_named && document.nature == Nature::Foreign {
            return Checked::Silent;
        }
        Checked::Done(Box::new(self.examine(target, document, true)))
    }

    /// Checks a manifest, and changes it in memory if it may and that is asked for.
    pub(super) fn examine(&self, target: &Target, document: Document, may_change: bool) -> Done {
        let settings = self.evidence.settings(self.arguments, target, &document);
        let before = document.file.shared_text();
        let state = RefCell::new((Facts::default(), Counts::new()));
        let find = |document: &Document| -> Vec<Diagnostic> {
            let facts = document.facts_with(&self.evidence.gatherer, self.evidence.trace.as_ref());
            let mut found = crate::check(document, &facts, &settings);
            let known = self.baseline.as_ref().map(|baseline| baseline.leave_out(&document.tree.root, &document.file, &mut found));
            *state.borrow_mut() = (facts, known.unwrap_or_default());
            found.retain(|diagnostic| self.is_wanted(diagnostic));
            found
        };
        let mut outcome = match may_change && (self.arguments.fix || self.arguments.diff) {
            true => fix::apply(document, self.arguments.unsafe_fixes, find),
            false => {
                let diagnostics = find(&document);
                fix::Outcome { document, diagnostics, applied: 0 }
            }
        };
        let mut allowed = 0;
        if let Some(reason) = self.arguments.add_allows.as_ref().filter(|_| may_change) {
            let places = outcome.diagnostics.iter().filter(|found| found.place.file.path() == outcome.document.file.path());
            // What is no TOML has no comments, and a comment that allows nothing is mended, not allowed.
            let may_be = |found: &&Diagnostic| ![rules::SYNTAX, rules::UNUSED_SUPPRESSION].contains(&found.rule);
            let places: Vec<_> = places.filter(may_be).map(|found| (found.place.span, found.rule)).collect();
            if let Some(text) = suppression::allow_all(&outcome.document.file, &places, reason.trim()) {
                let before = outcome.diagnostics.len();
                outcome.document = outcome.document.reparse(text);
                outcome.diagnostics = find(&outcome.document);
                allowed = before.saturating_sub(outcome.diagnostics.len());
            }
        }
        // The last check was that of the text as it is now.
        let (facts, known) = state.into_inner();
        let mut report = ManifestReport::new(outcome.document.file.clone(), &outcome.document.manifest(), &facts, outcome.diagnostics);
        report.beside.extend(settings.runtime_config.iter().map(|config| Arc::clone(&config.file)));
        report.beside.extend(outcome.document.config_file.iter().map(|config| Arc::clone(&config.file)));
        Done { before, after: outcome.document.file.shared_text(), fixed: outcome.applied, allowed, known, report }
    }

    /// Whether a finding was asked for: which rules run, the check itself knows.
    fn is_wanted(&self, diagnostic: &Diagnostic) -> bool {
        let is_about = |id: &String| self.arguments.component_id.is_empty() || self.arguments.component_id.contains(id);
        diagnostic.component.as_ref().is_none_or(is_about) && self.arguments.judging.shows(diagnostic.severity)
    }
}

/// Reads a manifest; `-` is standard input.
pub(in crate::cli) fn read(files: &dyn Files, path: &Path) -> Result<String, String> {
    let bytes = match path == Path::new("-") {
        true => {
            let mut bytes = Vec::new();
            io::stdin().lock().read_to_end(&mut bytes).map_err(|error| error.to_string())?;
            bytes
        }
        false if path.is_dir() => return Err("it is a folder".to_owned()),
        false => files.read(path).map_err(|error| reason(&error))?.to_vec(),
    };
    String::from_utf8(bytes).map_err(|error| format!("it is not UTF-8 (byte {})", error.utf8_error().valid_up_to()))
}

fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "it does not exist".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => error.to_string(),
    }
}
