//! Where what was seen of a request goes when it has been answered.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{Notify, oneshot};

use super::program::fault;
use crate::facts::trace::{Access, Request};

/// A request that is being answered, as all know it who have to do with it.
#[derive(Debug)]
pub(super) struct Ongoing {
    accesses: Mutex<Vec<Access>>,
    /// Until when the component has to do something.
    end: Mutex<Instant>,
    /// Since when nobody reads the answer any more, if that is so.
    abandoned: Mutex<Option<Instant>>,
    news: Notify,
}

impl Ongoing {
    /// A request that has this much time to begin with.
    pub(super) fn new(time: Duration) -> Arc<Ongoing> {
        let end = Mutex::new(Instant::now() + time);
        Arc::new(Ongoing { accesses: Mutex::default(), end, abandoned: Mutex::default(), news: Notify::new() })
    }

    /// What the component has done by now.
    pub(super) fn accesses(&self) -> Vec<Access> {
        lock(&self.accesses).clone()
    }

    /// From now on there is this much time.
    pub(super) fn extend(&self, time: Duration) {
        *lock(&self.end) = Instant::now() + time;
    }

    /// Nobody reads the answer any more.
    fn abandon(&self) {
        *lock(&self.abandoned) = Some(Instant::now());
        // Whoever asks later finds the notice.
        self.news.notify_one();
    }

    /// Waits until nobody has read the answer for this long.
    pub(super) async fn abandoned(&self, time: Duration) {
        self.news.notified().await;
        tokio::time::sleep(time).await;
    }
}

/// The request that an instance is answering: it may answer several, one after the other.
#[derive(Clone)]
pub(super) struct Current(Arc<Mutex<Arc<Ongoing>>>);

impl Current {
    pub(super) fn new(request: Arc<Ongoing>) -> Current {
        Current(Arc::new(Mutex::new(request)))
    }

    /// From now on it is this one.
    pub(super) fn turn_to(&self, request: Arc<Ongoing>) {
        *lock(&self.0) = request;
    }

    /// Takes note of something that the component has done.
    pub(super) fn record(&self, access: Access) {
        lock(&lock(&self.0).accesses).push(access);
    }

    /// Whether its time is over.
    pub(super) fn is_over(&self) -> bool {
        Instant::now() >= *lock(&lock(&self.0).end)
    }

    /// Since when nobody reads its answer any more, if that is so.
    pub(super) fn abandoned_since(&self) -> Option<Instant> {
        *lock(&lock(&self.0).abandoned)
    }
}

/// Whoever panicked with the lock left plain data.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Takes what was seen.
pub type Witness = Arc<dyn Fn(Seen) + Send + Sync>;

/// Tells how an instance ended: with an error, or well.
pub(super) type End = oneshot::Receiver<Option<wasmtime::Error>>;

/// How long an instance may take to end behind its answer, if somebody wants to know everything.
const PATIENCE: Duration = Duration::from_secs(1);

/// A request that was answered. The component may do more behind its answer, which shows here too, as soon as it is done.
pub struct Seen {
    request: Request,
    ongoing: Arc<Ongoing>,
    end: Option<End>,
}

impl Seen {
    /// The request with what is known of it by now.
    pub fn told(mut self) -> Request {
        let ended = self.end.take().and_then(|mut end| end.try_recv().ok()).flatten();
        self.ended(ended.as_ref())
    }

    /// The request with everything that its instance did, if that ends soon.
    async fn told_to_the_end(mut self) -> Request {
        let ended = match self.end.take() {
            Some(end) => tokio::time::timeout(PATIENCE, end).await.ok().and_then(Result::ok).flatten(),
            None => None,
        };
        self.ended(ended.as_ref())
    }

    fn ended(self, trap: Option<&wasmtime::Error>) -> Request {
        let accesses = self.ongoing.accesses();
        let fault = self.request.fault.or_else(|| trap.map(|trap| format!("its answer had begun when {}", fault(trap))));
        Request { accesses, fault, ..self.request }
    }
}

/// A request that is being answered. It is told when this is dropped, whether the answer was read to its end or not.
pub(super) struct Watch {
    pub request: Request,
    pub ongoing: Arc<Ongoing>,
    /// How its instance ends, if that is about this request alone.
    pub end: Option<End>,
    witness: Witness,
}

impl Watch {
    /// Watches a request that a component has this much time for.
    pub(super) fn new(component: &str, method: &http::Method, uri: &http::Uri, time: Duration, witness: &Witness) -> Watch {
        let request = Request {
            component: component.to_owned(),
            method: method.to_string(),
            path: uri.path_and_query().map_or("/", |path| path.as_str()).to_owned(),
            ..Request::default()
        };
        Watch { request, ongoing: Ongoing::new(time), end: None, witness: Arc::clone(witness) }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.ongoing.abandon();
        (self.witness)(Seen { request: std::mem::take(&mut self.request), ongoing: Arc::clone(&self.ongoing), end: self.end.take() });
    }
}

/// Keeps everything that is seen.
#[derive(Clone, Default)]
pub struct Notebook(Arc<Mutex<Vec<Seen>>>);

impl Notebook {
    /// The witness that writes here.
    pub fn witness(&self) -> Witness {
        let seen = Arc::clone(&self.0);
        Arc::new(move |request| lock(&seen).push(request))
    }

    /// What was seen; afterwards the notebook is empty.
    pub async fn take(&self) -> Vec<Request> {
        let seen = std::mem::take(&mut *lock(&self.0));
        let mut told = Vec::with_capacity(seen.len());
        for request in seen {
            told.push(request.told_to_the_end().await);
        }
        told
    }
}
