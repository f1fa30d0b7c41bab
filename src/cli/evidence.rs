//! What a check knows beside the manifest's text: what lies on the disk, and what a run has shown.

use std::path::Path;
use std::sync::Arc;

use super::Failure;
use crate::Document;
use crate::diagnostic::Place;
use crate::facts::trace::{self, Trace};
use crate::facts::{Facts, Gatherer};
use crate::files::{Disk, Files};
use crate::manifest::Source;
use crate::text::{SourceFile, Span, join_lexically};

/// Where facts come from.
pub(super) struct Evidence<'a> {
    /// What lies on the disk.
    pub gatherer: &'a Gatherer<'a>,
    /// What a run has shown.
    pub trace: Option<&'a Trace>,
}

impl Evidence<'_> {
    /// What is known of a manifest's components.
    pub(super) fn facts(&self, document: &Document) -> Facts {
        let mut facts = document.facts(self.gatherer);
        let Some(trace) = self.trace else { return facts };
        let manifest = document.manifest();
        let folder = document.file.path().parent().unwrap_or(Path::new(""));
        for component in &manifest.components {
            if let Some(Source::Path(path)) = component.source().map(|source| source.value) {
                let path = join_lexically(folder, Path::new(&path));
                let digest = Disk.read(&path).ok().map(|wasm| trace::digest(&wasm));
                let place = Place { file: Arc::new(SourceFile::new(path, String::new())), span: Span::at(0) };
                facts.observe(&component.id, &place, digest.as_deref(), trace);
            }
        }
        facts
    }
}

/// Reads what `test --trace` has saved.
pub(super) fn read_trace(path: &Path) -> Result<Trace, Failure> {
    let shown = path.display();
    let text = Disk.text(path).ok_or_else(|| Failure::Told(format!("cannot read the trace {shown}")))?;
    let trace: Trace = serde_json::from_str(&text).map_err(|error| Failure::Told(format!("{shown} is no trace: {error}")))?;
    if trace.version == trace::VERSION {
        Ok(trace)
    } else {
        Err(Failure::Told(format!("{shown} is a trace of version {}, and this is a program for version {}", trace.version, trace::VERSION)))
    }
}
