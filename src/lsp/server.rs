//! The server's side of the protocol: each request is a function of the session, and none waits.

use std::path::PathBuf;

use serde_json::Value;
use tower_lsp::LanguageServer;
use tower_lsp::jsonrpc::Result;
use tower_lsp::ls_types::*;

use super::app::App;
use super::capabilities::{self, Client};
use super::refresh::Shared;
use super::session::Session;
use super::{actions, complete, convert, hints, hover, lens, links, navigate, publish, run, source, structure, watch};
use crate::schema::configuration::Features;
use crate::text::SourceFile;

/// The handlers.
pub(super) struct Server {
    pub shared: Shared,
}

impl Server {
    /// Answers from a manifest; nothing for a document that is none, or with a feature that is switched off.
    fn on_app<T>(
        &self,
        uri: &Uri,
        is_on: impl Fn(&Features) -> bool,
        answer: impl FnOnce(&Session, &App) -> Option<T>,
    ) -> Result<Option<T>> {
        let session = self.shared.session();
        let app = session.apps.get(&convert::path(uri)).filter(|app| is_on(app.features(&session.settings)));
        Ok(app.and_then(|app| answer(&session, app)))
    }

    /// What `spinlint/panic` does: tests of clients and of the server itself see how a panic is survived.
    pub(super) async fn panic(&self) -> Result<()> {
        panic!("the client asked for it");
    }

    /// Asks for the user's settings, beside whatever else is going on.
    fn ask_for_settings(&self) {
        if !self.shared.session().client.configures {
            return;
        }
        let shared = self.shared.clone();
        tokio::spawn(async move {
            let item = ConfigurationItem { scope_uri: None, section: Some("spinlint".to_owned()) };
            let Ok(sent) = shared.client.configuration(vec![item]).await else { return };
            // Null is the answer of clients that have no such section, whatever they have sent by themselves.
            if let Some(sent) = sent.first().filter(|sent| sent.is_object()) {
                set(&shared, sent);
            }
        });
    }
}

/// Lays settings over those that the server was started with, so that one that is taken back has its default, and tells the user
/// which are none.
fn set(shared: &Shared, sent: &Value) {
    let complaints = {
        let mut session = shared.session();
        let (settings, complaints) = session.initial_settings.with(sent);
        if settings != session.settings {
            session.set(settings);
        }
        complaints
    };
    for message in complaints {
        shared.outbox.notify("window/showMessage", ShowMessageParams { typ: MessageType::WARNING, message });
    }
    shared.settle();
}

/// The offset of a position in a file.
fn at(session: &Session, file: &SourceFile, position: Position) -> usize {
    convert::offset(file, position, session.encoding)
}

impl LanguageServer for Server {
    async fn initialize(&self, params: InitializeParams) -> Result<InitializeResult> {
        set(&self.shared, params.initialization_options.as_ref().unwrap_or(&Value::Null));
        {
            let mut session = self.shared.session();
            session.initial_settings = session.settings.clone();
        }
        let (encoding, kind) = convert::encoding(&params.capabilities);
        let mut session = self.shared.session();
        session.encoding = encoding;
        session.client = Client::of(&params);
        #[expect(deprecated, reason = "older clients name their folder only so")]
        let root = params.root_uri.into_iter();
        let folders = params.workspace_folders.unwrap_or_default().into_iter().map(|folder| folder.uri);
        let folders: Vec<Uri> = folders.collect();
        let root = root.filter(|_| folders.is_empty());
        let roots: Vec<PathBuf> = folders.iter().cloned().chain(root).map(|uri| convert::path(&uri)).collect();
        session.roots.extend(roots.into_iter().filter(|root| root.is_absolute()));
        watch::end_with_parent(params.process_id);
        Ok(InitializeResult {
            capabilities: capabilities::offered(session.client, kind),
            server_info: Some(ServerInfo { name: "spinlint".to_owned(), version: Some(env!("CARGO_PKG_VERSION").to_owned()) }),
            offset_encoding: None,
        })
    }

    async fn initialized(&self, _: InitializedParams) {
        self.ask_for_settings();
        watch::start(&self.shared);
        let shared = self.shared.clone();
        tokio::spawn(async move { shared.find_manifests().await });
    }

