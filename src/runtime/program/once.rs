//! Components of WASI 0.2: an instance for each request.

use std::sync::Arc;

use tokio::sync::oneshot;
use wasmtime::Engine;
use wasmtime_wasi_http::p2::bindings::ProxyPre;
use wasmtime_wasi_http::p2::bindings::http::types::{ErrorCode, Scheme};
use wasmtime_wasi_http::{WasiBody, WasiHttpView};

use super::{LATE, Settings, Ticket, fault, store};
use crate::runtime::guest::Guest;
use crate::runtime::witness::Current;

/// Makes an instance for a request.
#[derive(Clone)]
pub(super) struct Once {
    engine: Engine,
    pre: ProxyPre<Guest>,
    settings: Arc<Settings>,
}

impl Once {
    pub(super) fn new(engine: &Engine, pre: &ProxyPre<Guest>, settings: &Arc<Settings>) -> Once {
        Once { engine: engine.clone(), pre: pre.clone(), settings: Arc::clone(settings) }
    }

    /// Runs an instance until it answers; it goes on as long as its answer is read, and a little longer. The error is why there is no
    /// answer, unless the instance tells it as it ends.
    pub(super) async fn answer(&self, ticket: Ticket, request: http::Request<WasiBody>) -> Result<http::Response<WasiBody>, String> {
        let time = self.settings.limits.time;
        let (sender, receiver) = oneshot::channel();
        let (mut store, request, out) = (|| {
            let mut store = store(&self.engine, &self.settings, Current::new(Arc::clone(&ticket.ongoing)))?;
            let request = store.data_mut().http().new_incoming_request(Scheme::Http, request)?;
            let out = store.data_mut().http().new_response_outparam(sender)?;
            wasmtime::error::Ok((store, request, out))
        })()
        .map_err(|error| fault(&error))?;
        let pre = self.pre.clone();
        let task = tokio::spawn(async move {
            let run = async {
                let proxy = pre.instantiate_async(&mut store).await?;
                proxy.wasi_http_incoming_handler().call_handle(&mut store, request, out).await
            };
            let result = tokio::select! {
                result = run => result,
                // Who waits for something outside for ever is not asked at any tick.
                () = ticket.ongoing.abandoned(time) => Ok(()),
            };
            // Before the store goes, and with it the body of the answer: who reads that to its end may ask how it ended.
            let _ = ticket.ended.send(result.err());
        });
        match tokio::time::timeout(time, receiver).await {
            Ok(Ok(Ok(response))) => Ok(response),
            Ok(Ok(Err(ErrorCode::InternalError(Some(reason))))) => Err(format!("its handler failed: {reason}")),
            Ok(Ok(Err(code))) => Err(format!("its handler failed: {code:?}")),
            Ok(Err(_)) => Err("it returned without an answer".to_owned()),
            Err(_) => {
                task.abort();
                Err(LATE.to_owned())
            }
        }
    }
}
