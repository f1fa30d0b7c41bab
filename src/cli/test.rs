//! `spinlint test`: runs the app's components, watches which stores they open, and reports what that shows as `check` does.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::progress::Progress;
use super::run::{self, Plan, Policy, Seen, judge};
use super::up::signal;
use super::{CLEAN, FAILED, FINDINGS, Failure, Global, Test, check, write};
use crate::diagnostic::{Diagnostic, Safety};
use crate::facts::trace::{self, Trace};
use crate::facts::{Gatherer, Options};
use crate::files::Disk;
use crate::fix;
use crate::manifest::Component;
use crate::report::{Format, ManifestReport, Report, Style};
use crate::rules;
use crate::runtime::{App, Current, Notebook, Performed, Refusal, Server, exercise, perform};
use crate::scenario::{self, Scenario};
use crate::schema::format::Format as TextFormat;
use crate::text::visible;
use crate::{Document, Settings};

/// The address that an app has for itself where nobody listens: Spin's.
const NOWHERE: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 3000);

/// How long requests may take that are still being answered when the command has ended.
const GRACE: Duration = Duration::from_secs(1);

/// How long a command may take to end when the run is stopped.
const PATIENCE: Duration = Duration::from_secs(5);

/// Runs the subcommand and returns its exit code.
pub(super) fn run(arguments: &Test, global: Global, is_terminal: bool, out: &mut dyn Write) -> Result<u8, Failure> {
    let style = Style { color: global.colors(is_terminal), width: check::width(is_terminal), quiet: global.quiet };
    match tried(arguments, global, style, out) {
        Err(Failure::Refused(refused)) => {
            let report = Report { manifests: vec![*refused], requests: Some(Vec::new()), ..Report::default() };
            report.write(arguments.format, style, out)?;
            out.flush()?;
            Ok(if arguments.judging.failing().is_some() { FINDINGS } else { CLEAN })
        }
        done => done,
    }
}

/// Runs the app, and reports.
fn tried(arguments: &Test, global: Global, style: Style, out: &mut dyn Write) -> Result<u8, Failure> {
    let notebook = Notebook::default();
    let policy = Policy { grants_all: arguments.discover, has_network: arguments.allow_network, is_spins: false };
    let mut plan = Plan::new(&arguments.running, &policy, NOWHERE, notebook.witness())?;
    if arguments.running.build {
        plan.build()?;
    }
    let mut document = plan.document()?;
    let gatherer = Gatherer::new(&Disk, Options { sources: true, wasm: true, in_parallel: true });
    let mut report = Report::default();
    let mut seen = Seen::default();
    let (mut has_failed, mut is_whole) = (false, true);
    // What cannot be read cannot be run: the report says why.
    if document.tree.errors.is_empty() && document.nature.version().is_some() {
        let threads = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        let mut session =
            Session { plan: &mut plan, arguments, threads: &threads, notebook: &notebook, quiet: global.quiet, is_whole: true };
        (seen, has_failed) = session.run(&document)?;
        if arguments.fix {
            report.fixed = mend(&mut document, &seen, &gatherer, arguments, &session.plan.settings)?;
            if report.fixed > 0 {
                (seen, has_failed) = session.run(&document)?;
            }
        }
        is_whole = session.is_whole;
    }
    plan.stores().settle();
    if let Some(path) = &arguments.trace {
        let text = serde_json::to_string_pretty(&seen.trace).map_err(|error| Failure::Told(error.to_string()))?;
        write::create(path, &(text + "\n"), "requests")
            .map_err(|error| Failure::Told(format!("cannot write {}: {error}", path.display())))?;
    }
    let (facts, mut diagnostics) = judge(&document, &seen, &gatherer, &plan.settings);
    diagnostics.retain(|diagnostic| arguments.judging.shows(diagnostic.severity));
    report.manifests.push(ManifestReport::new(Arc::clone(&document.file), &document.manifest(), &facts, diagnostics));
    let requests = seen.trace.requests;
    if arguments.format == Format::Human && !global.quiet {
        for request in &requests {
            writeln!(out, "{}", line(request))?;
        }
        for line in arguments.discover.then(|| smallest(&requests)).into_iter().flatten() {
            writeln!(out, "{line}")?;
        }
        if !requests.is_empty() {
            writeln!(out)?;
        }
    }
    report.requests = Some(requests);
    report.write(arguments.format, style, out)?;
    out.flush()?;
    let fails = arguments.judging.failing().is_some_and(|level| report.worst().is_some_and(|worst| worst >= level));
    Ok(match (is_whole, fails || has_failed) {
        (false, _) => FAILED,
        (true, true) => FINDINGS,
        (true, false) => CLEAN,
    })
}

