//! `[component.<id>]` and everything below it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::configuration::ComponentTools;
use super::format::{DependencyName, KebabId, Label, LowerSnakeId, Package, Registry};

/// `[component.<id>]`: a Wasm program, what it is given and how it is built.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-positional" = true))]
pub struct Component {
    /// Where the Wasm is: a path beside the manifest, a URL with its digest, or a package of a registry.
    pub source: Source,
    /// One sentence about the component.
    #[serde(default)]
    pub description: String,
    /// The variables that the component can read, with their values. A value may be a template over the
    /// application's variables: `token = "{{ api_token }}"`.
    #[serde(default)]
    pub variables: BTreeMap<LowerSnakeId, String>,
    /// Environment variables of the component. Values are taken as they are, templates are not expanded.
    #[serde(default)]
    pub environment: BTreeMap<String, String>,
    /// Files that the component can read, as paths, folders or globs beside the manifest, or
    /// `{ source = "folder", destination = "/path" }`.
    #[serde(default)]
    pub files: Vec<Mount>,
    /// Globs of files that `files` must not include.
    #[serde(default)]
    pub exclude_files: Vec<String>,
    /// Deprecated since Spin 2.0: use `allowed_outbound_hosts`.
    #[serde(default)]
    #[schemars(extend("deprecated" = true))]
    pub allowed_http_hosts: Vec<String>,
    /// The network addresses that the component may connect to, as `scheme://host:port`:
    /// `"https://api.example.com"`, `"postgres://db:5432"`, `"http://*.spin.internal"`. None by default.
    #[serde(default)]
    pub allowed_outbound_hosts: Vec<String>,
    /// The labels of the key-value stores that the component may open, often `["default"]`. None by default: opening
    /// any other store is answered with `access-denied` at the request that does it.
    #[serde(default)]
    pub key_value_stores: Vec<Label>,
    /// The labels of the SQLite databases that the component may open, often `["default"]`. None by default.
    #[serde(default)]
    pub sqlite_databases: Vec<Label>,
    /// The AI models that the component may use, such as `llama2-chat` and `all-minilm-l6-v2`. None by default.
    #[serde(default)]
    pub ai_models: Vec<String>,
    /// The environments that `spin build` checks this component against, in place of the application's.
    #[serde(default)]
    #[schemars(extend("x-since" = "3.6.0"))]
    pub targets: Vec<Target>,
    /// How `spin build` builds the component.
    #[serde(default)]
    pub build: Option<Build>,
    /// Settings of tools, a table for each; Spin reads none of them.
    #[serde(default)]
    pub tool: ComponentTools,
    /// Whether all dependencies may use everything that the component is given. Not together with a dependency's own
    /// `inherit_configuration`.
    #[serde(default)]
    #[schemars(extend("x-since" = "3.0.0"))]
    pub dependencies_inherit_configuration: Option<bool>,
    /// The components that satisfy this component's imports, each under what it satisfies: `"ns:pkg/interface@1.0.0"`,
    /// `"ns:pkg"` or a plain name.
    #[serde(default)]
    #[schemars(extend("x-since" = "3.0.0"))]
    pub dependencies: BTreeMap<DependencyName, Dependency>,
    /// Changes of the component for `spin build`, `up` and `watch` with `--profile <name>`.
    #[serde(default)]
    #[schemars(extend("x-since" = "4.0.0"))]
    pub profile: BTreeMap<String, Profile>,
}

/// Where a component's Wasm is.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged, deny_unknown_fields)]
pub enum Source {
    /// A path beside the manifest.
    #[schemars(title = "a path")]
    Path(String),
    /// A URL with the digest of what it must deliver.
    #[schemars(title = "a URL with its digest")]
    Url {
        /// The `http` or `https` URL of the Wasm.
        url: String,
        /// `sha256:` and the 64 hex digits of the Wasm's SHA-256 digest.
        digest: String,
    },
    /// A package of a registry.
    #[schemars(title = "a registry's package")]
    Registry {
        /// The registry's host; without it the one that `wkg` is configured for.
        registry: Option<Registry>,
        /// The package, `namespace:name`.
        package: Package,
        /// The exact version.
        version: String,
    },
}

/// One entry of `files`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged, deny_unknown_fields)]
pub enum Mount {
    /// A path, folder or glob, mounted under the same path.
    #[schemars(title = "a path or glob")]
    Pattern(String),
    /// A file or folder mounted elsewhere.
    #[schemars(title = "a source with its destination")]
    Placement {
        /// The file or folder beside the manifest.
        source: String,
        /// The absolute path that the component sees.
        destination: String,
    },
}

