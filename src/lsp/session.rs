//! What the server knows: open buffers, manifests with their facts, settings. Plain data behind one lock, which no
//! handler holds while it waits.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use tower_lsp::ls_types::{TextDocumentContentChangeEvent, Uri};

use super::app::App;
use super::capabilities::Client;
use super::configured::Read;
use super::convert;
use super::settings::Settings;
use crate::Document;
use crate::discover::{self, MANIFEST};
use crate::facts::trace::Trace;
use crate::facts::{Facts, is_source};
use crate::files::{Disk, Files};
use crate::manifest::Nature;
use crate::schema::VERSION_KEY;
use crate::schema::configuration::Features;
use crate::text::{Encoding, LineIndex, SourceFile};

/// An open document.
pub(super) struct Buffer {
    /// As the client spells it.
    pub uri: Uri,
    /// The client's count of its changes.
    pub version: i32,
    /// Its text.
    pub file: Arc<SourceFile>,
    /// When it was last changed.
    pub changed: SystemTime,
}

/// Whether a file is in a manifest's folder, or below it.
fn is_beside(manifest: &Path, path: &Path) -> bool {
    manifest.parent().is_some_and(|folder| path.starts_with(folder))
}

/// The nearest manifest above a file, on disk.
fn manifest_above(path: &Path) -> Option<PathBuf> {
    let candidates = path.ancestors().skip(1).map(|folder| folder.join(MANIFEST));
    candidates.filter(|_| path.is_absolute()).find(|candidate| Disk.is_file(candidate) && !discover::is_template(candidate))
}

/// A file's text as editors see it: they keep a byte order mark to themselves.
pub(super) fn text_of(path: &Path) -> Option<String> {
    let text = Disk.text(path)?;
    // A second one is a character of the text, and an error.
    let rest = text.strip_prefix('\u{feff}').filter(|rest| !rest.starts_with('\u{feff}'));
    Some(rest.map(str::to_owned).unwrap_or(text))
}

/// Everything that the server knows.
#[derive(Default)]
pub(super) struct Session {
    /// Whether the client has said `shutdown`.
    pub is_shut_down: bool,
    /// What columns count.
    pub encoding: Encoding,
    /// What the client can do.
    pub client: Client,
    /// What the server was started with.
    pub initial_settings: Settings,
    /// What the user has set.
    pub settings: Settings,
    /// The workspace's folders.
    pub roots: BTreeSet<PathBuf>,
    /// The open documents.
    pub buffers: BTreeMap<PathBuf, Buffer>,
    /// The manifests, open or not.
    pub apps: BTreeMap<PathBuf, App>,
    /// Open documents that have been typed in and not been parsed since.
    unread: BTreeSet<PathBuf>,
    /// Documents whose findings have to be published anew.
    pub dirty: BTreeSet<PathBuf>,
    /// Earlier readings of manifests, kept until the findings of the new ones are on their way: to free them takes a tenth of the time.
    pub replaced: Vec<App>,
    /// The files beside each manifest that its findings speak of, if any.
    pub elsewhere: BTreeMap<PathBuf, BTreeSet<PathBuf>>,
    /// What was last shown in files that are no manifests, by [`super::publish::result_id`].
    pub shown: BTreeMap<PathBuf, String>,
    /// The files that configure, as far as they were read.
    pub configurations: Read,
    /// Manifests whose facts have to be gathered anew.
    pub outdated: BTreeSet<PathBuf>,
    /// What the last runs of apps have shown, by manifest.
    pub traces: BTreeMap<PathBuf, Arc<Trace>>,
}

impl Session {
    /// The URI of a document, as the client spells it if it has named it.
    pub(super) fn uri(&self, path: &Path) -> Option<Uri> {
        self.buffers.get(path).map(|buffer| buffer.uri.clone()).or_else(|| convert::uri(path))
    }

    /// A source as it is in its buffer, or on disk.
    pub(super) fn source(&self, path: &Path) -> Option<Arc<SourceFile>> {
        match self.buffers.get(path) {
            Some(buffer) => Some(Arc::clone(&buffer.file)),
            None => text_of(path).map(|text| Arc::new(SourceFile::new(path, text))),
        }
    }

