//! Where the values of key-value stores live.

mod memory;
pub mod redis;
pub mod sqlite;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

pub use memory::Memory;
pub use sqlite::Database;

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

    /// Writes many values; a store that can writes all or none.
    fn set_many(&self, pairs: &[(String, Vec<u8>)]) -> Result<(), Failure> {
        pairs.iter().try_for_each(|(key, value)| self.set(key, value))
    }

    /// Whether a key is there.
    fn exists(&self, key: &str) -> Result<bool, Failure> {
        Ok(self.get(key)?.is_some())
    }
}

/// Where a store is, before anybody has opened it.
pub trait Place: Send + Sync {
    /// Opens the store; always the same one. What fails here is told to the component that opens it.
    fn open(&self) -> Result<Arc<dyn Store>, Failure>;

    /// Brings what was written to where others look for it, if anything was.
    fn settle(&self) {}

    /// Forgets everything, if it would be gone with the process anyway. Returns whether it is such a store.
    fn forget(&self) -> bool {
        false
    }
}

/// Something that is opened when it is first asked for. What fails is tried again the next time.
struct Lazily<T>(Mutex<Option<Arc<T>>>);

impl<T> Default for Lazily<T> {
    fn default() -> Self {
        Lazily(Mutex::new(None))
    }
}

impl<T> Lazily<T> {
    fn get(&self, open: impl FnOnce() -> Result<T, Failure>) -> Result<Arc<T>, Failure> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &*known {
            Some(known) => Ok(Arc::clone(known)),
            None => Ok(Arc::clone(known.insert(Arc::new(open()?)))),
        }
    }

    /// What was opened, if anything was.
    fn known(&self) -> Option<Arc<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

type Memories = Mutex<BTreeMap<String, Arc<Memory>>>;

/// The stores of an app by their labels.
#[derive(Clone, Default)]
pub struct Stores {
    places: BTreeMap<String, Arc<dyn Place>>,
    /// Where labels live that are not defined; none where Spin would not start.
    memories: Option<Arc<Memories>>,
}

impl Stores {
    /// Every label has a memory of its own.
    pub fn in_memory() -> Stores {
        Stores { places: BTreeMap::new(), memories: Some(Arc::default()) }
    }

    /// Defines a label.
    pub fn define(&mut self, label: &str, place: impl Place + 'static) {
        self.places.insert(label.to_owned(), Arc::new(place));
    }

    /// Defines a label that is gone with the process.
    pub fn define_in_memory(&mut self, label: &str) {
        self.define(label, Arc::new(Memory::default()));
    }

    /// Whether a label can be opened.
    pub fn has(&self, label: &str) -> bool {
        self.memories.is_some() || self.places.contains_key(label)
    }

    /// Brings what was written to where others look for it.
    pub fn settle(&self) {
        self.places.values().for_each(|place| place.settle());
    }

    /// Empties every store that is in memory.
    pub fn forget(&self) {
        for place in self.places.values() {
            place.forget();
        }
        if let Some(memories) = &self.memories {
            memories.lock().unwrap_or_else(PoisonError::into_inner).clear();
        }
    }

    /// Empties a store that is in memory. Returns whether it is.
    pub fn forget_one(&self, label: &str) -> bool {
        match (self.places.get(label), &self.memories) {
            (Some(place), _) => place.forget(),
            (None, Some(memories)) => {
                memories.lock().unwrap_or_else(PoisonError::into_inner).remove(label);
                true
            }
            (None, None) => false,
        }
    }

    /// Opens a store; none if its label is not defined.
    pub fn open(&self, label: &str) -> Option<Result<Arc<dyn Store>, Failure>> {
        if let Some(place) = self.places.get(label) {
            return Some(place.open());
        }
        let mut memories = self.memories.as_ref()?.lock().unwrap_or_else(PoisonError::into_inner);
        let memory: Arc<dyn Store> = memories.entry(label.to_owned()).or_default().clone();
        Some(Ok(memory))
    }
}

