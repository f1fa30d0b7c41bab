//! Runs the components of a manifest, and sends them requests.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::engine::engine;
use super::stores::{Database, Opener, Stores};
use super::{Granted, Limits, Program, Settings};
use crate::facts::trace::Trace;
use crate::files::{Disk, Files};
use crate::manifest::{Manifest, Trigger};
use crate::routes::Route;
use crate::syntax::Node;
use crate::text::join_lexically;

/// The tutorial's requests: write, ask, read, remove, ask again.
const TUTORIAL: &[(&str, &str)] = &[("POST", "spinlint"), ("HEAD", ""), ("GET", ""), ("DELETE", ""), ("HEAD", "")];

/// What stands in a path where its route takes anything.
const NAME: &str = "spinlint-test";

/// The Wasm file that a component of the manifest at a path names.
pub fn source_of(manifest: &Manifest<'_>, id: &str, path: &Path) -> Option<PathBuf> {
    let source = manifest.component(id)?.table.get("source").and_then(Node::as_str)?;
    Some(join_lexically(path.parent().unwrap_or(Path::new("")), Path::new(source)))
}

/// What components are run with.
pub struct Host {
    engine: wasmtime::Engine,
    threads: tokio::runtime::Runtime,
    limits: Limits,
    grants_all: bool,
    /// The folder of the default store's file; in memory without one.
    state: Option<PathBuf>,
}

impl Host {
    /// Starts an engine. `grants_all` gives components whatever they ask for; the default store is a file in the folder `state`, or in
    /// memory. The error says why this machine cannot run any.
    pub fn new(limits: Limits, grants_all: bool, state: Option<PathBuf>) -> Result<Host, String> {
        let engine = engine().map_err(|error| format!("no WebAssembly engine on this machine: {error:#}"))?;
        let threads = tokio::runtime::Builder::new_multi_thread().enable_all().build();
        let threads = threads.map_err(|error| format!("no threads to run components in: {error}"))?;
        Ok(Host { engine, threads, limits, grants_all, state })
    }

    /// Sends every http route the tutorial's requests and one more. The error says which component
    /// cannot be run, and why.
    pub fn exercise(&self, manifest: &Manifest<'_>, path: &Path) -> Result<Trace, String> {
        let mut stores = Stores::in_memory();
        if let Some(folder) = &self.state {
            stores.define("default", sqlite(folder.join("sqlite_key_value.db"), "default"));
        }
        let mut programs: BTreeMap<&str, Program> = BTreeMap::new();
        let mut trace = Trace::default();
        for trigger in manifest.triggers.iter().filter(|trigger| trigger.kind == "http") {
            let (Some(id), Some((matched, route))) = (trigger.components.first(), route_of(trigger)) else { continue };
            if !programs.contains_key(id.as_str()) {
                programs.insert(id, self.program(manifest, id, path, &stores)?);
            }
            let program = &programs[id.as_str()];
            let path = route.example(NAME);
            for (method, body) in TUTORIAL.iter().chain(&[("GET", "")]) {
                let request = request(method, &path, body, matched, &route).map_err(|error| format!("`{path}`: {error}"))?;
                trace.requests.push(self.threads.block_on(program.answer(request)).0);
            }
        }
        Ok(trace)
    }

    fn program(&self, manifest: &Manifest<'_>, id: &str, path: &Path, stores: &Stores) -> Result<Program, String> {
        let fails = |reason: String| format!("component `{id}` cannot be run: {reason}");
        let component = manifest.component(id).ok_or_else(|| fails("the manifest does not declare it".to_owned()))?;
        if manifest.composed_with(component).next().is_some() {
            return Err(fails("it is composed with dependencies or middleware, which spinlint cannot do yet".to_owned()));
        }
        let source =
            source_of(manifest, id, path).ok_or_else(|| fails("its Wasm comes from elsewhere, and spinlint fetches nothing".to_owned()))?;
        let wasm = Disk.read(&source).map_err(|_| {
            let command =
                component.table.get("build").and_then(Node::as_table).and_then(|build| build.get("command")).and_then(Node::as_str);
            let makes = command.map_or_else(String::new, |command| format!("; `spin build` makes it, by `{command}`"));
            fails(format!("{} does not exist{makes}", source.display()))
        })?;
        let labels = component.key_value_stores().map(|grants| grants.labels).unwrap_or_default();
        let granted = match self.grants_all {
            true => Granted::Everything,
            false => Granted::Labels(labels.into_iter().map(|label| label.value).collect()),
        };
        let environment = component.table.get("environment").and_then(Node::as_table).map(|table| &table.entries);
        let environment =
            environment.into_iter().flatten().filter_map(|entry| Some((entry.key.value.clone(), entry.node.as_str()?.to_owned())));
        let settings = Settings { granted, stores: stores.clone(), environment: environment.collect(), limits: self.limits };
        Program::new(&self.engine, id, &wasm, settings).map_err(|reason| fails(format!("{}: {reason}", source.display())))
    }
}

fn route_of<'t>(trigger: &Trigger<'t>) -> Option<(&'t str, Route)> {
    let source = trigger.route?.as_str()?;
    Some((source, Route::parse(source).ok()?))
}

/// A store in a file that is opened when the first component opens it; what fails is told to that component, as in Spin.
fn sqlite(file: PathBuf, label: &'static str) -> Opener {
    let known: Mutex<Option<Database>> = Mutex::default();
    Arc::new(move || {
        let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
        let database = match &*known {
            Some(database) => database.clone(),
            None => known.insert(Database::open(&file)?).clone(),
        };
        Ok(Arc::new(database.store(label)))
    })
}

/// A request with the headers that Spin adds.
fn request(method: &str, path: &str, body: &str, matched: &str, route: &Route) -> http::Result<http::Request<bytes::Bytes>> {
    let host = "127.0.0.1:3000";
    let info = route.prefix().map_or("", |prefix| path.strip_prefix(prefix.trim_end_matches('/')).unwrap_or(""));
    http::Request::builder()
        .method(method)
        .uri(format!("http://{host}{path}"))
        .header("host", host)
        .header("spin-full-url", format!("http://{host}{path}"))
        .header("spin-path-info", info)
        .header("spin-base-path", "/")
        .header("spin-component-route", matched.trim_end_matches("/..."))
        .header("spin-raw-component-route", matched)
        .header("spin-matched-route", matched)
        .header("spin-client-addr", "127.0.0.1:0")
        .body(bytes::Bytes::copy_from_slice(body.as_bytes()))
}
