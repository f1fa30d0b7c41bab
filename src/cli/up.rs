//! `spinlint up`: serves the app for a person with curl, and prints what each request does with stores.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TryRecvError, sync_channel};
use std::sync::{Arc, mpsc};
use std::time::{Duration, SystemTime};

use super::run::{self, Plan, Policy, judge};
use super::test::line;
use super::{CLEAN, Compile, FINDINGS, Failure, Global, Up, check, complain};
use crate::diagnostic::{Diagnostic, Severity};
use crate::facts::trace::{DENIED, Request, Trace, digest};
use crate::facts::{Facts, Gatherer, Options};
use crate::files::{Disk, Files};
use crate::report::{Format, ManifestReport, Report, Style};
use crate::runtime::{App, Cache, Compiler, Current, Refusal, Seen, Server, Witness};
use crate::{Document, Settings};

/// How many lines may wait to be printed. Requests do not wait for a terminal that does not keep up.
const WAITING: usize = 10_000;

/// How often the manifest and the Wasm files are looked at.
const LOOKING: Duration = Duration::from_millis(250);

/// How long a new app answers before its components are compiled better.
const SETTLING: Duration = Duration::from_secs(1);

/// What there is to print.
enum Event {
    Answered(Seen),
    Checked(ManifestReport),
    Reloaded(Arc<Document>, usize),
    Ended,
}

/// Runs the subcommand and returns its exit code.
pub(super) fn run(arguments: &Up, global: Global, is_terminal: bool, out: &mut dyn Write) -> Result<u8, Failure> {
    let (events, queue) = sync_channel(WAITING);
    let lost = Arc::new(AtomicUsize::new(0));
    let policy = Policy { grants_all: false, has_network: true, is_spins: true };
    let mut plan = Plan::new(&arguments.running, &policy, arguments.listen, witness(&events, &lost))?;
    if arguments.running.build {
        plan.build()?;
    }
    let read = Disk.modified(&plan.path);
    let document = Arc::new(plan.document()?);
    let mut printer = Printer {
        style: Style { color: global.colors(is_terminal), width: check::width(is_terminal), quiet: global.quiet },
        document: Arc::clone(&document),
        told: BTreeSet::new(),
        out,
    };
    if let Some(report) = refused(&document, None) {
        printer.report(report)?;
        return Ok(FINDINGS);
    }
    let gatherer = Gatherer::new(&Disk, Options { sources: false, wasm: true, in_parallel: false });
    let threads = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let server = threads.block_on(Server::bind(arguments.listen)).map_err(Failure::Told)?;
    let address = server.address()?;
    plan.set_address(address);
    let app = match plan.load(&document) {
        Ok(app) => app,
        Err(Refusal::Ours(reason)) => return Err(Failure::Told(reason)),
        Err(Refusal::Spins(reason)) => {
            // A finding that says the same says it better.
            match refused(&document, Some(&gatherer)) {
                Some(report) => printer.report(report)?,
                None => complain(&reason),
            }
            return Ok(FINDINGS);
        }
    };
    if app.routes().next().is_none() {
        return Err(Failure::Told("there is nothing to serve: the app has no http trigger with a route".to_owned()));
    }
    // Whatever is written from here on is loaded anew; the manifest may have been written meanwhile.
    let mut known = times(&app, &plan.path);
    known.insert(plan.path.clone(), read);
    printer.greet(&app)?;
    let current = Current::new(app);
    let stores = plan.stores().clone();
    let (stop, stopped) = mpsc::channel::<()>();
    let cache = arguments.running.cache_dir.clone().or_else(Cache::folder_of_user);
    let watcher = Watcher { plan, current: Arc::clone(&current), events: events.clone(), cache };
    let watching = std::thread::spawn(move || watcher.watch(&document, known, &stopped));
    threads.spawn(async move {
        tokio::select! {
            () = server.serve(&current, signal()) => {}
            // Who asks twice does not want to wait.
            () = async { signal().await; signal().await } => {}
        }
        let _ = events.send(Event::Ended);
    });
    printer.print(&queue, &lost)?;
    drop(stop);
    threads.shutdown_timeout(Duration::from_millis(100));
    stores.settle();
    // The watcher has nothing to lose: a compilation beside it need not be waited for.
    drop(watching);
    Ok(CLEAN)
}

