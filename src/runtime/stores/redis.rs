//! A store in a Redis server. As in Spin labels are no part of the keys: what shares a server shares its keys.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use redis::{Client, Commands, Connection, IntoConnectionInfo, RedisError, RedisResult};

use super::{Failure, Lazily, Place, Store, waiting};

/// How long a server may take to accept a connection.
const CONNECTING: Duration = Duration::from_secs(2);

/// How long a server may take for an answer.
const ANSWERING: Duration = Duration::from_secs(5);

/// Whether a text is the address of a server. The error is the reason.
pub fn check(url: &str) -> Result<(), String> {
    url.into_connection_info().map(|_| ()).map_err(|error| error.to_string())
}

/// A store that connects when the first component opens it; a server that is down is told to that component, as in Spin.
pub struct AtServer {
    url: String,
    opened: Lazily<Redis>,
}

impl AtServer {
    /// The store at an address.
    pub fn new(url: String) -> AtServer {
        AtServer { url, opened: Lazily::default() }
    }
}

impl Place for AtServer {
    fn open(&self) -> Result<Arc<dyn Store>, Failure> {
        let open = || {
            let store = Redis { client: Client::open(self.url.as_str()).map_err(failure)?, connection: Mutex::default() };
            store.with(|_| Ok(()))?;
            Ok(store)
        };
        Ok(self.opened.get(open)?)
    }
}

/// A server.
pub struct Redis {
    client: Client,
    connection: Mutex<Option<Connection>>,
}

impl Redis {
    /// Works with the connection. One that broke is not used again: the next call makes a new one.
    fn with<T>(&self, work: impl FnOnce(&mut Connection) -> RedisResult<T>) -> Result<T, Failure> {
        // The server may take its time: others go on meanwhile.
        waiting(|| {
            let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
            let open = match &mut *connection {
                Some(open) => open,
                None => connection.insert(self.connect().map_err(failure)?),
            };
            let result = work(open);
            if result.as_ref().is_err_and(RedisError::is_io_error) {
                *connection = None;
            }
            result.map_err(failure)
        })
    }

    fn connect(&self) -> RedisResult<Connection> {
        let connection = self.client.get_connection_with_timeout(CONNECTING)?;
        connection.set_read_timeout(Some(ANSWERING))?;
        connection.set_write_timeout(Some(ANSWERING))?;
        Ok(connection)
    }
}

impl Store for Redis {
    fn get(&self, key: &str) -> Result<Option<Vec<u8>>, Failure> {
        self.with(|server| server.get(key))
    }

    fn set(&self, key: &str, value: &[u8]) -> Result<(), Failure> {
        self.with(|server| server.set(key, value))
    }

    fn delete(&self, key: &str) -> Result<(), Failure> {
        self.with(|server| server.del(key))
    }

    fn exists(&self, key: &str) -> Result<bool, Failure> {
        self.with(|server| server.exists(key))
    }

    fn keys(&self) -> Result<Vec<String>, Failure> {
        self.with(|server| server.keys("*"))
    }

    fn replace(&self, key: &str, expected: Option<&[u8]>, value: &[u8]) -> Result<bool, Failure> {
        self.with(|server| {
            redis::cmd("WATCH").arg(key).exec(server)?;
            let found: Option<Vec<u8>> = server.get(key)?;
            if found.as_deref() != expected {
                redis::cmd("UNWATCH").exec(server)?;
                return Ok(false);
            }
            let written: Option<()> = redis::pipe().atomic().set(key, value).ignore().query(server)?;
            Ok(written.is_some())
        })
    }

    /// Numbers are what Redis has: decimal text, and not the eight bytes of the other stores.
    fn increment(&self, key: &str, delta: i64) -> Result<i64, Failure> {
        self.with(|server| server.incr(key, delta))
    }
}

/// As Spin tells it to the component: the debug form of the error.
fn failure(error: RedisError) -> Failure {
    Failure(format!("{error:?}"))
}
