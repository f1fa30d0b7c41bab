//! Prints what happens while an app is served.

use std::collections::BTreeSet;
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, TryRecvError};
use std::time::Duration;

use super::Event;
use crate::cli::Failure;
use crate::cli::run::{Seen, judge};
use crate::cli::test::line;
use crate::diagnostic::Diagnostic;
use crate::facts::trace::{DENIED, Request, Trace};
use crate::facts::{Gatherer, Options};
use crate::files::Disk;
use crate::report::{Format, ManifestReport, Report, Style};
use crate::runtime::App;
use crate::{Document, Settings};

/// What comes within this time is printed together.
const TOGETHER: Duration = Duration::from_millis(20);

/// Prints what happens.
pub(super) struct Printer<'a> {
    pub style: Style,
    pub document: Arc<Document>,
    /// The components and labels whose refusals have been explained.
    pub told: BTreeSet<(String, String)>,
    pub out: &'a mut dyn Write,
}

impl Printer<'_> {
    pub(super) fn greet(&mut self, app: &App) -> Result<(), Failure> {
        if self.style.quiet {
            return Ok(());
        }
        let url = format!("http://{}", app.address());
        writeln!(self.out, "Serving {url}")?;
        for (route, component) in app.routes() {
            writeln!(self.out, "  {}: {url}/{}", component.unwrap_or("static response"), route.trim_start_matches('/'))?;
        }
        Ok(self.out.flush()?)
    }

    /// Prints until the end. When nobody reads any more, the app is served all the same.
    pub(super) fn print(&mut self, queue: &Receiver<Event>, lost: &AtomicUsize) -> Result<(), Failure> {
        let mut is_read = true;
        loop {
            let event = match queue.try_recv() {
                Err(TryRecvError::Empty) => {
                    is_read = is_read && self.out.flush().is_ok();
                    // To wake this thread costs a request a tenth of its time: it is woken once for all that come together.
                    let event = queue.recv().ok();
                    std::thread::sleep(TOGETHER);
                    event
                }
                event => event.ok(),
            };
            let Some(event) = event else { return Ok(()) };
            if matches!(event, Event::Ended) {
                return if is_read { Ok(self.out.flush()?) } else { Ok(()) };
            }
            if !is_read {
                continue;
            }
            match self.show(event, lost) {
                Ok(()) => {}
                Err(Failure::NobodyReads) => is_read = false,
                Err(failure) => return Err(failure),
            }
        }
    }

    fn show(&mut self, event: Event, lost: &AtomicUsize) -> Result<(), Failure> {
        match event {
            Event::Answered(seen) => self.answered(&seen.told())?,
            Event::Checked(mut report) => {
                report.diagnostics.retain(|diagnostic| self.is_news(diagnostic));
                self.report(report)?;
            }
            Event::Reloaded(document, routes) => {
                self.document = document;
                self.told.clear();
                if !self.style.quiet {
                    writeln!(self.out, "Loaded anew: {routes} {}", if routes == 1 { "route" } else { "routes" })?;
                }
            }
            Event::Ended => {}
        }
        let lost = lost.swap(0, Ordering::Relaxed);
        if lost > 0 {
            writeln!(self.out, "({lost} requests more than could be printed)")?;
        }
        Ok(())
    }

    /// Whether a finding has not been told yet.
    fn is_news(&mut self, diagnostic: &Diagnostic) -> bool {
        let (Some(component), Some(label)) = (&diagnostic.component, &diagnostic.label) else { return true };
        self.told.insert((component.clone(), label.clone()))
    }

    /// A line for a request, and the finding behind a store that was refused, once for each.
    fn answered(&mut self, request: &Request) -> Result<(), Failure> {
        let denied: Vec<&str> =
            request.accesses.iter().filter(|access| access.result == DENIED).map(|access| access.store.as_str()).collect();
        let mark = if denied.is_empty() { "" } else { " [refused]" };
        if !self.style.quiet {
            writeln!(self.out, "{}{mark}", line(request))?;
        }
        let news: Vec<&str> =
            denied.into_iter().filter(|label| self.told.insert((request.component.clone(), (*label).to_owned()))).collect();
        if news.is_empty() {
            return Ok(());
        }
        let gatherer = Gatherer::new(&Disk, Options { sources: false, wasm: false, in_parallel: false });
        let seen = Seen { trace: Trace { requests: vec![request.clone()], ..Trace::default() }, unmet: Vec::new() };
        let (facts, mut found) =
            judge(&self.document, &seen, &gatherer, &Settings { is_named: true, is_built: true, ..Settings::default() });
        found.retain(|diagnostic| diagnostic.label.as_deref().is_some_and(|label| news.contains(&label)));
        let mut report = ManifestReport::new(Arc::clone(&self.document.file), &self.document.manifest(), &facts, found);
        report.inspected.clear();
        self.report(report)
    }

    pub(super) fn report(&mut self, manifest: ManifestReport) -> Result<(), Failure> {
        report(manifest, self.style, self.out)
    }
}

/// Prints findings, without counting them.
pub(super) fn report(manifest: ManifestReport, style: Style, out: &mut dyn Write) -> Result<(), Failure> {
    if manifest.diagnostics.is_empty() {
        return Ok(());
    }
    let report = Report { manifests: vec![manifest], ..Report::default() };
    report.write(Format::Human, Style { quiet: true, ..style }, out)?;
    Ok(out.flush()?)
}
