//! What a run of the components has shown: the requests, and what they did with stores.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What was seen of an app that ran.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Trace {
    /// The requests in the order in which they were answered.
    pub requests: Vec<Request>,
}

/// A request and its answer.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Request {
    /// The id of the component that answered.
    pub component: String,
    /// The method, such as `POST`.
    pub method: String,
    /// The path, with the query.
    pub path: String,
    /// The status of the answer; none where the component gave none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Why there was no answer: a trap, a timeout, no response.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
    /// What the component did with stores, in order.
    #[serde(default)]
    pub accesses: Vec<Access>,
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
}
