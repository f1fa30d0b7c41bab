//! What a user can set: `initializationOptions`, and the section `spinlint` of the client's configuration.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The settings of the language server. What is absent has its default.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
#[schemars(title = "spinlint's settings in editors")]
pub struct Settings {
    /// Show findings.
    pub diagnostics: bool,
    /// Show TOML syntax errors: `auto` leaves them to another TOML server where the client says that it runs one.
    pub syntax_diagnostics: SyntaxDiagnostics,
    /// Whether the client runs another TOML server, such as Taplo (Even Better TOML) or tombi. Editors' extensions set
    /// it; `syntaxDiagnostics: auto` goes by it.
    pub other_toml_server: bool,
    /// Run these rules only, those that are off otherwise too; all that are on if empty.
    pub select: Vec<String>,
    /// Leave these rules out.
    pub ignore: Vec<String>,
    /// Read the components' sources.
    pub sources: bool,
    /// Read the components' Wasm files.
    pub wasm: bool,
    /// Show findings at the calls in Rust, JavaScript, TypeScript, Python and Go sources too.
    pub source_diagnostics: bool,
    /// The runtime configuration whose stores are offered, relative to the manifest.
    pub runtime_config_file: String,
    /// Offer quick fixes.
    pub code_actions: bool,
    /// Complete keys and values.
    pub completion: bool,
    /// Show documentation and what is known under the cursor.
    pub hover: bool,
    /// Go to definitions, find references, rename.
    pub navigation: bool,
    /// Outline, folding and expanding selections.
    pub structure: bool,
    /// Make paths and URLs links.
    pub document_links: bool,
    /// Show generated ids and default ports in the text.
    pub inlay_hints: bool,
    /// Show above a component which stores it opens and which it is granted.
    pub code_lens: bool,
}

/// Whether TOML syntax errors are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum SyntaxDiagnostics {
    /// Unless another TOML server runs.
    Auto,
    /// Always.
    On,
    /// Never.
    Off,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            diagnostics: true,
            syntax_diagnostics: SyntaxDiagnostics::Auto,
            other_toml_server: false,
            select: Vec::new(),
            ignore: Vec::new(),
            sources: true,
            wasm: true,
            source_diagnostics: true,
            runtime_config_file: "runtime-config.toml".to_owned(),
            code_actions: true,
            completion: true,
            hover: true,
            navigation: true,
            structure: true,
            document_links: true,
            inlay_hints: false,
            code_lens: true,
        }
    }
}

impl Settings {
    /// These settings with what a client sent laid over them, and a sentence for each value that is none. A value may
    /// stand in a table `spinlint`, as clients send it whose configuration is one tree.
    pub(super) fn with(&self, sent: &Value) -> (Settings, Vec<String>) {
        let sent = sent.get("spinlint").unwrap_or(sent);
        let mut settings = serde_json::to_value(self).unwrap_or_default();
        let mut complaints = Vec::new();
        for (name, value) in sent.as_object().into_iter().flatten() {
            // Clients send what is theirs along, and null for what is not set.
            let Some(known) = settings.get(name).cloned().filter(|_| !value.is_null()) else { continue };
            settings[name] = value.clone();
            if let Err(error) = Settings::deserialize(&settings) {
                complaints.push(format!("the setting `{name}` is not used: {error}"));
                settings[name] = known;
            }
        }
        (serde_json::from_value(settings).unwrap_or_default(), complaints)
    }

    /// Whether syntax errors are shown.
    pub(super) fn shows_syntax(&self) -> bool {
        match self.syntax_diagnostics {
            SyntaxDiagnostics::Auto => !self.other_toml_server,
            SyntaxDiagnostics::On => true,
            SyntaxDiagnostics::Off => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sent_is_laid_over_and_what_is_wrong_is_told() {
        let sent = serde_json::json!({ "spinlint": { "hover": false, "inlayHints": "yes", "path": "x", "wasm": null } });
        let (settings, complaints) = Settings::default().with(&sent);
        assert!(!settings.hover && !settings.inlay_hints && settings.wasm);
        assert_eq!(complaints.len(), 1, "{complaints:?}");
    }
}
