//! The language server as editors meet it: whole sessions over standard input and output.

#[path = "lsp/agreement.rs"]
mod agreement;
#[path = "lsp/client.rs"]
mod client;
#[path = "lsp/comings.rs"]
mod comings;
#[path = "lsp/completion.rs"]
mod completion;
#[path = "lsp/configured.rs"]
mod configured;
#[path = "lsp/features.rs"]
mod features;
#[path = "lsp/metamodel.rs"]
mod metamodel;
#[path = "lsp/names.rs"]
mod names;
#[path = "lsp/protocol.rs"]
mod protocol;
/// The lens that runs the app.
#[cfg(feature = "runtime")]
#[path = "lsp/run.rs"]
mod run;
#[path = "lsp/stress.rs"]
mod stress;
