//! What a component can be granted: the manifest's key, the interfaces that use it, and one sentence for people.

use crate::hosts::Protocol;

/// Whether an interface is of a package that hosts have.
pub fn is_of_hosts(interface: &str) -> bool {
    ["fermyon:", "spin:", "wasi:"].iter().any(|package| interface.starts_with(package))
}

/// A kind of grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Capability {
    /// Key-value stores.
    KeyValue,
    /// SQLite databases.
    Sqlite,
    /// Hosts that are connected to.
    Hosts,
    /// Language models.
    Models,
    /// Variables that are read.
    Variables,
}

/// A row of the table.
pub struct Row {
    /// The component's key in the manifest.
    pub key: &'static str,
    /// The table of the runtime configuration that defines what is granted, if one does.
    pub definitions: Option<&'static str>,
    /// What one grant is called.
    pub noun: &'static str,
    /// What a component does with it.
    pub verb: &'static str,
    /// What names one in code.
    pub named: &'static str,
    /// What a Wasm imports none of that never uses it.
    pub imported: &'static str,
    /// What it is to a component that has no grant.
    pub lack: &'static str,
    /// The WIT interfaces whose import uses it, without versions, each with the functions that open.
    pub interfaces: &'static [Interface],
    /// What Spin does to whoever has no grant at all.
    pub refusal: &'static str,
    /// One sentence about what happens without the grant.
    pub without: &'static str,
}

/// An interface that a Wasm imports, and the functions of it that take what a grant names.
pub struct Interface {
    /// The name without its version. A core module of Spin 1 has a plain name.
    pub name: &'static str,
    /// The core import names of the functions whose first string is the label, the address or the name.
    pub opens: &'static [&'static str],
    /// What it connects by, if it connects to hosts.
    pub protocol: Option<Protocol>,
}

