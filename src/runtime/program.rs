//! A component that answers requests, and what is seen of it while it does.

mod body;
mod once;
mod reused;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use body::{Received, Watched};
use http::StatusCode;
use http_body_util::BodyExt;
use tokio::sync::{OwnedSemaphorePermit, oneshot};
use wasmtime::{Engine, Store, UpdateDeadline};
use wasmtime_wasi_http::WasiBody;
use wasmtime_wasi_http::handler::{ExpirationError, InstantiationError, ProxyHandler, ProxyPre, TrapOrPanicError};
use wasmtime_wasi_http::p3::bindings::http::types::ErrorCode;

use super::app::empty;
use super::assets::Assets;
use super::compile::Compiled;
use super::guest::Guest;
use super::outbound::Outbound;
use super::stores::Stores;
use super::variables::ComponentVariables;
use super::witness::{Current, Ongoing, Watch};
use crate::facts::trace::BROKEN_OFF;

/// How long an instance that gave no answer may take to end.
const PATIENCE: Duration = Duration::from_secs(1);

/// The fault of a component whose time was over.
const LATE: &str = "it did not answer in time";

/// What a component may use up.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Until its answer begins, and from then on between any two parts of it.
    pub time: Duration,
    /// For one instance, in bytes.
    pub memory: usize,
}

/// Which stores a component may open.
#[derive(Clone, Debug)]
pub enum Granted {
    /// Those that its manifest grants.
    Labels(BTreeSet<String>),
    /// Whatever it asks for, to see what that is.
    Everything,
}

impl Granted {
    pub(super) fn contains(&self, label: &str) -> bool {
        match self {
            Granted::Labels(labels) => labels.contains(label),
            Granted::Everything => true,
        }
    }
}

/// What a component gets.
#[derive(Clone)]
pub(super) struct Settings {
    pub granted: Arc<Granted>,
    pub stores: Arc<Stores>,
    pub environment: Vec<(String, String)>,
    pub assets: Option<Arc<Assets>>,
    pub variables: Arc<ComponentVariables>,
    pub outbound: Arc<Outbound>,
    pub limits: Limits,
}

/// A component, compiled and linked.
pub struct Program {
    source: PathBuf,
    digest: String,
    handler: RwLock<Handler>,
    is_thorough: AtomicBool,
    instances: usize,
    settings: Arc<Settings>,
}

/// How requests come to instances.
#[derive(Clone)]
enum Handler {
    /// WASI 0.2: every request has an instance of its own.
    Once(once::Once),
    /// WASI 0.3: an instance answers many requests.
    Reused(ProxyHandler<reused::Instances>),
}

/// What goes with a request to its instance, and comes back from it.
struct Ticket {
    ongoing: Arc<Ongoing>,
    ended: oneshot::Sender<Option<wasmtime::Error>>,
}

impl Program {
    pub(super) fn new(source: PathBuf, digest: String, compiled: Compiled, settings: Settings) -> Program {
        let settings = Arc::new(settings);
        let is_thorough = AtomicBool::new(compiled.is_thorough);
        let instances = compiled.instances;
        Program { source, digest, handler: RwLock::new(Handler::new(compiled, &settings)), is_thorough, instances, settings }
    }

    /// The Wasm file that it was made of.
    pub fn source(&self) -> &Path {
        &self.source
    }

    /// How long it may take until its answer begins.
    pub(super) fn time(&self) -> Duration {
        self.settings.limits.time
    }

    /// How many instances there may be at a time.
    pub(super) fn instances(&self) -> usize {
        self.instances
    }

    /// The digest of that file.
    pub(super) fn digest(&self) -> &str {
        &self.digest
    }

    /// Whether it is compiled as well as can be.
    pub(super) fn is_thorough(&self) -> bool {
        self.is_thorough.load(Ordering::Relaxed)
    }

