//! A store in a SQLite file, in Spin's table: what `spin up` has written is here, and the other way round.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OptionalExtension, Transaction, TransactionBehavior, params};

use super::{Failure, Lazily, Place, Store, counter, waiting};

/// How many connections read at most.
const READERS: usize = 8;

/// How long a file that somebody else holds is waited for: as long as rusqlite does, and so Spin.
const PATIENCE: Duration = Duration::from_secs(5);

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
pub struct Database(Arc<Connections>);

struct Connections {
    /// The one that writes.
    writer: Mutex<Connection>,
    /// Others that read, each for one at a time; none where reading would keep the writer from writing.
    readers: Vec<Mutex<Connection>>,
}

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
        // From here on nobody waits before it was tried: see `tried`.
        connection.busy_timeout(Duration::ZERO).map_err(failure)?;
        let journal: String = connection.query_row("PRAGMA journal_mode", [], |row| row.get(0)).map_err(failure)?;
        let count = if journal == "wal" { std::thread::available_parallelism().map_or(1, usize::from).min(READERS) } else { 0 };
        let reader = |_| {
            let reader = Connection::open(path)?;
            reader.busy_timeout(Duration::ZERO)?;
            Ok(Mutex::new(reader))
        };
        let readers = (0..count).map(reader).collect::<rusqlite::Result<_>>().map_err(failure)?;
        Ok(Database(Arc::new(Connections { writer: Mutex::new(connection), readers })))
    }

    /// The store of a label.
    pub fn store(&self, label: &str) -> Sqlite {
        Sqlite { database: self.clone(), label: label.to_owned() }
    }

    /// The connection that writes. Who has to wait for it lets others go on meanwhile.
    fn writer(&self) -> MutexGuard<'_, Connection> {
        match self.0.writer.try_lock() {
            Ok(connection) => connection,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => waiting(|| self.0.writer.lock().unwrap_or_else(PoisonError::into_inner)),
        }
    }

    /// Works with the connection that writes.
    fn with<T>(&self, work: impl Fn(&mut Connection) -> rusqlite::Result<T>) -> Result<T, Failure> {
        tried(&mut self.writer(), work)
    }

    /// Works with any connection: what was written is seen by all of them.
    fn reading<T>(&self, work: impl Fn(&mut Connection) -> rusqlite::Result<T>) -> Result<T, Failure> {
        match self.0.readers.iter().find_map(|reader| reader.try_lock().ok()) {
            Some(mut reader) => tried(&mut reader, work),
            None => self.with(work),
        }
    }
}

/// Works with a connection. A file that somebody else holds is waited for, as long as Spin does, while others go on.
fn tried<T>(connection: &mut Connection, work: impl Fn(&mut Connection) -> rusqlite::Result<T>) -> Result<T, Failure> {
    let result = match work(connection) {
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => waiting(|| {
            connection.busy_timeout(PATIENCE)?;
            let result = work(connection);
            connection.busy_timeout(Duration::ZERO)?;
            result
        }),
        result => result,
    };
    result.map_err(failure)
}

/// A store in a file that is opened when the first component opens it; what fails is told to that component, as in Spin.
pub struct InFile {
    path: PathBuf,
    label: String,
    opened: Lazily<Sqlite>,
}

impl InFile {
    /// The rows of a label in a file, which need not be there yet.
    pub fn new(path: PathBuf, label: &str) -> InFile {
        InFile { path, label: label.to_owned(), opened: Lazily::default() }
    }
}

impl Place for InFile {
    fn open(&self) -> Result<Arc<dyn Store>, Failure> {
        let open = || waiting(|| Database::open(&self.path)).map(|database| database.store(&self.label));
        Ok(self.opened.get(open)?)
    }

    fn settle(&self) {
        if let Some(store) = self.opened.known() {
            // What stays in the log is read from there by whoever opens the file next.
            let _ = store.database.writer().execute_batch("PRAGMA wal_checkpoint(TRUNCATE)");
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
    fn alone<T>(&self, work: impl Fn(&Transaction<'_>) -> rusqlite::Result<T>) -> Result<T, Failure> {
        self.database.with(|connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let result = work(&transaction)?;
            transaction.commit()?;
            Ok(result)
        })
    }

    fn read(&self, connection: &Connection, key: &str) -> rusqlite::Result<Option<Vec<u8>>> {
        connection.prepare_cached(GET)?.query_row(params![self.label, key], |row| row.get(0)).optional()
    }

    fn write(&self, connection: &Connection, key: &str, value: &[u8]) -> rusqlite::Result<()> {
        connection.prepare_cached(SET)?.execute(params![self.label, key, value]).map(|_| ())
    }
}

impl Store for Sqlite {
    fn get(&self, key: &str) -> Result<Option<Vec<u8>>, Failure> {
        self.database.reading(|connection| self.read(connection, key))
    }

    fn set(&self, key: &str, value: &[u8]) -> Result<(), Failure> {
        self.database.with(|connection| self.write(connection, key, value))
    }

    fn set_many(&self, pairs: &[(String, Vec<u8>)]) -> Result<(), Failure> {
        self.alone(|transaction| pairs.iter().try_for_each(|(key, value)| self.write(transaction, key, value)))
    }

    fn delete(&self, key: &str) -> Result<(), Failure> {
        self.database.with(|connection| {
            let mut statement = connection.prepare_cached("DELETE FROM spin_key_value WHERE store = ?1 AND key = ?2")?;
            statement.execute(params![self.label, key]).map(|_| ())
        })
    }

    fn keys(&self) -> Result<Vec<String>, Failure> {
        self.database.reading(|connection| {
            let mut statement = connection.prepare_cached("SELECT key FROM spin_key_value WHERE store = ?1 ORDER BY key")?;
            statement.query_map(params![self.label], |row| row.get(0))?.collect()
        })
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
            let sum = match counter(self.read(transaction, key)?.as_deref()) {
                Ok(number) => number.wrapping_add(delta),
                Err(failure) => return Ok(Err(failure)),
            };
            self.write(transaction, key, &sum.to_le_bytes())?;
            Ok(Ok(sum))
        })?
    }
}

/// As Spin tells it to the component: the debug form of the error.
fn failure(error: rusqlite::Error) -> Failure {
    Failure(format!("{error:?}"))
}
