//! `[[trigger.<type>]]`: what makes a component run.

#[macro_use]
mod table;
mod plugin;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::component::{Component, Inherit};
use super::format::{KebabId, Package, Registry};
use super::manifest::AnyTable;

/// The triggers by type.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct Triggers {
    /// HTTP routes.
    #[serde(default)]
    pub http: Vec<HttpTrigger>,
    /// Redis channels.
    #[serde(default)]
    pub redis: Vec<RedisTrigger>,
    /// Points in time, by the plugin `trigger-cron`.
    #[serde(default)]
    pub cron: Vec<plugin::CronTrigger>,
    /// MQTT topics, by the plugin `trigger-mqtt`.
    #[serde(default)]
    pub mqtt: Vec<plugin::MqttTrigger>,
    /// Queues of Amazon SQS, by the plugin `trigger-sqs`.
    #[serde(default)]
    pub sqs: Vec<plugin::SqsTrigger>,
    /// The start of the app, once, by the plugin `trigger-command`.
    #[serde(default)]
    pub command: Vec<plugin::CommandTrigger>,
    /// The types that other plugins bring.
    #[serde(flatten)]
    pub plugins: BTreeMap<String, Vec<plugin::OtherTrigger>>,
}

/// `[application.trigger]`: what all triggers of a type share.
#[derive(Debug, Default, Deserialize, JsonSchema)]
pub struct SharedSettings {
    /// Of all http triggers.
    #[serde(default)]
    pub http: Option<SharedHttp>,
    /// Of all redis triggers.
    #[serde(default)]
    pub redis: Option<SharedRedis>,
    /// Of all mqtt triggers.
    #[serde(default)]
    pub mqtt: Option<plugin::SharedMqtt>,
    /// Of the triggers of other types.
    #[serde(flatten)]
    pub plugins: BTreeMap<String, AnyTable>,
}

/// `[application.trigger.http]`
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SharedHttp {
    /// Deprecated: must be `/`. What all routes begin with is written in each of them.
    #[serde(default)]
    #[schemars(extend("deprecated" = true))]
    pub base: Option<String>,
}

/// `[application.trigger.redis]`
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SharedRedis {
    /// The server of all triggers that name none, `redis://host:port`; templates are expanded.
    pub address: String,
}

trigger! {
    /// `[[trigger.http]]`: a route, and the component or static response that answers it.
    #[serde(deny_unknown_fields)]
    HttpTrigger {
        /// The answer where no component has to run.
        #[serde(default)]
        #[schemars(extend("x-since" = "3.5.0"))]
        pub static_response: Option<StaticResponse>,
        /// The path that is answered: `"/hello"`, `"/items/:id"`, `"/static/..."`; or `{ private = true }` for a
        /// component that only others of the application call.
        pub route: Route,
        /// How the component is called: `{ type = "http" }` unless it is a WAGI program.
        #[serde(default)]
        pub executor: Option<Executor>,
    }
}

trigger! {
    /// `[[trigger.redis]]`: a channel, and the component that receives its messages.
    #[serde(deny_unknown_fields)]
    RedisTrigger {
        /// The channel, word for word; templates are expanded.
        pub channel: String,
        /// The server, `redis://host:port`, in place of `[application.trigger.redis] address`.
        #[serde(default)]
        pub address: Option<String>,
    }
}

/// A component by its id, or written out in place.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum ComponentRef {
    /// The id of a `[component.<id>]`.
    #[schemars(title = "a component's id")]
    Id(KebabId),
    /// The component itself.
    #[schemars(title = "a component")]
    Inline(Box<Component>),
}

/// One component or several.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum ComponentRefs {
    /// Several.
    #[schemars(title = "a list of components")]
    Many(Vec<ComponentRef>),
    /// One, by its id.
    #[schemars(title = "a component's id")]
    Id(KebabId),
    /// One, written out.
    #[schemars(title = "a component")]
    Inline(Box<Component>),
}

/// What a trigger composes its component with.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged, deny_unknown_fields)]
pub enum TriggerDependency {
    /// A package of a registry.
    #[schemars(title = "a registry's package")]
    Package {
        /// The version requirement.
        version: String,
        /// The registry's host; without it the one that `wkg` is configured for.
        registry: Option<Registry>,
        /// The package, `namespace:name`.
        package: Package,
        /// What the dependency may use of the component's grants: all, nothing, or the named keys.
        inherit_configuration: Option<Inherit>,
    },
    /// A Wasm file beside the manifest.
    #[schemars(title = "a path")]
    Local {
        /// The path of the Wasm.
        path: String,
        /// What the dependency may use of the component's grants: all, nothing, or the named keys.
        inherit_configuration: Option<Inherit>,
    },
    /// A Wasm file on the web.
    #[schemars(title = "a URL with its digest")]
    Url {
        /// The URL of the Wasm.
        url: String,
        /// `sha256:` and the 64 hex digits of the Wasm's SHA-256 digest.
        digest: String,
        /// What the dependency may use of the component's grants: all, nothing, or the named keys.
        inherit_configuration: Option<Inherit>,
    },
    /// Another component of the manifest.
    #[schemars(title = "a component of this manifest")]
    Component {
        /// The component's id. It must have no grants of its own.
        component: KebabId,
        /// What the dependency may use of the component's grants: all, nothing, or the named keys.
        inherit_configuration: Option<Inherit>,
    },
}

/// An answer that needs no component. Spin ignores keys that it does not know here.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(extend("x-positional" = true))]
pub struct StaticResponse {
    /// The status code, 200 if absent.
    #[serde(default)]
    pub status_code: Option<u16>,
    /// The headers.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// The body.
    #[serde(default)]
    pub body: Option<String>,
}

/// Where a component is reached.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Route {
    /// A path pattern.
    #[schemars(title = "a path")]
    Path(String),
    /// Nowhere from outside.
    #[schemars(title = "{ private = true }", extend("x-since" = "2.5.0"))]
    Private(PrivateRoute),
}

/// `{ private = true }`
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-positional" = true))]
pub struct PrivateRoute {
    /// `true`: only other components of the application reach it, as `http://<id>.spin.internal`.
    pub private: bool,
}

/// How a component is called.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Executor {
    /// By its HTTP interface. Spin ignores further keys.
    #[schemars(title = "{ type = \"http\" }")]
    Http(HttpExecutor),
    /// As a CGI program.
    #[schemars(title = "{ type = \"wagi\" }")]
    Wagi(WagiExecutor),
}

/// `{ type = "http" }`
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(extend("x-positional" = true))]
pub struct HttpExecutor {
    /// `http`, or its old name `spin`.
    #[serde(rename = "type")]
    pub kind: HttpExecutorKind,
}

/// The names of the HTTP executor.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum HttpExecutorKind {
    /// The name.
    Http,
    /// The old name.
    Spin,
}

/// `{ type = "wagi" }`
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-positional" = true))]
pub struct WagiExecutor {
    /// `wagi`.
    #[serde(rename = "type")]
    pub kind: WagiExecutorKind,
    /// Deprecated: must be `_start`.
    #[serde(default)]
    pub entrypoint: Option<String>,
    /// The arguments as one line, with `${SCRIPT_NAME}` and `${ARGS}` replaced.
    #[serde(default)]
    pub argv: Option<String>,
}

/// The name of the WAGI executor.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum WagiExecutorKind {
    /// The name.
    Wagi,
}
