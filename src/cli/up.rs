//! `spinlint up`: serves the app for a person with curl, and prints what each request does with stores.

mod print;
mod watch;

use std::collections::BTreeSet;
use std::io::Write;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use print::Printer;
use watch::{Watcher, times};

use super::run::{Plan, Policy, refusal, refused};
use super::{CLEAN, Compile, FINDINGS, Failure, Global, Up, check, complain};
use crate::Document;
use crate::facts::trace::digest;
use crate::files::{Disk, Files};
use crate::report::{ManifestReport, Style};
use crate::runtime::{Cache, Compiler, Current, Refusal, Seen, Server, Witness};

/// How many lines may wait to be printed. Requests do not wait for a terminal that does not keep up.
const WAITING: usize = 10_000;

/// How long requests that are being answered may take when the server is told to end.
const GRACE: Duration = Duration::from_secs(10);

/// How long what goes on beside the server may take to end.
const PATIENCE: Duration = Duration::from_secs(1);

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
    let style = Style { color: global.colors(is_terminal), width: check::width(is_terminal), quiet: global.quiet };
    let mut plan = match Plan::new(&arguments.running, &policy, arguments.listen, witness(&events, &lost)) {
        Err(Failure::Refused(report)) => return print::report(*report, style, out).map(|()| FINDINGS),
        plan => plan?,
    };
    if arguments.running.build {
        plan.build()?;
    }
    let read = Disk.modified(&plan.path);
    let document = Arc::new(plan.document()?);
    let mut printer = Printer { style, document: Arc::clone(&document), told: BTreeSet::new(), out };
    if let Some(report) = refused(&document, None, &plan.settings) {
        printer.report(report)?;
        return Ok(FINDINGS);
    }
    let threads = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let server = threads.block_on(Server::bind(arguments.listen)).map_err(Failure::Told)?;
    let address = server.address()?;
    plan.set_address(address);
    let app = match plan.load(&document) {
        Ok(app) => app,
        Err(Refusal::Ours(reason)) => return Err(Failure::Told(reason)),
        Err(Refusal::Spins(reason)) => {
            match refusal(&document, &plan.settings, reason) {
                Failure::Refused(report) => printer.report(*report)?,
                Failure::Told(reason) => complain(&reason),
                Failure::NobodyReads => {}
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
    let stop = Arc::new(Stop::default());
    let watcher = Watcher { plan, current: Arc::clone(&current), events: events.clone(), stop: Arc::clone(&stop) };
    let watching = std::thread::spawn(move || watcher.watch(&document, known));
    threads.spawn(async move {
        tokio::select! {
            () = server.serve(&current, signal(), GRACE) => {}
            // Who asks twice does not want to wait.
            () = async { signal().await; signal().await } => {}
        }
        let _ = events.send(Event::Ended);
    });
    let printed = printer.print(&queue, &lost);
    // Everything that holds the app lets go of it: its copies of files are cleared away, and its stores are whole.
    stop.now();
    threads.shutdown_timeout(Duration::from_millis(100));
    let end = Instant::now() + PATIENCE;
    while !watching.is_finished() && Instant::now() < end {
        std::thread::sleep(Duration::from_millis(5));
    }
    stores.settle();
    printed.map(|()| CLEAN)
}

/// Tells threads that it is over.
#[derive(Default)]
struct Stop {
    is_over: Mutex<bool>,
    signal: Condvar,
}

impl Stop {
    fn now(&self) {
        *self.is_over.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.signal.notify_all();
    }

    /// Waits this long, or until it is over. Returns whether it is.
    fn comes_within(&self, time: Duration) -> bool {
        let is_over = self.is_over.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.signal.wait_timeout_while(is_over, time, |is_over| !*is_over);
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }
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
