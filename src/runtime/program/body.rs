//! Bodies on their way: what a component has read of its request, and what was read of its answer.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::{Body, Frame, SizeHint};
use tokio::sync::OwnedSemaphorePermit;
use wasmtime_wasi_http::{Error, WasiBody};

use crate::runtime::witness::Watch;

/// The body of an answer that is watched as long as somebody reads it.
pub(super) struct Watched {
    pub body: WasiBody,
    pub watch: Watch,
    /// How long the component may take for the next part.
    pub time: Duration,
    pub _slot: Option<OwnedSemaphorePermit>,
}

impl Body for Watched {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(cx);
        match &polled {
            // However long the client took for the last part, the component has its time for the next one.
            Poll::Ready(Some(Ok(_))) => self.watch.ongoing.extend(self.time),
            Poll::Ready(Some(Err(error))) => self.watch.request.fault = Some(format!("the body of its answer broke off: {error}")),
            Poll::Ready(None) | Poll::Pending => {}
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

/// Whether a component waits for a part of its request that does not come, or was told that none will.
pub(super) struct Missing(Arc<AtomicBool>);

impl Missing {
    pub(super) fn is_it(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// The body of a request on its way to a component.
pub(super) struct Received {
    body: WasiBody,
    is_missing: Arc<AtomicBool>,
}

impl Received {
    /// Watches the body of a request.
    pub(super) fn of(request: http::Request<WasiBody>) -> (http::Request<WasiBody>, Missing) {
        let is_missing = Arc::new(AtomicBool::new(false));
        let missing = Missing(Arc::clone(&is_missing));
        // Most requests have no body, which need not be watched.
        if request.body().is_end_stream() {
            return (request, missing);
        }
        (request.map(|body| Received { body, is_missing }.boxed_unsync()), missing)
    }
}

impl Body for Received {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(cx);
        self.is_missing.store(matches!(polled, Poll::Pending | Poll::Ready(Some(Err(_)))), Ordering::Relaxed);
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
