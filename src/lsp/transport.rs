//! Messages in and out, around tower-lsp's service.
//!
//! tower-lsp's own server stops at the first frame that is not one, runs handlers out of order once they wait, starves
//! cancellation behind slow requests, and dies with a handler that panics. Here every message takes its first step in
//! the order of the wire: what does not wait (every handler of a document) is done before the next one begins, what
//! waits goes on beside it, and a panic is an error response.

use std::collections::HashMap;
use std::io::{BufRead, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::{Context, Poll, Waker};

use futures_util::{FutureExt, SinkExt, StreamExt};
use serde::Serialize;
use serde_json::Value;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tower_lsp::jsonrpc::{Error, Id, Request, Response};
use tower_lsp::{ClientSocket, ExitedError};
use tower_service::Service;

/// A message longer than this is none: the length was garbage.
const LONGEST: usize = 256 << 20;

/// After so many messages in a row findings are published even if more are waiting.
const MOST_AT_ONCE: usize = 64;

/// What came in.
pub(super) enum Incoming {
    /// The body of a frame.
    Message(Vec<u8>),
    /// Bytes that are no frame; they were passed over.
    Garbage,
}

/// Where messages to the client go, in their order; cheap to clone, and never waits.
#[derive(Clone)]
pub(super) struct Outbox(std::sync::mpsc::Sender<Vec<u8>>);

impl Outbox {
    /// Sends a message. Once the client is gone there is nobody to send to.
    pub(super) fn send(&self, message: &impl Serialize) {
        if let Ok(body) = serde_json::to_vec(message) {
            let _ = self.0.send(body);
        }
    }

    /// Sends a notification.
    pub(super) fn notify(&self, method: &str, params: impl Serialize) {
        #[derive(Serialize)]
        struct Notification<'n, P> {
            jsonrpc: &'static str,
            method: &'n str,
            params: P,
        }
        self.send(&Notification { jsonrpc: "2.0", method, params });
    }
}

/// Starts the thread that writes; it ends when every outbox is gone.
pub(super) fn write_to(mut output: impl Write + Send + 'static) -> (Outbox, std::thread::JoinHandle<()>) {
    let (sender, receiver) = std::sync::mpsc::channel::<Vec<u8>>();
    let writer = std::thread::spawn(move || {
        let mut frame = Vec::new();
        while let Ok(body) = receiver.recv() {
            frame.clear();
            frame.extend_from_slice(format!("Content-Length: {}\r\n\r\n", body.len()).as_bytes());
            frame.extend_from_slice(&body);
            // A client that has gone away ends the session by closing its side, which the reader notices.
            if output.write_all(&frame).and_then(|()| output.flush()).is_err() {
                return;
            }
        }
    });
    (Outbox(sender), writer)
}

/// Starts the thread that reads; it ends with the input.
pub(super) fn read_from(mut input: impl BufRead + Send + 'static) -> UnboundedReceiver<Incoming> {
    let (sender, receiver) = unbounded_channel();
    std::thread::spawn(move || {
        while let Ok(Some(incoming)) = next_frame(&mut input) {
            if sender.send(incoming).is_err() {
                return;
            }
        }
    });
    receiver
}

/// The next frame; none at the end of the input.
fn next_frame(input: &mut impl BufRead) -> std::io::Result<Option<Incoming>> {
    let mut length = None::<usize>;
    let mut is_garbage = false;
    loop {
        let mut line = Vec::new();
        if input.read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        let line = line.trim_ascii();
        if line.is_empty() {
            let Some(length) = length.filter(|length| *length <= LONGEST) else {
                return Ok(Some(Incoming::Garbage));
            };
            let mut body = Vec::new();
            input.by_ref().take(length as u64).read_to_end(&mut body)?;
            return Ok((body.len() == length).then_some(Incoming::Message(body)));
        }
        // Whatever stood before the header's name was garbage: the header itself still counts.
        let name = b"content-length:";
        let at = line.windows(name.len()).rposition(|window| window.eq_ignore_ascii_case(name));
        match at.map(|at| (at, &line[at + name.len()..])) {
            Some((at, value)) => {
                is_garbage |= at > 0;
                length = std::str::from_utf8(value).ok().and_then(|value| value.trim().parse().ok());
            }
            None if line.to_ascii_lowercase().starts_with(b"content-type:") => {}
            None => is_garbage = true,
        }
        if is_garbage && length.is_none() {
            return Ok(Some(Incoming::Garbage));
        }
    }
}

