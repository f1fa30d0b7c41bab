//! Where what was seen of a request goes when it has been answered.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{Notify, oneshot};

use super::program::fault;
use crate::facts::trace::{Access, Request};

/// The accesses of one request, as long as it runs and afterwards.
pub type Accesses = Arc<Mutex<Vec<Access>>>;

/// Writes into the list of the request that an instance is answering: an instance may answer several, one after the other.
#[derive(Clone, Default)]
pub(super) struct Recorder(Arc<Mutex<Accesses>>);

impl Recorder {
    /// From now on writes into this list.
    pub(super) fn turn_to(&self, accesses: Accesses) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = accesses;
    }

    pub(super) fn record(&self, access: Access) {
        let accesses = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        accesses.lock().unwrap_or_else(PoisonError::into_inner).push(access);
    }
}

/// Until when a component has to do something, shared by those who know that it has.
///
/// An instance that answers several requests turns to the deadline of each.
#[derive(Clone)]
pub(super) struct Deadline(Arc<Mutex<Times>>);

#[derive(Clone)]
enum Times {
    /// A request's own: when it is over, and since when nobody reads its answer any more.
    Own { end: Instant, abandoned: Option<Instant>, news: Arc<Notify> },
    /// Those of another.
    Of(Deadline),
}

impl Deadline {
    pub(super) fn new() -> Deadline {
        Deadline(Arc::new(Mutex::new(Times::Own { end: Instant::now(), abandoned: None, news: Arc::default() })))
    }

    fn with<T>(&self, work: impl FnOnce(&mut Instant, &mut Option<Instant>, &Arc<Notify>) -> T) -> T {
        match &mut *self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            Times::Own { end, abandoned, news } => work(end, abandoned, news),
            Times::Of(other) => other.with(work),
        }
    }

    /// From now on is that of a request.
    pub(super) fn turn_to(&self, request: &Deadline) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Times::Of(request.clone());
    }

    /// From now on there is this much time.
    pub(super) fn extend(&self, time: Duration) {
        self.with(|end, _, _| *end = Instant::now() + time);
    }

    pub(super) fn is_over(&self, now: Instant) -> bool {
        self.with(|end, _, _| now >= *end)
    }

    /// Nobody reads the answer any more.
    fn abandon(&self) {
        self.with(|_, abandoned, news| {
            *abandoned = Some(Instant::now());
            // Whoever asks later finds the notice.
            news.notify_one();
        });
    }

    /// Since when nobody reads the answer any more, if that is so.
    pub(super) fn abandoned_since(&self) -> Option<Instant> {
        self.with(|_, abandoned, _| *abandoned)
    }

    /// Waits until nobody has read the answer for this long.
    pub(super) async fn abandoned(&self, time: Duration) {
        let news = self.with(|_, _, news| Arc::clone(news));
        news.notified().await;
        tokio::time::sleep(time).await;
    }
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
    accesses: Accesses,
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
        let accesses = self.accesses.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let fault = self.request.fault.or_else(|| trap.map(|trap| format!("its answer had begun when {}", fault(trap))));
        Request { accesses, fault, ..self.request }
    }
}

/// A request that is being answered. It is told when this is dropped, whether the answer was read to its end or not.
pub(super) struct Watch {
    pub request: Request,
    pub accesses: Accesses,
    /// How its instance ends, if that is about this request alone.
    pub end: Option<End>,
    pub deadline: Deadline,
    witness: Witness,
}

impl Watch {
    pub(super) fn new(component: &str, method: &http::Method, uri: &http::Uri, witness: &Witness) -> Watch {
        let request = Request {
            component: component.to_owned(),
            method: method.to_string(),
            path: uri.path_and_query().map_or("/", |path| path.as_str()).to_owned(),
            ..Request::default()
        };
        Watch { request, accesses: Accesses::default(), end: None, deadline: Deadline::new(), witness: Arc::clone(witness) }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.deadline.abandon();
        (self.witness)(Seen { request: std::mem::take(&mut self.request), accesses: Arc::clone(&self.accesses), end: self.end.take() });
    }
}

/// Keeps everything that is seen.
#[derive(Clone, Default)]
pub struct Notebook(Arc<Mutex<Vec<Seen>>>);

impl Notebook {
    /// The witness that writes here.
    pub fn witness(&self) -> Witness {
        let seen = Arc::clone(&self.0);
        Arc::new(move |request| seen.lock().unwrap_or_else(PoisonError::into_inner).push(request))
    }

    /// What was seen; afterwards the notebook is empty.
    pub async fn take(&self) -> Vec<Request> {
        let seen = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        let mut told = Vec::with_capacity(seen.len());
        for request in seen {
            told.push(request.told_to_the_end().await);
        }
        told
    }
}
