//! The language server as editors meet it: whole sessions over standard input and output.

#[path = "lsp/client.rs"]
mod client;
#[path = "lsp/features.rs"]
mod features;
#[path = "lsp/protocol.rs"]
mod protocol;
