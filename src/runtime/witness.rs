//! Where what was seen of a request goes when it has been answered.

use std::sync::{Arc, Mutex, PoisonError};

use crate::facts::trace::{Access, Request, Trace};

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

/// Takes what was seen.
pub type Witness = Arc<dyn Fn(Seen) + Send + Sync>;

/// A request that was answered. The component may do more behind its answer, which shows here too, as soon as it is done.
#[derive(Debug)]
pub struct Seen {
    request: Request,
    accesses: Accesses,
}

impl Seen {
    /// The request with what is known of it by now.
    pub fn told(self) -> Request {
        let accesses = self.accesses.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Request { accesses, ..self.request }
    }
}

/// A request that is being answered. It is told when this is dropped, whether the answer was read to its end or not.
pub(super) struct Watch {
    pub request: Request,
    pub accesses: Accesses,
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
        Watch { request, accesses: Accesses::default(), witness: Arc::clone(witness) }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        (self.witness)(Seen { request: std::mem::take(&mut self.request), accesses: Arc::clone(&self.accesses) });
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

    /// What was seen by now; afterwards the notebook is empty.
    pub fn trace(&self) -> Trace {
        let seen = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        Trace { requests: seen.into_iter().map(Seen::told).collect() }
    }
}