/// Compiles files into the cache.
pub(super) fn compile(arguments: &Compile) -> Result<u8, Failure> {
    let compiler = Compiler::new(Some(Cache::open(&arguments.cache_dir).map_err(Failure::Told)?));
    for file in &arguments.files {
        let wasm = Disk.read(file)?;
        compiler.improve(&wasm, &digest(&wasm)).map_err(|reason| Failure::Told(format!("{}: {reason}", file.display())))?;
    }
    Ok(CLEAN)
}

/// Waits for Ctrl-C or SIGTERM.
pub(super) async fn signal() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let (Ok(mut interrupt), Ok(mut terminate)) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate())) else {
            return std::future::pending().await;
        };
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    }
    #[cfg(not(unix))]
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending().await
    }
}

fn witness(events: &SyncSender<Event>, lost: &Arc<AtomicUsize>) -> Witness {
    let (events, lost) = (events.clone(), Arc::clone(lost));
    Arc::new(move |seen| {
        if events.try_send(Event::Answered(seen)).is_err() {
            lost.fetch_add(1, Ordering::Relaxed);
        }
    })
}

/// The report of a manifest that Spin refuses, by its text or by what lies on the disk. Stores that are not granted are no reason.
fn refused(document: &Document, gatherer: Option<&Gatherer<'_>>) -> Option<ManifestReport> {
    let facts = gatherer.map_or_else(Facts::default, |gatherer| document.facts(gatherer));
    let mut found = crate::check(document, &facts, &Settings { is_named: true, is_built: gatherer.is_some() });
    found.retain(|diagnostic| diagnostic.severity == Severity::Error && (gatherer.is_none() || diagnostic.label.is_none()));
    let is_refused = !found.is_empty();
    is_refused.then(|| ManifestReport::new(Arc::clone(&document.file), &document.manifest(), &facts, found))
}

/// Looks after what is served.
struct Watcher {
    plan: Plan,
    current: Arc<Current>,
    events: SyncSender<Event>,
    cache: Option<PathBuf>,
}

impl Watcher {
    /// Checks the manifest once, compiles better what was compiled in haste, and loads what has changed.
    fn watch(&self, document: &Arc<Document>, mut known: Times, stopped: &Receiver<()>) {
        let ends = |time: Duration| stopped.recv_timeout(time) != Err(RecvTimeoutError::Timeout);
        std::thread::scope(|scope| {
            let settle = |document: Arc<Document>| {
                scope.spawn(move || {
                    std::thread::sleep(SETTLING);
                    self.check(&document);
                    self.improve();
                });
            };
            settle(Arc::clone(document));
            let mut before = known.clone();
            while !ends(LOOKING) {
                let now = times(&self.current.app(), &self.plan.path);
                // What is still being written is waited for.
                if now != known && now == before {
                    self.reload().into_iter().for_each(settle);
                    known = times(&self.current.app(), &self.plan.path);
                    known.extend(now.clone());
                }
                before = now;
            }
        });
    }

    fn check(&self, document: &Document) {
        let gatherer = Gatherer::new(&Disk, Options { sources: true, wasm: true, in_parallel: false });
        let (facts, found) = judge(document, &run::Seen::default(), &gatherer);
        // Nobody prints any more when the program ends.
        let _ = self.events.send(Event::Checked(ManifestReport::new(Arc::clone(&document.file), &document.manifest(), &facts, found)));
    }

