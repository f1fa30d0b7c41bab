//! What `test` and `up` have in common: an app is loaded from the command line's arguments, and judged by what was seen.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use super::evidence::Configurations;
use super::{Failure, Running, check, complain, discover};
use crate::diagnostic::{Diagnostic, Place, Severity};
use crate::facts::trace::Trace;
use crate::facts::{self, Facts, Gatherer};
use crate::files::Disk;
use crate::report::ManifestReport;
use crate::rules;
use crate::runtime::stores::{Stores, sqlite};
use crate::runtime::variables::{Provider, given};
use crate::runtime::{App, Cache, Compiler, Configuration, Limits, Options, Refusal, Witness};
use crate::runtime_config::RuntimeConfig;
use crate::text::SourceFile;
use crate::{Document, Settings};

/// What an instance may use of memory, in bytes.
const MEMORY: usize = 1 << 30;

/// Set for build commands, so that one that runs the linter does not build again.
const BUILDING: &str = "SPINLINT_BUILDING";

/// An app as the command line names it: everything that stays when the manifest is read anew.
pub(super) struct Plan {
    /// The manifest.
    pub path: PathBuf,
    options: Options,
    configurations: Configurations<'static>,
    /// What its manifest is judged by.
    pub settings: Settings,
    /// Compiles its components.
    pub compiler: Arc<Compiler>,
}

/// How stores and requests are to be taken.
pub(super) struct Policy {
    /// Whether components get every store that they ask for.
    pub grants_all: bool,
    /// Whether requests may leave the app, where the manifest grants it.
    pub has_network: bool,
    /// Whether what Spin would not start is not started, and the default store is where Spin has it. Otherwise what is built is run, and
    /// stores are in memory, as long as nobody says where they are.
    pub is_spins: bool,
}

impl Plan {
    /// Reads the arguments. The app has this address for itself.
    pub(super) fn new(arguments: &Running, policy: &Policy, address: SocketAddr, witness: Witness) -> Result<Plan, Failure> {
        let path = discover::one(arguments.from.as_deref())?;
        let configurations = Configurations::new(&Disk, &arguments.configured, arguments.runtime_config_file.as_deref())?;
        let document = read(&configurations, &path)?;
        let mut settings = Settings { is_named: true, is_built: true, ..configurations.settings(&document) };
        let file = arguments.runtime_config_file.clone().or_else(|| Configurations::runtime_config_file(&document));
        let configuration = match &file {
            Some(file) => Configuration::read(file).map_err(|reason| refusal(&document, &settings, reason))?,
            None => Configuration::default(),
        };
        if policy.is_spins {
            // Where no configuration is named, none defines anything.
            let nothing = || Arc::new(RuntimeConfig::parse(Arc::new(SourceFile::new("", ""))));
            settings.runtime_config.get_or_insert_with(nothing);
        }
        // Every request would tell of a folder that cannot be used, and none would say that it was a mistake.
        if let Some(folder) = arguments.state_dir.as_ref().filter(|folder| !folder.as_os_str().is_empty()) {
            let unusable = |error| Failure::Told(format!("cannot keep stores in {}: {error}", folder.display()));
            let missing: Vec<&Path> = folder.ancestors().take_while(|folder| !folder.as_os_str().is_empty() && !folder.exists()).collect();
            std::fs::create_dir_all(folder).map_err(unusable)?;
            // A run that stores nothing leaves nothing.
            missing.into_iter().try_for_each(std::fs::remove_dir).map_err(unusable)?;
        }
        let is_defined = policy.is_spins || file.is_some();
        let mut stores = if is_defined && !policy.grants_all { Stores::default() } else { Stores::in_memory() };
        match state_dir(arguments, &configuration, policy, &path) {
            Some(folder) => stores.define("default", sqlite::InFile::new(folder.join("sqlite_key_value.db"), "default")),
            None => stores.define_in_memory("default"),
        }
        // With `--discover` everything is in memory: what is asked for is not what there is.
        if !policy.grants_all {
            configuration.define(&mut stores);
        }
        let mut providers = Vec::new();
        for argument in &arguments.variable {
            providers.push(Provider::Values(given(argument).map_err(Failure::Told)?));
        }
        // What is given last holds.
        providers.reverse();
        providers.extend(configuration.providers);
        providers.push(Provider::environment());
        let limits = Limits { time: Duration::from_secs(arguments.timeout), memory: MEMORY };
        let Policy { grants_all, has_network, is_spins } = *policy;
        let options = Options { limits, grants_all, skips_missing: !is_spins, has_network, stores, providers, address, witness };
        Ok(Plan { path, options, settings, configurations, compiler: Arc::new(Compiler::new(cache(arguments))) })
    }

    /// Reads the manifest.
    pub(super) fn document(&self) -> Result<Document, Failure> {
        read(&self.configurations, &self.path)
    }

