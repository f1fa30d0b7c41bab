//! Rust: `spin_sdk` from its first version to the newest, and bindings that were generated for the same interfaces.

use super::super::program::{Opening, Sdk};
use super::protocol;
use crate::capability::Capability;
use crate::hosts::Protocol;

/// Rust's spellings.
pub(in super::super) static RUST: Sdk = Sdk {
    markers: &["key_value", "keyvalue", "spin_sdk", "fermyon::", "spin::", "wasi::config"],
    opens: &[
        "open",
        "open_default",
        "open_with_options",
        "store_open",
        "infer",
        "infer_with_options",
        "generate_embeddings",
        "send_request",
    ],
    common: &[
        "get", "set", "send", "post", "put", "patch", "delete", "head", "options", "new", "publish", "incr", "del", "sadd", "smembers",
        "srem", "execute", "query",
    ],
    has_paths: true,
    initialisers_look_out: true,
    opening,
    method,
};

fn opening(name: &[String]) -> Option<Opening> {
    let parts: Vec<&str> = name.iter().map(String::as_str).collect();
    let (last, path) = parts.split_last()?;
    let label = |capability| Opening::label(capability, "");
    let address = |protocol| Opening::address(protocol, "");
    match (path, *last) {
        // `Store::open` of the SDK's modules, and of bindings that were generated for the same interface.
        ([.., "key_value", "Store"], "open") if is_spin(path) => label(Capability::KeyValue),
        ([.., "key_value", "Store"], "open_default") if is_spin(path) => Some(Opening::Default(Capability::KeyValue)),
        ([.., "wasi", "keyvalue", "store"], "open") => label(Capability::KeyValue),
        ([.., "keyvalue", "store"], "open") if is_spin(path) => label(Capability::KeyValue),
        // Spin 1's interface has functions in place of a resource.
        ([.., "fermyon", "spin", "key_value"], "open") => label(Capability::KeyValue),
        ([.., "sqlite" | "sqlite3", "Connection"], "open") if is_spin(path) => label(Capability::Sqlite),
        ([.., "sqlite" | "sqlite3", "Connection"], "open_default") if is_spin(path) => Some(Opening::Default(Capability::Sqlite)),
        ([.., "llm"], "infer" | "infer_with_options" | "generate_embeddings") if is_spin(path) => label(Capability::Models),
        ([.., "variables" | "config"], "get") if is_spin(path) => label(Capability::Variables),
        ([.., "wasi", "config", "store"], "get") => label(Capability::Variables),
        ([.., module, "Connection"], "open" | "open_with_options") if is_spin(path) => address(protocol(module)?),
        // Spin 1 names the server in each call.
        (["spin_sdk", "redis"], "publish" | "get" | "set" | "incr" | "del" | "sadd" | "smembers" | "srem" | "execute") => {
            address(Protocol::Redis)
        }
        (["spin_sdk", module @ ("mysql" | "pg")], "query" | "execute") => address(protocol(module)?),
        (["spin_sdk", "http"], "get" | "post" | "put" | "patch" | "delete") => address(Protocol::Http),
        (["spin_sdk", "http" | "http_wasip3"], "send") | (["spin_sdk", "outbound_http"], "send_request") => Some(Opening::Send),
        (["spin_sdk", "http", "Request"], "get" | "post" | "put" | "patch" | "delete" | "head" | "options") => {
            Some(Opening::Request { position: 0, name: "" })
        }
        (["spin_sdk", "http", "Request" | "RequestBuilder"], "new") => Some(Opening::Request { position: 1, name: "" }),
        (["http", "Request"], "get" | "post" | "put" | "patch" | "delete" | "head" | "options") => {
            Some(Opening::Request { position: 0, name: "" })
        }
        _ => None,
    }
}

/// The builder of requests that every HTTP library of Rust has. Other builders have addresses that nobody connects to.
fn method(name: &str, owner: Option<&str>) -> Option<Opening> {
    let is_request = owner.is_none_or(|owner| owner.contains("Request") || owner == "Builder");
    (name == "uri" && is_request).then_some(Opening::Request { position: 0, name: "" })
}

fn is_spin(path: &[&str]) -> bool {
    // Of a crate that only begins so, such as `spin_todo`, it is the app's own code.
    path.first() == Some(&"spin_sdk") || path.iter().any(|part| *part == "spin" || *part == "fermyon" || part.starts_with("spin2"))
}
