//! Makes an app of a manifest: its routes, and a program for each component that answers one.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use http::{Response, StatusCode};

use super::{App, Semaphore, Target};
use crate::facts::trace::digest;
use crate::files::{Disk, Files};
use crate::hosts::expand_http_hosts;
use crate::manifest::{Component, Manifest, Trigger};
use crate::routes::{Route, Routes, WILDCARD_INSIDE};
use crate::runtime::assets::Assets;
use crate::runtime::compile::Compiler;
use crate::runtime::outbound::{Home, Outbound};
use crate::runtime::program::{Granted, Limits, Program, Settings};
use crate::runtime::stores::Stores;
use crate::runtime::variables::{ComponentVariables, Provider, Variables};
use crate::runtime::witness::Witness;
use crate::syntax::{Node, Table, Value};

/// What an app is run with.
pub struct Options {
    /// What a component may use up.
    pub limits: Limits,
    /// Whether components get every store that they ask for.
    pub grants_all: bool,
    /// Whether a component that is not built is left out, instead of refusing the app as Spin does.
    pub skips_missing: bool,
    /// Whether requests may leave the app, where the manifest grants it.
    pub has_network: bool,
    /// The stores that there are.
    pub stores: Stores,
    /// Where variables come from.
    pub providers: Vec<Provider>,
    /// The address that the app has for itself.
    pub address: SocketAddr,
    /// Who is told of every request.
    pub witness: Witness,
}

/// Why an app cannot be run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Spin refuses it too.
    Spins(String),
    /// It cannot be run here.
    Ours(String),
}

impl Refusal {
    /// The reason, as a sentence.
    pub fn reason(&self) -> &str {
        let (Refusal::Spins(reason) | Refusal::Ours(reason)) = self;
        reason
    }
}

impl App {
    /// Makes the components of the http triggers of the manifest at a path ready to run.
    pub fn load(root: &Table, manifest: &Manifest<'_>, path: &Path, options: &Options, compiler: &Compiler) -> Result<Arc<App>, Refusal> {
        let variables = Arc::new(Variables::new(root, options.providers.clone()));
        let missing = variables.missing();
        if !missing.is_empty() {
            let names: Vec<String> = missing.iter().map(|name| format!("`{name}`")).collect();
            return Err(Refusal::Spins(format!(
                "no value for the required variables {}: give it with `--variable {}=...` or SPIN_VARIABLE_{}",
                names.join(", "),
                missing[0],
                missing[0].to_ascii_uppercase(),
            )));
        }
        if let Some(base) = base_of(root).filter(|base| !matches!(*base, "" | "/")) {
            return Err(Refusal::Spins(format!(
                "the http trigger has the base `{base}`, which Spin does not take any more: put it before each route"
            )));
        }
        let home = Home::default();
        let mut programs = BTreeMap::new();
        let mut routes = Vec::new();
        let mut left_out: BTreeMap<&str, String> = BTreeMap::new();
        for trigger in manifest.triggers.iter().filter(|trigger| trigger.kind == "http") {
            let target = match (trigger.components.first(), trigger.table.get("static_response")) {
                (Some(id), _) if left_out.contains_key(id.as_str()) => continue,
                (Some(id), _) => {
                    if !programs.contains_key(id) {
                        let loading = Loading { manifest, path, options, variables: &variables, home: &home, compiler };
                        match loading.program(id) {
                            Ok(Some(program)) => programs.insert(id.clone(), Arc::new(program)),
                            Ok(None) => continue,
                            Err(Refusal::Ours(reason)) if options.skips_missing => {
                                left_out.insert(id, reason);
                                continue;
                            }
                            Err(refusal) => return Err(refusal),
                        };
                    }
                    Target::Component(id.clone(), Arc::clone(&programs[id]))
                }
                (None, Some(response)) => Target::Static(Arc::new(static_response(response))),
                (None, None) => continue,
            };
            if let Some((source, route)) = route_of(trigger)? {
                routes.push((source, route, (source.to_owned(), target)));
            }
        }
        let instances = programs.values().map(|program| program.instances()).min().unwrap_or(1);
        let name = root.get("application").and_then(Node::as_table).and_then(|table| table.get("name")).and_then(Node::as_str);
        let app = Arc::new(App {
            routes: Routes::of(routes),
            programs,
            address: options.address,
            name: name.unwrap_or_default().to_owned(),
            witness: Arc::clone(&options.witness),
            left_out: left_out.into_values().collect(),
            slots: Arc::new(Semaphore::new(instances)),
        });
        // Set here alone.
        let _ = home.set(Arc::downgrade(&app));
        Ok(app)
    }
}

/// The `base` of http triggers, wherever the version of the manifest has it.
fn base_of(root: &Table) -> Option<&str> {
    let at = |path: &[&str]| path.iter().try_fold(root, |table, key| table.get(key)?.as_table());
    let tables = [at(&["application", "trigger", "http"]), at(&["trigger"])];
    tables.into_iter().flatten().find_map(|table| table.get("base")?.as_str())
}

/// Whether a trigger runs its component as a command, as CGI does.
fn is_wagi(trigger: &Trigger<'_>) -> bool {
    let executor = trigger.table.get("executor").and_then(Node::as_table);
    executor.and_then(|table| table.get("type")).and_then(Node::as_str) == Some("wagi")
}

