//! The least that serves the tutorial's component: wasmtime-wasi-http as its documentation has it, with the same allocator as spinlint, and a
//! hash map for a store.

use std::collections::HashMap;
use std::convert::Infallible;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use http_body_util::BodyExt;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use wasmtime::component::{Component, HasData, Linker, Resource, ResourceTable};
use wasmtime::{Config, Enabled, Engine, InstanceAllocationStrategy, PoolingAllocationConfig, Store};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::p2::bindings::ProxyPre;
use wasmtime_wasi_http::p2::bindings::http::types::Scheme;
use wasmtime_wasi_http::{Error, WasiHttpCtx, WasiHttpCtxView, WasiHttpHooks, WasiHttpView};

mod bindings {
    wasmtime::component::bindgen!({
        inline: r"
            package fermyon:spin@2.0.0;

            interface key-value {
                resource store {
                    open: static func(label: string) -> result<store, error>;
                    get: func(key: string) -> result<option<list<u8>>, error>;
                    set: func(key: string, value: list<u8>) -> result<_, error>;
                    delete: func(key: string) -> result<_, error>;
                    exists: func(key: string) -> result<bool, error>;
                    get-keys: func() -> result<list<string>, error>;
                }
                variant error { store-table-full, no-such-store, access-denied, other(string) }
            }

            world host { import key-value; }
        ",
        imports: { default: trappable },
        with: { "fermyon:spin/key-value.store": super::Opened },
    });
}

use bindings::fermyon::spin::key_value;

type Rows = Arc<Mutex<HashMap<String, Vec<u8>>>>;

/// An open store.
pub struct Opened(Rows);

struct Guest {
    table: ResourceTable,
    wasi: WasiCtx,
    http: WasiHttpCtx,
    hooks: Hooks,
    rows: Rows,
}

struct Hooks;

impl WasiHttpHooks for Hooks {}

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

impl HasData for Guest {
    type Data<'a> = &'a mut Guest;
}

type Answer<T> = wasmtime::Result<Result<T, key_value::Error>>;

impl Guest {
    fn with<T>(&mut self, store: &Resource<Opened>, work: impl FnOnce(&mut HashMap<String, Vec<u8>>) -> T) -> Answer<T> {
        let rows = &self.table.get(store)?.0;
        Ok(Ok(work(&mut rows.lock().unwrap_or_else(PoisonError::into_inner))))
    }
}

impl key_value::Host for Guest {}

impl key_value::HostStore for Guest {
    fn open(&mut self, _: String) -> Answer<Resource<Opened>> {
        Ok(Ok(self.table.push(Opened(Arc::clone(&self.rows)))?))
    }

    fn get(&mut self, store: Resource<Opened>, key: String) -> Answer<Option<Vec<u8>>> {
        self.with(&store, |rows| rows.get(&key).cloned())
    }

    fn set(&mut self, store: Resource<Opened>, key: String, value: Vec<u8>) -> Answer<()> {
        self.with(&store, |rows| {
            rows.insert(key, value);
        })
    }

    fn delete(&mut self, store: Resource<Opened>, key: String) -> Answer<()> {
        self.with(&store, |rows| {
            rows.remove(&key);
        })
    }

    fn exists(&mut self, store: Resource<Opened>, key: String) -> Answer<bool> {
        self.with(&store, |rows| rows.contains_key(&key))
    }

    fn get_keys(&mut self, store: Resource<Opened>) -> Answer<Vec<String>> {
        self.with(&store, |rows| rows.keys().cloned().collect())
    }

    fn drop(&mut self, store: Resource<Opened>) -> wasmtime::Result<()> {
        self.table.delete(store)?;
        Ok(())
    }
}

/// Serves a core module on a free port, and prints its address.
pub fn serve(wasm: &Path) -> wasmtime::Result<()> {
    let mut config = Config::new();
    let mut pool = PoolingAllocationConfig::new();
    pool.linear_memory_keep_resident(2 << 20).table_keep_resident(1 << 16).pagemap_scan(Enabled::Auto);
    config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
    let engine = Engine::new(&config)?;
    let mut linker = Linker::<Guest>::new(&engine);
    wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
    wasmtime_wasi_http::p2::add_only_http_to_linker_async(&mut linker)?;
    key_value::add_to_linker::<_, Guest>(&mut linker, |guest| guest)?;
    let component = Component::new(&engine, component_of(wasm)?)?;
    let pre = ProxyPre::new(linker.instantiate_pre(&component)?)?;
    let threads = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    threads.block_on(accept(&engine, pre))
}

fn component_of(wasm: &Path) -> wasmtime::Result<Vec<u8>> {
    let mut module = Vec::new();
    std::io::Read::read_to_end(&mut std::fs::File::open(wasm)?, &mut module)?;
    let adapter = wasi_preview1_component_adapter_provider::WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER;
    let encoder =
        wit_component::ComponentEncoder::default().module(&module).and_then(|encoder| encoder.adapter("wasi_snapshot_preview1", adapter));
    encoder.and_then(|mut encoder| encoder.encode()).map_err(wasmtime::Error::from_anyhow)
}

async fn accept(engine: &Engine, pre: ProxyPre<Guest>) -> wasmtime::Result<()> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    std::io::Write::write_all(&mut std::io::stdout(), format!("http://{}\n", listener.local_addr()?).as_bytes())?;
    let rows = Rows::default();
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let (engine, pre, rows) = (engine.clone(), pre.clone(), Arc::clone(&rows));
        tokio::spawn(async move {
            let service = service_fn(|request| {
                let (engine, pre, rows) = (engine.clone(), pre.clone(), Arc::clone(&rows));
                async move { Ok::<_, Infallible>(answer(engine, pre, rows, request).await.expect("the component answers")) }
            });
            hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await
        });
    }
}

async fn answer(
    engine: Engine,
    pre: ProxyPre<Guest>,
    rows: Rows,
    request: http::Request<hyper::body::Incoming>,
) -> wasmtime::Result<
    http::Response<impl hyper::body::Body<Data = bytes::Bytes, Error = impl Into<Box<dyn std::error::Error + Send + Sync>>>>,
> {
    let guest = Guest { table: ResourceTable::new(), wasi: WasiCtx::builder().build(), http: WasiHttpCtx::new(), hooks: Hooks, rows };
    let mut store = Store::new(&engine, guest);
    let request = request.map(|body| body.map_err(Error::from).boxed_unsync());
    let request = store.data_mut().http().new_incoming_request(Scheme::Http, request)?;
    let (sender, receiver) = tokio::sync::oneshot::channel();
    let out = store.data_mut().http().new_response_outparam(sender)?;
    let task = tokio::spawn(async move {
        let proxy = pre.instantiate_async(&mut store).await?;
        proxy.wasi_http_incoming_handler().call_handle(&mut store, request, out).await
    });
    match receiver.await {
        Ok(answer) => Ok(answer?),
        Err(_) => {
            Err(task.await.map_or_else(wasmtime::Error::new, |result| result.err().unwrap_or_else(|| wasmtime::Error::msg("no answer"))))
        }
    }
}
