//! Components of WASI 0.2: an instance for each request.

use std::sync::Arc;

use tokio::sync::oneshot;
use wasmtime_wasi_http::handler::ProxyPre;
use wasmtime_wasi_http::p2::bindings::http::types::Scheme;
use wasmtime_wasi_http::{WasiBody, WasiHttpView};

use super::{Settings, Ticket, store};
use crate::runtime::compile::Compiled;

/// Makes an instance for a request.
#[derive(Clone)]
pub(super) struct Once {
    compiled: Compiled,
    settings: Arc<Settings>,
}

impl Once {
    pub(super) fn new(compiled: Compiled, settings: &Arc<Settings>) -> Once {
        Once { compiled, settings: Arc::clone(settings) }
    }

    /// Runs an instance until it answers; it goes on as long as its answer is read, and a little longer.
    pub(super) async fn answer(&self, ticket: Ticket, request: http::Request<WasiBody>) -> wasmtime::Result<http::Response<WasiBody>> {
        let time = self.settings.limits.time;
        let mut store = store(&self.compiled, &self.settings)?;
        let guest = store.data_mut();
        guest.key_value.recorder.turn_to(ticket.accesses);
        guest.deadline = ticket.deadline.clone();
        let request = guest.http().new_incoming_request(Scheme::Http, request)?;
        let (sender, receiver) = oneshot::channel();
        let out = guest.http().new_response_outparam(sender)?;
        let pre = Arc::clone(&self.compiled.pre);
        let deadline = ticket.deadline;
        let task = tokio::spawn(async move {
            let run = async {
                let ProxyPre::P2(pre) = &*pre else { return Ok(()) };
                let proxy = pre.instantiate_async(&mut store).await?;
                proxy.wasi_http_incoming_handler().call_handle(&mut store, request, out).await
            };
            let result = tokio::select! {
                result = run => result,
                // Who waits for something outside for ever is not asked at any tick.
                () = deadline.abandoned(time) => Ok(()),
            };
            // Before the store goes, and with it the body of the answer: who reads that to its end may ask how it ended.
            let _ = ticket.ended.send(result.err());
        });
        match tokio::time::timeout(time, receiver).await {
            Ok(Ok(Ok(response))) => Ok(response),
            Ok(Ok(Err(code))) => Err(wasmtime::Error::msg(format!("its handler failed: {code:?}"))),
            Ok(Err(_)) => Err(wasmtime::Error::msg("the guest never invoked `response-outparam::set`")),
            Err(_) => {
                task.abort();
                Err(wasmtime::Error::from(wasmtime::Trap::Interrupt))
            }
        }
    }
}
