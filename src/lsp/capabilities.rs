//! What the client can do, and what the server offers it.

use serde_json::Value;
use tower_lsp::ls_types::*;

/// What the client can do, as far as it matters here.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Client {
    /// It asks for diagnostics, and can be told to ask again: then they are not pushed.
    pub pulls: bool,
    /// It watches files on request.
    pub watches: bool,
    /// It answers `workspace/configuration`.
    pub configures: bool,
    /// It shows progress.
    pub shows_progress: bool,
    /// It fetches code lenses anew on request.
    pub refreshes_lenses: bool,
    /// It fetches inlay hints anew on request.
    pub refreshes_hints: bool,
    /// It takes edits with the version of the document that they are for.
    pub versioned_edits: bool,
    /// It shows what an edit changes before it is made.
    pub annotations: bool,
    /// It fetches the edit of a code action when it is chosen.
    pub resolves_actions: bool,
    /// It takes code actions that are no commands.
    pub literal_actions: bool,
    /// It shows which of several actions is the natural one.
    pub prefers: bool,
    /// It takes completions with places to fill in.
    pub snippets: bool,
    /// It shows related places.
    pub related: bool,
    /// It renders Markdown in hovers.
    pub markdown: bool,
    /// It shows an outline as a tree.
    pub nested_symbols: bool,
}

impl Client {
    /// Reads what the client says of itself.
    pub(super) fn of(params: &InitializeParams) -> Client {
        let told = serde_json::to_value(&params.capabilities).unwrap_or_default();
        let is = |path: &str| told.pointer(path).and_then(Value::as_bool) == Some(true);
        let has = |path: &str| told.pointer(path).is_some();
        let lists = |path: &str, word: &str| {
            told.pointer(path).and_then(Value::as_array).is_some_and(|list| list.iter().any(|item| item.as_str() == Some(word)))
        };
        // Neovim 0.12, told to ask again, asks for the whole workspace, and leaves out of the answer what is open: findings that come
        // with the facts would not be shown before the next keystroke.
        let forgets_open = params.client_info.as_ref().is_some_and(|client| client.name == "Neovim");
        Client {
            pulls: has("/textDocument/diagnostic") && is("/workspace/diagnostics/refreshSupport") && !forgets_open,
            watches: is("/workspace/didChangeWatchedFiles/dynamicRegistration"),
            configures: is("/workspace/configuration"),
            shows_progress: is("/window/workDoneProgress"),
            refreshes_lenses: is("/workspace/codeLens/refreshSupport"),
            refreshes_hints: is("/workspace/inlayHint/refreshSupport"),
            versioned_edits: is("/workspace/workspaceEdit/documentChanges"),
            annotations: has("/workspace/workspaceEdit/changeAnnotationSupport"),
            resolves_actions: lists("/textDocument/codeAction/resolveSupport/properties", "edit")
                && is("/textDocument/codeAction/dataSupport"),
            literal_actions: has("/textDocument/codeAction/codeActionLiteralSupport"),
            prefers: is("/textDocument/codeAction/isPreferredSupport"),
            snippets: is("/textDocument/completion/completionItem/snippetSupport"),
            related: is("/textDocument/publishDiagnostics/relatedInformation") || has("/textDocument/diagnostic"),
            markdown: lists("/textDocument/hover/contentFormat", "markdown"),
            nested_symbols: is("/textDocument/documentSymbol/hierarchicalDocumentSymbolSupport"),
        }
    }
}

/// What the server offers. What the user has switched off is offered too, and answers nothing: it can be switched on at any time, and
/// few clients let a server offer things later.
pub(super) fn offered(client: Client, encoding: PositionEncodingKind) -> ServerCapabilities {
    ServerCapabilities {
        position_encoding: Some(encoding),
        text_document_sync: Some(TextDocumentSyncCapability::Options(TextDocumentSyncOptions {
            open_close: Some(true),
            change: Some(TextDocumentSyncKind::INCREMENTAL),
            save: Some(TextDocumentSyncSaveOptions::SaveOptions(SaveOptions { include_text: Some(false) })),
            ..Default::default()
        })),
        hover_provider: Some(HoverProviderCapability::Simple(true)),
        completion_provider: Some(CompletionOptions {
            trigger_characters: Some(["\"", "'", "[", ".", "=", "{", "/", ":", " "].map(str::to_owned).to_vec()),
            resolve_provider: Some(false),
            ..Default::default()
        }),
        definition_provider: Some(OneOf::Left(true)),
        references_provider: Some(OneOf::Left(true)),
        document_highlight_provider: Some(OneOf::Left(true)),
        rename_provider: Some(OneOf::Right(RenameOptions { prepare_provider: Some(true), work_done_progress_options: Default::default() })),
        workspace_symbol_provider: Some(OneOf::Left(true)),
        document_symbol_provider: Some(OneOf::Left(true)),
        folding_range_provider: Some(FoldingRangeProviderCapability::Simple(true)),
        selection_range_provider: Some(SelectionRangeProviderCapability::Simple(true)),
        code_action_provider: Some(CodeActionProviderCapability::Options(CodeActionOptions {
            code_action_kinds: Some(vec![CodeActionKind::QUICKFIX, super::actions::fix_all_kind(), CodeActionKind::SOURCE_FIX_ALL]),
            resolve_provider: Some(client.resolves_actions),
            ..Default::default()
        })),
        execute_command_provider: cfg!(feature = "runtime").then(|| ExecuteCommandOptions {
            commands: vec![super::run::COMMAND.to_owned()],
            work_done_progress_options: Default::default(),
        }),
        code_lens_provider: Some(CodeLensOptions { resolve_provider: Some(false) }),
        document_link_provider: Some(DocumentLinkOptions { resolve_provider: Some(false), work_done_progress_options: Default::default() }),
        inlay_hint_provider: Some(OneOf::Left(true)),
        diagnostic_provider: client.pulls.then(|| {
            DiagnosticServerCapabilities::Options(DiagnosticOptions {
                identifier: Some("spinlint".to_owned()),
                inter_file_dependencies: true,
                workspace_diagnostics: true,
                ..Default::default()
            })
        }),
        workspace: Some(WorkspaceServerCapabilities {
            workspace_folders: Some(WorkspaceFoldersServerCapabilities {
                supported: Some(true),
                change_notifications: Some(OneOf::Left(true)),
            }),
            ..Default::default()
        }),
        ..Default::default()
    }
}
