//! A store that is gone with the process.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{Failure, Store, counter};

/// Keys and values in memory, in the order of SQLite: by their bytes.
#[derive(Debug, Default)]
pub struct Memory(Mutex<BTreeMap<String, Vec<u8>>>);

impl Memory {
    pub(super) fn clear(&self) {
        self.rows().clear();
    }

    fn rows(&self) -> MutexGuard<'_, BTreeMap<String, Vec<u8>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store for Memory {
    fn get(&self, key: &str) -> Result<Option<Vec<u8>>, Failure> {
        Ok(self.rows().get(key).cloned())
    }

    fn set(&self, key: &str, value: &[u8]) -> Result<(), Failure> {
        self.rows().insert(key.to_owned(), value.to_owned());
        Ok(())
    }

    fn delete(&self, key: &str) -> Result<(), Failure> {
        self.rows().remove(key);
        Ok(())
    }

    fn keys(&self) -> Result<Vec<String>, Failure> {
        Ok(self.rows().keys().cloned().collect())
    }

    fn replace(&self, key: &str, expected: Option<&[u8]>, value: &[u8]) -> Result<bool, Failure> {
        let mut rows = self.rows();
        let is_expected = rows.get(key).map(Vec::as_slice) == expected;
        if is_expected {
            rows.insert(key.to_owned(), value.to_owned());
        }
        Ok(is_expected)
    }

    fn increment(&self, key: &str, delta: i64) -> Result<i64, Failure> {
        let mut rows = self.rows();
        let sum = counter(rows.get(key).map(Vec::as_slice))?.wrapping_add(delta);
        rows.insert(key.to_owned(), sum.to_le_bytes().to_vec());
        Ok(sum)
    }
}
