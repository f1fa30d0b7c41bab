//! The manifest of version 1, which Spin still reads.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::component::{Build, Mount, Source};
use super::format::{LowerSnakeId, Version1Id};
use super::manifest::{AnyTable, Variable};

/// The manifest of a Spin application, version 1.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "Spin manifest, version 1")]
pub struct Manifest {
    /// The version of the manifest's format: `"1"`.
    #[serde(alias = "spin_version")]
    pub spin_manifest_version: String,
    /// The application's name.
    pub name: String,
    /// The application's version.
    #[serde(default)]
    pub version: String,
    /// One sentence about the application.
    #[serde(default)]
    pub description: String,
    /// The authors.
    #[serde(default)]
    pub authors: Vec<String>,
    /// The type of all triggers, with the settings that they share.
    pub trigger: ApplicationTrigger,
    /// The variables of the application.
    #[serde(default)]
    pub variables: BTreeMap<LowerSnakeId, Variable>,
    /// The components: `[[component]]`.
    #[serde(default)]
    pub component: Vec<Component>,
}

/// `trigger = { type = "http" }`
#[derive(Debug, Deserialize, JsonSchema)]
pub struct ApplicationTrigger {
    /// The trigger type: `http`, `redis` or a plugin's.
    #[serde(rename = "type")]
    pub kind: String,
    /// Settings that all triggers share.
    #[serde(flatten)]
    pub settings: AnyTable,
}

/// `[[component]]`
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-positional" = true))]
pub struct Component {
    /// The component's id.
    pub id: Version1Id,
    /// Where the Wasm is.
    pub source: Source,
    /// The trigger's settings: `[component.trigger]`.
    pub trigger: AnyTable,
    /// One sentence about the component.
    #[serde(default)]
    pub description: String,
    /// The variables that the component can read, with their values.
    #[serde(default)]
    pub config: BTreeMap<LowerSnakeId, String>,
    /// Environment variables of the component.
    #[serde(default)]
    pub environment: BTreeMap<String, String>,
    /// Files that the component can read.
    #[serde(default)]
    pub files: Vec<Mount>,
    /// Globs of files that `files` must not include.
    #[serde(default)]
    pub exclude_files: Vec<String>,
    /// The hosts that the component may send requests to.
    #[serde(default)]
    pub allowed_http_hosts: Vec<String>,
    /// The network addresses that the component may connect to.
    #[serde(default)]
    pub allowed_outbound_hosts: Option<Vec<String>>,
    /// The labels of the key-value stores that the component may open.
    #[serde(default)]
    pub key_value_stores: Vec<String>,
    /// The labels of the SQLite databases that the component may open.
    #[serde(default)]
    pub sqlite_databases: Vec<String>,
    /// The AI models that the component may use.
    #[serde(default)]
    pub ai_models: Vec<String>,
    /// How `spin build` builds the component.
    #[serde(default)]
    pub build: Option<Build>,
}