    async fn shutdown(&self) -> Result<()> {
        self.shared.session().is_shut_down = true;
        Ok(())
    }

    async fn did_open(&self, params: DidOpenTextDocumentParams) {
        let document = params.text_document;
        self.shared.session().open(document.uri, document.version, document.text);
    }

    async fn did_change(&self, params: DidChangeTextDocumentParams) {
        let document = params.text_document;
        self.shared.while_typing().change(&document.uri, document.version, params.content_changes);
    }

    async fn did_save(&self, params: DidSaveTextDocumentParams) {
        self.shared.session().outdate_apps_of(&convert::path(&params.text_document.uri));
    }

    async fn did_close(&self, params: DidCloseTextDocumentParams) {
        self.shared.session().close(&params.text_document.uri);
    }

    async fn did_change_configuration(&self, params: DidChangeConfigurationParams) {
        if params.settings.is_object() {
            set(&self.shared, &params.settings);
        }
        self.ask_for_settings();
    }

    async fn did_change_workspace_folders(&self, params: DidChangeWorkspaceFoldersParams) {
        {
            let mut session = self.shared.session();
            for folder in params.event.removed {
                let root = convert::path(&folder.uri);
                session.roots.remove(&root);
                let gone: Vec<PathBuf> = session.apps.keys().filter(|path| path.starts_with(&root)).cloned().collect();
                gone.iter().for_each(|path| session.reload(path));
            }
            session.roots.extend(params.event.added.iter().map(|folder| convert::path(&folder.uri)));
        }
        let shared = self.shared.clone();
        tokio::spawn(async move { shared.find_manifests().await });
    }

    async fn did_change_watched_files(&self, params: DidChangeWatchedFilesParams) {
        let mut session = self.shared.session();
        params.changes.iter().for_each(|change| watch::changed(&mut session, &convert::path(&change.uri)));
    }

    async fn diagnostic(&self, params: DocumentDiagnosticParams) -> Result<DocumentDiagnosticReportResult> {
        let session = self.shared.session();
        let items = publish::diagnostics(&session, &convert::path(&params.text_document.uri));
        Ok(publish::document_report(items, params.previous_result_id))
    }

    async fn workspace_diagnostic(&self, params: WorkspaceDiagnosticParams) -> Result<WorkspaceDiagnosticReportResult> {
        Ok(publish::workspace_report(&self.shared.session(), params.previous_result_ids))
    }

    async fn code_action(&self, params: CodeActionParams) -> Result<Option<CodeActionResponse>> {
        let session = self.shared.session();
        Ok(session
            .is_on(&convert::path(&params.text_document.uri), |features| features.code_actions)
            .then(|| actions::actions(&session, &params)))
    }

    async fn code_action_resolve(&self, action: CodeAction) -> Result<CodeAction> {
        Ok(actions::resolve(&self.shared.session(), action))
    }

    async fn completion(&self, params: CompletionParams) -> Result<Option<CompletionResponse>> {
        let place = params.text_document_position;
        let path = convert::path(&place.text_document.uri);
        let session = self.shared.session();
        if !session.is_on(&path, |features| features.completion) {
            return Ok(None);
        }
        let items = match session.apps.get(&path) {
            Some(app) => complete::complete(&session, app, at(&session, app.file(), place.position)),
            None if session.shape_beside(&path).is_some() => complete::beside(&session, &path, place.position),
            None => source::complete(&session, &path, place.position),
        };
        Ok(Some(CompletionResponse::List(CompletionList { is_incomplete: false, items })))
    }

    async fn hover(&self, params: HoverParams) -> Result<Option<Hover>> {
        let place = params.text_document_position_params;
        let path = convert::path(&place.text_document.uri);
        let session = self.shared.session();
        if !session.is_on(&path, |features| features.hover) {
            return Ok(None);
        }
        Ok(match session.apps.get(&path) {
            Some(app) => hover::hover(&session, app, at(&session, app.file(), place.position)),
            None => hover::beside(&session, &path, place.position),
        })
    }

