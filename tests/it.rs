//! The integration tests: one binary, a module for each part of the program.
#![expect(clippy::disallowed_methods, reason = "tests read their own files")]
#![expect(clippy::disallowed_macros, reason = "a test that skips itself says so")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

/// Files that are cut, spliced and mutilated: no panic, and every fix holds.
#[path = "it/abuse.rs"]
mod abuse;
/// The program as a user runs it, one file for each case.
#[path = "it/cli.rs"]
mod cli;
/// Commands that test an app which runs for them.
#[cfg(feature = "runtime")]
#[path = "it/command.rs"]
mod command;
/// Spin's own verdicts on thousands of manifests.
#[path = "it/conformance.rs"]
mod conformance;
/// Reports and schemas against their official schemas, and generated files against their source.
#[path = "it/formats.rs"]
mod formats;
/// The language server, by whole sessions.
#[path = "it/lsp.rs"]
mod lsp;
/// An app that is served: to whoever asks, while it changes, and when it ends.
#[cfg(feature = "runtime")]
#[path = "it/serve.rs"]
mod serve;
/// Source apps in all languages: which stores they open.
#[path = "it/sources.rs"]
mod sources;
/// The rules of the house that a machine can see.
#[path = "it/tidy.rs"]
mod tidy;
/// Version 1 manifests written as version 2.
#[path = "it/upgrade.rs"]
mod upgrade;
/// Real Wasm binaries: which stores they open.
#[path = "it/wasm.rs"]
mod wasm;
/// Checks that go on while files change.
#[path = "it/watch.rs"]
mod watch;
/// Components that run, and what is seen of them.
#[cfg(feature = "runtime")]
#[path = "it/witness.rs"]
mod witness;