const fn interface(name: &'static str, opens: &'static [&'static str]) -> Interface {
    Interface { name, opens, protocol: None }
}

const fn network(name: &'static str, opens: &'static [&'static str], protocol: Protocol) -> Interface {
    Interface { name, opens, protocol: Some(protocol) }
}

/// Spin 1's functions, which take the address each time, and the connection that Spin 2 has under the same name.
const REDIS: &[&str] = &["[static]connection.open", "publish", "get", "set", "incr", "del", "sadd", "smembers", "srem", "execute"];

/// The same for databases.
const DATABASE: &[&str] = &["[static]connection.open", "query", "execute"];

/// Connections that are a resource.
const CONNECTION: &[&str] = &["[static]connection.open", "[static]connection.open-async"];

impl Capability {
    /// All of them.
    pub const ALL: [Capability; 5] =
        [Capability::KeyValue, Capability::Sqlite, Capability::Hosts, Capability::Models, Capability::Variables];

    /// Those that are granted by label and defined by a runtime configuration.
    pub const LABELLED: [Capability; 2] = [Capability::KeyValue, Capability::Sqlite];

    /// The capability's row.
    pub const fn row(self) -> &'static Row {
        match self {
            Capability::KeyValue => {
                const {
                    &Row {
                        key: "key_value_stores",
                        definitions: Some("key_value_store"),
                        noun: "store",
                        verb: "opens",
                        named: "label",
                        imported: "key-value interface",
                        lack: "which it is not granted",
                        interfaces: &[
                            interface("fermyon:spin/key-value", &["[static]store.open", "open"]),
                            interface("spin:key-value/key-value", &["[static]store.open"]),
                            interface("wasi:keyvalue/store", &["open"]),
                            interface("wasi:keyvalue/batch", &[]),
                            interface("wasi:keyvalue/atomics", &[]),
                            interface("key-value", &["open"]),
                        ],
                        refusal: "Spin answers `access-denied`",
                        without: "Spin answers `access-denied` at the first request that opens it",
                    }
                }
            }
            Capability::Sqlite => {
                const {
                    &Row {
                        key: "sqlite_databases",
                        definitions: Some("sqlite_database"),
                        noun: "database",
                        verb: "opens",
                        named: "label",
                        imported: "SQLite interface",
                        lack: "which it is not granted",
                        interfaces: &[
                            interface("fermyon:spin/sqlite", &["[static]connection.open", "open"]),
                            interface("spin:sqlite/sqlite", CONNECTION),
                            interface("sqlite", &["open"]),
                        ],
                        refusal: "Spin answers `access-denied`",
                        without: "Spin answers `access-denied` at the first request that opens it",
                    }
                }
            }
            Capability::Hosts => {
                const {
                    &Row {
                        key: "allowed_outbound_hosts",
                        definitions: None,
                        noun: "host",
                        verb: "connects to",
                        named: "address",
                        imported: "interface that connects",
                        lack: "which it is not granted",
                        interfaces: &[
                            network("wasi:http/outgoing-handler", &[], Protocol::Http),
                            network("wasi:http/client", &[], Protocol::Http),
                            network("fermyon:spin/http", &[], Protocol::Http),
                            network("wasi-outbound-http", &[], Protocol::Http),
                            network("fermyon:spin/redis", REDIS, Protocol::Redis),
                            network("spin:redis/redis", CONNECTION, Protocol::Redis),
                            network("outbound-redis", REDIS, Protocol::Redis),
                            network("fermyon:spin/mysql", DATABASE, Protocol::Mysql),
                            network("spin:mysql/mysql", CONNECTION, Protocol::Mysql),
                            network("outbound-mysql", DATABASE, Protocol::Mysql),
                            network("fermyon:spin/postgres", DATABASE, Protocol::Postgres),
                            network("spin:postgres/postgres", CONNECTION, Protocol::Postgres),
                            network("outbound-pg", DATABASE, Protocol::Postgres),
                            network("fermyon:spin/mqtt", CONNECTION, Protocol::Mqtt),
                            network("spin:mqtt/mqtt", CONNECTION, Protocol::Mqtt),
                            network("wasi:sockets/tcp", &[], Protocol::Sockets),
                            network("wasi:sockets/tcp-create-socket", &[], Protocol::Sockets),
                            network("wasi:sockets/udp", &[], Protocol::Sockets),
                            network("wasi:sockets/udp-create-socket", &[], Protocol::Sockets),
                            network("wasi:sockets/types", &[], Protocol::Sockets),
                            network("wasi:sockets/ip-name-lookup", &[], Protocol::Sockets),
                        ],
                        refusal: "Spin refuses the connection",
                        without: "Spin refuses the connection when a request comes to it",
                    }
                }
            }
            Capability::Models => {
                const {
                    &Row {
                        key: "ai_models",
                        definitions: None,
                        noun: "model",
                        verb: "uses",
                        named: "name",
                        imported: "interface of models",
                        lack: "which it is not granted",
                        interfaces: &[
                            interface("fermyon:spin/llm", &["infer", "generate-embeddings"]),
                            interface("llm", &["infer", "generate-embeddings"]),
                        ],
                        refusal: "Spin refuses access",
                        without: "Spin refuses access at the first request that uses it",
                    }
                }
            }
            Capability::Variables => {
                const {
                    &Row {
                        key: "variables",
                        definitions: None,
                        noun: "variable",
                        verb: "reads",
                        named: "name",
                        imported: "interface of variables",
                        lack: "which is not among its `variables`",
                        interfaces: &[
                            interface("fermyon:spin/config", &["get-config"]),
                            interface("fermyon:spin/variables", &["get"]),
                            interface("spin:variables/variables", &["get"]),
                            interface("wasi:config/store", &["get"]),
                            interface("spin-config", &["get-config"]),
                        ],
                        refusal: "Spin answers that it is undefined",
                        without: "Spin answers that it is undefined, whatever the app's variables are",
                    }
                }
            }
        }
    }

    /// The capability that a component's key grants.
    pub fn of_key(key: &str) -> Option<Capability> {
        Capability::ALL.into_iter().find(|capability| capability.row().key == key)
    }

    /// The interface that an import names, whatever its version.
    pub fn interface(self, import: &str) -> Option<&'static Interface> {
        let name = import.split_once('@').map_or(import, |(name, _)| name);
        self.row().interfaces.iter().find(|interface| interface.name == name)
    }
}

impl Interface {
    /// Whether a core import of this interface is a function that opens, be it lowered as asynchronous or not.
    pub fn is_opening(&self, function: &str) -> bool {
        self.opens.contains(&function.strip_prefix("[async-lower]").unwrap_or(function))
    }
}
