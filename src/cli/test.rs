//! `spinlint test`: runs the app's components, watches which stores they open, and reports what that shows as `check` does.

use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

use super::progress::Progress;
use super::run::{Plan, Policy, judge};
use super::up::signal;
use super::{CLEAN, FINDINGS, Failure, Global, Test, check, write};
use crate::Document;
use crate::facts::trace::{self, Trace};
use crate::facts::{Gatherer, Options};
use crate::files::Disk;
use crate::fix;
use crate::report::{Format, ManifestReport, Report, Style};
use crate::runtime::{Current, Notebook, Server, exercise};

/// The address that an app has for itself where nobody listens: Spin's.
const NOWHERE: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 3000);

/// Runs the subcommand and returns its exit code.
pub(super) fn run(arguments: &Test, global: Global, is_terminal: bool, out: &mut dyn Write) -> Result<u8, Failure> {
    let notebook = Notebook::default();
    let policy = Policy { grants_all: arguments.discover, has_network: arguments.allow_network, is_spins: false };
    let mut plan = Plan::new(&arguments.running, &policy, NOWHERE, notebook.witness())?;
    if arguments.running.build {
        plan.build()?;
    }
    let mut document = plan.document()?;
    let gatherer = Gatherer::new(&Disk, Options { sources: true, wasm: true, in_parallel: true });
    let mut report = Report::default();
    let mut trace = Trace::default();
    let mut has_failed = false;
    // What cannot be read cannot be run: the report says why.
    if document.tree.errors.is_empty() && document.nature.version().is_some() {
        let threads = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        let mut session = Session { plan: &mut plan, arguments, threads: &threads, notebook: &notebook, quiet: global.quiet };
        has_failed = session.run(&document)?;
        trace = notebook.trace();
        if arguments.fix {
            report.fixed = mend(&mut document, &trace, &gatherer)?;
            if report.fixed > 0 {
                has_failed = session.run(&document)?;
                trace = notebook.trace();
            }
        }
    }
    plan.stores().settle();
    if let Some(path) = &arguments.trace {
        let text = serde_json::to_string_pretty(&trace).map_err(|error| Failure::Told(error.to_string()))?;
        write::replace(path, &(text + "\n")).map_err(|error| Failure::Told(format!("cannot write {}: {error}", path.display())))?;
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
    Ok(if fails || has_failed { FINDINGS } else { CLEAN })
}

/// A run of the app, which may be repeated.
struct Session<'a> {
    plan: &'a mut Plan,
    arguments: &'a Test,
    threads: &'a tokio::runtime::Runtime,
    notebook: &'a Notebook,
    quiet: bool,
}

impl Session<'_> {
    /// Runs the app once. Returns whether the command that was to try it has failed.
    fn run(&mut self, document: &Document) -> Result<bool, Failure> {
        let _ = self.notebook.trace();
        let progress = Progress::start("compiling and running the components".to_owned(), self.quiet);
        if self.arguments.command.is_empty() {
            let app = self.plan.load(document).map_err(|refusal| Failure::Told(refusal.reason().to_owned()))?;
            let manifest = document.manifest();
            return self.threads.block_on(interruptible(async { exercise(&app, &manifest).await.map_err(Failure::Told).map(|()| false) }));
        }
        let server = self.threads.block_on(Server::bind(SocketAddr::new(NOWHERE.ip(), 0))).map_err(Failure::Told)?;
        let address = server.address()?;
        self.plan.set_address(address);
        let app = self.plan.load(document).map_err(|refusal| Failure::Told(refusal.reason().to_owned()))?;
        drop(progress);
        self.threads.block_on(interruptible(self.command(server, &Current::new(app), address)))
    }

    /// Serves the app as long as the command runs. Standard output is the report's alone.
    async fn command(&self, server: Server, current: &Arc<Current>, address: SocketAddr) -> Result<bool, Failure> {
        let [program, arguments @ ..] = self.arguments.command.as_slice() else { return Ok(false) };
        let mut command = tokio::process::Command::new(program);
        let program = Path::new(program).display();
        command.args(arguments).env("SPIN_URL", format!("http://{address}")).stdout(std::io::stderr()).kill_on_drop(true);
        let mut child = command.spawn().map_err(|error| Failure::Told(format!("`{program}` cannot be started: {error}")))?;
        let mut status = None;
        server.serve(current, async { status = Some(child.wait().await) }).await;
        match status {
            Some(Ok(status)) if status.success() => Ok(false),
            Some(Ok(status)) => {
                super::complain(&format!("`{program}` has failed: {status}"));
                Ok(true)
            }
            Some(Err(error)) => Err(Failure::Told(format!("`{program}` was lost: {error}"))),
            None => Ok(true),
        }
    }
}

/// Ends at Ctrl-C and SIGTERM in order: what was begun beside the run is cleared away.
async fn interruptible<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    tokio::select! {
        result = work => result,
        () = signal() => Err(Failure::Told("interrupted".to_owned())),
    }
}

/// Makes the safe fixes, on disk too. Returns how many there were.
fn mend(document: &mut Document, trace: &Trace, gatherer: &Gatherer<'_>) -> Result<usize, Failure> {
    let before = document.file.shared_text();
    let outcome = fix::apply(Document::parse(Arc::clone(&document.file)), false, |document| judge(document, trace, gatherer).1);
    let after = outcome.document.file.shared_text();
    let path: &Path = document.file.path();
    if before != after {
        write::replace(path, &after)
            .map_err(|error| Failure::Told(format!("cannot write {}: {error}; it is as it was", path.display())))?;
    }
    *document = outcome.document;
    Ok(outcome.applied)
}

/// A request and what it did with stores, in one line.
pub(super) fn line(request: &trace::Request) -> String {
    let status = request.status.map_or_else(|| "---".to_owned(), |status| status.to_string());
    let accesses: Vec<String> = request.accesses.iter().map(ToString::to_string).collect();
    let mut parts = vec![format!("{status} {} ({})", request.name(), request.component)];
    parts.extend(request.fault.clone());
    parts.extend((!accesses.is_empty()).then(|| accesses.join(", ")));
    parts.join(": ")
}
