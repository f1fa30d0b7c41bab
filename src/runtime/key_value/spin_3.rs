//! `spin:key-value/key-value@3.0.0`: the asynchronous SDKs, since Spin 4.

use wasmtime::component::{Accessor, FutureReader, Linker, Resource, StreamReader};

use super::{Guest, Handle, InGuest, View};
use bindings::spin::key_value::key_value::{self, Error};

mod bindings {
    wasmtime::component::bindgen!({
        inline: r"
            package spin:key-value@3.0.0;

            interface key-value {
                resource store {
                    open: static async func(label: string) -> result<store, error>;
                    get: async func(key: string) -> result<option<list<u8>>, error>;
                    set: async func(key: string, value: list<u8>) -> result<_, error>;
                    delete: async func(key: string) -> result<_, error>;
                    exists: async func(key: string) -> result<bool, error>;
                    get-keys: async func() -> tuple<stream<string>, future<result<_, error>>>;
                }
                variant error { store-table-full, no-such-store, access-denied, other(string) }
            }

            world host { import key-value; }
        ",
        imports: { default: trappable },
        with: { "spin:key-value/key-value.store": crate::runtime::key_value::Handle },
    });
}

pub(super) fn link(linker: &mut Linker<Guest>, view: fn(&mut Guest) -> View<'_>) -> wasmtime::Result<()> {
    key_value::add_to_linker::<_, InGuest>(linker, view)
}

as_generated!(Error, Other);

impl key_value::Host for View<'_> {}

impl key_value::HostStore for View<'_> {
    fn drop(&mut self, store: Resource<Handle>) -> wasmtime::Result<()> {
        self.table.delete(store)?;
        Ok(())
    }
}

/// The store behind a handle; here a handle that is not known is no such store.
fn handle<T>(accessor: &Accessor<T, InGuest>, store: &Resource<Handle>) -> Result<Handle, Error> {
    accessor.with(|mut access| access.get().table.get(store).cloned().map_err(|_| Error::NoSuchStore))
}

impl<T: Send> key_value::HostStoreWithStore<T> for InGuest {
    async fn open(accessor: &Accessor<T, Self>, label: String) -> wasmtime::Result<Result<Resource<Handle>, Error>> {
        accessor.with(|mut access| Ok(access.get().opened(label)?.map_err(Error::from)))
    }

    async fn get(accessor: &Accessor<T, Self>, store: Resource<Handle>, key: String) -> wasmtime::Result<Result<Option<Vec<u8>>, Error>> {
        Ok(handle(accessor, &store).and_then(|store| Ok(store.get(&key)?)))
    }

    async fn set(
        accessor: &Accessor<T, Self>,
        store: Resource<Handle>,
        key: String,
        value: Vec<u8>,
    ) -> wasmtime::Result<Result<(), Error>> {
        Ok(handle(accessor, &store).and_then(|store| Ok(store.set(&key, &value)?)))
    }

    async fn delete(accessor: &Accessor<T, Self>, store: Resource<Handle>, key: String) -> wasmtime::Result<Result<(), Error>> {
        Ok(handle(accessor, &store).and_then(|store| Ok(store.delete(&key)?)))
    }

    async fn exists(accessor: &Accessor<T, Self>, store: Resource<Handle>, key: String) -> wasmtime::Result<Result<bool, Error>> {
        Ok(handle(accessor, &store).and_then(|store| Ok(store.exists(&key)?)))
    }

    async fn get_keys(
        accessor: &Accessor<T, Self>,
        store: Resource<Handle>,
    ) -> wasmtime::Result<(StreamReader<String>, FutureReader<Result<(), Error>>)> {
        let (keys, end) = match handle(accessor, &store).and_then(|store| Ok(store.keys()?)) {
            Ok(keys) => (keys, Ok(())),
            Err(error) => (Vec::new(), Err(error)),
        };
        accessor.with(|mut access| {
            let keys = StreamReader::new(&mut access, keys)?;
            let end = FutureReader::new(&mut access, async { wasmtime::error::Ok(end) })?;
            Ok((keys, end))
        })
    }
}
