//! Facts, gathered in the background: on open, save and watched changes, and a moment after typing.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use serde_json::json;
use tower_lsp::Client;
use tower_lsp::ls_types::{NumberOrString, request};

use super::publish;
use super::session::Session;
use super::transport::Outbox;
use crate::Document;
use crate::discover;
use crate::facts::trace::Trace;
use crate::facts::{Facts, Gatherer, Options};
use crate::files::{Disk, Overlay};
use crate::parallel::in_parallel;

/// How long typing has to pause before sources are read again.
const PAUSE: Duration = Duration::from_millis(120);

/// The token of the progress that the client shows.
const TOKEN: &str = "spinlint/facts";

/// What handlers share: the session, and the ways to the client.
#[derive(Clone)]
pub(super) struct Shared {
    session: Arc<Mutex<Session>>,
    refreshing: Arc<tokio::sync::Mutex<()>>,
    pub outbox: Outbox,
    pub client: Client,
}

impl Shared {
    pub(super) fn new(client: Client, outbox: Outbox) -> Shared {
        Shared { session: Arc::default(), refreshing: Arc::default(), outbox, client }
    }

    /// The session as of the last message.
    pub(super) fn session(&self) -> MutexGuard<'_, Session> {
        let mut session = self.while_typing();
        session.read_typed();
        session
    }

    /// The session whose texts may be newer than what is known of them. A handler that panicked has already been told;
    /// what it left is plain data.
    pub(super) fn while_typing(&self) -> MutexGuard<'_, Session> {
        self.session.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Called when no message is waiting: publishes what has changed, and gathers what is out of date.
    pub(super) fn settle(&self) {
        let (asks_again, is_outdated) = {
            let mut session = self.session();
            let asks_again = publish::publish(&mut session, &self.outbox);
            session.replaced.clear();
            (asks_again, !session.outdated.is_empty())
        };
        if asks_again {
            self.ask_client_to_refresh();
        }
        if is_outdated {
            let shared = self.clone();
            tokio::spawn(async move { shared.refresh().await });
        }
    }

    /// Finds the manifests of the workspace's folders.
    pub(super) async fn find_manifests(&self) {
        let roots: Vec<PathBuf> = self.session().roots.iter().cloned().collect();
        let found = tokio::task::spawn_blocking(move || roots.iter().flat_map(|root| discover::below(root).0).collect::<Vec<_>>());
        let found = found.await.unwrap_or_default();
        {
            let mut session = self.session();
            for path in found.iter().filter(|path| !session.buffers.contains_key(*path)).cloned().collect::<Vec<_>>() {
                session.reload(&path);
            }
        }
        self.settle();
    }

    /// Gathers the facts of what is out of date, one round at a time.
    async fn refresh(&self) {
        // A round that waits will take everything that has come up until then.
        let Ok(_round) = self.refreshing.try_lock() else { return };
        loop {
            let is_first = self.session().apps.values().all(|app| app.facts.components.is_empty());
            if !is_first {
                tokio::time::sleep(PAUSE).await;
            }
            let Some(work) = self.work() else { return };
            let shows = is_first && self.begin_progress().await;
            let gathered = tokio::task::spawn_blocking(move || work.gather()).await;
            if shows {
                self.outbox.notify("$/progress", json!({ "token": TOKEN, "value": { "kind": "end" } }));
            }
            {
                let mut session = self.session();
                for (path, generation, facts) in gathered.unwrap_or_default() {
                    session.learn(&path, generation, facts);
                }
                publish::publish(&mut session, &self.outbox);
            }
            self.ask_client_to_refresh();
        }
    }

    /// What is out of date, as it is now.
    fn work(&self) -> Option<Work> {
        let mut session = self.session();
        // While a text is broken its old facts are the better ones; it stays in the list.
        let outdated = std::mem::take(&mut session.outdated);
        let is_ready = |path: &PathBuf| session.apps.get(path).is_none_or(|app| app.document.tree.errors.is_empty());
        let (outdated, broken) = outdated.into_iter().partition::<BTreeSet<_>, _>(is_ready);
        session.outdated = broken;
        let apps: Vec<_> = outdated
            .into_iter()
            .filter_map(|path| {
                let app = session.apps.get(&path).filter(|_| path.is_absolute())?;
                let trace = session.traces.get(&path).cloned();
                Some(Outdated { path, generation: app.generation, document: Arc::clone(&app.document), trace })
            })
            .collect();
        let buffers = session.buffers.iter().map(|(path, buffer)| (path.clone(), (buffer.file.shared_text(), buffer.changed)));
        let buffers = buffers.collect();
        let options = Options { sources: session.settings.sources, wasm: session.settings.wasm, in_parallel: apps.len() == 1 };
        (!apps.is_empty()).then_some(Work { apps, buffers, options })
    }

    async fn begin_progress(&self) -> bool {
        if !self.session().client.shows_progress {
            return false;
        }
        let params = tower_lsp::ls_types::WorkDoneProgressCreateParams { token: NumberOrString::String(TOKEN.to_owned()) };
        let created = self.client.send_request::<request::WorkDoneProgressCreate>(params).await.is_ok();
        if created {
            let value = json!({ "kind": "begin", "title": "spinlint: reading sources and Wasm", "cancellable": false });
            self.outbox.notify("$/progress", json!({ "token": TOKEN, "value": value }));
        }
        created
    }

    /// Has the client ask again for what it has asked for before.
    fn ask_client_to_refresh(&self) {
        let can = self.session().client;
        let client = self.client.clone();
        tokio::spawn(async move {
            if can.pulls {
                let _ = client.send_request::<request::WorkspaceDiagnosticRefresh>(()).await;
            }
            if can.refreshes_lenses {
                let _ = client.send_request::<request::CodeLensRefresh>(()).await;
            }
            if can.refreshes_hints {
                let _ = client.send_request::<request::InlayHintRefreshRequest>(()).await;
            }
        });
    }
}

/// A manifest whose facts are out of date.
struct Outdated {
    path: PathBuf,
    generation: u64,
    document: Arc<Document>,
    trace: Option<Arc<Trace>>,
}

/// A round's work: plain data that a thread can have for itself.
struct Work {
    apps: Vec<Outdated>,
    buffers: BTreeMap<PathBuf, (Arc<str>, SystemTime)>,
    options: Options,
}

impl Work {
    fn gather(self) -> Vec<(PathBuf, u64, Facts)> {
        let files = Overlay { buffers: self.buffers, below: &Disk };
        let gatherer = Gatherer::new(&files, self.options);
        in_parallel(&self.apps, |app| (app.path.clone(), app.generation, app.document.facts_with(&gatherer, app.trace.as_deref())))
    }
}