    /// Takes a document that the client has opened.
    pub(super) fn open(&mut self, uri: Uri, version: i32, text: String) {
        let path = convert::path(&uri);
        let file = Arc::new(SourceFile::new(&path, text));
        self.buffers.insert(path.clone(), Buffer { uri, version, file, changed: SystemTime::now() });
        if self.configures(&path) {
            self.reconfigure();
            self.dirty.insert(path);
        } else if is_source(&path) {
            self.adopt_manifest_above(&path);
            self.outdate_apps_of(&path);
            self.dirty.insert(path);
        } else {
            self.reparse(&path);
            self.outdate(&path);
        }
    }

    /// Applies changes to an open document; changes of one that is not open are nobody's.
    pub(super) fn change(&mut self, uri: &Uri, version: i32, changes: Vec<TextDocumentContentChangeEvent>) {
        let path = convert::path(uri);
        let encoding = self.encoding;
        let Some(buffer) = self.buffers.get_mut(&path) else { return };
        let mut text = buffer.file.text().to_owned();
        let mut lines: Option<LineIndex> = Some(buffer.file.editor_lines().clone());
        for change in changes {
            let Some(range) = change.range else {
                text = change.text;
                lines = None;
                continue;
            };
            let index = lines.take().unwrap_or_else(|| LineIndex::new(&text));
            let start = index.offset(&text, range.start.line, range.start.character, encoding);
            let end = index.offset(&text, range.end.line, range.end.character, encoding).max(start);
            text.replace_range(start..end, &change.text);
        }
        buffer.version = version;
        buffer.changed = SystemTime::now();
        buffer.file = Arc::new(SourceFile::new(&path, text));
        self.unread.insert(path);
    }

    /// Parses what has been typed since the last time: of many changes in a row only the last text is worth it.
    pub(super) fn read_typed(&mut self) {
        for path in std::mem::take(&mut self.unread) {
            match is_source(&path) {
                true => self.outdate_apps_of(&path),
                false if self.configures(&path) => {
                    self.reconfigure();
                    self.dirty.insert(path);
                }
                false => self.reparse(&path),
            }
        }
    }

    /// Forgets an open document; the disk counts again.
    pub(super) fn close(&mut self, uri: &Uri) {
        let path = convert::path(uri);
        if self.buffers.remove(&path).is_none() {
            return;
        }
        self.dirty.insert(path.clone());
        if self.configures(&path) {
            self.reconfigure();
        } else if is_source(&path) {
            self.outdate_apps_of(&path);
            // What was known for its sake alone is not any more.
            let is_left = |manifest: &&PathBuf| !self.buffers.contains_key(*manifest) && !self.is_ours(manifest);
            let left: Vec<PathBuf> = self.apps.keys().filter(is_left).cloned().collect();
            left.iter().for_each(|manifest| self.forget(manifest));
        } else {
            self.reload(&path);
        }
    }

    /// Whether a manifest that is not open is known all the same: below a folder of the workspace, or above an open source.
    fn is_ours(&self, manifest: &Path) -> bool {
        let is_above = |path: &PathBuf| is_source(path) && manifest_above(path).as_deref() == Some(manifest);
        self.roots.iter().any(|root| manifest.starts_with(root)) || self.buffers.keys().any(is_above)
    }

    /// Forgets a manifest; it has no findings any more, nor have the sources that it spoke of.
    fn forget(&mut self, manifest: &Path) {
        self.apps.remove(manifest);
        self.dirty.insert(manifest.to_path_buf());
        self.soil_sources();
    }

    /// Reads a manifest that is not open anew, or forgets it where it is gone or was known only while it was open.
    pub(super) fn reload(&mut self, path: &Path) {
        let is_closed = !self.buffers.contains_key(path) && path.file_name().is_some_and(|name| name == MANIFEST);
        let text = (is_closed && self.is_ours(path) && !discover::is_template(path)).then(|| text_of(path)).flatten();
        match text {
            Some(text) => self.take(Document::parse(Arc::new(SourceFile::new(path, text)))),
            None if self.buffers.contains_key(path) => {}
            None => self.forget(path),
        }
    }

