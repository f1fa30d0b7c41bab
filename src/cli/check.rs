//! `spinlint check`: finds the manifests, checks them, fixes them, reports.

mod examine;
mod shown;
mod watch;
mod whole;

use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use super::evidence::Evidence;
use super::progress::Progress;
use super::{CLEAN, Check, FAILED, FINDINGS, Failure, Global, baseline, complain, discover, explain, write};
use crate::baseline::Counts;
use crate::files::{Disk, Files};
use crate::fix;
use crate::parallel::in_parallel;
use crate::report::{Format, Report, Style, statistics};
use crate::rules;
pub(super) use examine::read;
use examine::{Checked, Examiner};

/// How wide a report is where no terminal says.
const WIDTH: usize = 100;

/// Runs the subcommand and returns its exit code.
pub(super) fn run(arguments: &Check, global: Global, is_terminal: bool, out: &mut dyn Write) -> Result<u8, Failure> {
    for name in arguments.select.iter().chain(&arguments.ignore) {
        rules::find(name).ok_or_else(|| explain::unknown(name))?;
    }
    if arguments.statistics && !matches!(arguments.format, Format::Human | Format::Concise | Format::Json) {
        return Err(Failure::Told("`--statistics` are for people, or with `--format json`".to_owned()));
    }
    if let Some(reason) = &arguments.add_allows
        && (reason.trim().is_empty() || reason.chars().any(char::is_control))
    {
        return Err(Failure::Told("`--add-allows` takes the reason that the comments give, in one line".to_owned()));
    }
    if arguments.showing.show_files || arguments.showing.show_config {
        return shown::run(arguments, out);
    }
    if arguments.watch {
        if arguments.paths.iter().any(|path| path == Path::new("-")) {
            return Err(Failure::Told("`--watch` looks at files; standard input comes only once".to_owned()));
        }
        return watch::run(arguments, global, is_terminal, out);
    }
    once(arguments, global, is_terminal, &Disk, out)
}

/// Checks everything once.
fn once(arguments: &Check, global: Global, is_terminal: bool, files: &dyn Files, out: &mut dyn Write) -> Result<u8, Failure> {
    let found = discover::targets(arguments)?;
    let evidence = Evidence::new(arguments, files, found.targets.len() == 1)?;
    let baseline = arguments.baseline.as_deref().map(|path| baseline::read(files, path)).transpose()?;
    let is_stdin = found.targets.iter().any(|target| target.path == Path::new("-"));
    let progress = Progress::start(format!("checking {} manifests", found.targets.len()), global.quiet);
    let examiner = Examiner { arguments, evidence, baseline, files };
    let checked = in_parallel(&found.targets, |target| examiner.check(target));
    drop(progress);

    let writes = arguments.fix || arguments.add_allows.is_some();
    let mut complaints = found.complaints;
    let mut report = Report::default();
    let mut diff = String::new();
    let mut known = Counts::new();
    let mut allowed = 0;
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
        } else if writes && is_stdin {
            out.write_all(done.after.as_bytes())?;
        } else if writes
            && done.before != done.after
            && let Err(error) = write::replace(&target.path, &done.after)
        {
            complaints.push(format!("cannot write {}: {error}; it is as it was", target.path.display()));
            // The report speaks of the file as it stands.
            let document = examiner.evidence.document(arguments, target, Arc::clone(&done.before));
            *done = examiner.examine(target, document, false);
        }
        report.fixed += if arguments.diff { 0 } else { done.fixed };
        allowed += done.allowed;
        for (entry, count) in done.known {
            let before = known.entry(entry).or_default();
            // What is about a file beside several manifests is found with each.
            *before = count.max(*before);
        }
        report.manifests.push(done.report);
    }

    whole::once_about(&mut report);
    complaints.extend(whole::unknown_components(&arguments.component_id, &mut report));
    if let Some(path) = &arguments.write_baseline {
        complaints.iter().for_each(|complaint| complain(complaint));
        return baseline::keep(path, &report, complaints.is_empty(), global.quiet);
    }
    let style = Style { color: global.colors(is_terminal), width: width(is_terminal), quiet: global.quiet };
    if arguments.diff {
        out.write_all(diff.as_bytes())?;
    } else if writes && is_stdin {
        // Standard output holds the fixed text.
        report.write(arguments.format, Style { color: false, ..style }, &mut io::stderr())?;
    } else if !report.manifests.is_empty() || complaints.is_empty() || arguments.format.is_for_programs() {
        match (arguments.statistics, arguments.format) {
            (true, Format::Json) => statistics::write_json(&report, out)?,
            (true, _) => statistics::write(&report, style, out)?,
            (false, format) => report.write(format, style, out)?,
        }
    }
    if arguments.fix && !global.quiet {
        whole::held_back(&report, arguments.unsafe_fixes);
    }
    out.flush()?;
    if let Some(reason) = arguments.add_allows.as_ref().filter(|_| !global.quiet) {
        complain(&format!(
            "{allowed} {} now, because: {}",
            if allowed == 1 { "finding is allowed" } else { "findings are allowed" },
            reason
        ));
    }
    if let Some(known_before) = &examiner.baseline {
        baseline::tell_stale(known_before, arguments, &report, &known);
    }
    complaints.iter().for_each(|complaint| complain(complaint));
    if !complaints.is_empty() {
        return Ok(FAILED);
    }
    let failing = arguments.judging.failing();
    let would_change = arguments.diff && !diff.is_empty() && failing.is_some();
    let fails = failing.is_some_and(|level| report.worst().is_some_and(|worst| worst >= level));
    Ok(if fails || would_change { FINDINGS } else { CLEAN })
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
