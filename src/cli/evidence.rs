//! What is known beside the manifests' texts: by the command line's flags, and by what is configured.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::arguments::Configured;
use super::discover::Target;
use super::{Check, Failure};
use crate::config::{ConfigFile, Finder, told_spin_version};
use crate::facts::trace::{self, Trace};
use crate::facts::{Gatherer, Options};
use crate::files::Files;
use crate::runtime_config::RuntimeConfig;
use crate::text::SourceFile;
use crate::{Document, Settings};

/// What is known beside the manifests' texts.
pub(super) struct Evidence<'f> {
    pub gatherer: Gatherer<'f>,
    pub trace: Option<Trace>,
    configurations: Configurations<'f>,
}

impl<'f> Evidence<'f> {
    /// Reads what the flags name; `is_alone` for one manifest, whose components may be looked at together.
    pub(super) fn new(arguments: &Check, files: &'f dyn Files, is_alone: bool) -> Result<Evidence<'f>, Failure> {
        let options = Options { sources: !arguments.no_sources, wasm: !arguments.no_wasm, in_parallel: is_alone };
        let trace = arguments.trace.as_deref().map(|path| read_trace(files, path)).transpose()?;
        if trace.is_some() && !is_alone {
            return Err(Failure::Told("a trace is about one manifest: name it".to_owned()));
        }
        let configurations = Configurations::new(files, &arguments.configured, arguments.runtime_config_file.as_deref())?;
        Ok(Evidence { gatherer: Gatherer::new(files, options), trace, configurations })
    }

    /// Parses a manifest, to be read as the flags and its configuration say.
    pub(super) fn document(&self, arguments: &Check, target: &Target, text: impl Into<Arc<str>>) -> Document {
        let document = self.configurations.document(&target.path, text);
        document.with_profile(arguments.profile.as_deref().map(Arc::from))
    }

    /// What the check of a manifest takes for granted.
    pub(super) fn settings(&self, arguments: &Check, target: &Target, document: &Document) -> Settings {
        Settings {
            is_named: target.is_named,
            is_built: arguments.built,
            selected: arguments.select.clone(),
            ignored: arguments.ignore.clone(),
            components: arguments.component_id.clone(),
            spin_version: arguments.spin_version.clone(),
            told_spin_version: told_spin_version(),
            ..self.configurations.settings(document)
        }
    }
}

/// The files that configure: `spinlint.toml` and runtime configurations, each of which is read once.
pub(super) struct Configurations<'f> {
    files: &'f dyn Files,
    finder: Finder,
    /// The runtime configuration that a flag names.
    named: Option<Arc<RuntimeConfig>>,
    known: Mutex<HashMap<PathBuf, Option<Arc<RuntimeConfig>>>>,
}

impl<'f> Configurations<'f> {
    /// Reads what flags name.
    pub(super) fn new(files: &'f dyn Files, configured: &Configured, runtime_config: Option<&Path>) -> Result<Configurations<'f>, Failure> {
        let finder = match &configured.config {
            _ if configured.no_config => Finder::always(None),
            Some(path) => Finder::always(Some(read_config(files, path)?)),
            None => Finder::default(),
        };
        let named = runtime_config.map(|path| {
            RuntimeConfig::read(files, path)
                .map(Arc::new)
                .ok_or_else(|| Failure::Told(format!("cannot read the runtime configuration {}", path.display())))
        });
        Ok(Configurations { files, finder, named: named.transpose()?, known: Mutex::default() })
    }

    /// Parses a manifest with the file that configures it.
    pub(super) fn document(&self, path: &Path, text: impl Into<Arc<str>>) -> Document {
        Document::parse(Arc::new(SourceFile::new(path, text))).with_config(self.finder.find(self.files, path))
    }

    /// The runtime configuration that a manifest's configuration names, if no flag does.
    pub(super) fn runtime_config_file(document: &Document) -> Option<PathBuf> {
        document.config(&document.manifest()).runtime_config_file()
    }

    /// What the check of a manifest takes for granted by its configuration.
    pub(super) fn settings(&self, document: &Document) -> Settings {
        if self.named.is_some() {
            return Settings { runtime_config: self.named.clone(), ..Settings::default() };
        }
        let Some(path) = Configurations::runtime_config_file(document) else { return Settings::default() };
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let runtime_config = known.entry(path.clone()).or_insert_with(|| RuntimeConfig::read(self.files, &path).map(Arc::new)).clone();
        let unreadable_config = runtime_config.is_none().then_some(path);
        Settings { runtime_config, unreadable_config, ..Settings::default() }
    }
}

/// Reads the configuration that a flag names.
fn read_config(files: &dyn Files, path: &Path) -> Result<Arc<ConfigFile>, Failure> {
    let text = files.text(path).ok_or_else(|| Failure::Told(format!("cannot read the configuration {}", path.display())))?;
    Ok(Arc::new(ConfigFile::parse(Arc::new(SourceFile::new(path, text)))))
}

/// Reads what `test --trace` has saved.
fn read_trace(files: &dyn Files, path: &Path) -> Result<Trace, Failure> {
    let shown = path.display();
    let text = files.text(path).ok_or_else(|| Failure::Told(format!("cannot read the trace {shown}")))?;
    let trace: Trace = serde_json::from_str(&text).map_err(|error| Failure::Told(format!("{shown} is no trace: {error}")))?;
    if trace.version == trace::VERSION {
        Ok(trace)
    } else {
        Err(Failure::Told(format!("{shown} is a trace of version {}, and this is a program for version {}", trace.version, trace::VERSION)))
    }
}
