//! JavaScript and TypeScript: the SDKs of every generation, the packages of today's, and the interfaces by their names.

use super::super::program::{Opening, Sdk};
use super::protocol;
use crate::capability::{self, Capability};
use crate::hosts::Protocol;

/// JavaScript's spellings.
pub(in super::super) static JAVASCRIPT: Sdk = Sdk {
    markers: &["spin-", "spinSdk", "fermyon:", "spin:", "key-value", "keyvalue", "wasi:config", "fetch("],
    opens: &["open", "openDefault", "infer", "generateEmbeddings", "fetch"],
    common: &["get", "Request", "publish", "set", "incr", "del", "sadd", "smembers", "srem", "execute", "query"],
    has_paths: false,
    initialisers_look_out: false,
    opening,
    method: |_, _| None,
};

fn opening(name: &[String]) -> Option<Opening> {
    let parts: Vec<&str> = name.iter().map(String::as_str).filter(|part| *part != "default").collect();
    match parts.as_slice() {
        ["fetch"] => return Opening::address(Protocol::Http, ""),
        ["Request"] => return Some(Opening::Request { position: 0, name: "" }),
        _ => {}
    }
    let (module, path) = parts.split_first()?;
    // An interface by its name, of whatever version.
    let interface = module.split_once('@').filter(|(name, _)| !name.is_empty()).map_or(*module, |(name, _)| name);
    let (object, function) = match (interface, path) {
        ("@fermyon/spin-sdk" | "spin-sdk", ["spinSdk", object, function]) => (*object, *function),
        ("@fermyon/spin-sdk" | "spin-sdk" | "spinSdk", [object, function]) => (*object, *function),
        (_, [.., function]) => {
            let package = ["@spinframework/spin-", "@fermyon/spin-"].into_iter().find_map(|start| interface.strip_prefix(start));
            let named = || interface.rsplit_once('/').filter(|_| capability::is_of_hosts(interface));
            let object = match package {
                Some(package) => package,
                None if interface == "wasi:keyvalue/store" => "kv",
                None if interface == "wasi:config/store" => "variables",
                None => named()?.1,
            };
            (object, *function)
        }
        _ => return None,
    };
    of(&object.to_lowercase(), function)
}

/// What a function of an SDK's object does.
fn of(object: &str, function: &str) -> Option<Opening> {
    let label = |capability| Opening::label(capability, "");
    let protocol = protocol(object.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end_matches('v'));
    match (object, function) {
        ("kv" | "key-value", "open") => label(Capability::KeyValue),
        ("kv" | "key-value", "openDefault") => Some(Opening::Default(Capability::KeyValue)),
        ("sqlite", "open") => label(Capability::Sqlite),
        ("sqlite", "openDefault") => Some(Opening::Default(Capability::Sqlite)),
        ("llm", "infer" | "inferWithOptions" | "generateEmbeddings") => label(Capability::Models),
        ("variables" | "config", "get" | "getConfig") => label(Capability::Variables),
        (_, "open") => Opening::address(protocol?, ""),
        // The first SDKs name the server in each call.
        ("redis", "publish" | "get" | "set" | "incr" | "del" | "sadd" | "smembers" | "srem" | "execute") => {
            Opening::address(Protocol::Redis, "")
        }
        ("mysql" | "pg", "query" | "execute") => Opening::address(protocol?, ""),
        _ => None,
    }
}
