//! spinlint's own configuration: `spinlint.toml`, and `[application.tool.spinlint]` in a manifest.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::manifest::AnyTable;

/// The configuration of spinlint: in `spinlint.toml`, for all manifests below its folder, or in a manifest's `[application.tool.spinlint]`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "spinlint's configuration")]
pub struct Configuration {
    /// The oldest version of Spin that has to start the app, such as `"3.4"`. What it does not know yet is an error.
    #[serde(default)]
    pub spin_version: Option<String>,
    /// The runtime configuration that the app is started with, relative to the file that says so. Labels that it does not define are errors.
    #[serde(default)]
    pub runtime_config_file: Option<String>,
    /// How grave the findings of a rule are: `unused-store = "off"`.
    #[serde(default)]
    pub rules: BTreeMap<String, Level>,
    /// The rules that are left out in some files, by a path or glob relative to this file: `"examples/**" = ["unused-component"]`. `all`
    /// means every rule.
    #[serde(default)]
    pub ignore: BTreeMap<String, Vec<String>>,
    /// What holds for one component, by its id.
    #[serde(default)]
    pub component: BTreeMap<String, Component>,
    /// The features of the language server, by the names that they have in editors.
    #[serde(default)]
    pub editor: Features,
    /// In a manifest: what `spinlint test` asks the app, and expects. Elsewhere it has a file of its own, `spinlint-test.toml`.
    #[serde(default)]
    pub test: AnyTable,
}

/// What holds for one component: `[component.<id>.tool.spinlint]` in its manifest.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Component {
    /// How grave the findings of a rule about the component are.
    #[serde(default)]
    pub rules: BTreeMap<String, Level>,
    /// The folders of its sources, relative to the file that says so, where the build command does not tell.
    #[serde(default)]
    pub sources: Vec<String>,
}

/// How grave findings are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// The rule does not run.
    Off,
    /// Worth knowing.
    Info,
    /// Very likely a mistake.
    Warning,
    /// A reason to fail.
    Error,
}

/// The settings of tools for an application.
#[derive(Debug, Default, Deserialize, JsonSchema)]
pub struct Tools {
    /// What this linter reads.
    #[serde(default)]
    pub spinlint: Option<Configuration>,
    /// Those of other tools.
    #[serde(flatten)]
    pub others: BTreeMap<String, AnyTable>,
}

/// The settings of tools for a component.
#[derive(Debug, Default, Deserialize, JsonSchema)]
pub struct ComponentTools {
    /// What this linter reads.
    #[serde(default)]
    pub spinlint: Option<Component>,
    /// Those of other tools.
    #[serde(flatten)]
    pub others: BTreeMap<String, AnyTable>,
}

/// The features of the language server. What is absent has its default.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct Features {
    /// Show findings.
    pub diagnostics: bool,
    /// Show findings at the calls in Rust, JavaScript, TypeScript, Python and Go sources too.
    pub source_diagnostics: bool,
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

impl Default for Features {
    fn default() -> Self {
        Features {
            diagnostics: true,
            source_diagnostics: true,
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
