//! `fermyon:spin/key-value@2.0.0`: the SDKs of Spin 2 and 3.

use wasmtime::component::{Linker, Resource};

use super::{Guest, Handle, InGuest, View};
use bindings::fermyon::spin::key_value::{self, Error};

mod bindings {
    wasmtime::component::bindgen!({
        inline: r"
            package fermyon:spin@2.0.0;

            interface key-value {
                resource store {
                    open: static func(label: string) -> result<store, error>;
                    get: func(key: string) -> result<option<list<u8>>, error>;
                    set: func(key: string, value: list<u8>) -> result<_, error>;
                    delete: func(key: string) -> result<_, error>;
                    exists: func(key: string) -> result<bool, error>;
                    get-keys: func() -> result<list<string>, error>;
                }
                variant error { store-table-full, no-such-store, access-denied, other(string) }
            }

            world host { import key-value; }
        ",
        imports: { default: trappable },
        with: { "fermyon:spin/key-value.store": crate::runtime::key_value::Handle },
    });
}

pub(super) fn link(linker: &mut Linker<Guest>, view: fn(&mut Guest) -> View<'_>) -> wasmtime::Result<()> {
    key_value::add_to_linker::<_, InGuest>(linker, view)
}

as_generated!(Error, Other);

impl key_value::Host for View<'_> {}

/// A handle that is not known traps, as in Spin.
impl key_value::HostStore for View<'_> {
    fn open(&mut self, label: String) -> wasmtime::Result<Result<Resource<Handle>, Error>> {
        Ok(self.opened(label)?.map_err(Error::from))
    }

    fn get(&mut self, store: Resource<Handle>, key: String) -> wasmtime::Result<Result<Option<Vec<u8>>, Error>> {
        Ok(self.table.get(&store)?.get(&key).map_err(Error::from))
    }

    fn set(&mut self, store: Resource<Handle>, key: String, value: Vec<u8>) -> wasmtime::Result<Result<(), Error>> {
        Ok(self.table.get(&store)?.set(&key, &value).map_err(Error::from))
    }

    fn delete(&mut self, store: Resource<Handle>, key: String) -> wasmtime::Result<Result<(), Error>> {
        Ok(self.table.get(&store)?.delete(&key).map_err(Error::from))
    }

    fn exists(&mut self, store: Resource<Handle>, key: String) -> wasmtime::Result<Result<bool, Error>> {
        Ok(self.table.get(&store)?.exists(&key).map_err(Error::from))
    }

    fn get_keys(&mut self, store: Resource<Handle>) -> wasmtime::Result<Result<Vec<String>, Error>> {
        Ok(self.table.get(&store)?.keys().map_err(Error::from))
    }

    fn drop(&mut self, store: Resource<Handle>) -> wasmtime::Result<()> {
        self.table.delete(store)?;
        Ok(())
    }
}