/// A run of the app, which may be repeated.
struct Session<'a> {
    plan: &'a mut Plan,
    arguments: &'a Test,
    threads: &'a tokio::runtime::Runtime,
    notebook: &'a Notebook,
    quiet: bool,
    /// Whether every component could be run that is built.
    is_whole: bool,
}

impl Session<'_> {
    /// Runs the app once, on fresh memory. Returns what was seen, and whether the command that was to try it has failed.
    fn run(&mut self, document: &Document) -> Result<(Seen, bool), Failure> {
        let scenario = self.scenario(document)?;
        if let Some(scenario) = scenario.as_ref().filter(|_| !self.arguments.discover) {
            tell_useless_stores(document, scenario);
        }
        self.plan.stores().forget();
        self.threads.block_on(self.notebook.take());
        let progress = Progress::start("compiling and running the components".to_owned(), self.quiet);
        if !self.arguments.command.is_empty() {
            let server = self.threads.block_on(Server::bind(SocketAddr::new(NOWHERE.ip(), 0))).map_err(Failure::Told)?;
            let address = server.address()?;
            self.plan.set_address(address);
            let app = self.load(document)?;
            drop(progress);
            let has_failed = self.threads.block_on(self.command(server, &Current::new(Arc::clone(&app)), address))?;
            let requests = self.threads.block_on(self.notebook.take());
            return Ok((Seen { trace: trace(&app, requests), unmet: Vec::new() }, has_failed));
        }
        let app = self.load(document)?;
        let performed = self.threads.block_on(interruptible(async {
            match &scenario {
                Some(scenario) => perform(&app, scenario, self.plan.stores(), self.notebook).await.map_err(Failure::Told),
                None => {
                    exercise(&app, &document.manifest()).await.map_err(Failure::Told)?;
                    Ok(Performed { requests: self.notebook.take().await, unmet: Vec::new() })
                }
            }
        }))?;
        Ok((Seen { trace: trace(&app, performed.requests), unmet: performed.unmet }, false))
    }

    fn load(&mut self, document: &Document) -> Result<Arc<App>, Failure> {
        let app = self.plan.load(document).map_err(|refusal| match refusal {
            Refusal::Ours(reason) => Failure::Told(reason),
            Refusal::Spins(reason) => run::refusal(document, &self.plan.settings, reason),
        })?;
        for reason in app.left_out() {
            super::complain(reason);
        }
        if !app.runs_anything() && app.left_out().is_empty() {
            super::complain("no component was run: no http trigger has one that is built");
        }
        self.is_whole = app.left_out().is_empty();
        Ok(app)
    }

    /// The scenario that is named, or lies beside the manifest, or stands in it.
    fn scenario(&self, document: &Document) -> Result<Option<Scenario>, Failure> {
        if !self.arguments.command.is_empty() {
            return Ok(None);
        }
        if let Some(path) = &self.arguments.scenario {
            let found = Scenario::read(&Disk, path).map_err(Failure::Told)?;
            return found.map(Some).ok_or_else(|| Failure::Told(format!("cannot read the scenario {}", path.display())));
        }
        let beside = document.file.path().parent().unwrap_or(Path::new("")).join(scenario::FILE);
        match Scenario::read(&Disk, &beside).map_err(Failure::Told)? {
            Some(scenario) => Ok(Some(scenario)),
            None => Scenario::in_manifest(&document.file, &document.tree.root).map_err(Failure::Told),
        }
    }

    /// Serves the app as long as the command runs. Standard output is the report's alone.
    async fn command(&self, server: Server, current: &Arc<Current>, address: SocketAddr) -> Result<bool, Failure> {
        let [program, arguments @ ..] = self.arguments.command.as_slice() else { return Ok(false) };
        let mut command = tokio::process::Command::new(program);
        let program = Path::new(program).display();
        command.args(arguments).env("SPIN_URL", format!("http://{address}")).stdout(std::io::stderr()).kill_on_drop(true);
        let mut child = command.spawn().map_err(|error| Failure::Told(format!("`{program}` cannot be started: {error}")))?;
        let mut status = None;
        let mut is_stopped = false;
        let ended = async {
            tokio::select! {
                ended = child.wait() => status = Some(ended),
                () = signal() => {
                    is_stopped = true;
                    // It may have servers of its own to end.
                    terminate(&child);
                    let _ = tokio::time::timeout(PATIENCE, child.wait()).await;
                }
            }
        };
        server.serve(current, ended, GRACE).await;
        if is_stopped {
            return Err(Failure::Told("interrupted".to_owned()));
        }
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

/// Says which stores a scenario fills that no component can open, as where a label is misspelt.
fn tell_useless_stores(document: &Document, scenario: &Scenario) {
    let manifest = document.manifest();
    let granted: Vec<String> = manifest
        .components
        .iter()
        .filter_map(Component::key_value_stores)
        .flat_map(|grants| grants.labels)
        .map(|label| label.value)
        .collect();
    for label in scenario.store.keys().filter(|label| !granted.contains(label)) {
        let reason = format!("no component is granted the store \"{label}\", which is filled here");
        super::complain(&scenario.told(&["store", label], &reason));
    }
}

/// Asks a command to end, as whoever stopped this program did.
fn terminate(child: &tokio::process::Child) {
    #[cfg(unix)]
    if let Some(process) = child.id().and_then(|id| rustix::process::Pid::from_raw(id.cast_signed())) {
        // One that has ended meanwhile needs no signal.
        let _ = rustix::process::kill_process(process, rustix::process::Signal::TERM);
    }
    #[cfg(not(unix))]
    let _ = child;
}

fn trace(app: &App, requests: Vec<trace::Request>) -> Trace {
    Trace { version: trace::VERSION, components: app.digests(), requests }
}

/// Ends at Ctrl-C and SIGTERM in order: what was begun beside the run is cleared away.
async fn interruptible<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    tokio::select! {
        result = work => result,
        () = signal() => Err(Failure::Told("interrupted".to_owned())),
    }
}

