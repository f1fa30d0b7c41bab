//! What a user can set: `initializationOptions`, and the section `spinlint` of the client's configuration.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::configured::Configured;
use crate::config::told_spin_version;
use crate::rules;
use crate::schema::configuration::Features;

/// The settings of the language server. What is absent has its default.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
#[schemars(title = "spinlint's settings in editors")]
pub struct Settings {
    /// What a project can configure, too.
    #[serde(flatten)]
    pub features: Features,
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
    /// The runtime configuration that apps are started with, relative to the manifest. Empty: the one that `spinlint.toml` names; the
    /// stores of a `runtime-config.toml` beside the manifest are offered in any case.
    pub runtime_config_file: String,
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
            features: Features::default(),
            syntax_diagnostics: SyntaxDiagnostics::Auto,
            other_toml_server: false,
            select: Vec::new(),
            ignore: Vec::new(),
            sources: true,
            wasm: true,
            runtime_config_file: String::new(),
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
        let mut settings: Settings = serde_json::from_value(settings).unwrap_or_default();
        for (setting, names) in [("select", &mut settings.select), ("ignore", &mut settings.ignore)] {
            names.retain(|name| {
                let is_known = rules::find(name).is_some();
                if !is_known {
                    complaints.push(format!("the setting `{setting}`: {}", rules::unknown(name)));
                }
                is_known
            });
        }
        (settings, complaints)
    }

    /// What a check takes for granted by these settings.
    pub(super) fn of_check(&self, configured: &Configured) -> crate::Settings {
        let is_unreadable = configured.runtime_config.is_none();
        crate::Settings {
            selected: self.select.clone(),
            ignored: self.ignore.clone(),
            told_spin_version: told_spin_version(),
            runtime_config: configured.runtime_config.clone(),
            unreadable_config: configured.runtime_config_file.clone().filter(|_| is_unreadable),
            ..crate::Settings::default()
        }
    }

    /// Whether the findings of a rule are shown, if it runs.
    pub(super) fn shows(&self, rule: &str) -> bool {
        rule != rules::SYNTAX || self.shows_syntax()
    }

    /// Whether syntax errors are shown.
    fn shows_syntax(&self) -> bool {
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
        assert!(!settings.features.hover && !settings.features.inlay_hints && settings.wasm);
        assert_eq!(complaints.len(), 1, "{complaints:?}");
        let (settings, complaints) = settings.with(&serde_json::json!({ "ignore": ["idle-glob", "idle-glb"] }));
        assert_eq!(settings.ignore, ["idle-glob"]);
        assert_eq!(complaints, ["the setting `ignore`: there is no rule `idle-glb`; did you mean `idle-glob`?"]);
    }
}
