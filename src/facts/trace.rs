//! What a run of the components has shown: the requests, and what they did with stores.

use std::collections::BTreeMap;
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// What was seen of an app that ran.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[schemars(title = "A trace of spinlint test, version 1")]
pub struct Trace {
    /// The version of this format: 1.
    pub version: u32,
    /// The components that ran, by id, each with the SHA-256 of its Wasm file in hexadecimal digits.
    #[serde(default)]
    pub components: BTreeMap<String, String>,
    /// The requests in the order in which they were answered.
    pub requests: Vec<Request>,
}

/// A request and its answer.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Request {
    /// The id of the component that answered; empty where none did: no route, or an answer that stands in the manifest.
    pub component: String,
    /// The method, such as `POST`.
    pub method: String,
    /// The path, with the query.
    pub path: String,
    /// The status of the answer; 500, as in Spin, where the component gave none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Why the component gave no answer: a trap, a timeout, no response.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
    /// What the component did with stores, in order.
    #[serde(default)]
    pub accesses: Vec<Access>,
    /// What a scenario expected and did not get, each as a sentence.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unmet: Vec<String>,
}

/// The version of the format.
pub const VERSION: u32 = 1;

/// The digest of a Wasm file, as traces have it.
pub fn digest(wasm: &[u8]) -> String {
    Sha256::digest(wasm).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Something that a component did with a store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Access {
    /// The label.
    pub store: String,
    /// What was done.
    pub operation: Operation,
    /// The key, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// `ok`, `absent` for a key that is not there, or the name of the error.
    pub result: String,
}

impl fmt::Display for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} \"{}\"", self.operation, self.store)?;
        if let Some(key) = &self.key {
            write!(f, " {key}")?;
        }
        if self.result == OK { Ok(()) } else { write!(f, " {}", self.result) }
    }
}

/// What can be done with a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Operation {
    /// Open it by its label.
    Open,
    /// Read a value.
    Get,
    /// Write a value.
    Set,
    /// Remove a key.
    Delete,
    /// Ask whether a key is there.
    Exists,
    /// List the keys.
    GetKeys,
    /// Add to a number.
    Increment,
    /// Write a value, unless somebody else has.
    Swap,
}

impl fmt::Display for Operation {
    /// The name that the format has for it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}

/// The fault of a request whose body did not come to its end: its sender's, and not the component's.
pub const BROKEN_OFF: &str = "the body of the request did not come to its end";

/// The result of an access that was granted.
pub const OK: &str = "ok";

/// The result of a read of a key that is not there.
pub const ABSENT: &str = "absent";

/// The result of an access to a store that the component is not granted.
pub const DENIED: &str = "access-denied";

impl Request {
    /// The request as a person names it: `POST /test`.
    pub fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// Whether a store was refused to it.
    pub fn is_refused(&self) -> bool {
        self.accesses.iter().any(|access| access.result == DENIED)
    }

    /// What it did to open stores.
    pub fn opens(&self) -> impl Iterator<Item = &Access> {
        self.accesses.iter().filter(|access| access.operation == Operation::Open)
    }

    /// What an access of this request shows, as a sentence without its subject.
    pub fn tells(&self, access: &Access) -> String {
        let (label, name) = (&access.store, self.name());
        if access.result != DENIED {
            return format!("opened \"{label}\" at `{name}`");
        }
        let then = match (self.status, &self.fault) {
            (Some(status), _) => format!("answered {status}"),
            (None, Some(fault)) => fault.clone(),
            (None, None) => "gave no answer".to_owned(),
        };
        format!("was refused \"{label}\" at `{name}`, and {then}")
    }
}
