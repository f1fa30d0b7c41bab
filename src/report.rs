//! What is printed: one report, and one file for each format.

pub mod concise;
pub mod github;
pub mod gitlab;
pub mod human;
pub mod json;
pub mod junit;
pub mod markdown;
pub mod rdjson;
pub mod sarif;
pub mod statistics;

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Safety, Severity};
use crate::facts::Facts;
use crate::facts::trace::Request;
use crate::fingerprint::Fingerprint;
use crate::manifest::Manifest;
use crate::rules;
use crate::syntax;
use crate::text::{SourceFile, slashed};

/// Everything that a run found.
#[derive(Default)]
pub struct Report {
    /// The manifests, sorted by path.
    pub manifests: Vec<ManifestReport>,
    /// How many fixes were applied.
    pub fixed: usize,
    /// What components were asked while they ran; none, if nothing was to run.
    pub requests: Option<Vec<Request>>,
}

/// What was found about one manifest.
#[derive(Debug)]
pub struct ManifestReport {
    /// The file.
    pub file: Arc<SourceFile>,
    /// The findings, sorted by place and rule.
    pub diagnostics: Vec<Diagnostic>,
    /// How far each component was looked at.
    pub inspected: Vec<Inspected>,
    /// The files that it was judged by, and that others may be judged by too.
    pub beside: Vec<Arc<SourceFile>>,
}

/// How far a component was looked at.
#[derive(Debug)]
pub struct Inspected {
    /// The component.
    pub component: String,
    /// `read`, `stale`, `missing`, `remote` or `skipped`.
    pub wasm: &'static str,
    /// `read`, `none` or `skipped`.
    pub sources: &'static str,
    /// The files of its sources that are not text.
    pub unread: Vec<String>,
}

/// How a report is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Source lines and arrows, for people.
    Human,
    /// A line for each finding.
    Concise,
    /// One JSON object; its schema is `schema/report.schema.json`.
    Json,
    /// Workflow commands, which GitHub shows at the lines of a pull request.
    Github,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// JUnit's XML, for lists of tests.
    Junit,
    /// GitLab's report of code quality.
    Gitlab,
    /// Reviewdog's JSON, with the fixes as suggestions.
    Rdjson,
    /// A table in Markdown, for the summary of a step.
    Markdown,
}

impl Format {
    /// Whether a program reads it, which needs a report even if there is nothing to say.
    pub fn is_for_programs(self) -> bool {
        !matches!(self, Format::Human | Format::Concise | Format::Github | Format::Markdown)
    }
}

/// How people see a report.
#[derive(Clone, Copy, Debug, Default)]
pub struct Style {
    /// Whether colours are used.
    pub color: bool,
    /// How wide the terminal is, in columns.
    pub width: usize,
    /// Whether only findings are printed.
    pub quiet: bool,
}

impl Report {
    /// Every finding, manifest by manifest.
    pub fn diagnostics(&self) -> impl Iterator<Item = &Diagnostic> {
        self.manifests.iter().flat_map(|manifest| &manifest.diagnostics)
    }

    /// How many findings have a severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.diagnostics().filter(|diagnostic| diagnostic.severity == severity).count()
    }

    /// The gravest severity of all.
    pub fn worst(&self) -> Option<Severity> {
        self.diagnostics().map(|diagnostic| diagnostic.severity).max()
    }

    /// How many findings a fix of this safety would mend.
    pub fn fixable(&self, safety: Safety) -> usize {
        self.diagnostics().filter(|diagnostic| diagnostic.fix.as_ref().is_some_and(|fix| fix.safety == safety)).count()
    }

    /// Writes the report.
    pub fn write(&self, format: Format, style: Style, out: &mut dyn io::Write) -> io::Result<()> {
        match format {
            Format::Human => human::write(self, style, out),
            Format::Concise => concise::write(self, style, out),
            Format::Json => json::write(self, out),
            Format::Github => github::write(self, out),
            Format::Sarif => sarif::write(self, out),
            Format::Junit => junit::write(self, out),
            Format::Gitlab => gitlab::write(self, out),
            Format::Rdjson => rdjson::write(self, out),
            Format::Markdown => markdown::write(self, out),
        }
    }
}