/// Serves until `exit` or the end of the input. `settled` is called when nothing more is waiting to be handled.
pub(super) async fn serve<S>(
    mut service: S,
    socket: ClientSocket,
    mut incoming: UnboundedReceiver<Incoming>,
    outbox: Outbox,
    settled: impl Fn(),
) where
    S: Service<Request, Response = Option<Response>, Error = ExitedError>,
    S::Future: Send + 'static,
{
    let (mut requests, mut responses) = socket.split();
    let to_client = outbox.clone();
    tokio::spawn(async move {
        while let Some(request) = requests.next().await {
            to_client.send(&request);
        }
    });
    while let Some(first) = incoming.recv().await {
        let waiting = std::iter::from_fn(|| incoming.try_recv().ok()).take(MOST_AT_ONCE);
        let messages: Vec<Parsed> = std::iter::once(first).chain(waiting).map(parse).collect();
        let mut cancelled = cancellations(&messages);
        for (index, message) in messages.into_iter().enumerate() {
            match message {
                Parsed::Request(request) => {
                    let is_last = request.method() == "exit";
                    match request.id().filter(|id| cancelled.remove(id).is_some_and(|at| at > index)) {
                        // Nobody waits for it any more, and others wait behind it.
                        Some(id) if is_idle(&request) => outbox.send(&Response::from_error(id.clone(), Error::request_cancelled())),
                        _ => handle(&mut service, request, &outbox),
                    }
                    if is_last {
                        return;
                    }
                }
                // The sink is a table of waiting requests, which takes answers at once.
                Parsed::Response(response) => drop(responses.send(response).now_or_never()),
                Parsed::Malformed(response) => outbox.send(&response),
            }
        }
        settled();
    }
    settled();
}

/// The requests that the client takes back in these messages, with the place of the last word on each.
fn cancellations(messages: &[Parsed]) -> HashMap<Id, usize> {
    let ids = messages.iter().enumerate().filter_map(|(index, message)| {
        let Parsed::Request(request) = message else { return None };
        let id = request.params().filter(|_| request.method() == "$/cancelRequest")?.get("id")?;
        Some((serde_json::from_value(id.clone()).ok()?, index))
    });
    ids.collect()
}

/// Whether a request only asks: what changes the session is done, cancelled or not.
fn is_idle(request: &Request) -> bool {
    !matches!(request.method(), "initialize" | "shutdown")
}

/// Takes a request's first step; what then still waits goes on beside the next requests.
fn handle<S>(service: &mut S, request: Request, outbox: &Outbox)
where
    S: Service<Request, Response = Option<Response>, Error = ExitedError>,
    S::Future: Send + 'static,
{
    let id = request.id().cloned();
    // Notifications of such names may be ignored, requests may not. tower-lsp ignores both.
    if let Some(id) = id.clone().filter(|_| request.method().starts_with("$/")) {
        return outbox.send(&Response::from_error(id, Error::method_not_found()));
    }
    let Ok(future) = catch_unwind(AssertUnwindSafe(|| service.call(request))) else { return outbox.send(&panicked(id)) };
    let mut future = Box::pin(AssertUnwindSafe(future).catch_unwind());
    let answer = move |result: std::thread::Result<Result<Option<Response>, ExitedError>>| match result {
        Ok(Ok(response)) => response,
        Ok(Err(_)) => None,
        Err(_) => id.map(|id| panicked(Some(id))),
    };
    match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => answer(result).iter().for_each(|response| outbox.send(response)),
        Poll::Pending => {
            let outbox = outbox.clone();
            tokio::spawn(async move { answer(future.await).iter().for_each(|response| outbox.send(response)) });
        }
    }
}

fn panicked(id: Option<Id>) -> Response {
    let mut error = Error::internal_error();
    error.message = "the request made spinlint panic; it goes on serving, and standard error has the details".into();
    Response::from_error(id.unwrap_or_default(), error)
}

enum Parsed {
    Request(Request),
    Response(Response),
    Malformed(Response),
}

/// What came in; a message that is no JSON-RPC is answered under its own id, if it has one.
fn parse(incoming: Incoming) -> Parsed {
    let Incoming::Message(body) = incoming else { return Parsed::Malformed(Response::from_error(Id::Null, Error::parse_error())) };
    let Ok(value) = serde_json::from_slice::<Value>(&body) else {
        return Parsed::Malformed(Response::from_error(Id::Null, Error::parse_error()));
    };
    let id = value.get("id").cloned().and_then(|id| serde_json::from_value(id).ok()).unwrap_or(Id::Null);
    let invalid = |_| Parsed::Malformed(Response::from_error(id, Error::invalid_request()));
    if value.get("method").is_some() || value.get("result").is_none() && value.get("error").is_none() {
        match serde_json::from_value::<Request>(value) {
            Ok(request) if !request.method().is_empty() => Parsed::Request(request),
            _ => invalid(()),
        }
    } else {
        serde_json::from_value(value).map_or_else(|_| invalid(()), Parsed::Response)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frames(input: &[u8]) -> Vec<String> {
        let mut input = std::io::BufReader::new(input);
        let mut found = Vec::new();
        while let Ok(Some(incoming)) = next_frame(&mut input) {
            found.push(match incoming {
                Incoming::Message(body) => String::from_utf8(body).unwrap(),
                Incoming::Garbage => "garbage".to_owned(),
            });
        }
        found
    }

    #[test]
    fn frames_are_found_behind_garbage() {
        assert_eq!(frames(b"Content-Length: 2\r\nContent-Type: x; charset=utf-8\r\n\r\n{}content-length:2\r\n\r\n[]"), ["{}", "[]"]);
        assert_eq!(frames(b"GET / HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}"), ["garbage", "{}"]);
        assert_eq!(frames(b"{}garbage Content-Length: 2\r\n\r\n{}"), ["{}"]);
        assert_eq!(frames(b"Content-Length: x\r\n\r\nContent-Length: 2\r\n\r\n{}"), ["garbage", "{}"]);
        assert_eq!(frames(b"Content-Length: 9\r\n\r\n{}"), [""; 0]);
    }
}
