//! Tells Zed how the language server is started; everything clever is in the server.

use zed_extension_api::settings::LspSettings;
use zed_extension_api::{self as zed, Command, LanguageServerId, Result, Worktree, serde_json};

struct Spinlint;

impl zed::Extension for Spinlint {
    fn new() -> Self {
        Spinlint
    }

    fn language_server_command(&mut self, server: &LanguageServerId, worktree: &Worktree) -> Result<Command> {
        let set = LspSettings::for_worktree(server.as_ref(), worktree)?.binary;
        let (path, arguments, env) = set.map(|set| (set.path, set.arguments, set.env)).unwrap_or_default();
        let command =
            path.or_else(|| worktree.which("spinlint")).ok_or("spinlint is not on PATH: install it, or set `lsp.spinlint.binary.path`")?;
        let env = env.map_or_else(|| worktree.shell_env(), |env| env.into_iter().collect());
        let args = arguments.unwrap_or_else(|| vec!["lsp".to_owned()]);
        Ok(Command { command, args, env })
    }

    fn language_server_initialization_options(
        &mut self,
        server: &LanguageServerId,
        worktree: &Worktree,
    ) -> Result<Option<serde_json::Value>> {
        Ok(LspSettings::for_worktree(server.as_ref(), worktree)?.initialization_options)
    }

    fn language_server_workspace_configuration(
        &mut self,
        server: &LanguageServerId,
        worktree: &Worktree,
    ) -> Result<Option<serde_json::Value>> {
        let settings = LspSettings::for_worktree(server.as_ref(), worktree)?.settings;
        Ok(Some(serde_json::json!({ "spinlint": settings })))
    }
}

zed::register_extension!(Spinlint);
