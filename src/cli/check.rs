//! `spinlint check`: finds the manifests, checks them, fixes them, reports.

use std::cell::RefCell;
use std::io::{self, Read, Write};
use std::path::Path;
use std::sync::Arc;

use super::discover::{self, Target};
use super::evidence::Evidence;
use super::progress::Progress;
use super::{CLEAN, Check, FAILED, FINDINGS, Failure, Global, complain, explain, write};
use crate::diagnostic::{Diagnostic, Safety, Severity};
use crate::facts::Facts;
use crate::files::{Disk, Files};
use crate::fix;
use crate::manifest::Nature;
use crate::parallel::in_parallel;
use crate::report::{Format, ManifestReport, Report, Style};
use crate::text::{SourceFile, Span, nearest};
use crate::{Document, rules};

/// How wide a report is where no terminal says.
const WIDTH: usize = 100;

/// What became of one manifest.
enum Checked {
    /// It is nobody's business: another program's file that a walk found.
    Silent,
    /// It could not be read.
    Unreadable(String),
    /// It was checked.
    Done(Box<Done>),
}

struct Done {
    report: ManifestReport,
    before: Arc<str>,
    after: Arc<str>,
    fixed: usize,
}

/// Runs the subcommand and returns its exit code.
pub(super) fn run(arguments: &Check, global: Global, is_terminal: bool, out: &mut dyn Write) -> Result<u8, Failure> {
    for name in arguments.select.iter().chain(&arguments.ignore) {
        rules::find(name).ok_or_else(|| explain::unknown(name))?;
    }
    let found = discover::targets(arguments)?;
    let evidence = Evidence::new(arguments, found.targets.len() == 1)?;
    let is_stdin = found.targets.iter().any(|target| target.path == Path::new("-"));
    let progress = Progress::start(format!("checking {} manifests", found.targets.len()), global.quiet);
    let checked = in_parallel(&found.targets, |target| check(arguments, target, &evidence));
    drop(progress);

    let mut complaints = found.complaints;
    let mut report = Report::default();
    let mut diff = String::new();
    for (target, checked) in found.targets.iter().zip(checked) {
        let mut done = match checked {
            Checked::Silent => continue,
            Checked::Unreadable(reason) => {
                complaints.push(format!("cannot read {}: {reason}", target.path.display()));
                continue;
            }
            Checked::Done(done) => done,
        };
        if arguments.diff {
            diff.push_str(&fix::diff(&done.report.file.display_path(), &done.before, &done.after));
        } else if arguments.fix && is_stdin {
            out.write_all(done.after.as_bytes())?;
        } else if arguments.fix
            && done.before != done.after
            && let Err(error) = write::replace(&target.path, &done.after)
        {
            complaints.push(format!("cannot write {}: {error}; it is as it was", target.path.display()));
            // The report speaks of the file as it stands.
            let document = evidence.document(arguments, target, Arc::clone(&done.before));
            *done = examine(arguments, target, document, &evidence, false);
        }
        report.fixed += if arguments.diff { 0 } else { done.fixed };
        report.manifests.push(done.report);
    }

    once_about(&mut report);
    complaints.extend(unknown_components(&arguments.component_id, &mut report));
    let style = Style { color: global.colors(is_terminal), width: width(is_terminal), quiet: global.quiet };
    if arguments.diff {
        out.write_all(diff.as_bytes())?;
    } else if arguments.fix && is_stdin {
        // Standard output holds the fixed text.
        report.write(arguments.format, Style { color: false, ..style }, &mut io::stderr())?;
    } else if !report.manifests.is_empty()
        || complaints.is_empty()
        || matches!(arguments.format, Format::Json | Format::Sarif | Format::Junit)
    {
        report.write(arguments.format, style, out)?;
    }
    if arguments.fix && !global.quiet {
        held_back(&report, arguments.unsafe_fixes);
    }
    out.flush()?;
    complaints.iter().for_each(|complaint| complain(complaint));
    if !complaints.is_empty() {
        return Ok(FAILED);
    }
    let failing = if arguments.exit_zero { None } else { arguments.fail_on.severity() };
    let would_change = arguments.diff && !diff.is_empty() && failing.is_some();
    let fails = failing.is_some_and(|level| report.worst().is_some_and(|worst| worst >= level));
    Ok(if fails || would_change { FINDINGS } else { CLEAN })
}

