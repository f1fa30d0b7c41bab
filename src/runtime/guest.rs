//! What an instance of a component has: its files, its environment, its stores, and the way out.

use wasmtime::component::ResourceTable;
use wasmtime::{StoreLimits, StoreLimitsBuilder};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::{Error, RequestOptions, WasiBody, WasiHttpCtx, WasiHttpCtxView, WasiHttpHooks, WasiHttpView};

use super::key_value::KeyValue;

/// The data of an instance.
pub(super) struct Guest {
    pub table: ResourceTable,
    pub key_value: KeyValue,
    pub limits: StoreLimits,
    wasi: WasiCtx,
    http: WasiHttpCtx,
    hooks: Outbound,
}

impl Guest {
    pub(super) fn new(key_value: KeyValue, environment: &[(String, String)], memory: usize) -> Guest {
        let mut wasi = WasiCtx::builder();
        // What a component prints is for the person who runs it; standard output is the report's alone.
        wasi.envs(environment).stdout(wasmtime_wasi::cli::stderr()).stderr(wasmtime_wasi::cli::stderr());
        Guest {
            table: ResourceTable::new(),
            key_value,
            limits: StoreLimitsBuilder::new().memory_size(memory).build(),
            wasi: wasi.build(),
            http: WasiHttpCtx::new(),
            hooks: Outbound,
        }
    }
}

impl WasiView for Guest {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

impl WasiHttpView for Guest {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView { ctx: &mut self.http, table: &mut self.table, hooks: &mut self.hooks }
    }
}

/// Requests that a component sends.
struct Outbound;

type Sent = Result<(http::Response<WasiBody>, Box<dyn Future<Output = Result<(), Error>> + Send>), Error>;

impl WasiHttpHooks for Outbound {
    fn send_request(
        &mut self,
        _: http::Request<WasiBody>,
        _: Option<RequestOptions>,
        _: Box<dyn Future<Output = Result<(), Error>> + Send>,
    ) -> Box<dyn Future<Output = Sent> + Send> {
        Box::new(async { Err(Error::HttpRequestDenied) })
    }
}
