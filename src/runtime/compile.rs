//! Compiles components and links them to the host.
//!
//! A component that was never compiled before is compiled by Winch, which takes a third to a fifth of Cranelift's time; whoever serves it
//! longer has Cranelift compile it meanwhile. What was compiled is kept for the next run.

mod cache;

use std::borrow::Cow;
use std::path::Path;
use std::sync::OnceLock;
use std::time::Duration;

pub use cache::Cache;
use cache::Key;
use wasmtime::component::{Component, Linker};
use wasmtime::{Config, Enabled, Engine, InstanceAllocationStrategy, PoolingAllocationConfig, Strategy};
use wasmtime_wasi_http::handler::ProxyPre;

use super::guest::Guest;
use super::{key_value, stubs, variables};

/// How often running components are asked whether their time is over.
const TICK: Duration = Duration::from_millis(10);

/// How many memories there may be at a time, of all instances together.
const MEMORIES: u32 = 600;

/// How many instances of one component there are at most; further requests wait.
const INSTANCES: usize = 250;

/// What stays of an instance's memory for the next one, in bytes: to clear it costs less than to ask the system for it again.
const KEPT: usize = 2 << 20;

/// The stack of a component, in bytes. Winch's frames are larger than Cranelift's, and a program that fits into Spin's 512 KiB has
/// to fit here.
const STACK: usize = 2 << 20;

/// A component that is ready to be instantiated.
#[derive(Clone)]
pub struct Compiled {
    pub(super) engine: Engine,
    pub(super) pre: std::sync::Arc<ProxyPre<Guest>>,
    /// How many instances there may be at a time.
    pub(super) instances: usize,
    /// Whether it is compiled as well as can be.
    pub(super) is_thorough: bool,
}

/// Compiles components, or takes what was compiled before.
pub struct Compiler {
    quick: OnceLock<Option<Engine>>,
    thorough: OnceLock<Option<Engine>>,
    cache: Option<Cache>,
}

impl Compiler {
    /// A compiler that keeps what it makes in the cache. Its engines are started when they are needed.
    pub fn new(cache: Option<Cache>) -> Compiler {
        Compiler { quick: OnceLock::new(), thorough: OnceLock::new(), cache }
    }

    /// Makes the component with a digest ready, as fast as can be. The error says why it cannot answer requests, as the end of a sentence about its file.
    pub(super) fn compile(&self, wasm: &[u8], digest: &str) -> Result<Compiled, String> {
        if self.cache.is_some() {
            if let Some(component) = self.thorough().ok().and_then(|engine| self.load(engine, digest)) {
                return ready(&component, true);
            }
            if let Some(component) = self.quick().and_then(|engine| self.load(engine, digest)) {
                return ready(&component, false);
            }
        }
        let made = component_of(wasm)?;
        // What Winch cannot compile Cranelift may.
        if let Some(component) = self.quick().and_then(|engine| self.make(engine, &made, digest).ok()) {
            return ready(&component, false);
        }
        ready(&self.make(self.thorough()?, &made, digest)?, true)
    }

    /// Compiles a component as well as can be, for a run that lasts. The error is the end of a sentence about its file.
    pub fn improve(&self, wasm: &[u8], digest: &str) -> Result<Compiled, String> {
        let engine = self.thorough()?;
        let component = match self.load(engine, digest) {
            Some(component) => component,
            None => self.make(engine, &component_of(wasm)?, digest)?,
        };
        ready(&component, true)
    }

    /// Where compiled components are kept, if they are.
    pub fn cache(&self) -> Option<&Path> {
        self.cache.as_ref().map(Cache::folder)
    }

    /// Compiles a component, and keeps it.
    fn make(&self, engine: &Engine, component: &[u8], digest: &str) -> Result<Component, String> {
        let component = Component::new(engine, component).map_err(|error| format!("it does not compile: {error:#}"))?;
        if let (Some(cache), Ok(code)) = (&self.cache, component.serialize()) {
            cache.keep(&Key::of(engine, digest), &code);
        }
        Ok(component)
    }

    fn load(&self, engine: &Engine, digest: &str) -> Option<Component> {
        self.cache.as_ref()?.load(engine, &Key::of(engine, digest))
    }

    fn quick(&self) -> Option<&Engine> {
        self.quick.get_or_init(|| engine(Strategy::Winch).ok()).as_ref()
    }

    fn thorough(&self) -> Result<&Engine, String> {
        let engine = self.thorough.get_or_init(|| engine(Strategy::Cranelift).ok());
        engine.as_ref().ok_or_else(|| "there is no WebAssembly engine for this machine".to_owned())
    }
}

