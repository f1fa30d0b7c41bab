//! Key-value for components: what Spin's host answers, whichever version of the interface asks, and a record of it.

/// Makes the error of an interface of the host's own: the same variants, generated anew for each version.
macro_rules! as_generated {
    ($error:ident, $other:ident) => {
        impl From<$crate::runtime::key_value::Error> for $error {
            fn from(error: $crate::runtime::key_value::Error) -> $error {
                match error {
                    $crate::runtime::key_value::Error::NoSuchStore => $error::NoSuchStore,
                    $crate::runtime::key_value::Error::AccessDenied => $error::AccessDenied,
                    $crate::runtime::key_value::Error::Other(reason) => $error::$other(reason),
                }
            }
        }
    };
}

mod spin_1;
mod spin_2;
mod spin_3;
mod wasi;

use std::collections::BTreeSet;
use std::sync::Arc;

use wasmtime::component::{HasData, Linker, Resource, ResourceTable};

use super::guest::Guest;
use super::program::Granted;
use super::stores::{Failure, Store, Stores};
use super::witness::Current;
use crate::facts::trace::{ABSENT, Access, DENIED, OK, Operation};

/// The names under which the interfaces are imported.
pub(super) const INTERFACES: &[&str] = &[
    "fermyon:spin/key-value",
    "fermyon:spin/key-value@2.0.0",
    "spin:key-value/key-value@3.0.0",
    "wasi:keyvalue/store@0.2.0-draft2",
    "wasi:keyvalue/atomics@0.2.0-draft2",
    "wasi:keyvalue/batch@0.2.0-draft2",
];

/// The result of one read may have this many bytes, its parts counted as Spin counts them.
const LARGEST_RESULT: usize = 128 << 20;

/// A key with its value, as a batch has them.
type Pair = (String, Option<Vec<u8>>);

fn within_limit(size: usize) -> Result<(), Error> {
    match size > LARGEST_RESULT {
        true => Err(Error::Other(format!("query result exceeds limit of {LARGEST_RESULT} bytes"))),
        false => Ok(()),
    }
}

/// What an instance knows of stores.
pub(super) struct KeyValue {
    pub granted: Arc<Granted>,
    pub stores: Arc<Stores>,
    pub current: Current,
}

/// An open store, as an instance holds it.
#[derive(Clone)]
pub struct Handle {
    label: Arc<str>,
    store: Arc<dyn Store>,
    current: Current,
}

/// What the interfaces of version 2 and later answer.
pub(super) enum Error {
    NoSuchStore,
    AccessDenied,
    Other(String),
}

impl Error {
    fn name(&self) -> String {
        match self {
            Error::NoSuchStore => "no-such-store".to_owned(),
            Error::AccessDenied => DENIED.to_owned(),
            Error::Other(reason) => format!("other: {reason}"),
        }
    }
}

impl From<Failure> for Error {
    fn from(Failure(reason): Failure) -> Error {
        Error::Other(reason)
    }
}

impl KeyValue {
    /// Opens a store. Whether it is granted is asked before whether it exists.
    fn open(&self, label: String) -> Result<Handle, Error> {
        let opened = match self.granted.contains(&label) {
            false => Err(Error::AccessDenied),
            true => match self.stores.open(&label) {
                None => Err(Error::NoSuchStore),
                Some(Err(failure)) => Err(failure.into()),
                Some(Ok(store)) => Ok(Handle { label: label.as_str().into(), store, current: self.current.clone() }),
            },
        };
        let result = opened.as_ref().err().map_or(OK.to_owned(), Error::name);
        self.current.record(Access { store: label, operation: Operation::Open, key: None, result });
        opened
    }
}

impl Handle {
    fn get(&self, key: &str) -> Result<Option<Vec<u8>>, Error> {
        let found = self.store.get(key).map_err(Error::from).and_then(|value| {
            within_limit(size_of::<Option<Vec<u8>>>() + value.as_ref().map_or(0, Vec::len))?;
            Ok(value)
        });
        self.told(Operation::Get, Some(key), found, |value| if value.is_some() { OK } else { ABSENT })
    }

    fn set(&self, key: &str, value: &[u8]) -> Result<(), Error> {
        self.told(Operation::Set, Some(key), self.store.set(key, value).map_err(Error::from), |()| OK)
    }

    fn delete(&self, key: &str) -> Result<(), Error> {
        self.told(Operation::Delete, Some(key), self.store.delete(key).map_err(Error::from), |()| OK)
    }

    fn exists(&self, key: &str) -> Result<bool, Error> {
        let found = self.store.exists(key).map_err(Error::from);
        self.told(Operation::Exists, Some(key), found, |found| if *found { OK } else { ABSENT })
    }

    fn keys(&self) -> Result<Vec<String>, Error> {
        let found = self.store.keys().map_err(Error::from).and_then(|keys| {
            within_limit(size_of::<Vec<String>>() + keys.iter().map(|key| size_of::<String>() + key.len()).sum::<usize>())?;
            Ok(keys)
        });
        self.told(Operation::GetKeys, None, found, |_| OK)
    }

    /// Reads what is there of many keys: each once, in the order of the keys, as Spin's SQLite store has them.
    fn get_many(&self, keys: Vec<String>) -> Result<Vec<Pair>, Error> {
        let keys: BTreeSet<String> = keys.into_iter().collect();
        let mut found = Vec::new();
        let mut size = size_of::<Vec<String>>();
        for key in keys {
            if let Some(value) = self.get(&key)? {
                size += size_of::<Pair>() + key.len() + value.len();
                within_limit(size)?;
                found.push((key, Some(value)));
            }
        }
        Ok(found)
    }

