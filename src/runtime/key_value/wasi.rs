//! `wasi:keyvalue@0.2.0-draft2`: `store`, `batch` and `atomics`.

use wasmtime::component::{Linker, Resource};

use super::{Guest, Handle, InGuest, Pair, View};
use bindings::wasi::keyvalue::atomics::{self, CasError};
use bindings::wasi::keyvalue::batch;
use bindings::wasi::keyvalue::store::{self, Error, KeyResponse};

mod bindings {
    wasmtime::component::bindgen!({
        inline: r"
            package wasi:keyvalue@0.2.0-draft2;

            interface store {
                variant error { no-such-store, access-denied, other(string) }
                record key-response { keys: list<string>, cursor: option<string> }
                open: func(identifier: string) -> result<bucket, error>;
                resource bucket {
                    get: func(key: string) -> result<option<list<u8>>, error>;
                    set: func(key: string, value: list<u8>) -> result<_, error>;
                    delete: func(key: string) -> result<_, error>;
                    exists: func(key: string) -> result<bool, error>;
                    list-keys: func(cursor: option<string>) -> result<key-response, error>;
                }
            }

            interface atomics {
                use store.{bucket, error};
                variant cas-error { store-error(error), cas-failed(cas) }
                resource cas {
                    new: static func(bucket: borrow<bucket>, key: string) -> result<cas, error>;
                    current: func() -> result<option<list<u8>>, error>;
                }
                increment: func(bucket: borrow<bucket>, key: string, delta: s64) -> result<s64, error>;
                swap: func(cas: cas, value: list<u8>) -> result<_, cas-error>;
            }

            interface batch {
                use store.{bucket, error};
                get-many: func(bucket: borrow<bucket>, keys: list<string>) -> result<list<tuple<string, option<list<u8>>>>, error>;
                set-many: func(bucket: borrow<bucket>, key-values: list<tuple<string, list<u8>>>) -> result<_, error>;
                delete-many: func(bucket: borrow<bucket>, keys: list<string>) -> result<_, error>;
            }

            world host { import store; import atomics; import batch; }
        ",
        imports: { default: trappable },
        with: {
            "wasi:keyvalue/store.bucket": crate::runtime::key_value::Handle,
            "wasi:keyvalue/atomics.cas": crate::runtime::key_value::wasi::Swap,
        },
    });
}

/// A value that is to be replaced, if it is still what was read of it.
pub struct Swap {
    handle: Handle,
    key: String,
    read: Option<Vec<u8>>,
}

pub(super) fn link(linker: &mut Linker<Guest>, view: fn(&mut Guest) -> View<'_>) -> wasmtime::Result<()> {
    store::add_to_linker::<_, InGuest>(linker, view)?;
    atomics::add_to_linker::<_, InGuest>(linker, view)?;
    batch::add_to_linker::<_, InGuest>(linker, view)
}

as_generated!(Error, Other);

impl View<'_> {
    /// The store behind a bucket; one that is not known is no such store.
    fn bucket(&self, bucket: &Resource<Handle>) -> Result<Handle, Error> {
        self.table.get(bucket).cloned().map_err(|_| Error::NoSuchStore)
    }
}

impl store::Host for View<'_> {
    fn open(&mut self, identifier: String) -> wasmtime::Result<Result<Resource<Handle>, Error>> {
        Ok(self.opened(identifier)?.map_err(Error::from))
    }
}

impl store::HostBucket for View<'_> {
    fn get(&mut self, bucket: Resource<Handle>, key: String) -> wasmtime::Result<Result<Option<Vec<u8>>, Error>> {
        Ok(self.bucket(&bucket).and_then(|store| Ok(store.get(&key)?)))
    }

    fn set(&mut self, bucket: Resource<Handle>, key: String, value: Vec<u8>) -> wasmtime::Result<Result<(), Error>> {
        Ok(self.bucket(&bucket).and_then(|store| Ok(store.set(&key, &value)?)))
    }

    fn delete(&mut self, bucket: Resource<Handle>, key: String) -> wasmtime::Result<Result<(), Error>> {
        Ok(self.bucket(&bucket).and_then(|store| Ok(store.delete(&key)?)))
    }

    fn exists(&mut self, bucket: Resource<Handle>, key: String) -> wasmtime::Result<Result<bool, Error>> {
        Ok(self.bucket(&bucket).and_then(|store| Ok(store.exists(&key)?)))
    }

    fn list_keys(&mut self, bucket: Resource<Handle>, cursor: Option<String>) -> wasmtime::Result<Result<KeyResponse, Error>> {
        if cursor.is_some() {
            return Ok(Err(Error::Other("list_keys: cursor not supported".to_owned())));
        }
        Ok(self.bucket(&bucket).and_then(|store| Ok(KeyResponse { keys: store.keys()?, cursor: None })))
    }

    fn drop(&mut self, bucket: Resource<Handle>) -> wasmtime::Result<()> {
        self.table.delete(bucket)?;
        Ok(())
    }
}

impl batch::Host for View<'_> {
    /// Keys that are not there are left out, as by Spin's SQLite store.
    fn get_many(&mut self, bucket: Resource<Handle>, keys: Vec<String>) -> wasmtime::Result<Result<Vec<Pair>, Error>> {
        Ok(self.bucket(&bucket).and_then(|store| Ok(store.get_many(keys)?)))
    }

    fn set_many(&mut self, bucket: Resource<Handle>, pairs: Vec<(String, Vec<u8>)>) -> wasmtime::Result<Result<(), Error>> {
        Ok(self.bucket(&bucket).and_then(|store| Ok(store.set_many(&pairs)?)))
    }

    fn delete_many(&mut self, bucket: Resource<Handle>, keys: Vec<String>) -> wasmtime::Result<Result<(), Error>> {
        Ok(self.bucket(&bucket).and_then(|store| keys.iter().try_for_each(|key| Ok(store.delete(key)?))))
    }
}

