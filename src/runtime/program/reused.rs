//! Components of WASI 0.3: an instance answers many requests, one after the other.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;
use wasmtime::component::GuestTaskId;
use wasmtime::{Store, StoreContextMut};
use wasmtime_wasi_http::WasiHttpView;
use wasmtime_wasi_http::handler::{HandlerState, Instance, ShouldAccept, WorkerExpiration, WorkerState, WorkerStatus};

use super::{Settings, Ticket, store};
use crate::runtime::compile::Compiled;
use crate::runtime::guest::Guest;
use crate::runtime::witness::{Current, Ongoing};

/// How long an instance waits for another request, as in Spin.
const IDLE: Duration = Duration::from_secs(1);

/// How many requests an instance may answer. In Spin it answers as many, several at a time; here one at a time, so that it is known which
/// request did what.
const REUSE: usize = 128;

/// Makes instances.
pub(super) struct Instances {
    compiled: Compiled,
    settings: Arc<Settings>,
}

impl Instances {
    pub(super) fn new(compiled: Compiled, settings: &Arc<Settings>) -> Instances {
        Instances { compiled, settings: Arc::clone(settings) }
    }
}

impl HandlerState for Instances {
    type StoreData = Guest;
    type WorkerExpiration = Expiration;
    type WorkerState = Worker;

    async fn instantiate(&self) -> wasmtime::Result<Instance<Guest, Expiration, Worker>> {
        let time = self.settings.limits.time;
        let current = Current::new(Ongoing::new(time));
        let mut store = store(&self.compiled.engine, &self.settings, current.clone())?;
        let proxy = self.compiled.pre.instantiate_async(&mut store).await?;
        let state = Worker { time, ended: Mutex::default() };
        let expiration = Expiration { time, current, sleep: None };
        Ok(Instance { store, proxy, view: WasiHttpView::http, expiration, state })
    }
}

/// Knows how many requests an instance may answer, and tells how it ends.
pub(super) struct Worker {
    time: Duration,
    ended: Mutex<Option<oneshot::Sender<Option<wasmtime::Error>>>>,
}

impl WorkerState for Worker {
    type StoreData = Guest;
    type RequestData = Ticket;

    fn should_accept_request(&self, concurrent: usize, total: usize) -> ShouldAccept {
        match (total >= REUSE, concurrent) {
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
        store.data_mut().key_value.current.turn_to(ticket.ongoing);
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
pub(super) struct Expiration {
    time: Duration,
    current: Current,
    sleep: Option<(Instant, Pin<Box<tokio::time::Sleep>>)>,
}

impl WorkerExpiration for Expiration {
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>, status: WorkerStatus, start: Instant) -> Poll<()> {
        let end = match status {
            WorkerStatus::Idle => start + IDLE,
            WorkerStatus::Requests => start + self.time,
            // As long as somebody reads the answer there is no end to it.
            WorkerStatus::PostReturn => {
                self.current.abandoned_since().map_or_else(|| Instant::now() + IDLE, |since| since.max(start) + self.time)
            }
        };
        if self.sleep.as_ref().is_none_or(|(known, _)| *known != end) {
            self.sleep = Some((end, Box::pin(tokio::time::sleep_until(end.into()))));
        }
        match &mut self.sleep {
            Some((_, sleep)) => sleep.as_mut().poll(cx),
            None => Poll::Ready(()),
        }
    }
}
