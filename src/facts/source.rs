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

/// How the names of sources end, in every language that is read.
pub fn source_endings() -> impl Iterator<Item = &'static str> {
    ["rs", "py", "go"].into_iter().chain(javascript::EXTENSIONS.iter().copied())
}

/// Whether a file is a source in a language that is read.
pub fn is_source(path: &Path) -> bool {
    path.extension().and_then(|ending| ending.to_str()).is_some_and(|ending| source_endings().any(|known| known == ending))
}

impl Sources {
    /// Everything that the reached code uses and that has to be granted, in the order of files and places.
    pub(super) fn uses(&self) -> Vec<Use> {
        link::Program::new(&self.found.units, self.language.sdk()).uses()
    }

    /// All files that belong to the component.
    pub(super) fn files(&self) -> &[PathBuf] {
        &self.found.files
    }
}