impl ManifestReport {
    /// Joins findings with how far each component was looked at.
    pub fn new(file: Arc<SourceFile>, manifest: &Manifest<'_>, facts: &Facts, diagnostics: Vec<Diagnostic>) -> Self {
        let inspected = manifest.components.iter().map(|component| {
            let facts = facts.component(&component.id);
            Inspected {
                component: component.id.clone(),
                wasm: facts.wasm.as_str(),
                sources: facts.sources.as_str(),
                unread: facts.unread_files.iter().map(|path| slashed(path)).collect(),
            }
        });
        ManifestReport { inspected: inspected.collect(), file, diagnostics, beside: Vec::new() }
    }
}

impl Inspected {
    /// Whether anything showed which stores the component opens.
    pub fn is_complete(&self) -> bool {
        self.wasm == "read" || self.sources == "read" && self.unread.is_empty()
    }
}

/// Every finding with a short name that it keeps when lines move.
fn fingerprinted(report: &Report) -> impl Iterator<Item = (&Diagnostic, String)> {
    report.manifests.iter().flat_map(|manifest| manifest.diagnostics.iter().zip(digests(manifest)))
}

fn digests(manifest: &ManifestReport) -> Vec<String> {
    let root = syntax::parse(manifest.file.text()).root;
    let mut seen: BTreeMap<(String, Fingerprint), usize> = BTreeMap::new();
    let digests = manifest.diagnostics.iter().map(|diagnostic| {
        let key = (from_root(&diagnostic.place.file), Fingerprint::of(diagnostic, &manifest.file, &root));
        let nth = seen.entry(key.clone()).or_default();
        *nth += 1;
        key.1.digest(&key.0, *nth)
    });
    digests.collect()
}

/// A file's path as services name it: without the dot that stands for where the program was started.
fn from_root(file: &SourceFile) -> String {
    let path = file.display_path();
    path.strip_prefix("./").map_or(path.clone(), str::to_owned)
}

/// A number with its noun: "1 error", "2 errors".
fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

/// The closing sentence: what was found, and what fixes would do.
fn summary(report: &Report) -> String {
    let [errors, warnings, infos] = [Severity::Error, Severity::Warning, Severity::Info].map(|severity| report.count(severity));
    let files = counted(report.manifests.len(), "manifest");
    let mut text = if errors + warnings + infos == 0 {
        format!("{files} checked, nothing found")
    } else {
        let counts = [counted(errors, "error"), counted(warnings, "warning"), counted(infos, "info")];
        let present = counts.into_iter().zip([errors, warnings, infos]).filter(|(_, count)| *count > 0).map(|(text, _)| text);
        format!("{} in {files}", present.collect::<Vec<_>>().join(", "))
    };
    if report.fixed > 0 {
        text.push_str(&format!("; {} applied", counted(report.fixed, "fix").replace("fixs", "fixes")));
    }
    let (safe, risky) = (report.fixable(Safety::Safe), report.fixable(Safety::Unsafe));
    if safe > 0 {
        text.push_str(&format!("; {safe} fixable with `--fix`"));
    }
    if risky > 0 {
        let more = if safe > 0 { "more" } else { "fixable" };
        text.push_str(&format!("; {risky} {more} with `--fix --unsafe-fixes`"));
    }
    text
}

/// What was not looked at, once for each manifest.
fn not_inspected(manifest: &ManifestReport) -> Option<String> {
    // A file that is not TOML was not looked into at all, which its findings say.
    if manifest.diagnostics.iter().any(|diagnostic| diagnostic.rule == rules::SYNTAX) {
        return None;
    }
    let missing: Vec<String> = manifest
        .inspected
        .iter()
        .filter(|inspected| !inspected.is_complete())
        .map(|inspected| {
            let wasm = match inspected.wasm {
                "missing" => "not built",
                "stale" => "Wasm out of date",
                "remote" => "Wasm elsewhere",
                _ => "Wasm not read",
            };
            let sources = match inspected.sources {
                "none" => "no sources found".to_owned(),
                "read" => format!("not readable as UTF-8: {}", inspected.unread.join(", ")),
                _ => "sources not read".to_owned(),
            };
            format!("`{}`: {wasm}, {sources}", inspected.component)
        })
        .collect();
    if missing.is_empty() {
        return None;
    }
    let total = manifest.inspected.len();
    let looked_at = total - missing.len();
    Some(format!("{}: {looked_at} of {} inspected; {}", manifest.file.shown_path(), counted(total, "component"), missing.join("; ")))
}