/// An engine for components, with a clock that ticks as long as the engine lives.
fn engine(strategy: Strategy) -> wasmtime::Result<Engine> {
    let mut config = Config::new();
    config.wasm_component_model(true).wasm_component_model_async(true).epoch_interruption(true).strategy(strategy);
    config.max_wasm_stack(STACK).async_stack_size(STACK + (1 << 20));
    if matches!(strategy, Strategy::Cranelift) {
        // With guard pages each instance has the system change the protection of its memory as it begins and as it grows, which takes a
        // fifth of a short request. Cranelift's code compares addresses instead; Winch's cannot.
        config.signals_based_traps(false).memory_guard_size(0);
    }
    let mut pool = PoolingAllocationConfig::new();
    pool.total_memories(MEMORIES).total_component_instances(MEMORIES).total_core_instances(10 * MEMORIES).total_stacks(2 * MEMORIES);
    // What one component may need is what Spin lets it have, or more.
    pool.total_tables(10 * MEMORIES).max_memories_per_component(32).max_tables_per_component(200).max_core_instances_per_component(200);
    pool.max_memories_per_module(2).max_tables_per_module(2).table_elements(100_000);
    pool.max_component_instance_size(10 << 20).max_core_instance_size(10 << 20);
    pool.linear_memory_keep_resident(KEPT).table_keep_resident(1 << 16).pagemap_scan(Enabled::Auto);
    config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
    // Where so much address space is not to be had instances are made one by one.
    let engine = Engine::new(&config).or_else(|_| Engine::new(config.allocation_strategy(InstanceAllocationStrategy::OnDemand)))?;
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

/// Links a component that answers HTTP requests. The error says why it cannot be one.
fn ready(component: &Component, is_thorough: bool) -> Result<Compiled, String> {
    let engine = component.engine();
    let component_type = component.component_type();
    let exports: Vec<&str> = component_type.exports(engine).map(|(name, _)| name).collect();
    let exports_handler = |prefix: &str| exports.iter().any(|name| name.strip_prefix(prefix).is_some_and(|version| !version.contains('-')));
    let is_p2 = exports_handler("wasi:http/incoming-handler@0.2.");
    let is_p3 = exports_handler("wasi:http/handler@0.3.");
    match (is_p2, is_p3) {
        (false, false) => return Err(not_a_handler(&exports)),
        (true, true) => return Err("it exports two HTTP handlers, of WASI 0.2 and of 0.3, and Spin takes one".to_owned()),
        _ => {}
    }
    let mut linker = Linker::<Guest>::new(engine);
    let linked = (|| {
        wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
        wasmtime_wasi::p3::add_to_linker(&mut linker)?;
        wasmtime_wasi_http::p2::add_only_http_to_linker_async(&mut linker)?;
        wasmtime_wasi_http::p3::add_to_linker(&mut linker)?;
        key_value::link(&mut linker)?;
        variables::host::link(&mut linker)?;
        stubs::link(engine, component, &mut linker)?;
        let ready = linker.instantiate_pre(component)?;
        wasmtime::error::Ok(match is_p3 {
            true => ProxyPre::P3(wasmtime_wasi_http::p3::bindings::ServicePre::new(ready)?),
            false => ProxyPre::P2(wasmtime_wasi_http::p2::bindings::ProxyPre::new(ready)?),
        })
    })();
    let pre = linked.map_err(|error| format!("it cannot be linked: {error:#}"))?;
    let memories = component.resources_required().map_or(1, |resources| resources.num_memories.max(1));
    // Half of the pool is for other components, and for instances that end behind their answer.
    let instances = usize::try_from(MEMORIES / 2 / memories).unwrap_or(1).clamp(1, INSTANCES);
    Ok(Compiled { engine: engine.clone(), pre: pre.into(), instances, is_thorough })
}

/// A component as it is; a core module for WASI preview 1, as older SDKs make it, is made one.
fn component_of(wasm: &[u8]) -> Result<Cow<'_, [u8]>, String> {
    if wasmparser::Parser::is_component(wasm) {
        return Ok(wasm.into());
    }
    if !wasm.starts_with(b"\0asm") {
        return Err("it is not Wasm".to_owned());
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

/// The entry points of SDKs that came before the released interfaces, each with the SDKs that have the released ones.
const OLD_ENTRY_POINTS: &[(&str, &str)] = &[
    ("fermyon:spin/inbound-http", "spin-sdk 2.2 for Rust, 2.0 of the JavaScript SDK or 2.0 of the Python SDK"),
    ("wasi:http/incoming-handler@0.2.0-rc-", "spin-sdk 2.2 for Rust, 2.0 of the JavaScript SDK or 2.0 of the Python SDK"),
    ("wasi:http/handler@0.3.0-rc-", "the newest spin-sdk, whose components export `wasi:http/handler@0.3.0`"),
];

fn not_a_handler(exports: &[&str]) -> String {
    let old = |export: &str| OLD_ENTRY_POINTS.iter().find(|(prefix, _)| export.starts_with(prefix)).map(|(_, sdk)| *sdk);
    let known = exports.iter().find_map(|export| Some((export, old(export)?)));
    match (known, exports.iter().find(|export| export.starts_with("wasi:cli/run"))) {
        (Some((export, sdk)), _) => format!("it exports `{export}`, which spinlint does not call: build it with {sdk}, or newer"),
        (None, Some(_)) => "it is a command, which Spin runs by its WAGI executor and spinlint does not run".to_owned(),
        (None, None) => "it exports no HTTP handler, such as `wasi:http/incoming-handler@0.2`".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A component that exports an empty interface by this name.
    fn exporting(name: &str) -> Vec<u8> {
        wat::parse_str(format!("(component (instance $i) (export \"{name}\" (instance $i)))")).unwrap()
    }

    #[test]
    fn entry_points_of_old_sdks_are_refused_by_name() {
        let compiler = Compiler::new(None);
        for (name, told) in [
            ("fermyon:spin/inbound-http", "build it with spin-sdk 2.2 for Rust"),
            ("wasi:http/incoming-handler@0.2.0-rc-2023-10-18", "build it with spin-sdk 2.2 for Rust"),
            ("wasi:http/incoming-handler@0.2.0-rc-2023-11-10", "build it with spin-sdk 2.2 for Rust"),
            ("wasi:http/handler@0.3.0-rc-2026-03-15", "build it with the newest spin-sdk"),
            ("wasi:cli/run@0.2.0", "by its WAGI executor"),
            ("a:b/c", "it exports no HTTP handler"),
        ] {
            let reason = compiler.compile(&exporting(name), name).map(|_| ()).unwrap_err();
            assert!(reason.contains(told), "{reason}");
        }
    }
}
