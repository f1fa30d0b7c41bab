//! The language server: the same check as the command line, told while one types.
//!
//! Messages are handled in the order of the wire (`transport`); handlers are functions of the session (`session`)
//! and never wait; what takes time is gathered in the background (`refresh`).

mod actions;
mod allow;
mod app;
mod capabilities;
mod complete;
mod configured;
mod convert;
mod cursor;
mod elsewhere;
mod hints;
mod hover;
mod lens;
mod links;
mod names;
mod navigate;
mod publish;
mod refresh;
mod run;
mod server;
mod session;
mod settings;
mod source;
mod structure;
mod transport;
mod watch;

use std::io::{BufReader, Read, Write};

use tower_lsp::LspService;

pub use settings::Settings;

/// Serves one client until it says `exit` or goes away. Returns whether it had said `shutdown` before, as it should.
pub fn serve(input: impl Read + Send + 'static, output: impl Write + Send + 'static) -> std::io::Result<bool> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
    let (outbox, writer) = transport::write_to(output);
    let incoming = transport::read_from(BufReader::new(input));
    let is_shut_down = runtime.block_on(async {
        let mut shared = None;
        let (service, socket) = LspService::build(|client| {
            let created = refresh::Shared::new(client, outbox.clone());
            shared = Some(created.clone());
            server::Server { shared: created }
        })
        .custom_method("spinlint/panic", server::Server::panic)
        .finish();
        let Some(shared) = shared else { return false };
        let settled = shared.clone();
        transport::serve(service, socket, incoming, outbox, move || settled.settle()).await;
        let session = shared.session();
        session.is_shut_down
    });
    // Tasks that still gather facts must not hold up the end; what was said before is still written.
    runtime.shutdown_background();
    let _ = writer.join();
    Ok(is_shut_down)
}
