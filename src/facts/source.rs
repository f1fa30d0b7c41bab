//! What a component's sources use that has to be granted: stores, databases, hosts, models, variables.
//!
//! A build command leads to a folder and a language ([`layout`]); the language finds the files that belong to the
//! component and turns them into one form ([`program`]); what that program uses is decided in one place ([`link`]).

mod go;
mod javascript;
mod layout;
mod library;
mod link;
mod program;
mod python;
mod relevance;
mod rust;
mod sdk;

use std::path::{Path, PathBuf};

pub(super) use layout::{Request, Sources, sources, written_to};
pub(super) use library::Library;

use super::Use;
use crate::suppression::{self, Suppression};

/// How the names of sources end, in every language that is read.
pub fn source_endings() -> impl Iterator<Item = &'static str> {
    ["rs", "py", "go"].into_iter().chain(javascript::EXTENSIONS.iter().copied())
}

/// Whether a file is a source in a language that is read.
pub fn is_source(path: &Path) -> bool {
    path.extension().and_then(|ending| ending.to_str()).is_some_and(|ending| source_endings().any(|known| known == ending))
}

/// The comments in sources that allow what rules find.
pub(super) fn suppressions(library: &Library<'_>, files: &[PathBuf]) -> Vec<Suppression> {
    files.iter().filter_map(|path| library.text(path)).flat_map(|file| suppression::in_source(&file)).collect()
}

impl Sources {
    /// Everything that the reached code uses and that has to be granted, in the order of files and places.
    pub(super) fn uses(&self) -> Vec<Use> {
        self.parts.iter().flat_map(|(found, language)| link::Program::new(&found.units, language.sdk()).uses()).collect()
    }

    /// All files that belong to the component.
    pub(super) fn files(&self) -> &[PathBuf] {
        &self.files
    }
}
