//! A component that answers requests, and what is seen of it while it does.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::{Body, Frame, SizeHint};
use tokio::sync::{Semaphore, oneshot};
use wasmtime::component::GuestTaskId;
use wasmtime::{Store, StoreContextMut, UpdateDeadline};
use wasmtime_wasi_http::handler::{
    ExpirationError, HandlerState, Instance, InstantiationError, ProxyHandler, ProxyPre, ShouldAccept, TrapOrPanicError, WorkerExpiration,
    WorkerState, WorkerStatus,
};
use wasmtime_wasi_http::p3::bindings::http::types::ErrorCode;
use wasmtime_wasi_http::{Error, WasiBody, WasiHttpView};

use super::app::empty;
use super::assets::Assets;
use super::compile::Compiled;
use super::guest::Guest;
use super::outbound::Outbound;
use super::stores::Stores;
use super::variables::ComponentVariables;
use super::witness::{Accesses, Watch};

/// How long an instance that gave no answer may take to end.
const PATIENCE: Duration = Duration::from_secs(1);

/// How long an instance waits for another request, as in Spin.
const IDLE: Duration = Duration::from_secs(1);

/// How many requests an instance may answer, one after the other. Spin gives instances of WASI 0.2 one request, and
/// those of WASI 0.3 up to 128, several at a time; here one at a time, so that it is known which request did what.
const REUSE: usize = 128;

/// What a component may use up.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// For one request.
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
    pub granted: Granted,
    pub stores: Stores,
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
    handler: RwLock<ProxyHandler<Instances>>,
    /// One for each instance that there may be at a time.
    slots: Arc<Semaphore>,
    is_thorough: AtomicBool,
    /// Whether every request has an instance of its own.
    is_used_once: bool,
    settings: Settings,
}

impl Program {
    pub(super) fn new(source: PathBuf, digest: String, compiled: Compiled, settings: Settings) -> Program {
        let slots = Arc::new(Semaphore::new(compiled.instances));
        let is_thorough = AtomicBool::new(compiled.is_thorough);
        let is_used_once = matches!(*compiled.pre, ProxyPre::P2(_));
        let handler = RwLock::new(ProxyHandler::new(Instances::new(compiled, &settings)));
        Program { source, digest, handler, slots, is_thorough, is_used_once, settings }
    }

    /// The Wasm file that it was made of.
    pub fn source(&self) -> &Path {
        &self.source
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
        let handler = ProxyHandler::new(Instances::new(compiled, &self.settings));
        *self.handler.write().unwrap_or_else(PoisonError::into_inner) = handler;
        self.is_thorough.store(true, Ordering::Relaxed);
    }

    /// Has the component answer a request.
    pub(super) async fn answer(&self, request: http::Request<WasiBody>, mut watch: Watch) -> http::Response<WasiBody> {
        // Nobody closes the semaphore.
        let slot = Arc::clone(&self.slots).acquire_owned().await.ok();
        let (ended, end) = oneshot::channel();
        let ticket = Ticket { accesses: Arc::clone(&watch.accesses), ended };
        let handler = self.handler.read().unwrap_or_else(PoisonError::into_inner).clone();
        match handler.handle(ticket, request).await {
            Ok(response) => {
                watch.request.status = Some(response.status().as_u16());
                watch.end = self.is_used_once.then_some(end);
                response.map(|body| Watched { body, watch, _slot: slot }.boxed_unsync())
            }
            Err(error) => {
                let response = empty(http::StatusCode::INTERNAL_SERVER_ERROR);
                watch.request.status = Some(response.status().as_u16());
                // A trap is told to the instance alone; the request only hears that there is no answer.
                watch.request.fault = Some(match tokio::time::timeout(PATIENCE, end).await {
                    Ok(Ok(Some(trap))) => fault(&trap),
                    _ => fault(&error),
                });
                response
            }
        }
    }
}

/// The body of an answer that is watched as long as somebody reads it.
struct Watched {
    body: WasiBody,
    watch: Watch,
    _slot: Option<tokio::sync::OwnedSemaphorePermit>,
}