/// The route of an http trigger with its source; none for a private one, and for one that no request ever gets through.
fn route_of<'t>(trigger: &Trigger<'t>) -> Result<Option<(&'t str, Route)>, Refusal> {
    let Some(source) = trigger.route.and_then(Node::as_str) else { return Ok(None) };
    match Route::parse(source) {
        Ok(route) => Ok(Some((source, route))),
        // Spin starts with it, and dies of the first request that meets it.
        Err(reason) if reason == WILDCARD_INSIDE => Ok(None),
        Err(reason) => Err(Refusal::Spins(format!("the route `{source}` {reason}"))),
    }
}

/// The answer that stands in the manifest.
fn static_response(node: &Node) -> Response<Bytes> {
    let get = |key: &str| node.as_table().and_then(|table| table.get(key));
    let status = match get("status_code").map(|node| &node.value) {
        Some(Value::Integer(status)) => u16::try_from(*status).ok(),
        _ => Some(200),
    };
    let mut response = Response::builder().status(status.unwrap_or(500));
    for entry in get("headers").and_then(Node::as_table).into_iter().flat_map(|table| &table.entries) {
        response = response.header(&entry.key.value, entry.node.as_str().unwrap_or_default());
    }
    let body = get("body").and_then(Node::as_str).unwrap_or_default().to_owned();
    response.body(Bytes::from(body)).unwrap_or_else(|_| {
        // A status or a header that is none: Spin fails at every request.
        let mut failed = Response::new(Bytes::new());
        *failed.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        failed
    })
}

/// What the programs of an app are made with.
struct Loading<'a, 't> {
    manifest: &'a Manifest<'t>,
    path: &'a Path,
    options: &'a Options,
    variables: &'a Arc<Variables>,
    home: &'a Home,
    compiler: &'a Compiler,
}

impl Loading<'_, '_> {
    /// The folder of the manifest.
    fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new(""))
    }

    /// The program of a component; none if it is not built and may be left out.
    fn program(&self, id: &str) -> Result<Option<Program>, Refusal> {
        let ours = |reason: String| Refusal::Ours(format!("component `{id}` cannot be run: {reason}"));
        let spins = |reason: String| Refusal::Spins(format!("component `{id}` cannot be run: {reason}"));
        let component = self.manifest.component(id).ok_or_else(|| spins("the manifest does not declare it".to_owned()))?;
        if self.manifest.composed_with(component).next().is_some() {
            return Err(ours("it is composed with dependencies or middleware, which spinlint cannot do yet".to_owned()));
        }
        let runs = |trigger: &&Trigger<'_>| trigger.components.iter().any(|component| component == id);
        if self.manifest.triggers.iter().filter(runs).any(is_wagi) {
            return Err(ours("its trigger has the WAGI executor, which spinlint does not have".to_owned()));
        }
        let source = component.wasm(self.folder());
        let source = source.ok_or_else(|| ours("its Wasm comes from elsewhere, and spinlint fetches nothing".to_owned()))?;
        let wasm = match Disk.read(&source) {
            Ok(wasm) => wasm,
            Err(_) if self.options.skips_missing => return Ok(None),
            Err(_) => return Err(spins(format!("{} does not exist", source.display()))),
        };
        let digest = digest(&wasm);
        let compiled = self.compiler.compile(&wasm, &digest).map_err(|reason| ours(format!("{}: {reason}", source.display())))?;
        let settings = self.settings(component).map_err(spins)?;
        Ok(Some(Program::new(source, digest, compiled, settings)))
    }

    /// What a component gets. The error is why Spin does not start with it, as the end of a sentence.
    fn settings(&self, component: &Component<'_>) -> Result<Settings, String> {
        let labels = component.key_value_stores().map(|grants| grants.labels).unwrap_or_default();
        if let Some(label) = labels.iter().find(|label| !self.options.stores.has(&label.value)) {
            let label = &label.value;
            return Err(format!(
                "it is granted the store \"{label}\", which is not defined: a runtime configuration has to have `[key_value_store.{label}]`"
            ));
        }
        let granted = match self.options.grants_all {
            true => Granted::Everything,
            false => Granted::Labels(labels.into_iter().map(|label| label.value).collect()),
        };
        let variables = ComponentVariables::new(component, self.variables)
            .map_err(|missing| format!("its variables cannot be resolved: {}", missing.reason()))?;
        let variables = Arc::new(variables);
        let assets = Assets::copy(component, self.folder())?;
        let environment = component.table.get("environment").and_then(Node::as_table).map(|table| table.entries.as_slice());
        let environment = environment.unwrap_or_default().iter();
        let outbound = Outbound::new(
            component.id.clone(),
            hosts_of(component),
            Arc::clone(&variables),
            self.options.has_network,
            Arc::clone(self.home),
        );
        Ok(Settings {
            granted: Arc::new(granted),
            stores: Arc::new(self.options.stores.clone()),
            environment: environment.filter_map(|entry| Some((entry.key.value.clone(), entry.node.as_str()?.to_owned()))).collect(),
            assets: assets.map(Arc::new),
            variables,
            outbound: Arc::new(outbound),
            limits: self.options.limits,
        })
    }
}

/// The hosts that a component may send requests to, the deprecated way to grant them included.
fn hosts_of(component: &Component<'_>) -> Vec<String> {
    let entries = |key: &str| component.table.get(key).map(Node::items).unwrap_or_default().iter().filter_map(Node::as_str);
    let old = expand_http_hosts(entries("allowed_http_hosts"));
    entries("allowed_outbound_hosts").map(str::to_owned).chain(old).collect()
}