    /// Goes on with the same component, compiled better. What is being answered is answered as it began.
    pub(super) fn replace(&self, compiled: Compiled) {
        *self.handler.write().unwrap_or_else(PoisonError::into_inner) = Handler::new(compiled, &self.settings);
        self.is_thorough.store(true, Ordering::Relaxed);
    }

    /// Has the component answer a request. The slot is held until the answer was read.
    pub(super) async fn answer(
        &self,
        request: http::Request<WasiBody>,
        mut watch: Watch,
        slot: Option<OwnedSemaphorePermit>,
    ) -> http::Response<WasiBody> {
        let time = self.settings.limits.time;
        let (ended, end) = oneshot::channel();
        let ticket = Ticket { ongoing: Arc::clone(&watch.ongoing), ended };
        let (request, missing) = Received::of(request);
        let handler = self.handler.read().unwrap_or_else(PoisonError::into_inner).clone();
        let answered = match &handler {
            Handler::Once(once) => once.answer(ticket, request).await,
            Handler::Reused(handler) => handler.handle(ticket, request).await.map_err(|error| fault(&error)),
        };
        match answered {
            Ok(response) => {
                watch.request.status = Some(response.status().as_u16());
                watch.end = matches!(handler, Handler::Once(_)).then_some(end);
                response.map(|body| Watched { body, watch, time, _slot: slot }.boxed_unsync())
            }
            Err(reason) => {
                let response = empty(StatusCode::INTERNAL_SERVER_ERROR);
                watch.request.status = Some(response.status().as_u16());
                // A trap is told to the instance alone; the request only hears that there is no answer.
                watch.request.fault = Some(match tokio::time::timeout(PATIENCE, end).await {
                    _ if missing.is_it() => BROKEN_OFF.to_owned(),
                    Ok(Ok(Some(trap))) => fault(&trap),
                    _ => reason,
                });
                response
            }
        }
    }
}

impl Handler {
    fn new(compiled: Compiled, settings: &Arc<Settings>) -> Handler {
        match &*compiled.pre {
            ProxyPre::P2(pre) => Handler::Once(once::Once::new(&compiled.engine, pre, settings)),
            ProxyPre::P3(_) => Handler::Reused(ProxyHandler::new(reused::Instances::new(compiled, settings))),
        }
    }
}

/// A store for an instance of a component.
fn store(engine: &Engine, settings: &Settings, current: Current) -> wasmtime::Result<Store<Guest>> {
    let mut store = Store::new(engine, Guest::new(settings, current)?);
    store.limiter(|guest| &mut guest.limits);
    // At every tick the component lets others run, until its time is over.
    store.set_epoch_deadline(1);
    store.epoch_deadline_callback(|store| match store.data().key_value.current.is_over() {
        true => Ok(UpdateDeadline::Interrupt),
        false => Ok(UpdateDeadline::Yield(1)),
    });
    Ok(store)
}

/// Why there was no answer, in one line.
pub(super) fn fault(error: &wasmtime::Error) -> String {
    // One of the two ways to say it has no type in wasmtime-wasi-http.
    if error.is::<ExpirationError>() || error.root_cause().to_string() == "guest timed out" {
        return LATE.to_owned();
    }
    if let Some(error) = error.downcast_ref::<InstantiationError<Ticket>>() {
        return format!("it could not be instantiated: {:#}", error.error);
    }
    if let Some(code) = error.downcast_ref::<ErrorCode>() {
        return match code {
            ErrorCode::InternalError(Some(reason)) => format!("its handler failed: {reason}"),
            code => format!("its handler failed: {code:?}"),
        };
    }
    match error.chain().find_map(|cause| cause.downcast_ref::<wasmtime::Trap>()) {
        Some(wasmtime::Trap::Interrupt) => LATE.to_owned(),
        Some(trap) => format!("it trapped: {trap}"),
        None if error.is::<TrapOrPanicError>() => "it trapped".to_owned(),
        None => format!("it failed: {}", error.root_cause()),
    }
}
