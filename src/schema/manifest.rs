//! The root of a version 2 manifest, its application table and its variables.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::component::{Component, Target};
use super::configuration::Tools;
use super::format::{KebabId, LowerSnakeId};
use super::trigger::{SharedSettings, Triggers};

/// A table whose keys belong to somebody else: a tool, a trigger.
pub type AnyTable = BTreeMap<String, serde_json::Value>;

/// The manifest of a Spin application, version 2.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "Spin manifest, version 2")]
pub struct Manifest {
    /// The version of the manifest's format: `2`.
    #[schemars(range(min = 2, max = 2))]
    pub spin_manifest_version: u8,
    /// What the application is called, who wrote it, where it can run.
    pub application: Application,
    /// The variables of the application. A component reads them through its own `variables`.
    #[serde(default)]
    pub variables: BTreeMap<LowerSnakeId, Variable>,
    /// What makes the application run: `[[trigger.http]]`, `[[trigger.redis]]`, or a plugin's type.
    pub trigger: Triggers,
    /// The components, each under its id: `[component.my-app]`.
    #[serde(default)]
    pub component: BTreeMap<KebabId, Component>,
}

/// `[application]`
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-positional" = true))]
pub struct Application {
    /// The application's name.
    pub name: String,
    /// The application's version, by custom `major.minor.patch`; Spin itself never reads it.
    #[serde(default)]
    pub version: String,
    /// One sentence about the application.
    #[serde(default)]
    pub description: String,
    /// The authors, by custom `Name <mail@example.com>`.
    #[serde(default)]
    pub authors: Vec<String>,
    /// The environments that `spin build` checks every component against.
    #[serde(default)]
    #[schemars(extend("x-since" = "3.4.0"))]
    pub targets: Vec<Target>,
    /// Settings for all triggers of a type: `[application.trigger.redis]`.
    #[serde(default)]
    pub trigger: SharedSettings,
    /// Settings of tools, a table for each; Spin reads none of them.
    #[serde(default)]
    pub tool: Tools,
}

/// `[variables]`, one entry.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-positional" = true))]
pub struct Variable {
    /// What the variable is for.
    #[serde(default)]
    #[schemars(extend("x-since" = "3.4.0"))]
    pub description: Option<String>,
    /// Whether a value has to be given when the application starts. Exactly one of `required = true` and `default`.
    #[serde(default)]
    pub required: bool,
    /// The value when none is given.
    #[serde(default)]
    pub default: Option<String>,
    /// Whether the value must not be shown.
    #[serde(default)]
    pub secret: bool,
}