    /// Takes a parsed manifest.
    fn take(&mut self, document: Document) {
        let (document, configured) = self.configure(document);
        let path = document.file.path().to_path_buf();
        let mut known = self.apps.remove(&path);
        let (facts, generation) = known.as_ref().map(|app| (Arc::clone(&app.facts), app.generation)).unwrap_or_default();
        let mut app = App::new(document, configured, facts, generation);
        // What the facts are about has changed: a source, a build, an id. While the text is broken they stay.
        let is_whole = app.document.tree.errors.is_empty();
        let inputs = is_whole.then(|| app.manifest().inputs());
        let is_outdated = is_whole && known.as_ref().map(|known| &known.inputs) != inputs.as_ref();
        app.inputs = inputs.or_else(|| known.as_mut().map(|known| std::mem::take(&mut known.inputs))).unwrap_or_default();
        self.replaced.extend(known);
        self.apps.insert(path.clone(), app);
        if is_outdated {
            self.outdate(&path);
        }
        self.dirty.insert(path);
        self.soil_sources();
    }

    /// Has open sources judged anew: they show what their manifests lack.
    pub(super) fn soil_sources(&mut self) {
        let sources = self.buffers.keys().filter(|path| is_source(path));
        self.dirty.extend(sources.cloned());
    }

    /// Parses an open document anew, if it is a manifest.
    fn reparse(&mut self, path: &Path) {
        let Some(buffer) = self.buffers.get(path) else { return };
        let is_named = path.file_name().is_some_and(|name| name == MANIFEST) && !discover::is_template(path);
        if is_named || buffer.file.text().contains(VERSION_KEY) {
            let document = Document::parse(Arc::clone(&buffer.file));
            if is_named || document.nature != Nature::Foreign {
                return self.take(document);
            }
        }
        if self.apps.contains_key(path) {
            self.forget(path);
        }
        if self.shape_beside(path).is_some() {
            self.dirty.insert(path.to_path_buf());
        }
    }

    /// A source belongs to the manifest above it, be that in a folder of the workspace or not.
    fn adopt_manifest_above(&mut self, path: &Path) {
        let above = manifest_above(path).filter(|manifest| !self.apps.contains_key(manifest) && !self.buffers.contains_key(manifest));
        if let Some((manifest, text)) = above.and_then(|manifest| text_of(&manifest).map(|text| (manifest, text))) {
            self.take(Document::parse(Arc::new(SourceFile::new(manifest, text))));
        }
    }

    /// The manifests that a file may say something about.
    pub(super) fn apps_of(&self, path: &Path) -> Vec<PathBuf> {
        let concerns = |manifest: &&PathBuf| {
            let app = &self.apps[*manifest];
            is_beside(manifest, path)
                || app.facts.components.values().any(|component| component.source_files.iter().any(|file| file == path))
        };
        self.apps.keys().filter(concerns).cloned().collect()
    }

    /// Has the facts of the manifests gathered anew that a file may say something about.
    pub(super) fn outdate_apps_of(&mut self, path: &Path) {
        for manifest in self.apps_of(path) {
            self.outdate(&manifest);
        }
    }

    /// Has the facts of a manifest gathered anew.
    pub(super) fn outdate(&mut self, path: &Path) {
        if let Some(app) = self.apps.get_mut(path) {
            app.generation += 1;
            self.outdated.insert(path.to_path_buf());
        }
    }

    /// Takes what was gathered of a manifest, unless it has been outdated since.
    pub(super) fn learn(&mut self, path: &Path, generation: u64, facts: Facts) {
        let Some(app) = self.apps.get_mut(path).filter(|app| app.generation == generation) else { return };
        app.facts = Arc::new(facts);
        app.judge_anew();
        self.dirty.insert(path.to_path_buf());
        self.soil_sources();
    }

    /// Whether a feature is on in a document: for a manifest or a source, by what their project configures.
    pub(super) fn is_on(&self, path: &Path, feature: impl Fn(&Features) -> bool) -> bool {
        let own = self.apps.get(path).or_else(|| self.apps_of(path).first().and_then(|manifest| self.apps.get(manifest)));
        feature(own.map_or(&self.settings.features, |app| app.features(&self.settings)))
    }

    /// Takes settings; everything is judged anew.
    pub(super) fn set(&mut self, settings: Settings) {
        let rereads = |a: &Settings, b: &Settings| (a.sources, a.wasm) != (b.sources, b.wasm);
        if rereads(&self.settings, &settings) {
            let all: Vec<PathBuf> = self.apps.keys().cloned().collect();
            all.iter().for_each(|path| self.outdate(path));
        }
        self.settings = settings;
        self.reconfigure();
        self.apps.values_mut().for_each(App::judge_anew);
        self.dirty.extend(self.apps.keys().cloned());
        self.dirty.extend(self.buffers.keys().cloned());
    }
}