impl Place for Arc<Memory> {
    fn open(&self) -> Result<Arc<dyn Store>, Failure> {
        let memory: Arc<dyn Store> = self.clone();
        Ok(memory)
    }

    fn forget(&self) -> bool {
        self.clear();
        true
    }
}

/// Does what may take the time of a network, or of somebody else who holds a file; where there are other threads for it, other components go on meanwhile.
fn waiting<T>(work: impl FnOnce() -> T) -> T {
    use tokio::runtime::{Handle, RuntimeFlavor};
    match Handle::try_current().map(|handle| handle.runtime_flavor()) {
        Ok(RuntimeFlavor::MultiThread) => tokio::task::block_in_place(work),
        _ => work(),
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

#[cfg(test)]
mod tests {
    use super::*;

    /// What every store answers alike.
    fn behaves(store: &dyn Store) {
        assert_eq!(store.get("a"), Ok(None));
        store.set("b", b"2").unwrap();
        store.set("a", b"1").unwrap();
        store.set("a", b"one").unwrap();
        store.set("", b"").unwrap();
        assert_eq!(store.get("a"), Ok(Some(b"one".to_vec())));
        assert_eq!(store.get(""), Ok(Some(Vec::new())));
        assert_eq!(store.keys(), Ok(vec![String::new(), "a".to_owned(), "b".to_owned()]));
        store.delete("b").unwrap();
        store.delete("b").unwrap();
        assert_eq!(store.exists("b"), Ok(false));
        assert_eq!(store.increment("n", 5), Ok(5));
        assert_eq!(store.increment("n", -7), Ok(-2));
        assert_eq!(store.get("n"), Ok(Some((-2i64).to_le_bytes().to_vec())));
        assert!(store.increment("a", 1).unwrap_err().0.contains("has 3 bytes and not 8"));
        assert_eq!(store.replace("c", Some(b"x"), b"1"), Ok(false));
        assert_eq!(store.replace("c", None, b"1"), Ok(true));
        assert_eq!(store.replace("c", None, b"2"), Ok(false));
        assert_eq!(store.replace("c", Some(b"1"), b"2"), Ok(true));
        assert_eq!(store.get("c"), Ok(Some(b"2".to_vec())));
        store.set_many(&[("m".to_owned(), b"1".to_vec()), ("m".to_owned(), b"2".to_vec())]).unwrap();
        assert_eq!(store.get("m"), Ok(Some(b"2".to_vec())));
    }

    #[test]
    fn every_store_behaves_alike() {
        behaves(&Memory::default());
        let folder = tempfile::tempdir().unwrap();
        let database = Database::open(&folder.path().join("kv.db")).unwrap();
        behaves(&database.store("default"));
        // Labels share a file and no rows.
        behaves(&database.store("cache"));
    }

    #[test]
    fn a_file_of_spins_keeps_its_journal_and_its_rows() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sqlite_key_value.db");
        let spins = rusqlite::Connection::open(&path).unwrap();
        let table = "CREATE TABLE spin_key_value (store TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY (store, key))";
        spins.execute(table, []).unwrap();
        spins.execute("INSERT INTO spin_key_value VALUES ('default', 'k', x'76')", []).unwrap();
        let store = Database::open(&path).unwrap().store("default");
        assert_eq!(store.get("k"), Ok(Some(b"v".to_vec())));
        store.set("k", b"w").unwrap();
        let read = |sql: &str| spins.query_row(sql, [], |row| row.get::<_, String>(0)).unwrap();
        assert_eq!(read("PRAGMA journal_mode"), "delete");
        assert_eq!(read("SELECT CAST(value AS TEXT) FROM spin_key_value"), "w");
        #[expect(clippy::disallowed_methods, reason = "a test makes its own files")]
        std::fs::write(folder.path().join("broken.db"), "this is no database, and long enough to say so").unwrap();
        assert!(Database::open(&folder.path().join("broken.db")).is_err());
    }
}