    /// Serves the manifest as it is now. One that cannot be served changes nothing.
    fn reload(&self) -> Option<Arc<Document>> {
        let kept = "the app goes on as it was";
        let document = match self.plan.document() {
            Ok(document) => Arc::new(document),
            Err(Failure::Told(reason)) => {
                complain(&format!("{reason}; {kept}"));
                return None;
            }
            Err(Failure::NobodyReads) => return None,
        };
        if let Some(report) = refused(&document, None) {
            let _ = self.events.send(Event::Checked(report));
            complain(&format!("Spin refuses this manifest; {kept}"));
            return None;
        }
        match self.plan.load(&document) {
            Ok(app) => {
                let routes = app.routes().count();
                self.current.replace(app);
                let _ = self.events.send(Event::Reloaded(Arc::clone(&document), routes));
                Some(document)
            }
            Err(refusal) => {
                complain(&format!("{}; {kept}", refusal.reason()));
                None
            }
        }
    }

    /// Compiles better what was compiled in haste: in a process of its own, which gives back the hundreds of megabytes that a large
    /// component takes.
    fn improve(&self) {
        let app = self.current.app();
        let hasty = app.hasty();
        if hasty.is_empty() {
            return;
        }
        if let (Some(cache), Ok(program)) = (&self.cache, std::env::current_exe()) {
            // Without it the same is done here.
            let _ = Command::new(program).arg("compile").arg("--cache-dir").arg(cache).args(hasty).status();
        }
        app.improve(&self.plan.compiler);
    }
}

/// When files were changed.
type Times = BTreeMap<PathBuf, Option<SystemTime>>;

/// When the files were changed that an app is made of.
fn times(app: &App, manifest: &Path) -> Times {
    app.sources().chain([manifest]).map(|path| (path.to_path_buf(), Disk.modified(path))).collect()
}

/// Prints what happens.
struct Printer<'a> {
    style: Style,
    document: Arc<Document>,
    /// The components and labels whose refusals have been explained.
    told: BTreeSet<(String, String)>,
    out: &'a mut dyn Write,
}

impl Printer<'_> {
    fn greet(&mut self, app: &App) -> Result<(), Failure> {
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

    /// Prints until the end.
    fn print(&mut self, queue: &Receiver<Event>, lost: &AtomicUsize) -> Result<(), Failure> {
        loop {
            let event = match queue.try_recv() {
                Err(TryRecvError::Empty) => {
                    self.out.flush()?;
                    queue.recv().ok()
                }
                event => event.ok(),
            };
            match event {
                Some(Event::Answered(seen)) => self.answered(&seen.told())?,
                Some(Event::Checked(mut report)) => {
                    report.diagnostics.retain(|diagnostic| self.is_news(diagnostic));
                    self.report(report)?;
                }
                Some(Event::Reloaded(document, routes)) => {
                    self.document = document;
                    self.told.clear();
                    if !self.style.quiet {
                        writeln!(self.out, "Loaded anew: {routes} {}", if routes == 1 { "route" } else { "routes" })?;
                    }
                }
                Some(Event::Ended) | None => return Ok(self.out.flush()?),
            }
            let lost = lost.swap(0, Ordering::Relaxed);
            if lost > 0 {
                writeln!(self.out, "({lost} requests more than could be printed)")?;
            }
        }
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
        let is_told = |label: &&str| self.told.contains(&(request.component.clone(), (*label).to_owned()));
        let news: Vec<&str> = denied.into_iter().filter(|label| !is_told(label)).collect();
        if news.is_empty() {
            return Ok(());
        }
        let gatherer = Gatherer::new(&Disk, Options { sources: false, wasm: false, in_parallel: false });
        let seen = run::Seen { trace: Trace { requests: vec![request.clone()], ..Trace::default() }, unmet: Vec::new() };
        let (facts, mut found) = judge(&self.document, &seen, &gatherer);
        found.retain(|diagnostic| diagnostic.label.as_deref().is_some_and(|label| news.contains(&label)) && self.is_news(diagnostic));
        let mut report = ManifestReport::new(Arc::clone(&self.document.file), &self.document.manifest(), &facts, found);
        report.inspected.clear();
        self.report(report)
    }

    fn report(&mut self, manifest: ManifestReport) -> Result<(), Failure> {
        if manifest.diagnostics.is_empty() {
            return Ok(());
        }
        let report = Report { manifests: vec![manifest], ..Report::default() };
        report.write(Format::Human, Style { quiet: true, ..self.style }, self.out)?;
        Ok(self.out.flush()?)
    }
}