/// An environment that an application is meant to run in.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged, deny_unknown_fields)]
pub enum Target {
    /// An id of Spin's catalogue, such as `spin-up:3.5`.
    #[schemars(title = "an id of the catalogue")]
    Catalogue(String),
    /// A definition on the web.
    #[schemars(title = "a URL")]
    Url {
        /// The URL of the environment's definition.
        #[schemars(extend("x-since" = "4.0.1"))]
        url: String,
    },
    /// A definition beside the manifest.
    #[schemars(title = "a path")]
    Path {
        /// The path of the environment's definition.
        path: String,
    },
}

/// `[component.<id>.build]`: how `spin build` builds the component.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-positional" = true))]
pub struct Build {
    /// The command, or several that run one after the other, each by the shell.
    pub command: Commands,
    /// The folder that the commands run in, relative to the manifest.
    #[serde(default)]
    pub workdir: Option<String>,
    /// Globs, relative to `workdir`, of the files that `spin watch` rebuilds for.
    #[serde(default)]
    pub watch: Vec<String>,
}

/// One command or several.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Commands {
    /// One command.
    #[schemars(title = "a command")]
    One(String),
    /// Several, in order.
    #[schemars(title = "a list of commands", extend("x-since" = "3.0.0"))]
    Many(Vec<String>),
}

/// `[component.<id>.profile.<name>]`: what a profile changes.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-positional" = true))]
pub struct Profile {
    /// The Wasm in place of the component's.
    #[serde(default)]
    pub source: Option<Source>,
    /// Environment variables beside the component's.
    #[serde(default)]
    pub environment: BTreeMap<String, String>,
    /// Dependencies beside the component's.
    #[serde(default)]
    pub dependencies: BTreeMap<DependencyName, Dependency>,
    /// The build in place of the component's.
    #[serde(default)]
    pub build: Option<ProfileBuild>,
}

/// `[component.<id>.profile.<name>.build]`
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-positional" = true))]
pub struct ProfileBuild {
    /// The command, or several, in place of the component's.
    pub command: Commands,
}

/// What satisfies an import of a component.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged, deny_unknown_fields)]
pub enum Dependency {
    /// A version requirement for the package that the key names.
    #[schemars(title = "a version requirement")]
    Version(String),
    /// A package of a registry.
    #[schemars(title = "a registry's package")]
    Package {
        /// The version requirement.
        version: String,
        /// The registry's host; without it the one that `wkg` is configured for.
        registry: Option<Registry>,
        /// The package, where the key does not name it.
        package: Option<Package>,
        /// The export that satisfies the import, where it is called otherwise.
        export: Option<String>,
        /// What the dependency may use of the component's grants: all, nothing, or the named keys.
        #[schemars(extend("x-since" = "4.0.0"))]
        inherit_configuration: Option<Inherit>,
    },
    /// A Wasm file beside the manifest.
    #[schemars(title = "a path")]
    Local {
        /// The path of the Wasm.
        path: String,
        /// The export that satisfies the import, where it is called otherwise.
        export: Option<String>,
        /// What the dependency may use of the component's grants: all, nothing, or the named keys.
        #[schemars(extend("x-since" = "4.0.0"))]
        inherit_configuration: Option<Inherit>,
    },
    /// A Wasm file on the web.
    #[schemars(title = "a URL with its digest")]
    Url {
        /// The URL of the Wasm.
        url: String,
        /// `sha256:` and the 64 hex digits of the Wasm's SHA-256 digest.
        digest: String,
        /// The export that satisfies the import, where it is called otherwise.
        export: Option<String>,
        /// What the dependency may use of the component's grants: all, nothing, or the named keys.
        #[schemars(extend("x-since" = "4.0.0"))]
        inherit_configuration: Option<Inherit>,
    },
    /// Another component of the manifest.
    #[schemars(title = "a component of this manifest")]
    Component {
        /// The component's id. It must have no grants of its own.
        #[schemars(extend("x-since" = "3.5.0"))]
        component: KebabId,
        /// The export that satisfies the import, where it is called otherwise.
        export: Option<String>,
        /// What the dependency may use of the component's grants: all, nothing, or the named keys.
        #[schemars(extend("x-since" = "4.0.0"))]
        inherit_configuration: Option<Inherit>,
    },
}

/// What a dependency may use of its component's grants.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Inherit {
    /// Everything or nothing.
    #[schemars(title = "true or false")]
    All(bool),
    /// The named keys of the component, such as `key_value_stores`.
    #[schemars(title = "a list of the component's keys")]
    Some(Vec<String>),
}