    async fn goto_definition(&self, params: GotoDefinitionParams) -> Result<Option<GotoDefinitionResponse>> {
        let place = params.text_document_position_params;
        let path = convert::path(&place.text_document.uri);
        let session = self.shared.session();
        if !session.is_on(&path, |features| features.navigation) {
            return Ok(None);
        }
        let found = match session.apps.get(&path) {
            Some(app) => navigate::definition(&session, app, at(&session, app.file(), place.position)),
            None => source::definition(&session, &path, place.position),
        };
        Ok((!found.is_empty()).then_some(GotoDefinitionResponse::Array(found)))
    }

    async fn references(&self, params: ReferenceParams) -> Result<Option<Vec<Location>>> {
        let place = params.text_document_position;
        let declared = params.context.include_declaration;
        self.on_app(
            &place.text_document.uri,
            |features| features.navigation,
            |session, app| navigate::references(session, app, at(session, app.file(), place.position), declared),
        )
    }

    async fn document_highlight(&self, params: DocumentHighlightParams) -> Result<Option<Vec<DocumentHighlight>>> {
        let place = params.text_document_position_params;
        self.on_app(
            &place.text_document.uri,
            |features| features.navigation,
            |session, app| navigate::highlights(session, app, at(session, app.file(), place.position)),
        )
    }

    async fn prepare_rename(&self, params: TextDocumentPositionParams) -> Result<Option<PrepareRenameResponse>> {
        self.on_app(
            &params.text_document.uri,
            |features| features.navigation,
            |session, app| navigate::prepare_rename(session, app, at(session, app.file(), params.position)),
        )
    }

    async fn rename(&self, params: RenameParams) -> Result<Option<WorkspaceEdit>> {
        let place = params.text_document_position;
        let renamed = self.on_app(
            &place.text_document.uri,
            |features| features.navigation,
            |session, app| navigate::rename(session, app, at(session, app.file(), place.position), &params.new_name),
        )?;
        renamed.transpose().map_err(tower_lsp::jsonrpc::Error::invalid_params)
    }

    async fn document_symbol(&self, params: DocumentSymbolParams) -> Result<Option<DocumentSymbolResponse>> {
        self.on_app(&params.text_document.uri, |features| features.structure, |session, app| Some(structure::outline(session, app)))
    }

    async fn symbol(&self, params: WorkspaceSymbolParams) -> Result<Option<WorkspaceSymbolResponse>> {
        let session = self.shared.session();
        Ok(session.settings.features.structure.then(|| structure::workspace_symbols(&session, &params.query)))
    }

    async fn folding_range(&self, params: FoldingRangeParams) -> Result<Option<Vec<FoldingRange>>> {
        self.on_app(&params.text_document.uri, |features| features.structure, |session, app| Some(structure::folds(session, app)))
    }

    async fn selection_range(&self, params: SelectionRangeParams) -> Result<Option<Vec<SelectionRange>>> {
        self.on_app(
            &params.text_document.uri,
            |features| features.structure,
            |session, app| Some(structure::selections(session, app, &params.positions)),
        )
    }

    async fn document_link(&self, params: DocumentLinkParams) -> Result<Option<Vec<DocumentLink>>> {
        self.on_app(&params.text_document.uri, |features| features.document_links, |session, app| Some(links::links(session, app)))
    }

    async fn inlay_hint(&self, params: InlayHintParams) -> Result<Option<Vec<InlayHint>>> {
        self.on_app(
            &params.text_document.uri,
            |features| features.inlay_hints,
            |session, app| Some(hints::hints(session, app, params.range)),
        )
    }

    async fn execute_command(&self, params: ExecuteCommandParams) -> Result<Option<LSPAny>> {
        match params.command == run::COMMAND {
            true => run::start(&self.shared, &params.arguments).map(|()| None).map_err(tower_lsp::jsonrpc::Error::invalid_params),
            false => Err(tower_lsp::jsonrpc::Error::invalid_params(format!("there is no command `{}`", params.command))),
        }
    }

    async fn code_lens(&self, params: CodeLensParams) -> Result<Option<Vec<CodeLens>>> {
        self.on_app(&params.text_document.uri, |features| features.code_lens, |session, app| Some(lens::lenses(session, app)))
    }
}