/// Makes the fixes, on disk too. Returns how many there were. Who lets the app discover its stores wants all of them granted.
fn mend(document: &mut Document, seen: &Seen, gatherer: &Gatherer<'_>, arguments: &Test, settings: &Settings) -> Result<usize, Failure> {
    let path = document.file.path().to_path_buf();
    let before = document.file.shared_text();
    let takes_unsafe = arguments.unsafe_fixes || arguments.discover;
    let find = |document: &Document| {
        let mut found = judge(document, seen, gatherer, settings).1;
        found.retain(|diagnostic| arguments.unsafe_fixes || diagnostic.rule == rules::UNDECLARED_STORE || is_safe(diagnostic));
        found
    };
    let mut undefined = if takes_unsafe { find(document) } else { Vec::new() };
    undefined.retain(|diagnostic| !is_safe(diagnostic));
    let outcome = fix::apply(document.reparse(document.file.shared_text()), takes_unsafe, find);
    let after = outcome.document.file.shared_text();
    if before != after {
        // A run takes its time, in which somebody may have edited the file: what they wrote is not overwritten.
        if check::read(&Disk, &path).ok().as_deref() != Some(&*before) {
            return Err(Failure::Told(format!("{} was changed while the app ran: nothing was fixed, run it again", path.display())));
        }
        write::replace(&path, &after)
            .map_err(|error| Failure::Told(format!("cannot write {}: {error}; it is as it was", path.display())))?;
    }
    // What an unsafe fix needs beside it is not in the manifest: the finding that says so is gone with it.
    for diagnostic in undefined {
        let (component, label) = (diagnostic.component.as_deref().unwrap_or_default(), diagnostic.label.as_deref().unwrap_or_default());
        let beside = diagnostic.help.as_deref().and_then(|help| help.split_once("; ")).map_or("", |(_, beside)| beside);
        super::complain(&format!("`{component}` is granted store \"{label}\" now; {beside}"));
    }
    *document = outcome.document;
    Ok(outcome.applied)
}

fn is_safe(diagnostic: &Diagnostic) -> bool {
    diagnostic.fix.as_ref().is_none_or(|fix| fix.safety == Safety::Safe)
}

/// What the components opened, as the manifest would grant just that.
fn smallest(requests: &[trace::Request]) -> Vec<String> {
    let mut opened: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for request in requests.iter().filter(|request| !request.component.is_empty()) {
        let labels = opened.entry(&request.component).or_default();
        labels.extend(request.opens().map(|access| access.store.as_str()));
    }
    let line = |(component, labels): (&str, BTreeSet<&str>)| {
        // What is no label nothing can grant, which a finding says.
        let labels = labels.iter().filter(|label| TextFormat::Label.check(label).is_ok());
        let labels: Vec<String> = labels.map(|label| format!("\"{label}\"")).collect();
        format!("{component}: key_value_stores = [{}]", labels.join(", "))
    };
    opened.into_iter().map(line).collect()
}

/// A request and what it did with stores, in one line.
pub(super) fn line(request: &trace::Request) -> String {
    let status = request.status.map_or_else(|| "---".to_owned(), |status| status.to_string());
    let accesses: Vec<String> = request.accesses.iter().map(ToString::to_string).collect();
    let who = if request.component.is_empty() { String::new() } else { format!(" ({})", request.component) };
    let mut parts = vec![format!("{status} {}{who}", request.name())];
    parts.extend(request.fault.clone());
    parts.extend((!accesses.is_empty()).then(|| accesses.join(", ")));
    visible(&parts.join(": "))
}
