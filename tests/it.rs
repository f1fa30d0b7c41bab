//! The integration tests: one binary, a module for each part of the program.

/// Source apps in all languages: which stores they open.
#[path = "it/sources.rs"]
mod sources;
