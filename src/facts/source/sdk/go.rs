//! Go: the SDKs of all three generations under their old and new names, and the bindings that they are made of.

use super::super::program::{Opening, Sdk};
use crate::capability::Capability;
use crate::hosts::Protocol;

/// Go's spellings.
pub(in super::super) static GO: Sdk = Sdk {
    markers: &["spin", "key_value\"", "keyvalue"],
    opens: &["Open", "OpenDefault", "OpenStore", "StoreOpen", "OpenConnection", "Infer", "InferWithOptions", "GenerateEmbeddings"],
    common: &[
        "Get",
        "Post",
        "Head",
        "PostForm",
        "Send",
        "NewClient",
        "NewTransport",
        "NewRequest",
        "NewRequestWithContext",
        "Publish",
        "Set",
        "Incr",
        "Del",
        "Sadd",
        "Smembers",
        "Srem",
        "Execute",
        "Query",
    ],
    has_paths: false,
    initialisers_look_out: true,
    opening,
    method: |_, _| None,
};

/// Whether a module is the SDK itself, whatever its version and whoever has forked it.
pub(in super::super) fn is_sdk_of_go(module: &str) -> bool {
    let unversioned = module.rsplit_once("/v").filter(|(_, version)| version.parse::<u32>().is_ok()).map_or(module, |(path, _)| path);
    unversioned.ends_with("/spin-go-sdk") || unversioned.ends_with("/spin/sdk/go")
}

fn opening(name: &[String]) -> Option<Opening> {
    // A client of the SDK's sends what the standard library's client would.
    if let [_, maker, method] = name
        && ["NewClient", "NewTransport"].contains(&maker.as_str())
        && ["Get", "Head", "Post", "PostForm"].contains(&method.as_str())
    {
        return opening(&name[..2]).and_then(|_| Opening::address(Protocol::Http, ""));
    }
    let [package, function] = name else { return None };
    match (package.as_str(), function.as_str()) {
        ("net/http", "NewRequest") => return Some(Opening::Request { position: 1, name: "" }),
        ("net/http", "NewRequestWithContext") => return Some(Opening::Request { position: 2, name: "" }),
        _ => {}
    }
    let is_spin = package.contains("spin") && (package.contains("fermyon") || package.contains("spinframework"));
    let last = package.rsplit('/').next().unwrap_or(package);
    let label = |capability| Opening::label(capability, "");
    match (last, function.as_str()) {
        // The bindings that the SDK is made of, which it publishes too.
        (bindings, "StoreOpen") if bindings.ends_with("key_value") => label(Capability::KeyValue),
        (bindings, "Open") if bindings.contains("keyvalue") && bindings.ends_with("_store") => label(Capability::KeyValue),
        _ if !is_spin => None,
        ("kv" | "key_value", "Open" | "OpenStore") => label(Capability::KeyValue),
        ("kv" | "key_value", "OpenDefault") => Some(Opening::Default(Capability::KeyValue)),
        ("sqlite", "Open") => label(Capability::Sqlite),
        ("sqlite", "OpenDefault") => Some(Opening::Default(Capability::Sqlite)),
        ("llm", "Infer" | "InferWithOptions" | "GenerateEmbeddings") => label(Capability::Models),
        ("variables" | "config", "Get") => label(Capability::Variables),
        ("http", "Get" | "Post") => Opening::address(Protocol::Http, ""),
        ("http", "Send" | "NewClient" | "NewTransport") => Some(Opening::Send),
        ("redis", "NewClient" | "Open" | "OpenConnection") => Opening::address(Protocol::Redis, ""),
        // The first SDK names the server in each call.
        ("redis", "Publish" | "Get" | "Set" | "Incr" | "Del" | "Sadd" | "Smembers" | "Srem" | "Execute") => {
            Opening::address(Protocol::Redis, "")
        }
        ("mysql", "Open" | "Query" | "Execute") => Opening::address(Protocol::Mysql, ""),
        ("pg" | "postgres", "Open" | "Query" | "Execute") => Opening::address(Protocol::Postgres, ""),
        ("mqtt", "OpenConnection" | "Open") => Opening::address(Protocol::Mqtt, ""),
        _ => None,
    }
}