impl Body for Watched {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(cx);
        if let Poll::Ready(Some(Err(error))) = &polled {
            self.watch.request.fault = Some(format!("the body of its answer broke off: {error}"));
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Why there was no answer, in one line.
pub(super) fn fault(error: &wasmtime::Error) -> String {
    if error.is::<ExpirationError>() {
        return "it did not answer in time".to_owned();
    }
    if let Some(error) = error.downcast_ref::<InstantiationError<Ticket>>() {
        return format!("it could not be instantiated: {:#}", error.error);
    }
    match error.downcast_ref::<ErrorCode>() {
        Some(ErrorCode::InternalError(Some(reason))) => return format!("its handler failed: {reason}"),
        Some(code) => return format!("its handler failed: {code:?}"),
        None => {}
    }
    match error.chain().find_map(|cause| cause.downcast_ref::<wasmtime::Trap>()) {
        Some(wasmtime::Trap::Interrupt) => "it did not answer in time".to_owned(),
        Some(trap) => format!("it trapped: {trap}"),
        None if error.is::<TrapOrPanicError>() => "it trapped".to_owned(),
        // wasmtime-wasi-http has no type for this one.
        None if error.root_cause().to_string().contains("response-outparam::set") => "it returned without an answer".to_owned(),
        None => format!("it failed: {}", error.root_cause()),
    }
}

/// Makes instances.
struct Instances {
    compiled: Compiled,
    settings: Settings,
}

impl Instances {
    fn new(compiled: Compiled, settings: &Settings) -> Instances {
        Instances { compiled, settings: settings.clone() }
    }
}

impl HandlerState for Instances {
    type StoreData = Guest;
    type WorkerExpiration = Expiration;
    type WorkerState = Worker;

    async fn instantiate(&self) -> wasmtime::Result<Instance<Guest, Expiration, Worker>> {
        let time = self.settings.limits.time;
        let mut store = Store::new(&self.compiled.engine, Guest::new(&self.settings)?);
        store.limiter(|guest| &mut guest.limits);
        // At every tick the component lets others run, until its time is over.
        store.set_epoch_deadline(1);
        store.epoch_deadline_callback(|store| match Instant::now() >= store.data().deadline {
            true => Ok(UpdateDeadline::Interrupt),
            false => Ok(UpdateDeadline::Yield(1)),
        });
        let proxy = self.compiled.pre.instantiate_async(&mut store).await?;
        let is_reused = matches!(*self.compiled.pre, ProxyPre::P3(_));
        let state = Worker { time, requests: if is_reused { REUSE } else { 1 }, ended: Mutex::default() };
        let expiration = Expiration { time, sleep: None };
        Ok(Instance { store, proxy, view: WasiHttpView::http, expiration, state })
    }
}

/// What goes with a request to its instance, and comes back from it.
struct Ticket {
    accesses: Accesses,
    ended: oneshot::Sender<Option<wasmtime::Error>>,
}

struct Worker {
    time: Duration,
    /// How many it may answer.
    requests: usize,
    ended: Mutex<Option<oneshot::Sender<Option<wasmtime::Error>>>>,
}

impl WorkerState for Worker {
    type StoreData = Guest;
    type RequestData = Ticket;

    fn should_accept_request(&self, concurrent: usize, total: usize) -> ShouldAccept {
        match (total >= self.requests, concurrent) {
            (true, _) => ShouldAccept::Never,
            (false, 0) => ShouldAccept::Yes,
            (false, _) => ShouldAccept::No,
        }
    }

    fn on_request_start(
        &self,
        mut store: StoreContextMut<'_, Guest>,
        ticket: Ticket,
        _: GuestTaskId,
    ) -> Pin<Box<dyn Future<Output = ()> + 'static + Send + Sync>> {
        let guest = store.data_mut();
        guest.key_value.recorder.turn_to(ticket.accesses);
        guest.deadline = Instant::now() + self.time;
        *self.ended.lock().unwrap_or_else(PoisonError::into_inner) = Some(ticket.ended);
        Box::pin(tokio::time::sleep(self.time))
    }

    fn drop(&self, _: Store<Guest>, result: Result<(), wasmtime::Error>) {
        if let Some(ended) = self.ended.lock().unwrap_or_else(PoisonError::into_inner).take() {
            // Whoever has an answer does not wait for the end.
            let _ = ended.send(result.err());
        }
    }
}

/// Ends an instance that has nothing to do, or whose time is over.
struct Expiration {
    time: Duration,
    sleep: Option<(Instant, Pin<Box<tokio::time::Sleep>>)>,
}

impl WorkerExpiration for Expiration {
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>, status: WorkerStatus, start: Instant) -> Poll<()> {
        let time = if status == WorkerStatus::Idle { IDLE } else { self.time };
        let end = start + time;
        if self.sleep.as_ref().is_none_or(|(known, _)| *known != end) {
            self.sleep = Some((end, Box::pin(tokio::time::sleep_until(end.into()))));
        }
        match &mut self.sleep {
            Some((_, sleep)) => sleep.as_mut().poll(cx),
            None => Poll::Ready(()),
        }
    }
}
