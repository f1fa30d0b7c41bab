//! Compiles components and links them to the host.

use std::borrow::Cow;
use std::time::Duration;

use wasmtime::component::{Component, Linker};
use wasmtime::{Config, Engine};
use wasmtime_wasi_http::handler::ProxyPre;

use super::guest::Guest;
use super::{key_value, stubs};

/// How often running components are asked whether their time is over.
pub(super) const TICK: Duration = Duration::from_millis(10);

/// An engine for components, with a clock that ticks as long as the engine lives.
pub(super) fn engine() -> wasmtime::Result<Engine> {
    let mut config = Config::new();
    config.wasm_component_model(true).wasm_component_model_async(true).epoch_interruption(true);
    let engine = Engine::new(&config)?;
    let clock = engine.weak();
    std::thread::spawn(move || {
        while let Some(engine) = clock.upgrade() {
            engine.increment_epoch();
            drop(engine);
            std::thread::sleep(TICK);
        }
    });
    Ok(engine)
}

/// A component that answers HTTP requests, ready to be instantiated. The error says why it cannot be one.
pub(super) fn prepare(engine: &Engine, wasm: &[u8]) -> Result<ProxyPre<Guest>, String> {
    let wasm = component_of(wasm)?;
    let component = Component::new(engine, &wasm).map_err(|error| format!("it does not compile: {error:#}"))?;
    let component_type = component.component_type();
    let exports: Vec<&str> = component_type.exports(engine).map(|(name, _)| name).collect();
    let exports_handler = |prefix: &str| exports.iter().any(|name| name.strip_prefix(prefix).is_some_and(|version| !version.contains('-')));
    let is_p2 = exports_handler("wasi:http/incoming-handler@0.2.");
    let is_p3 = exports_handler("wasi:http/handler@0.3.");
    if !is_p2 && !is_p3 {
        return Err(not_a_handler(&exports));
    }
    let mut linker = Linker::<Guest>::new(engine);
    let linked = (|| {
        wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
        wasmtime_wasi::p3::add_to_linker(&mut linker)?;
        wasmtime_wasi_http::p2::add_only_http_to_linker_async(&mut linker)?;
        wasmtime_wasi_http::p3::add_to_linker(&mut linker)?;
        key_value::link(&mut linker)?;
        stubs::link(engine, &component, &mut linker)?;
        let ready = linker.instantiate_pre(&component)?;
        wasmtime::error::Ok(match is_p3 {
            true => ProxyPre::P3(wasmtime_wasi_http::p3::bindings::ServicePre::new(ready)?),
            false => ProxyPre::P2(wasmtime_wasi_http::p2::bindings::ProxyPre::new(ready)?),
        })
    })();
    linked.map_err(|error| format!("it cannot be linked: {error:#}"))
}

/// A component as it is; a core module for WASI preview 1, as older SDKs make it, is made one.
fn component_of(wasm: &[u8]) -> Result<Cow<'_, [u8]>, String> {
    if wasmparser::Parser::is_component(wasm) {
        return Ok(wasm.into());
    }
    let adapter = wasi_preview1_component_adapter_provider::WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER;
    let made = (|| {
        let encoder = wit_component::ComponentEncoder::default().module(wasm)?;
        encoder.adapter("wasi_snapshot_preview1", adapter)?.encode()
    })();
    match made {
        Ok(component) => Ok(component.into()),
        Err(error) => {
            Err(format!("it is a core module that cannot be made a component (modules of Spin 1's SDKs are not supported): {error:#}"))
        }
    }
}

fn not_a_handler(exports: &[&str]) -> String {
    match exports.iter().find(|name| name.starts_with("wasi:http/") || name.starts_with("fermyon:spin/inbound-http")) {
        Some(other) => format!("it exports `{other}`, an entry point of an older SDK: rebuild it with the newest one"),
        None => "it exports no HTTP handler".to_owned(),
    }
}
