//! What the server knows: open buffers, manifests with their facts, settings. Plain data behind one lock, which no
//! handler holds while it waits.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::SystemTime;

use tower_lsp::ls_types::{TextDocumentContentChangeEvent, Uri};

use super::capabilities::Client;
use super::convert;
use super::settings::Settings;
use crate::diagnostic::Diagnostic;
use crate::discover::{self, MANIFEST};
use crate::facts::{Facts, is_source};
use crate::files::{Disk, Files};
use crate::manifest::{Input, Manifest, Nature};
use crate::rules;
use crate::schema::VERSION_KEY;
use crate::syntax::{self, Statement};
use crate::text::{Encoding, LineIndex, SourceFile};
use crate::{Document, check};

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

/// A manifest and what is known of its components.
pub(super) struct App {
    /// The text, parsed.
    pub document: Arc<Document>,
    /// As of the last time that they were gathered.
    pub facts: Arc<Facts>,
    /// Raised whenever what was gathered would be out of date.
    pub generation: u64,
    inputs: Vec<Input>,
    findings: OnceLock<Arc<Vec<Diagnostic>>>,
    statements: OnceLock<Vec<Statement>>,
}

impl App {
    fn new(document: Document, facts: Arc<Facts>, generation: u64) -> App {
        App { document: Arc::new(document), facts, generation, inputs: Vec::new(), findings: OnceLock::new(), statements: OnceLock::new() }
    }

    /// The manifest's file.
    pub(super) fn file(&self) -> &Arc<SourceFile> {
        &self.document.file
    }

    /// The typed view.
    pub(super) fn manifest(&self) -> Manifest<'_> {
        self.document.manifest()
    }

    /// The statements by their tokens.
    pub(super) fn statements(&self) -> &[Statement] {
        self.statements.get_or_init(|| syntax::statements(self.document.file.text()))
    }

    /// Every finding, as the command line has it.
    pub(super) fn findings(&self, settings: &Settings) -> Arc<Vec<Diagnostic>> {
        Arc::clone(self.findings.get_or_init(|| Arc::new(self.findings_of(&self.document, settings))))
    }

    /// The findings of another text of the manifest, such as one with fixes made.
    pub(super) fn findings_of(&self, document: &Document, settings: &Settings) -> Vec<Diagnostic> {
        // Another program's file is nobody's business, as for a walk of the command line.
        if document.nature == Nature::Foreign {
            return Vec::new();
        }
        let mut found = check(document, &self.facts, &crate::Settings::default());
        found.retain(|diagnostic| is_wanted(settings, diagnostic.rule));
        found
    }
}

fn is_wanted(settings: &Settings, rule: &str) -> bool {
    if rule == rules::SYNTAX {
        return settings.shows_syntax();
    }
    let is_listed = |names: &[String]| names.iter().any(|name| name == rule);
    (settings.select.is_empty() || is_listed(&settings.select)) && !is_listed(&settings.ignore)
}

/// Whether a file is in a manifest's folder, or below it.
fn is_beside(manifest: &Path, path: &Path) -> bool {
    manifest.parent().is_some_and(|folder| path.starts_with(folder))
}

/// A file's text as editors see it: they keep a byte order mark to themselves.
fn text_of(path: &Path) -> Option<String> {
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
    /// What was last shown in open sources, by [`super::publish::result_id`].
    pub shown: BTreeMap<PathBuf, String>,
    /// Manifests whose facts have to be gathered anew.
    pub outdated: BTreeSet<PathBuf>,
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
        if is_source(&path) {
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
        if is_source(&path) {
            self.outdate_apps_of(&path);
        } else {
            self.reload(&path);
        }
    }

    /// Reads a manifest that is not open anew, or forgets it where it is gone or was known only while it was open.
    pub(super) fn reload(&mut self, path: &Path) {
        let is_ours = !self.buffers.contains_key(path) && path.file_name().is_some_and(|name| name == MANIFEST);
        let is_below = self.roots.iter().any(|root| path.starts_with(root));
        let text = (is_ours && is_below && !discover::is_template(path)).then(|| text_of(path)).flatten();
        match text {
            Some(text) => self.take(Document::parse(Arc::new(SourceFile::new(path, text)))),
            None if self.buffers.contains_key(path) => {}
            None => {
                self.apps.remove(path);
                self.dirty.insert(path.to_path_buf());
            }
        }
    }

    /// Takes a parsed manifest.
    fn take(&mut self, document: Document) {
        let path = document.file.path().to_path_buf();
        let mut known = self.apps.remove(&path);
        let (facts, generation) = known.as_ref().map(|app| (Arc::clone(&app.facts), app.generation)).unwrap_or_default();
        let mut app = App::new(document, facts, generation);
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
    fn soil_sources(&mut self) {
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
        if self.apps.remove(path).is_some() {
            self.dirty.insert(path.to_path_buf());
        }
    }

    /// A source in no known app belongs to the manifest above it, where no folder of the workspace says otherwise.
    fn adopt_manifest_above(&mut self, path: &Path) {
        if self.apps.keys().any(|manifest| is_beside(manifest, path)) || !path.is_absolute() {
            return;
        }
        let above = path.ancestors().skip(1).map(|folder| folder.join(MANIFEST)).find(|candidate| Disk.is_file(candidate));
        if let Some(text) = above.as_ref().and_then(|manifest| text_of(manifest)) {
            self.take(Document::parse(Arc::new(SourceFile::new(above.unwrap_or_default(), text))));
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
        app.findings = OnceLock::new();
        self.dirty.insert(path.to_path_buf());
        self.soil_sources();
    }

    /// Takes settings; everything is judged anew.
    pub(super) fn set(&mut self, settings: Settings) {
        let rereads = |a: &Settings, b: &Settings| (a.sources, a.wasm) != (b.sources, b.wasm);
        if rereads(&self.settings, &settings) {
            let all: Vec<PathBuf> = self.apps.keys().cloned().collect();
            all.iter().for_each(|path| self.outdate(path));
        }
        self.settings = settings;
        for app in self.apps.values_mut() {
            app.findings = OnceLock::new();
        }
        self.dirty.extend(self.apps.keys().cloned());
        self.dirty.extend(self.buffers.keys().cloned());
    }
}
