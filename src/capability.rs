//! What a component can be granted: the manifest's key, the interfaces that use it, and one sentence for people.

/// A kind of grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Capability {
    /// Key-value stores.
    KeyValue,
    /// SQLite databases.
    Sqlite,
}

/// A row of the table.
pub struct Row {
    /// The component's key in the manifest.
    pub key: &'static str,
    /// The table of the runtime configuration that defines what is granted by label.
    pub definitions: &'static str,
    /// What one grant is called.
    pub noun: &'static str,
    /// The WIT interfaces whose import uses it, without versions, each with the function that opens.
    pub interfaces: &'static [Interface],
    /// One sentence about what happens without the grant.
    pub without: &'static str,
}

/// An interface that a Wasm imports, and the functions of it that take a label.
pub struct Interface {
    /// The name without its version. A core module of Spin 1 has a plain name.
    pub name: &'static str,
    /// The core import names of the functions whose first string is the label.
    pub opens: &'static [&'static str],
}

impl Capability {
    /// Those that are granted by label.
    pub const LABELLED: [Capability; 2] = [Capability::KeyValue, Capability::Sqlite];

    /// The capability's row.
    pub const fn row(self) -> &'static Row {
        match self {
            Capability::KeyValue => &Row {
                key: "key_value_stores",
                definitions: "key_value_store",
                noun: "store",
                interfaces: &[
                    Interface { name: "fermyon:spin/key-value", opens: &["[static]store.open", "open"] },
                    Interface { name: "spin:key-value/key-value", opens: &["[async-lower][static]store.open", "[static]store.open"] },
                    Interface { name: "wasi:keyvalue/store", opens: &["open"] },
                    Interface { name: "wasi:keyvalue/batch", opens: &[] },
                    Interface { name: "wasi:keyvalue/atomics", opens: &[] },
                    Interface { name: "key-value", opens: &["open"] },
                ],
                without: "Spin answers `access-denied` at the first request that opens it",
            },
            Capability::Sqlite => &Row {
                key: "sqlite_databases",
                definitions: "sqlite_database",
                noun: "database",
                interfaces: &[
                    Interface { name: "fermyon:spin/sqlite", opens: &["[static]connection.open", "open"] },
                    Interface { name: "spin:sqlite/sqlite", opens: &["[async-lower][static]connection.open", "[static]connection.open"] },
                    Interface { name: "sqlite", opens: &["open"] },
                ],
                without: "Spin answers `access-denied` at the first request that opens it",
            },
        }
    }

    /// The interface that an import names, whatever its version.
    pub fn interface(self, import: &str) -> Option<&'static Interface> {
        let name = import.split_once('@').map_or(import, |(name, _)| name);
        self.row().interfaces.iter().find(|interface| interface.name == name)
    }
}