/// Leaves what is about a file beside several manifests to the first of them, and leaves out what another of them contradicts.
fn once_about(report: &mut Report) {
    type Key = (&'static str, Span);
    let key = |diagnostic: &Diagnostic| -> Key { (diagnostic.rule, diagnostic.place.span) };
    let mut files: Vec<Arc<SourceFile>> = report.manifests.iter().flat_map(|manifest| manifest.beside.clone()).collect();
    files.sort_by(|a, b| a.path().cmp(b.path()));
    files.dedup_by(|a, b| Arc::ptr_eq(a, b));
    for file in files {
        let is_about = |diagnostic: &Diagnostic| Arc::ptr_eq(&diagnostic.place.file, &file);
        let sharing = |manifest: &ManifestReport| manifest.beside.iter().any(|other| Arc::ptr_eq(other, &file));
        let found = |manifest: &ManifestReport| manifest.diagnostics.iter().filter(|one| is_about(one)).map(key).collect::<Vec<Key>>();
        let sets: Vec<Vec<Key>> = report.manifests.iter().filter(|manifest| sharing(manifest)).map(found).collect();
        for (index, manifest) in report.manifests.iter_mut().filter(|manifest| sharing(manifest)).enumerate() {
            manifest.diagnostics.retain(|one| !is_about(one) || (index == 0 && sets.iter().all(|set| set.contains(&key(one)))));
        }
    }
}

/// Leaves only what was asked for among what was inspected, and complains of ids that no manifest has.
fn unknown_components(ids: &[String], report: &mut Report) -> Vec<String> {
    let known: Vec<String> = report.manifests.iter().flat_map(|manifest| &manifest.inspected).map(|one| one.component.clone()).collect();
    for manifest in report.manifests.iter_mut().filter(|_| !ids.is_empty()) {
        manifest.inspected.retain(|inspected| ids.contains(&inspected.component));
    }
    let unknown = ids.iter().filter(|id| !known.contains(id));
    let complaint = |id: &String| match nearest(id, known.iter().map(String::as_str)) {
        Some(meant) => format!("there is no component `{id}`; did you mean `{meant}`?"),
        None => format!("there is no component `{id}`; there are {}", known.join(", ")),
    };
    unknown.map(complaint).collect()
}

/// Reads and checks one manifest.
fn check(arguments: &Check, target: &Target, evidence: &Evidence) -> Checked {
    let text = match read(&target.path) {
        Ok(text) => text,
        Err(error) => return Checked::Unreadable(error),
    };
    let document = evidence.document(arguments, target, text);
    if !target.is_named && document.nature == Nature::Foreign {
        return Checked::Silent;
    }
    Checked::Done(Box::new(examine(arguments, target, document, evidence, arguments.fix || arguments.diff)))
}

/// Checks a manifest, and fixes it in memory if that is asked for.
fn examine(arguments: &Check, target: &Target, document: Document, evidence: &Evidence, fixes: bool) -> Done {
    let settings = evidence.settings(arguments, target, &document);
    let before = document.file.shared_text();
    let facts = RefCell::new(Facts::default());
    let find = |document: &Document| -> Vec<Diagnostic> {
        *facts.borrow_mut() = document.facts_with(&evidence.gatherer, evidence.trace.as_ref());
        let mut found = crate::check(document, &facts.borrow(), &settings);
        found.retain(|diagnostic| is_wanted(arguments, diagnostic));
        found
    };
    let outcome = match fixes {
        true => fix::apply(document, arguments.unsafe_fixes, find),
        false => {
            let diagnostics = find(&document);
            fix::Outcome { document, diagnostics, applied: 0 }
        }
    };
    // The last check was that of the text as it is now.
    let facts = facts.into_inner();
    let mut report = ManifestReport::new(outcome.document.file.clone(), &outcome.document.manifest(), &facts, outcome.diagnostics);
    report.beside.extend(settings.runtime_config.iter().map(|config| Arc::clone(&config.file)));
    report.beside.extend(outcome.document.config_file.iter().map(|config| Arc::clone(&config.file)));
    Done { before, after: outcome.document.file.shared_text(), fixed: outcome.applied, report }
}

/// Whether a finding was asked for: which rules run, the check itself knows.
fn is_wanted(arguments: &Check, diagnostic: &Diagnostic) -> bool {
    let is_about = |id: &String| arguments.component_id.is_empty() || arguments.component_id.contains(id);
    diagnostic.component.as_ref().is_none_or(is_about) && diagnostic.severity >= Severity::from(arguments.severity)
}

/// Reads a manifest; `-` is standard input.
pub(super) fn read(path: &Path) -> Result<String, String> {
    let bytes = match path == Path::new("-") {
        true => {
            let mut bytes = Vec::new();
            io::stdin().lock().read_to_end(&mut bytes).map_err(|error| error.to_string())?;
            bytes
        }
        false if path.is_dir() => return Err("it is a folder".to_owned()),
        false => Disk.read(path).map_err(|error| reason(&error))?.to_vec(),
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

/// Says on standard error which fixes were not applied because they may change more than they should.
fn held_back(report: &Report, unsafe_too: bool) {
    let held: Vec<&Diagnostic> = report
        .diagnostics()
        .filter(|diagnostic| diagnostic.fix.as_ref().is_some_and(|fix| fix.safety == Safety::Unsafe && !unsafe_too))
        .collect();
    if held.is_empty() {
        return;
    }
    let noun = if held.len() == 1 { "fix was" } else { "fixes were" };
    complain(&format!("{} unsafe {noun} held back (`--unsafe-fixes` applies them):", held.len()));
    for diagnostic in held {
        let position = diagnostic.place.file.position(diagnostic.place.span.start);
        let title = diagnostic.fix.as_ref().map_or("", |fix| fix.title.as_str());
        complain(&format!("  {}:{}: {}: {title}", diagnostic.place.file.display_path(), position.line, diagnostic.rule));
    }
}

/// The width of the terminal, which the shell tells in COLUMNS if at all.
pub(super) fn width(is_terminal: bool) -> usize {
    let told = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let measured = || is_terminal.then(terminal_width).flatten();
    told.or_else(measured).unwrap_or(WIDTH).clamp(40, 160)
}

fn terminal_width() -> Option<usize> {
    terminal_size::terminal_size().map(|(width, _)| usize::from(width.0))
}
