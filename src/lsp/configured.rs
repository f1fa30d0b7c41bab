//! What holds for a manifest beside the editor's settings: `spinlint.toml` and the runtime configuration, each as it is in its buffer, or on
//! disk.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use super::app::App;
use super::session::{Buffer, Session, text_of};
use crate::config::{FILE, Finder};
use crate::discover::MANIFEST;
use crate::facts::is_source;
use crate::files::{Disk, Files, Listed};
use crate::manifest::Nature;
use crate::runtime_config::RuntimeConfig;
use crate::schema::{self, Shape};
use crate::text::join_lexically;
use crate::{Document, Settings};

/// What most people call a runtime configuration.
const USUAL_RUNTIME_CONFIG: &str = "runtime-config.toml";

/// What an app is started with, as far as somebody says.
#[derive(Clone, Default)]
pub(super) struct Configured {
    /// The file that the settings or the configuration name.
    pub runtime_config_file: Option<PathBuf>,
    /// Its content; none if it cannot be read.
    pub runtime_config: Option<Arc<RuntimeConfig>>,
}

/// Files as an editor has them.
struct InEditor<'s>(&'s BTreeMap<PathBuf, Buffer>);

impl Files for InEditor<'_> {
    fn read(&self, path: &Path) -> io::Result<Arc<[u8]>> {
        self.0.get(path).map_or_else(|| Disk.read(path), |buffer| Ok(Arc::from(buffer.file.text().as_bytes())))
    }

    fn modified(&self, path: &Path) -> Option<SystemTime> {
        self.0.get(path).map(|buffer| buffer.changed).or_else(|| Disk.modified(path))
    }

    fn list(&self, folder: &Path) -> Vec<Listed> {
        Disk.list(folder)
    }

    fn text(&self, path: &Path) -> Option<String> {
        self.0.get(path).map(|buffer| buffer.file.text().to_owned()).or_else(|| text_of(path))
    }
}

/// What is read once, until it changes.
#[derive(Default)]
pub(super) struct Read {
    finder: Finder,
    runtime_configs: BTreeMap<PathBuf, Option<Arc<RuntimeConfig>>>,
}

impl Session {
    /// A manifest with the configuration that holds for it, and what its app is started with.
    pub(super) fn configure(&mut self, document: Document) -> (Document, Configured) {
        let files = InEditor(&self.buffers);
        let config = self.configurations.finder.find(&files, document.file.path());
        let document = document.with_config(config);
        let set = Some(&self.settings.runtime_config_file).filter(|set| !set.is_empty());
        let folder = document.file.path().parent().unwrap_or(Path::new(""));
        let set = set.map(|set| join_lexically(folder, Path::new(set)));
        let Some(path) = set.or_else(|| document.config(&document.manifest()).runtime_config_file()) else {
            return (document, Configured::default());
        };
        let read = || RuntimeConfig::read(&files, &path).map(Arc::new);
        let runtime_config = self.configurations.runtime_configs.entry(path.clone()).or_insert_with(read).clone();
        (document, Configured { runtime_config_file: Some(path), runtime_config })
    }

    /// The runtime configuration whose labels are offered for an app: the one that it is started with, else one beside it.
    pub(super) fn runtime_config_of(&self, app: &App) -> Option<Arc<RuntimeConfig>> {
        if app.configured.runtime_config_file.is_some() {
            return app.configured.runtime_config.clone();
        }
        let path = app.file().path().with_file_name(USUAL_RUNTIME_CONFIG);
        RuntimeConfig::read(&InEditor(&self.buffers), &path).map(Arc::new)
    }

    /// Whether a file says how manifests are to be judged.
    pub(super) fn configures(&self, path: &Path) -> bool {
        let is_started_with = |configured: &Configured| configured.runtime_config_file.as_deref() == Some(path);
        path.file_name().is_some_and(|name| name == FILE) || self.apps.values().any(|app| is_started_with(&app.configured))
    }

    /// Reads all configuration anew, and has everything judged by it.
    pub(super) fn reconfigure(&mut self) {
        self.configurations = Read::default();
        let known: Vec<Document> = self.apps.values().map(|app| Document::parse(Arc::clone(app.file()))).collect();
        for document in known {
            let (document, configured) = self.configure(document);
            let path = document.file.path().to_path_buf();
            let Some(app) = self.apps.get_mut(&path) else { continue };
            let text = |document: &Document| document.config_file.as_ref().map(|config| config.file.shared_text());
            // Where sources are is configured, too.
            let is_elsewhere = text(&app.document) != text(&document);
            app.reconfigure(document, configured);
            if is_elsewhere {
                self.outdate(&path);
            }
            self.dirty.insert(path);
        }
        self.soil_sources();
    }

    /// The vocabulary of a file that configures, for one that is no manifest.
    pub(super) fn shape_beside(&self, path: &Path) -> Option<&'static Shape> {
        let name = path.file_name()?.to_str()?;
        if name == FILE {
            return Some(&schema::CONFIGURATION);
        }
        let is_toml = path.extension().is_some_and(|ending| ending == "toml") && name != MANIFEST && !self.apps.contains_key(path);
        let is_named = || self.configures(path) || name.starts_with("runtime-config");
        (is_toml && is_named()).then(|| &*schema::RUNTIME_CONFIG)
    }

    /// What is wrong with an open file that configures and that no manifest speaks of.
    pub(super) fn findings_beside(&self, path: &Path) -> Vec<crate::diagnostic::Diagnostic> {
        if is_source(path) || self.shape_beside(path).is_none() {
            return Vec::new();
        }
        let Some(buffer) = self.buffers.get(path) else { return Vec::new() };
        let document = Document::parse(Arc::clone(&buffer.file));
        if document.nature != Nature::Foreign || (buffer.file.text().trim().is_empty()) {
            return Vec::new();
        }
        let settings = Settings { is_named: true, ..self.settings.of_check(&Configured::default()) };
        let mut found = crate::check(&document, &crate::facts::Facts::default(), &settings);
        found.retain(|diagnostic| self.settings.shows(diagnostic.rule));
        found
    }
}
