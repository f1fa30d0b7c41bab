//! `spinlint test`: runs the app's components, watches which stores they open, and reports what that shows as `check` does.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::progress::Progress;
use super::{CLEAN, FINDINGS, Failure, Global, Test, check, discover, write};
use crate::diagnostic::{Diagnostic, Place};
use crate::facts::trace::{self, Trace};
use crate::facts::{Facts, Gatherer, Options};
use crate::files::Disk;
use crate::fix;
use crate::report::{Format, ManifestReport, Report, Style};
use crate::runtime::{Host, Limits, source_of};
use crate::text::{SourceFile, Span};
use crate::{Document, Settings};

/// What an instance may use of memory, in bytes.
const MEMORY: usize = 1 << 30;

/// Runs the subcommand and returns its exit code.
pub(super) fn run(arguments: &Test, global: Global, is_terminal: bool, out: &mut dyn Write) -> Result<u8, Failure> {
    let path = discover::one(arguments.from.as_deref())?;
    let text = check::read(&path).map_err(|reason| Failure::Told(format!("cannot read {}: {reason}", path.display())))?;
    let mut document = Document::parse(Arc::new(SourceFile::new(&path, text)));
    let gatherer = Gatherer::new(&Disk, Options { sources: true, wasm: true, in_parallel: true });
    let mut report = Report::default();
    let mut trace = Trace::default();
    // What cannot be read cannot be run: the report says why.
    if document.tree.errors.is_empty() && document.nature.version().is_some() {
        let progress = Progress::start("running the components".to_owned(), global.quiet);
        let limits = Limits { time: Duration::from_secs(arguments.timeout), memory: MEMORY };
        let host = Host::new(limits, arguments.discover, arguments.state_dir.clone()).map_err(Failure::Told)?;
        let exercise = |document: &Document| host.exercise(&document.manifest(), document.file.path()).map_err(Failure::Told);
        trace = exercise(&document)?;
        if arguments.fix {
            let applied = mend(&path, &mut document, &trace, &gatherer)?;
            report.fixed = applied;
            if applied > 0 {
                trace = exercise(&document)?;
            }
        }
        drop(progress);
    }
    let (facts, diagnostics) = judge(&document, &trace, &gatherer);
    report.manifests.push(ManifestReport::new(Arc::clone(&document.file), &document.manifest(), &facts, diagnostics));
    report.requests = trace.requests;
    if arguments.format == Format::Human && !global.quiet {
        for request in &report.requests {
            writeln!(out, "{}", line(request))?;
        }
        writeln!(out)?;
    }
    let style = Style { color: global.colors(is_terminal), width: check::width(is_terminal), quiet: global.quiet };
    report.write(arguments.format, style, out)?;
    out.flush()?;
    let fails = arguments.fail_on.severity().is_some_and(|level| report.worst().is_some_and(|worst| worst >= level));
    Ok(if fails { FINDINGS } else { CLEAN })
}

/// What the manifest, its sources and what was seen come to.
fn judge(document: &Document, trace: &Trace, gatherer: &Gatherer<'_>) -> (Facts, Vec<Diagnostic>) {
    let mut facts = document.facts(gatherer);
    let manifest = document.manifest();
    for component in &manifest.components {
        if let Some(wasm) = source_of(&manifest, &component.id, document.file.path()) {
            let place = Place { file: Arc::new(SourceFile::new(wasm, String::new())), span: Span::at(0) };
            facts.observe(&component.id, &place, trace);
        }
    }
    let found = crate::check(document, &facts, &Settings { is_named: true, is_built: true });
    (facts, found)
}

/// Makes the safe fixes, on disk too. Returns how many there were.
fn mend(path: &Path, document: &mut Document, trace: &Trace, gatherer: &Gatherer<'_>) -> Result<usize, Failure> {
    let before = document.file.shared_text();
    let outcome = fix::apply(Document::parse(Arc::clone(&document.file)), false, |document| judge(document, trace, gatherer).1);
    let after = outcome.document.file.shared_text();
    if before != after {
        write::replace(path, &after)
            .map_err(|error| Failure::Told(format!("cannot write {}: {error}; it is as it was", path.display())))?;
    }
    *document = outcome.document;
    Ok(outcome.applied)
}

/// A request and what it did with stores, in one line.
fn line(request: &trace::Request) -> String {
    let status = request.status.map_or_else(|| "---".to_owned(), |status| status.to_string());
    let accesses: Vec<String> = request.accesses.iter().map(ToString::to_string).collect();
    let mut parts = vec![format!("{status} {} ({})", request.name(), request.component)];
    parts.extend(request.fault.clone());
    parts.extend((!accesses.is_empty()).then(|| accesses.join(", ")));
    parts.join(": ")
}