    /// Writes many values, all of them or none.
    fn set_many(&self, pairs: &[(String, Vec<u8>)]) -> Result<(), Error> {
        let written = self.store.set_many(pairs).map_err(Error::from);
        let told = written.as_ref().err().map_or(OK.to_owned(), Error::name);
        for (key, _) in pairs {
            let (store, result) = (self.label.to_string(), told.clone());
            self.current.record(Access { store, operation: Operation::Set, key: Some(key.clone()), result });
        }
        written
    }

    fn increment(&self, key: &str, delta: i64) -> Result<i64, Error> {
        self.told(Operation::Increment, Some(key), self.store.increment(key, delta).map_err(Error::from), |_| OK)
    }

    /// Writes a value if the one that is there is still the expected one. Returns whether it was.
    fn replace(&self, key: &str, expected: Option<&[u8]>, value: &[u8]) -> Result<bool, Error> {
        let replaced = self.store.replace(key, expected, value).map_err(Error::from);
        self.told(Operation::Swap, Some(key), replaced, |replaced| if *replaced { OK } else { "cas-failed" })
    }

    fn told<T>(
        &self,
        operation: Operation,
        key: Option<&str>,
        result: Result<T, Error>,
        word: impl Fn(&T) -> &'static str,
    ) -> Result<T, Error> {
        let told = result.as_ref().map_or_else(Error::name, |value| word(value).to_owned());
        self.current.record(Access { store: self.label.to_string(), operation, key: key.map(str::to_owned), result: told });
        result
    }
}

/// What the host functions see of an instance.
pub(super) struct View<'a> {
    key_value: &'a KeyValue,
    table: &'a mut ResourceTable,
}

impl View<'_> {
    /// Opens a store, and gives the instance a handle of it.
    fn opened(&mut self, label: String) -> wasmtime::Result<Result<Resource<Handle>, Error>> {
        Ok(match self.key_value.open(label) {
            Ok(handle) => Ok(self.table.push(handle)?),
            Err(error) => Err(error),
        })
    }
}

/// The way from an instance to its [`View`].
pub(super) struct InGuest;

impl HasData for InGuest {
    type Data<'a> = View<'a>;
}

/// Adds every version of the interface.
pub(super) fn link(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    spin_1::link(linker, view)?;
    spin_2::link(linker, view)?;
    spin_3::link(linker, view)?;
    wasi::link(linker, view)
}

fn view(guest: &mut Guest) -> View<'_> {
    View { key_value: &guest.key_value, table: &mut guest.table }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::runtime::stores::Place;
    use crate::runtime::witness::Ongoing;

    /// Has host functions called on fresh stores; `default` is granted.
    pub(super) fn with_view<T>(work: impl FnOnce(&mut View<'_>) -> T) -> (T, Vec<String>) {
        let granted = Granted::Labels(BTreeSet::from(["default".to_owned()]));
        let request = Ongoing::new(Duration::ZERO);
        let key_value =
            KeyValue { granted: Arc::new(granted), stores: Arc::new(Stores::in_memory()), current: Current::new(Arc::clone(&request)) };
        let mut table = ResourceTable::new();
        let result = work(&mut View { key_value: &key_value, table: &mut table });
        let accesses = request.accesses().iter().map(ToString::to_string).collect();
        (result, accesses)
    }

    /// What is larger than Spin would answer is an error, to the byte.
    #[test]
    fn results_have_a_largest_size() {
        with_view(|view| {
            let handle = view.key_value.open("default".to_owned()).ok().unwrap();
            let overhead = size_of::<Option<Vec<u8>>>();
            handle.store.set("fits", &vec![0; LARGEST_RESULT - overhead]).unwrap();
            handle.store.set("too-large", &vec![0; LARGEST_RESULT - overhead + 1]).unwrap();
            assert!(handle.get("fits").is_ok_and(|value| value.is_some()));
            let told = handle.get("too-large").map(|_| ()).map_err(|error| error.name());
            assert_eq!(told, Err("other: query result exceeds limit of 134217728 bytes".to_owned()));
            assert!(handle.get_many(vec!["fits".to_owned(), "fits".to_owned()]).is_err(), "a pair counts for more");
        });
    }

    struct Broken;

    impl Place for Broken {
        fn open(&self) -> Result<Arc<dyn Store>, Failure> {
            Err(Failure("disk full".to_owned()))
        }
    }

    #[test]
    fn grants_are_asked_for_before_stores() {
        let open = |granted: Granted, stores: Stores, label: &str| {
            let current = Current::new(Ongoing::new(Duration::ZERO));
            let key_value = KeyValue { granted: Arc::new(granted), stores: Arc::new(stores), current };
            key_value.open(label.to_owned()).map(|_| ()).map_err(|error| error.name())
        };
        let nothing = || Granted::Labels(BTreeSet::new());
        assert_eq!(open(nothing(), Stores::default(), "default"), Err("access-denied".to_owned()));
        assert_eq!(open(nothing(), Stores::in_memory(), ""), Err("access-denied".to_owned()));
        assert_eq!(open(Granted::Everything, Stores::default(), "default"), Err("no-such-store".to_owned()));
        let mut broken = Stores::default();
        broken.define("default", Broken);
        assert_eq!(open(Granted::Everything, broken, "default"), Err("other: disk full".to_owned()));
    }
}
