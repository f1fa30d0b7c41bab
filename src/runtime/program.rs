//! A component that answers requests, and what is seen of it while it does.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use tokio::sync::oneshot;
use wasmtime::component::GuestTaskId;
use wasmtime::{Engine, Store, StoreContextMut};
use wasmtime_wasi_http::handler::{
    HandlerState, Instance, ProxyHandler, ProxyPre, ShouldAccept, WorkerExpiration, WorkerState, WorkerStatus,
};
use wasmtime_wasi_http::{WasiBody, WasiHttpView};

use super::engine::{TICK, prepare};
use super::guest::Guest;
use super::key_value::{Accesses, Granted, KeyValue};
use super::stores::Stores;
use crate::facts::trace;

/// How long an instance that gave no answer may take to end.
const PATIENCE: Duration = Duration::from_secs(1);

/// What a component may use up.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// For one request.
    pub time: Duration,
    /// For one instance, in bytes.
    pub memory: usize,
}

/// What a component gets from the manifest.
#[derive(Clone)]
pub struct Settings {
    /// The stores that it may open.
    pub granted: Granted,
    /// The stores that there are.
    pub stores: Stores,
    /// Its environment variables.
    pub environment: Vec<(String, String)>,
    /// What it may use up.
    pub limits: Limits,
}

/// A component, compiled and linked.
pub struct Program {
    id: String,
    handler: ProxyHandler<Instances>,
}

/// An answer, read to its end.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status and the headers.
    pub head: http::response::Parts,
    /// The body.
    pub body: Bytes,
}

impl Program {
    /// Compiles a component. The error says why it cannot answer requests, as the end of a sentence about its file.
    pub fn new(engine: &Engine, id: &str, wasm: &[u8], settings: Settings) -> Result<Program, String> {
        let instances = Instances { engine: engine.clone(), pre: prepare(engine, wasm)?, settings };
        Ok(Program { id: id.to_owned(), handler: ProxyHandler::new(instances) })
    }

    /// Has the component answer a request, and tells what it did.
    pub async fn answer(&self, request: http::Request<Bytes>) -> (trace::Request, Option<Answer>) {
        let accesses = Accesses::default();
        let path = request.uri().path_and_query().map_or("/", |path| path.as_str()).to_owned();
        let mut seen = trace::Request {
            component: self.id.clone(),
            method: request.method().to_string(),
            path,
            status: None,
            fault: None,
            accesses: Vec::new(),
        };
        let request = request.map(|body| Full::new(body).map_err(|never| match never {}).boxed_unsync());
        let (ended, end) = oneshot::channel();
        let ticket = Ticket { accesses: Arc::clone(&accesses), ended };
        let answered = match self.handler.handle(ticket, request).await {
            Ok(response) => collect(response).await,
            // A trap is told to the instance alone; the request only hears that there is no answer.
            Err(error) => Err(match tokio::time::timeout(PATIENCE, end).await {
                Ok(Ok(Some(trap))) => fault(&trap),
                _ => fault(&error),
            }),
        };
        let answer = match answered {
            Ok(answer) => {
                seen.status = Some(answer.head.status.as_u16());
                Some(answer)
            }
            Err(fault) => {
                seen.status = Some(http::StatusCode::INTERNAL_SERVER_ERROR.as_u16());
                seen.fault = Some(fault);
                None
            }
        };
        seen.accesses = std::mem::take(&mut *accesses.lock().unwrap_or_else(PoisonError::into_inner));
        (seen, answer)
    }
}

async fn collect(response: http::Response<WasiBody>) -> Result<Answer, String> {
    let (head, body) = response.into_parts();
    let body = body.collect().await.map_err(|error| format!("the body of the answer broke off: {error}"))?;
    Ok(Answer { head, body: body.to_bytes() })
}

/// Why there was no answer, in one line.
fn fault(error: &wasmtime::Error) -> String {
    use wasmtime_wasi_http::handler::{ExpirationError, InstantiationError, TrapOrPanicError};
    if error.is::<ExpirationError>() {
        return "it did not answer in time".to_owned();
    }
    if let Some(error) = error.downcast_ref::<InstantiationError<Ticket>>() {
        return format!("it could not be instantiated: {:#}", error.error);
    }
    let returned = error.downcast_ref::<wasmtime_wasi_http::p3::bindings::http::types::ErrorCode>().map(|code| format!("{code:?}"));
    if let Some(code) = returned {
        return format!("its handler failed: {code}");
    }
    match error.chain().find_map(|cause| cause.downcast_ref::<wasmtime::Trap>()) {
        Some(wasmtime::Trap::Interrupt) => "it did not answer in time".to_owned(),
        Some(trap) => format!("it trapped: {trap}"),
        None if error.is::<TrapOrPanicError>() => "it trapped".to_owned(),
        None => format!("it failed: {}", error.root_cause()),
    }
}

/// Makes an instance for each request.
struct Instances {
    engine: Engine,
    pre: ProxyPre<Guest>,
    settings: Settings,
}

impl HandlerState for Instances {
    type StoreData = Guest;
    type WorkerExpiration = Expiration;
    type WorkerState = Worker;

    async fn instantiate(&self) -> wasmtime::Result<Instance<Guest, Expiration, Worker>> {
        let Settings { granted, stores, environment, limits } = &self.settings;
        let key_value = KeyValue { granted: granted.clone(), stores: stores.clone(), accesses: Accesses::default() };
        let mut store = Store::new(&self.engine, Guest::new(key_value, environment, limits.memory));
        store.limiter(|guest| &mut guest.limits);
        // Every tick the component lets others run; the last one stops it.
        let ticks = (limits.time.as_millis() / TICK.as_millis()).max(1);
        store.set_epoch_deadline(u64::try_from(ticks).unwrap_or(u64::MAX));
        let proxy = self.pre.instantiate_async(&mut store).await?;
        let expiration = Expiration { time: limits.time, sleep: None };
        Ok(Instance { store, proxy, view: WasiHttpView::http, expiration, state: Worker { time: limits.time, ended: Mutex::default() } })
    }
}

/// What goes with a request to its instance, and comes back from it.
struct Ticket {
    accesses: Accesses,
    ended: oneshot::Sender<Option<wasmtime::Error>>,
}

struct Worker {
    time: Duration,
    ended: Mutex<Option<oneshot::Sender<Option<wasmtime::Error>>>>,
}

impl WorkerState for Worker {
    type StoreData = Guest;
    type RequestData = Ticket;

    /// One request for each instance: what it does is that request's.
    fn should_accept_request(&self, _: usize, total: usize) -> ShouldAccept {
        if total == 0 { ShouldAccept::Yes } else { ShouldAccept::Never }
    }

    fn on_request_start(
        &self,
        mut store: StoreContextMut<'_, Guest>,
        ticket: Ticket,
        _: GuestTaskId,
    ) -> Pin<Box<dyn Future<Output = ()> + 'static + Send + Sync>> {
        store.data_mut().key_value.accesses = ticket.accesses;
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
        if status == WorkerStatus::Idle {
            return Poll::Ready(());
        }
        let time = self.time;
        if self.sleep.as_ref().is_none_or(|(known, _)| *known != start) {
            self.sleep = Some((start, Box::pin(tokio::time::sleep_until((start + time).into()))));
        }
        match &mut self.sleep {
            Some((_, sleep)) => sleep.as_mut().poll(cx),
            None => Poll::Ready(()),
        }
    }
}
