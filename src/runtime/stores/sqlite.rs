//! A store in a SQLite file, in Spin's table: what `spin up` has written is here, and the other way round.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};

use super::{Failure, Place, Store, counter};

const TABLE: &str = "CREATE TABLE IF NOT EXISTS spin_key_value (
    store TEXT NOT NULL,
    key   TEXT NOT NULL,
    value BLOB NOT NULL,
    PRIMARY KEY (store, key)
)";

const SET: &str = "INSERT INTO spin_key_value (store, key, value) VALUES (?1, ?2, ?3)
    ON CONFLICT (store, key) DO UPDATE SET value = ?3";

const GET: &str = "SELECT value FROM spin_key_value WHERE store = ?1 AND key = ?2";

/// A file that several labels may share.
#[derive(Clone)]
pub struct Database(Arc<Mutex<Connection>>);

impl Database {
    /// Opens a file, and makes it and its folder if they are not there. The error is SQLite's.
    pub fn open(path: &Path) -> Result<Database, Failure> {
        // What is wrong with the folder is wrong with the file in it.
        let _ = path.parent().map(std::fs::create_dir_all);
        let connection = Connection::open(path).map_err(failure)?;
        // What is written has to be on the disk before it is acknowledged. A file of Spin's keeps its journal.
        let is_new = connection.query_row("SELECT count(*) FROM sqlite_master", [], |row| row.get::<_, i64>(0)).map_err(failure)? == 0;
        if is_new {
            connection.pragma_update(None, "journal_mode", "WAL").map_err(failure)?;
        }
        connection.pragma_update(None, "synchronous", "FULL").map_err(failure)?;
        connection.execute(TABLE, []).map_err(failure)?;
        Ok(Database(Arc::new(Mutex::new(connection))))
    }

    /// The store of a label.
    pub fn store(&self, label: &str) -> Sqlite {
        Sqlite { database: self.clone(), label: label.to_owned() }
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A store in a file that is opened when the first component opens it; what fails is told to that component, as in Spin.
pub struct InFile {
    path: PathBuf,
    label: String,
    known: Mutex<Option<Arc<Sqlite>>>,
}

impl InFile {
    /// The rows of a label in a file, which need not be there yet.
    pub fn new(path: PathBuf, label: &str) -> InFile {
        InFile { path, label: label.to_owned(), known: Mutex::default() }
    }

    fn known(&self) -> MutexGuard<'_, Option<Arc<Sqlite>>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place for InFile {
    fn open(&self) -> Result<Arc<dyn Store>, Failure> {
        let mut known = self.known();
        let store = match &*known {
            Some(store) => Arc::clone(store),
            None => known.insert(Arc::new(Database::open(&self.path)?.store(&self.label))).clone(),
        };
        Ok(store)
    }

    fn settle(&self) {
        if let Some(store) = &*self.known() {
            // What stays in the log is read from there by whoever opens the file next.
            let _ = store.database.connection().execute_batch("PRAGMA wal_checkpoint(TRUNCATE)");
        }
    }
}

/// The rows of a label.
pub struct Sqlite {
    database: Database,
    label: String,
}

impl Sqlite {
    /// Reads and writes as if nobody else did.
    fn alone<T>(&self, work: impl FnOnce(&Transaction<'_>) -> Result<T, Failure>) -> Result<T, Failure> {
        let mut connection = self.database.connection();
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failure)?;
        let result = work(&transaction)?;
        transaction.commit().map_err(failure)?;
        Ok(result)
    }

    fn read(&self, connection: &Connection, key: &str) -> Result<Option<Vec<u8>>, Failure> {
        let mut statement = connection.prepare_cached(GET).map_err(failure)?;
        statement.query_row(params![self.label, key], |row| row.get(0)).optional().map_err(failure)
    }

    fn write(&self, connection: &Connection, key: &str, value: &[u8]) -> Result<(), Failure> {
        connection.prepare_cached(SET).and_then(|mut statement| statement.execute(params![self.label, key, value])).map_err(failure)?;
        Ok(())
    }
}

impl Store for Sqlite {
    fn get(&self, key: &str) -> Result<Option<Vec<u8>>, Failure> {
        self.read(&self.database.connection(), key)
    }

    fn set(&self, key: &str, value: &[u8]) -> Result<(), Failure> {
        self.write(&self.database.connection(), key, value)
    }

    fn set_many(&self, pairs: &[(String, Vec<u8>)]) -> Result<(), Failure> {
        self.alone(|transaction| pairs.iter().try_for_each(|(key, value)| self.write(transaction, key, value)))
    }

    fn delete(&self, key: &str) -> Result<(), Failure> {
        let connection = self.database.connection();
        let deleted = connection.prepare_cached("DELETE FROM spin_key_value WHERE store = ?1 AND key = ?2");
        deleted.and_then(|mut statement| statement.execute(params![self.label, key])).map_err(failure)?;
        Ok(())
    }

    fn keys(&self) -> Result<Vec<String>, Failure> {
        let connection = self.database.connection();
        let mut statement = connection.prepare_cached("SELECT key FROM spin_key_value WHERE store = ?1 ORDER BY key").map_err(failure)?;
        let keys = statement.query_map(params![self.label], |row| row.get(0)).map_err(failure)?;
        keys.collect::<Result<Vec<String>, _>>().map_err(failure)
    }

    fn replace(&self, key: &str, expected: Option<&[u8]>, value: &[u8]) -> Result<bool, Failure> {
        self.alone(|transaction| {
            let is_expected = self.read(transaction, key)?.as_deref() == expected;
            if is_expected {
                self.write(transaction, key, value)?;
            }
            Ok(is_expected)
        })
    }

    fn increment(&self, key: &str, delta: i64) -> Result<i64, Failure> {
        self.alone(|transaction| {
            let sum = counter(self.read(transaction, key)?.as_deref())?.wrapping_add(delta);
            self.write(transaction, key, &sum.to_le_bytes())?;
            Ok(sum)
        })
    }
}

/// As Spin tells it to the component: the debug form of the error.
fn failure(error: rusqlite::Error) -> Failure {
    Failure(format!("{error:?}"))
}
