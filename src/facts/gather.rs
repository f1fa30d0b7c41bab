//! Gathers what is known of a manifest's components, several at a time.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::source::{self, Library, Request};
use super::trace::{self, Trace};
use super::wasm::Wasm;
use super::{ComponentFacts, Facts, Named, SourcesState, WasmFacts, WasmState, globs};
use crate::config::Config;
use crate::diagnostic::Place;
use crate::files::Files;
use crate::manifest::{Component, Manifest, Origin, Source};
use crate::parallel::in_parallel;
use crate::text::{SourceFile, Span, join_lexically, slashed};

/// What to look at.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// The sources of the components.
    pub sources: bool,
    /// Their Wasm files.
    pub wasm: bool,
    /// Whether several components are looked at together; a front end that has several manifests does that itself.
    pub in_parallel: bool,
}

impl Default for Options {
    fn default() -> Self {
        Options { sources: true, wasm: true, in_parallel: true }
    }
}

/// The files of a run, each of which is read and parsed once.
pub struct Gatherer<'f> {
    library: Library<'f>,
    options: Options,
}

impl<'f> Gatherer<'f> {
    /// Gathers from these files.
    pub fn new(files: &'f dyn Files, options: Options) -> Self {
        Gatherer { library: Library::new(files), options }
    }

    /// What is known of a manifest's components.
    pub fn gather(&self, file: &SourceFile, manifest: &Manifest<'_>, config: &Config<'_>) -> Facts {
        let folder = file.path().parent().unwrap_or(Path::new("")).to_path_buf();
        let components = &manifest.components;
        let work = |component: &Component<'_>| {
            let roots = config.sources(&component.id);
            (component.id.clone(), self.component(&folder, component, components.len() == 1, roots.as_deref()))
        };
        let components: BTreeMap<String, ComponentFacts> = match self.options.in_parallel {
            true => in_parallel(components, work).into_iter().collect(),
            false => components.iter().map(work).collect(),
        };
        let mut dependencies = BTreeMap::new();
        if self.options.wasm {
            for component in &manifest.components {
                for dependency in manifest.composed_with(component) {
                    if let Origin::Path(path) = &dependency.origin {
                        dependencies.entry(path.clone()).or_insert_with(|| self.read_wasm(&join_lexically(&folder, Path::new(path))));
                    }
                }
            }
        }
        Facts { components, dependencies, unmet: Vec::new() }
    }

    /// Adds what a run has shown to what is known. A component whose Wasm is not there counts as the one that ran.
    pub fn observe(&self, facts: &mut Facts, file: &SourceFile, manifest: &Manifest<'_>, trace: &Trace) {
        let folder = file.path().parent().unwrap_or(Path::new(""));
        for component in &manifest.components {
            if let Some(path) = component.wasm(folder) {
                // Only a trace of another time knows of which Wasm it is.
                let is_saved = trace.components.contains_key(&component.id);
                let wasm = is_saved.then(|| self.library.files.read(&path).ok()).flatten();
                let digest = wasm.map(|wasm| trace::digest(&wasm));
                let place = Place { file: Arc::new(SourceFile::new(path, String::new())), span: Span::at(0) };
                facts.observe(&component.id, &place, digest.as_deref(), trace);
            }
        }
    }

    fn component(&self, folder: &Path, component: &Component<'_>, is_only_one: bool, roots: Option<&[PathBuf]>) -> ComponentFacts {
        let source = component.source().map(|source| source.value);
        let wasm_path = match &source {
            Some(Source::Path(path)) => Some(path.as_str()),
            _ => None,
        };
        let build = component.build();
        let request = Request { folder, commands: &build.commands, workdir: build.workdir.as_deref(), wasm: wasm_path, is_only_one, roots };
        // What is built beside a component that comes from elsewhere is not its code, but data for it, such as a site's pages.
        let is_from_elsewhere = source == Some(Source::Remote) && roots.is_none();
        let has_sources = wasm_path.is_some() || !build.commands.is_empty() || roots.is_some();
        let sources = (self.options.sources && has_sources).then(|| source::sources(&self.library, &request)).flatten();
        let wasm = match (&source, self.options.wasm) {
            (_, false) | (None, _) => WasmState::Skipped,
            (Some(Source::Remote), true) => WasmState::Remote,
            (Some(Source::Path(path)), true) => {
                let path = join_lexically(folder, Path::new(path));
                // Without a build nothing tells that what lies beside a Wasm is what it was made of.
                let is_built = !build.commands.is_empty() || roots.is_some();
                let files = sources.as_ref().filter(|_| is_built).map(source::Sources::files).unwrap_or_default();
                match self.newer_source(&path, files) {
                    Some(newer) => WasmState::Stale { newer },
                    None => self.read_wasm(&path),
                }
            }
        };
        let source_files = sources.as_ref().map(|sources| sources.files().to_vec()).unwrap_or_default();
        let sources = match sources {
            _ if !self.options.sources => SourcesState::Skipped,
            Some(sources) if !is_from_elsewhere => SourcesState::Read(sources.uses()),
            _ => SourcesState::None,
        };
        // A manifest that lies alone somewhere has nothing beside it to match.
        let idle_globs = if source_files.is_empty() { Vec::new() } else { globs::idle(self.library.files, folder, component) };
        ComponentFacts {
            wasm,
            sources,
            suppressions: source::suppressions(&self.library, &source_files),
            unread_files: self.library.unread_beside(&source_files),
            source_files,
            named_files: self.named_files(folder, component),
            idle_globs,
            written_to: source::written_to(&self.library, &request),
            ..ComponentFacts::default()
        }
    }

    /// What is where the entries of `files` that are no globs point.
    fn named_files(&self, folder: &Path, component: &Component<'_>) -> BTreeMap<String, Named> {
        let files = self.library.files;
        let what = |path: String| {
            let at = join_lexically(folder, Path::new(&path));
            let what = match files.is_file(&at) {
                // The system finds no file under a name that ends as a folder's does.
                true if path.ends_with('/') => Named::Nothing,
                true => Named::File,
                false if files.exists(&at) => Named::Folder,
                false => Named::Nothing,
            };
            (path, what)
        };
        component.files().into_iter().filter(|file| !file.is_glob()).map(|file| what(file.path.value)).collect()
    }

    /// A source that was written after the Wasm.
    fn newer_source(&self, wasm: &Path, sources: &[PathBuf]) -> Option<String> {
        let built = self.library.files.modified(wasm)?;
        let newer = sources.iter().find(|path| self.library.files.modified(path).is_some_and(|written| written > built));
        newer.map(|path| slashed(path))
    }

    fn read_wasm(&self, path: &Path) -> WasmState {
        let bytes = match self.library.files.read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return WasmState::Missing,
            Err(error) => return WasmState::Unreadable(error.to_string()),
        };
        match Wasm::read(&bytes) {
            Ok(wasm) => {
                let file = Arc::new(SourceFile::new(path, ""));
                WasmState::Read(WasmFacts { place: Place { file, span: Span::at(0) }, module: Arc::new(wasm) })
            }
            Err(reason) => WasmState::Unreadable(reason.lines().next().unwrap_or_default().trim_end_matches(':').to_owned()),
        }
    }
}
