//! Python: `spin_sdk`, the modules of `py2wasm` before it, and bindings that were generated for the same interfaces.

use super::super::program::{Opening, Sdk};
use super::protocol;
use crate::capability::Capability;
use crate::hosts::Protocol;

/// Python's spellings.
pub(in super::super) static PYTHON: Sdk = Sdk {
    markers: &["key_value", "keyvalue", "spin_"],
    opens: &[
        "open",
        "open_default",
        "kv_open",
        "kv_open_default",
        "sqlite_open",
        "sqlite_open_default",
        "infer",
        "infer_with_options",
        "generate_embeddings",
        "llm_infer",
        "config_get",
        "http_send",
        "redis_get",
        "redis_set",
        "redis_del",
        "redis_incr",
        "redis_publish",
    ],
    common: &["get", "send", "Request"],
    has_paths: false,
    initialisers_look_out: false,
    opening,
    method: |_, _| None,
};

fn opening(name: &[String]) -> Option<Opening> {
    let parts: Vec<&str> = name.iter().map(String::as_str).collect();
    let label = |capability, name| Opening::label(capability, name);
    match parts.as_slice() {
        ["spin_sdk", "key_value", "open"] | ["spin_key_value", "kv_open"] => label(Capability::KeyValue, "name"),
        ["spin_sdk", "key_value", "open_default"]
        | ["spin_sdk", "key_value", "Store", "open_default"]
        | ["spin_key_value", "kv_open_default"] => Some(Opening::Default(Capability::KeyValue)),
        ["spin_sdk", "key_value", "Store", "open"] => label(Capability::KeyValue, "label"),
        [.., "imports", module, "Store", "open"] if module.contains("key_value") => label(Capability::KeyValue, "label"),
        [.., "imports", module, "open"] if module.contains("keyvalue_store") || *module == "store" => {
            label(Capability::KeyValue, "identifier")
        }
        ["spin_sdk", "sqlite", "open"] | ["spin_sqlite", "sqlite_open"] => label(Capability::Sqlite, "name"),
        ["spin_sdk", "sqlite", "open_default"]
        | ["spin_sdk", "sqlite", "Connection", "open_default"]
        | ["spin_sqlite", "sqlite_open_default"] => Some(Opening::Default(Capability::Sqlite)),
        ["spin_sdk", "sqlite", "Connection", "open"] => label(Capability::Sqlite, "database"),
        [.., "imports", module, "Connection", "open"] if module.contains("sqlite") => label(Capability::Sqlite, "database"),
        ["spin_sdk", "llm", "infer" | "infer_with_options" | "generate_embeddings"] | ["spin_llm", "llm_infer"] => {
            label(Capability::Models, "model")
        }
        ["spin_sdk", "variables", "get"] | ["spin_config", "config_get"] => label(Capability::Variables, "key"),
        [.., "imports", module, "get"] if module.contains("variables") || module.contains("config") => label(Capability::Variables, "name"),
        ["spin_sdk", "http", "send"] | ["spin_http", "http_send"] => Some(Opening::Send),
        ["spin_sdk", "http", "Request"] | ["spin_http", "Request"] => Some(Opening::Request { position: 1, name: "uri" }),
        ["spin_sdk", module, "open"] | ["spin_sdk", module, "Connection", "open"] => Opening::address(protocol(module)?, "address"),
        [.., "imports", module, "Connection", "open"] => Opening::address(
            ["redis", "mysql", "postgres", "mqtt"].into_iter().find(|known| module.contains(known)).and_then(protocol)?,
            "address",
        ),
        ["spin_redis", function] if function.starts_with("redis_") => Opening::address(Protocol::Redis, "address"),
        _ => None,
    }
}
