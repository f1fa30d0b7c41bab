//! Where the values of key-value stores live.

mod memory;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

pub use memory::Memory;

/// Why a store could not do what it was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure(pub String);

/// A store: keys and values.
///
/// Calls may take the time of a disk or of a network; the runtime has threads for that.
pub trait Store: Send + Sync {
    /// Reads a value.
    fn get(&self, key: &str) -> Result<Option<Vec<u8>>, Failure>;
    /// Writes a value.
    fn set(&self, key: &str, value: &[u8]) -> Result<(), Failure>;
    /// Removes a key, if it is there.
    fn delete(&self, key: &str) -> Result<(), Failure>;
    /// All keys, in the order of the store.
    fn keys(&self) -> Result<Vec<String>, Failure>;
    /// Writes a value if the one that is there is still the expected one. Returns whether it was.
    fn replace(&self, key: &str, expected: Option<&[u8]>, value: &[u8]) -> Result<bool, Failure>;
    /// Adds to a number: eight bytes, the least significant first. An absent one counts as 0.
    fn increment(&self, key: &str, delta: i64) -> Result<i64, Failure>;

    /// Whether a key is there.
    fn exists(&self, key: &str) -> Result<bool, Failure> {
        Ok(self.get(key)?.is_some())
    }
}

/// How a store is opened. What fails here is told to the component that opens it.
pub type Opener = Arc<dyn Fn() -> Result<Arc<dyn Store>, Failure> + Send + Sync>;

type Memories = Mutex<BTreeMap<String, Arc<Memory>>>;

/// The stores of an app by their labels.
#[derive(Clone, Default)]
pub struct Stores {
    openers: BTreeMap<String, Opener>,
    /// Where labels live that are not defined; none where Spin would not start.
    memories: Option<Arc<Memories>>,
}

impl Stores {
    /// Every label has a memory of its own.
    pub fn in_memory() -> Stores {
        Stores { openers: BTreeMap::new(), memories: Some(Arc::default()) }
    }

    /// Defines a label.
    pub fn define(&mut self, label: &str, opener: Opener) {
        self.openers.insert(label.to_owned(), opener);
    }

    /// Opens a store; none if its label is not defined.
    pub fn open(&self, label: &str) -> Option<Result<Arc<dyn Store>, Failure>> {
        if let Some(opener) = self.openers.get(label) {
            return Some(opener());
        }
        let mut memories = self.memories.as_ref()?.lock().unwrap_or_else(PoisonError::into_inner);
        let memory: Arc<dyn Store> = memories.entry(label.to_owned()).or_default().clone();
        Some(Ok(memory))
    }
}

/// The number in the eight bytes of a counter.
///
/// Spin's SQLite store panics at a value of another length; here it is an error.
pub(super) fn counter(value: Option<&[u8]>) -> Result<i64, Failure> {
    match value {
        None => Ok(0),
        Some(value) => value
            .try_into()
            .map(i64::from_le_bytes)
            .map_err(|_| Failure(format!("the value to increment has {} bytes and not 8 (Spin's SQLite store panics here)", value.len()))),
    }
}