impl atomics::Host for View<'_> {
    fn increment(&mut self, bucket: Resource<Handle>, key: String, delta: i64) -> wasmtime::Result<Result<i64, Error>> {
        Ok(self.bucket(&bucket).and_then(|store| Ok(store.increment(&key, delta)?)))
    }

    fn swap(&mut self, cas: Resource<Swap>, value: Vec<u8>) -> wasmtime::Result<Result<(), CasError>> {
        let Ok(mut swap) = self.table.delete(cas) else {
            return Ok(Err(CasError::StoreError(Error::Other("compare and swap not found".to_owned()))));
        };
        match swap.handle.replace(&swap.key, swap.read.as_deref(), &value) {
            Ok(true) => Ok(Ok(())),
            // The next attempt begins with what is there now.
            Ok(false) => match swap.handle.get(&swap.key) {
                Ok(read) => {
                    swap.read = read;
                    Ok(Err(CasError::CasFailed(self.table.push(swap)?)))
                }
                Err(error) => Ok(Err(CasError::StoreError(error.into()))),
            },
            Err(error) => Ok(Err(CasError::StoreError(error.into()))),
        }
    }
}

impl atomics::HostCas for View<'_> {
    fn new(&mut self, bucket: Resource<Handle>, key: String) -> wasmtime::Result<Result<Resource<Swap>, Error>> {
        match self.bucket(&bucket) {
            Ok(handle) => Ok(Ok(self.table.push(Swap { handle, key, read: None })?)),
            Err(error) => Ok(Err(error)),
        }
    }

    fn current(&mut self, cas: Resource<Swap>) -> wasmtime::Result<Result<Option<Vec<u8>>, Error>> {
        let Ok(swap) = self.table.get_mut(&cas) else {
            return Ok(Err(Error::Other("compare and swap not found".to_owned())));
        };
        swap.read = match swap.handle.get(&swap.key) {
            Ok(read) => read,
            Err(error) => return Ok(Err(error.into())),
        };
        Ok(Ok(swap.read.clone()))
    }

    fn drop(&mut self, cas: Resource<Swap>) -> wasmtime::Result<()> {
        self.table.delete(cas)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::with_view;
    use super::atomics::{Host as _, HostCas};
    use super::batch::Host as _;
    use super::store::{Host as _, HostBucket};
    use super::*;

    /// The same bucket, for a call that takes it.
    fn borrowed(bucket: &Resource<Handle>) -> Resource<Handle> {
        Resource::new_borrow(bucket.rep())
    }

    #[test]
    fn batches_leave_out_what_is_absent_and_there_are_no_cursors() {
        with_view(|view| {
            assert!(matches!(view.open("other".to_owned()).unwrap(), Err(Error::AccessDenied)));
            let bucket = view.open("default".to_owned()).unwrap().unwrap();
            view.set_many(borrowed(&bucket), vec![("b".to_owned(), b"2".to_vec()), ("a".to_owned(), b"1".to_vec())]).unwrap().unwrap();
            let found = view.get_many(borrowed(&bucket), ["a", "x", "a"].map(str::to_owned).to_vec()).unwrap().unwrap();
            assert_eq!(found, [("a".to_owned(), Some(b"1".to_vec()))]);
            view.delete_many(borrowed(&bucket), ["a", "x"].map(str::to_owned).to_vec()).unwrap().unwrap();
            assert_eq!(view.list_keys(borrowed(&bucket), None).unwrap().unwrap().keys, ["b"]);
            assert!(matches!(view.list_keys(borrowed(&bucket), Some("b".to_owned())).unwrap(), Err(Error::Other(_))));
            let closed = borrowed(&bucket);
            HostBucket::drop(view, bucket).unwrap();
            assert!(matches!(HostBucket::get(view, closed, "b".to_owned()).unwrap(), Err(Error::NoSuchStore)));
        });
    }

    #[test]
    fn a_swap_fails_where_somebody_else_was_faster_and_can_be_tried_again() {
        let ((), accesses) = with_view(|view| {
            let bucket = view.open("default".to_owned()).unwrap().unwrap();
            assert_eq!(view.increment(borrowed(&bucket), "n".to_owned(), 2).unwrap().unwrap(), 2);
            let cas = HostCas::new(view, borrowed(&bucket), "k".to_owned()).unwrap().unwrap();
            assert_eq!(view.current(Resource::new_borrow(cas.rep())).unwrap().unwrap(), None);
            HostBucket::set(view, borrowed(&bucket), "k".to_owned(), b"theirs".to_vec()).unwrap().unwrap();
            let Err(CasError::CasFailed(again)) = view.swap(cas, b"mine".to_vec()).unwrap() else { panic!("it was swapped") };
            assert!(view.swap(again, b"mine".to_vec()).unwrap().is_ok());
            assert_eq!(HostBucket::get(view, borrowed(&bucket), "k".to_owned()).unwrap().unwrap(), Some(b"mine".to_vec()));
        });
        assert!(accesses.contains(&"swap \"default\" k cas-failed".to_owned()), "{accesses:?}");
    }
}
