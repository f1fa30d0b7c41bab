//! `fermyon:spin/key-value` without a version: the SDKs of Spin 1. A handle is a number there.

use wasmtime::component::{Linker, Resource};

use super::{Guest, Handle, InGuest, View};
use bindings::fermyon::spin::key_value::{self, Error};

mod bindings {
    wasmtime::component::bindgen!({
        inline: r"
            package fermyon:spin;

            interface key-value {
                type store = u32;
                variant error { store-table-full, no-such-store, access-denied, invalid-store, no-such-key, io(string) }
                open: func(name: string) -> result<store, error>;
                get: func(store: store, key: string) -> result<list<u8>, error>;
                set: func(store: store, key: string, value: list<u8>) -> result<_, error>;
                delete: func(store: store, key: string) -> result<_, error>;
                exists: func(store: store, key: string) -> result<bool, error>;
                get-keys: func(store: store) -> result<list<string>, error>;
                close: func(store: store);
            }

            world host { import key-value; }
        ",
        imports: { default: trappable },
    });
}

pub(super) fn link(linker: &mut Linker<Guest>, view: fn(&mut Guest) -> View<'_>) -> wasmtime::Result<()> {
    key_value::add_to_linker::<_, InGuest>(linker, view)
}

as_generated!(Error, Io);

impl View<'_> {
    /// The store behind a number. One that is not known traps, as in Spin: `invalid-store` is never answered.
    fn numbered(&self, store: u32) -> wasmtime::Result<&Handle> {
        Ok(self.table.get(&Resource::<Handle>::new_borrow(store))?)
    }
}

impl key_value::Host for View<'_> {
    fn open(&mut self, name: String) -> wasmtime::Result<Result<u32, Error>> {
        Ok(self.opened(name)?.map(|handle| handle.rep()).map_err(Error::from))
    }

    fn get(&mut self, store: u32, key: String) -> wasmtime::Result<Result<Vec<u8>, Error>> {
        Ok(self.numbered(store)?.get(&key).map_err(Error::from).and_then(|value| value.ok_or(Error::NoSuchKey)))
    }

    fn set(&mut self, store: u32, key: String, value: Vec<u8>) -> wasmtime::Result<Result<(), Error>> {
        Ok(self.numbered(store)?.set(&key, &value).map_err(Error::from))
    }

    fn delete(&mut self, store: u32, key: String) -> wasmtime::Result<Result<(), Error>> {
        Ok(self.numbered(store)?.delete(&key).map_err(Error::from))
    }

    fn exists(&mut self, store: u32, key: String) -> wasmtime::Result<Result<bool, Error>> {
        Ok(self.numbered(store)?.exists(&key).map_err(Error::from))
    }

    fn get_keys(&mut self, store: u32) -> wasmtime::Result<Result<Vec<String>, Error>> {
        Ok(self.numbered(store)?.keys().map_err(Error::from))
    }

    fn close(&mut self, store: u32) -> wasmtime::Result<()> {
        self.table.delete(Resource::<Handle>::new_own(store))?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::with_view;
    use super::key_value::Host;
    use super::*;

    #[test]
    fn absent_keys_are_errors_and_closed_handles_trap() {
        let ((), accesses) = with_view(|view| {
            assert!(matches!(view.open("other".to_owned()).unwrap(), Err(Error::AccessDenied)));
            let store = view.open("default".to_owned()).unwrap().unwrap();
            assert!(matches!(Host::get(view, store, "k".to_owned()).unwrap(), Err(Error::NoSuchKey)));
            view.set(store, "k".to_owned(), b"v".to_vec()).unwrap().unwrap();
            assert_eq!(Host::get(view, store, "k".to_owned()).unwrap().unwrap(), b"v");
            assert_eq!(view.get_keys(store).unwrap().unwrap(), ["k"]);
            view.close(store).unwrap();
            assert!(view.exists(store, "k".to_owned()).is_err());
        });
        assert_eq!(accesses[0], "open \"other\" access-denied");
        assert_eq!(accesses[2], "get \"default\" k absent");
    }
}
