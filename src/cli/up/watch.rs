//! Looks after an app while it is served: what has changed is loaded anew, and what was compiled in haste is compiled better.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::mpsc::SyncSender;
use std::time::{Duration, SystemTime};

use super::{Event, Stop, refused};
use crate::Document;
use crate::cli::run::{Plan, Seen, judge};
use crate::cli::{Failure, complain};
use crate::facts::{Gatherer, Options};
use crate::files::{Disk, Files};
use crate::report::ManifestReport;
use crate::runtime::{App, Current};

/// How often the manifest and the Wasm files are looked at.
const LOOKING: Duration = Duration::from_millis(250);

/// How long a new app answers before its components are compiled better.
const SETTLING: Duration = Duration::from_secs(1);

/// Looks after what is served.
pub(super) struct Watcher {
    pub plan: Plan,
    pub current: Arc<Current>,
    pub events: SyncSender<Event>,
    pub stop: Arc<Stop>,
}

impl Watcher {
    /// Checks the manifest once, compiles better what was compiled in haste, and loads what has changed.
    pub(super) fn watch(&self, document: &Arc<Document>, mut known: Times) {
        std::thread::scope(|scope| {
            let settle = |document: Arc<Document>| {
                scope.spawn(move || {
                    if !self.stop.comes_within(SETTLING) {
                        self.check(&document);
                        self.improve();
                    }
                });
            };
            settle(Arc::clone(document));
            // What an app would be made of that could not be loaded.
            let mut wanted = Vec::new();
            let mut before = known.clone();
            while !self.stop.comes_within(LOOKING) {
                let now = self.times(&wanted);
                // What is still being written is waited for.
                if now != known && now == before {
                    wanted.clear();
                    match self.reload() {
                        Ok(document) => settle(document),
                        Err(sources) => wanted = sources,
                    }
                    known = self.times(&wanted);
                    known.extend(now.clone());
                }
                before = now;
            }
        });
    }

    /// When the files were changed that the app is made of, or would be.
    fn times(&self, wanted: &[PathBuf]) -> Times {
        let mut times = times(&self.current.app(), &self.plan.path);
        times.extend(wanted.iter().map(|path| (path.clone(), Disk.modified(path))));
        times
    }

    fn check(&self, document: &Document) {
        let gatherer = Gatherer::new(&Disk, Options { sources: true, wasm: true, in_parallel: false });
        let (facts, found) = judge(document, &Seen::default(), &gatherer, &self.plan.settings);
        // Nobody prints any more when the program ends.
        let _ = self.events.send(Event::Checked(ManifestReport::new(Arc::clone(&document.file), &document.manifest(), &facts, found)));
    }

    /// Serves the manifest as it is now. One that cannot be served changes nothing; then these are the Wasm files that it wants.
    fn reload(&self) -> Result<Arc<Document>, Vec<PathBuf>> {
        let kept = "the app goes on as it was";
        let document = match self.plan.document() {
            Ok(document) => Arc::new(document),
            Err(failure) => {
                if let Failure::Told(reason) = failure {
                    complain(&format!("{reason}; {kept}"));
                }
                return Err(Vec::new());
            }
        };
        if let Some(report) = refused(&document, None, &self.plan.settings) {
            let _ = self.events.send(Event::Checked(report));
            complain(&format!("Spin refuses this manifest; {kept}"));
            return Err(Vec::new());
        }
        match self.plan.load(&document) {
            Ok(app) => {
                let routes = app.routes().count();
                self.current.replace(app);
                let _ = self.events.send(Event::Reloaded(Arc::clone(&document), routes));
                Ok(document)
            }
            Err(refusal) => {
                complain(&format!("{}; {kept}", refusal.reason()));
                let folder = self.plan.path.parent().unwrap_or(Path::new(""));
                let manifest = document.manifest();
                Err(manifest.components.iter().filter_map(|component| component.wasm(folder)).collect())
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
        if let (Some(cache), Ok(program)) = (self.plan.compiler.cache(), std::env::current_exe()) {
            // Without it the same is done here.
            if let Ok(mut child) = Command::new(program).arg("compile").arg("--cache-dir").arg(cache).args(hasty).spawn() {
                while !matches!(child.try_wait(), Ok(Some(_)) | Err(_)) {
                    if self.stop.comes_within(LOOKING) {
                        // It may be gone already.
                        let _ = child.kill();
                        let _ = child.wait();
                        return;
                    }
                }
            }
        }
        app.improve(&self.plan.compiler);
    }
}

/// When files were changed.
pub(super) type Times = BTreeMap<PathBuf, Option<SystemTime>>;

/// When the files were changed that an app is made of.
pub(super) fn times(app: &App, manifest: &Path) -> Times {
    app.sources().chain([manifest]).map(|path| (path.to_path_buf(), Disk.modified(path))).collect()
}
