//! What an instance of a component has: its files, its environment, its stores, its variables, and the way out.

use std::sync::Arc;

use wasmtime::component::ResourceTable;
use wasmtime::{StoreLimits, StoreLimitsBuilder};
use wasmtime_wasi::{FsPerms, WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpView};

use super::key_value::KeyValue;
use super::outbound::Way;
use super::program::Settings;
use super::variables::ComponentVariables;
use super::witness::Current;

/// The data of an instance.
pub(super) struct Guest {
    pub table: ResourceTable,
    pub key_value: KeyValue,
    pub variables: Arc<ComponentVariables>,
    pub limits: StoreLimits,
    wasi: WasiCtx,
    http: WasiHttpCtx,
    way: Way,
}

impl Guest {
    pub(super) fn new(settings: &Settings, current: Current) -> wasmtime::Result<Guest> {
        let mut wasi = WasiCtx::builder();
        // What a component prints is for the person who runs it; standard output is the report's alone.
        wasi.envs(&settings.environment).stdout(wasmtime_wasi::cli::stderr()).stderr(wasmtime_wasi::cli::stderr());
        if let Some(assets) = &settings.assets {
            wasi.preopened_dir(assets.folder(), "/", FsPerms::ReadOnly)?;
        }
        let outbound = Arc::clone(&settings.outbound);
        wasi.socket_addr_check(move |address, _| {
            let outbound = Arc::clone(&outbound);
            Box::pin(async move { outbound.allows_address(address) })
        });
        Ok(Guest {
            table: ResourceTable::new(),
            key_value: KeyValue { granted: Arc::clone(&settings.granted), stores: Arc::clone(&settings.stores), current },
            variables: Arc::clone(&settings.variables),
            limits: StoreLimitsBuilder::new().memory_size(settings.limits.memory).build(),
            wasi: wasi.build(),
            http: WasiHttpCtx::new(),
            way: Way(Arc::clone(&settings.outbound)),
        })
    }
}

impl WasiView for Guest {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

impl WasiHttpView for Guest {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView { ctx: &mut self.http, table: &mut self.table, hooks: &mut self.way }
    }
}
