//! The runtime configuration: what `--runtime-config-file` names.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

pub use network::{ClientTls, Connections, OutboundHttp, OutboundMqtt, OutboundNetworking};
pub use variables::VariablesProvider;

/// The runtime configuration of a Spin application: where its stores and databases are, and where the values of its variables come from.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "Spin runtime configuration")]
pub struct RuntimeConfig {
    /// The folder of the default store's and the default database's files. `.spin` beside the manifest, if absent; without any, if empty.
    #[serde(default)]
    #[schemars(extend("x-passed-over" = true))]
    pub state_dir: Option<String>,
    /// The folder of the components' logs.
    #[serde(default)]
    #[schemars(extend("x-passed-over" = true))]
    pub log_dir: Option<String>,
    /// How much memory an instance may have, in bytes.
    #[serde(default)]
    #[schemars(extend("x-passed-over" = true))]
    pub max_instance_memory: Option<u64>,
    /// The key-value stores by label: `[key_value_store.my-store]`. `default` is always there.
    #[serde(default)]
    pub key_value_store: BTreeMap<String, KeyValueStore>,
    /// The SQLite databases by label: `[sqlite_database.my-database]`. `default` is always there.
    #[serde(default)]
    pub sqlite_database: BTreeMap<String, SqliteDatabase>,
    /// Where AI models run.
    #[serde(default)]
    pub llm_compute: Option<LlmCompute>,
    /// Where the values of variables come from, the first first: `[[variables_provider]]`.
    #[serde(default)]
    pub variables_provider: Vec<VariablesProvider>,
    /// The old name of `variables_provider`.
    #[serde(default)]
    pub config_provider: Vec<VariablesProvider>,
    /// Which addresses no component may connect to, whatever its manifest says, and how many connections there may be.
    #[serde(default)]
    pub outbound_networking: Option<OutboundNetworking>,
    /// The certificates that clients show and trust.
    #[serde(default)]
    pub client_tls: Vec<ClientTls>,
    /// Limits of outbound HTTP.
    #[serde(default)]
    pub outbound_http: Option<OutboundHttp>,
    /// Limits of outbound Redis.
    #[serde(default)]
    pub outbound_redis: Option<Connections>,
    /// Limits of outbound Postgres.
    #[serde(default)]
    pub outbound_pg: Option<Connections>,
    /// Limits of outbound MySQL.
    #[serde(default)]
    pub outbound_mysql: Option<Connections>,
    /// Limits of outbound MQTT.
    #[serde(default)]
    pub outbound_mqtt: Option<OutboundMqtt>,
}

mod network;
mod variables;

/// Declares the one word that a `type` may be.
macro_rules! word {
    ($($(#[$doc:meta])* $name:ident = $word:literal;)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Deserialize, JsonSchema)]
        pub enum $name {
            /// The word.
            #[serde(rename = $word)]
            Word,
        }
    )+};
}

word! {
    /// A store of Spin's own.
    SpinWord = "spin";
    /// A Redis server.
    RedisWord = "redis";
    /// Azure Cosmos DB.
    CosmosWord = "azure_cosmos";
    /// Amazon DynamoDB.
    DynamoWord = "aws_dynamo";
    /// A libSQL server.
    LibsqlWord = "libsql";
    /// Another server that runs models.
    RemoteHttpWord = "remote_http";
    /// Environment variables.
    EnvWord = "env";
    /// Values that are written down.
    StaticWord = "static";
    /// HashiCorp Vault.
    VaultWord = "vault";
    /// Azure Key Vault.
    AzureKeyVaultWord = "azure_key_vault";
}

/// `[key_value_store.<label>]`. Spin ignores keys that it does not know here.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum KeyValueStore {
    /// A file of SQLite.
    #[schemars(title = "type = \"spin\"")]
    Spin {
        /// `spin`
        #[serde(rename = "type")]
        kind: SpinWord,
        /// The file, relative to this configuration. Without it the store is in memory, and gone when Spin ends.
        path: Option<String>,
    },
    /// A Redis server. Labels with the same URL share all their keys.
    #[schemars(title = "type = \"redis\"")]
    Redis {
        /// `redis`
        #[serde(rename = "type")]
        kind: RedisWord,
        /// The server: `redis://host:port`.
        url: String,
    },
    /// A container of Azure Cosmos DB. Labels with the same container share all their keys.
    #[schemars(title = "type = \"azure_cosmos\"")]
    AzureCosmos {
        /// `azure_cosmos`
        #[serde(rename = "type")]
        kind: CosmosWord,
        /// The account.
        account: String,
        /// The database.
        database: String,
        /// The container.
        container: String,
        /// The key; without it the environment's credentials are used.
        key: Option<String>,
    },
    /// A table of Amazon DynamoDB. Labels with the same table share all their keys.
    #[schemars(title = "type = \"aws_dynamo\"")]
    AwsDynamo {
        /// `aws_dynamo`
        #[serde(rename = "type")]
        kind: DynamoWord,
        /// The region.
        region: String,
        /// The table.
        table: String,
        /// The access key, with the secret key; without both the environment's credentials are used.
        access_key: Option<String>,
        /// The secret key.
        secret_key: Option<String>,
        /// The session's token.
        token: Option<String>,
        /// Whether reads see all writes before them.
        consistent_read: Option<bool>,
    },
}

/// `[sqlite_database.<label>]`
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged, deny_unknown_fields)]
pub enum SqliteDatabase {
    /// A file.
    #[schemars(title = "type = \"spin\"")]
    Spin {
        /// `spin`
        #[serde(rename = "type")]
        kind: SpinWord,
        /// The file, relative to the folder that Spin is started in. Without it the database is in memory, and gone when Spin ends.
        path: Option<String>,
        /// Whether components may attach other files.
        allow_attach_file: Option<bool>,
    },
    /// A libSQL server.
    #[schemars(title = "type = \"libsql\"")]
    Libsql {
        /// `libsql`
        #[serde(rename = "type")]
        kind: LibsqlWord,
        /// The server: `https://host`.
        url: String,
        /// The token.
        token: String,
    },
}

/// `[llm_compute]`
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum LlmCompute {
    /// This machine.
    #[schemars(title = "type = \"spin\"")]
    Spin {
        /// `spin`
        #[serde(rename = "type")]
        kind: SpinWord,
    },
    /// Another server.
    #[schemars(title = "type = \"remote_http\"")]
    RemoteHttp {
        /// `remote_http`
        #[serde(rename = "type")]
        kind: RemoteHttpWord,
        /// The server: `https://host`.
        url: String,
        /// The token.
        auth_token: String,
        /// What the server speaks.
        api_type: Option<LlmApi>,
    },
}

/// What a server of models speaks.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LlmApi {
    /// What OpenAI and others speak.
    OpenAi,
    /// What Spin's own proxy speaks.
    Default,
}
