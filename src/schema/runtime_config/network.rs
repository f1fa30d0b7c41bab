//! What limits connections to the outside, and secures them.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::schema::format::KebabId;

/// `[outbound_networking]`
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OutboundNetworking {
    /// Networks such as `10.0.0.0/8`, or `private` for all that are not public.
    #[serde(default)]
    pub block_networks: Vec<String>,
    /// How many sockets there may be at a time.
    pub max_socket_connections: Option<u64>,
    /// How many connections of all kinds there may be at a time.
    pub max_total_connections: Option<u64>,
}

/// `[[client_tls]]`
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClientTls {
    /// The components that it is for.
    pub component_ids: Vec<KebabId>,
    /// The hosts that it is for, without scheme and port.
    pub hosts: Vec<String>,
    /// Whether the machine's own authorities are trusted.
    pub ca_use_platform_roots: Option<bool>,
    /// Whether Mozilla's authorities are trusted.
    pub ca_use_webpki_roots: Option<bool>,
    /// A file of more authorities.
    pub ca_roots_file: Option<String>,
    /// The certificate that is shown; it goes with its key.
    pub client_cert_file: Option<String>,
    /// The certificate's key.
    pub client_private_key_file: Option<String>,
}

/// `[outbound_http]`
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OutboundHttp {
    /// Whether connections are used again.
    #[serde(default)]
    pub connection_pooling: bool,
    /// How many connections there may be at a time.
    pub max_connections: Option<u64>,
    /// Deprecated: use `max_connections` instead.
    #[schemars(extend("deprecated" = true))]
    pub max_concurrent_requests: Option<u64>,
}

/// `[outbound_redis]`, `[outbound_pg]` and `[outbound_mysql]`
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Connections {
    /// How many connections there may be at a time.
    pub max_connections: Option<u64>,
}

/// `[outbound_mqtt]`
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OutboundMqtt {
    /// How large a message may be, in bytes.
    pub max_payload_size_bytes: Option<u64>,
    /// How many connections there may be at a time.
    pub max_connections: Option<u64>,
}