    /// Makes the app of a manifest ready to run.
    pub(super) fn load(&self, document: &Document) -> Result<Arc<App>, Refusal> {
        App::load(&document.tree.root, &document.manifest(), &self.path, &self.options, &self.compiler)
    }

    /// Its stores.
    pub(super) fn stores(&self) -> &Stores {
        &self.options.stores
    }

    /// From now on the app has this address for itself.
    pub(super) fn set_address(&mut self, address: SocketAddr) {
        self.options.address = address;
    }

    /// Runs the build commands, as `spin build` does.
    pub(super) fn build(&self) -> Result<(), Failure> {
        if std::env::var_os(BUILDING).is_some() {
            return Ok(());
        }
        let document = self.document()?;
        let folder = self.path.parent().unwrap_or(Path::new(""));
        for component in &document.manifest().components {
            let build = component.build();
            let workdir = build.workdir.as_deref().map_or(folder.to_path_buf(), |workdir| folder.join(workdir));
            for command in &build.commands {
                let workdir = if workdir.as_os_str().is_empty() { Path::new(".") } else { &workdir };
                run(command, workdir)
                    .map_err(|reason| Failure::Told(format!("component `{}` was not built: `{command}` {reason}", component.id)))?;
            }
        }
        Ok(())
    }
}

/// Reads a manifest with what configures it.
fn read(configurations: &Configurations, path: &Path) -> Result<Document, Failure> {
    let text = check::read(&Disk, path).map_err(|reason| Failure::Told(format!("cannot read {}: {reason}", path.display())))?;
    Ok(configurations.document(path, text))
}

/// Runs a build command in a folder. Standard output is the report's alone.
fn run(command: &str, workdir: &Path) -> Result<(), String> {
    let mut shell = if cfg!(windows) { Command::new("cmd") } else { Command::new("sh") };
    shell.arg(if cfg!(windows) { "/C" } else { "-c" }).arg(command).current_dir(workdir).env(BUILDING, "1");
    let status = shell.stdout(Stdio::from(std::io::stderr())).status().map_err(|error| format!("cannot be started: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("ended with {status}")) }
}

/// The folder of the default store's file; none for memory.
fn state_dir(arguments: &Running, configuration: &Configuration, policy: &Policy, manifest: &Path) -> Option<PathBuf> {
    if policy.grants_all {
        return None;
    }
    let named = arguments.state_dir.clone().or_else(|| configuration.state_dir.clone());
    let spins = || policy.is_spins.then(|| manifest.parent().unwrap_or(Path::new("")).join(".spin"));
    named.or_else(spins).filter(|folder| !folder.as_os_str().is_empty())
}

/// The cache. Without one everything is compiled anew, which is no reason not to run.
fn cache(arguments: &Running) -> Option<Cache> {
    let folder = arguments.cache_dir.clone().or_else(Cache::folder_of_user)?;
    Cache::open(&folder).map_err(|reason| complain(&reason)).ok()
}

/// What the manifest, its sources and what was seen come to.
pub(super) fn judge(document: &Document, seen: &Seen, gatherer: &Gatherer<'_>, settings: &Settings) -> (Facts, Vec<Diagnostic>) {
    let mut facts = document.facts_with(gatherer, Some(&seen.trace));
    facts.unmet = seen.unmet.clone();
    let found = crate::check(document, &facts, settings);
    (facts, found)
}

/// Why Spin does not start an app: as findings, where they say it.
pub(super) fn refusal(document: &Document, settings: &Settings, reason: String) -> Failure {
    let gatherer = Gatherer::new(&Disk, facts::Options { sources: false, wasm: true, in_parallel: false });
    refused(document, Some(&gatherer), settings).map_or(Failure::Told(reason), |report| Failure::Refused(Box::new(report)))
}

/// The report of an app that Spin refuses, by its text and by what is configured, and by what lies on the disk if that is looked at. Stores
/// that are not granted are no reason.
pub(super) fn refused(document: &Document, gatherer: Option<&Gatherer<'_>>, settings: &Settings) -> Option<ManifestReport> {
    let facts = gatherer.map_or_else(Facts::default, |gatherer| document.facts(gatherer));
    let mut found = crate::check(document, &facts, &Settings { is_built: gatherer.is_some(), ..settings.clone() });
    let is_reason = |found: &Diagnostic| gatherer.is_none() || found.label.is_none() || found.rule == rules::UNDEFINED_STORE;
    found.retain(|diagnostic| diagnostic.severity == Severity::Error && is_reason(diagnostic));
    let is_refused = !found.is_empty();
    is_refused.then(|| ManifestReport::new(Arc::clone(&document.file), &document.manifest(), &facts, found))
}

/// What a run has shown.
#[derive(Default)]
pub(super) struct Seen {
    pub trace: Trace,
    /// What a scenario expected and did not get.
    pub unmet: Vec<(Place, String)>,
}
