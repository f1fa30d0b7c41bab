//! Variables for components, by every version of the interface.

use std::sync::Arc;

use wasmtime::component::{Accessor, HasData, Linker};

use super::{ComponentVariables, Missing};
use crate::runtime::guest::Guest;

/// The names under which the interfaces are imported.
pub(in crate::runtime) const INTERFACES: &[&str] =
    &["fermyon:spin/config", "fermyon:spin/variables@2.0.0", "spin:variables/variables@3.0.0", "wasi:config/store@0.2.0-draft-2024-09-27"];

mod spin_1 {
    wasmtime::component::bindgen!({
        inline: r"
            package fermyon:spin;

            interface config {
                variant error { provider(string), invalid-key(string), invalid-schema(string), other(string) }
                get-config: func(key: string) -> result<string, error>;
            }

            world host { import config; }
        ",
    });
}

mod spin_2 {
    wasmtime::component::bindgen!({
        inline: r"
            package fermyon:spin@2.0.0;

            interface variables {
                variant error { invalid-name(string), undefined(string), provider(string), other(string) }
                get: func(name: string) -> result<string, error>;
            }

            world host { import variables; }
        ",
    });
}

mod spin_3 {
    wasmtime::component::bindgen!({
        inline: r"
            package spin:variables@3.0.0;

            interface variables {
                variant error { invalid-name(string), undefined(string), provider(string), other(string) }
                get: async func(name: string) -> result<string, error>;
            }

            world host { import variables; }
        ",
    });
}

mod wasi {
    wasmtime::component::bindgen!({
        inline: r"
            package wasi:config@0.2.0-draft-2024-09-27;

            interface store {
                variant error { upstream(string), io(string) }
                get: func(key: string) -> result<option<string>, error>;
                get-all: func() -> result<list<tuple<string, string>>, error>;
            }

            world host { import store; }
        ",
    });
}

use spin_1::fermyon::spin::config;
use spin_2::fermyon::spin::variables as variables_2;
use spin_3::spin::variables::variables as variables_3;
use wasi::wasi::config::store;

/// What the host functions see of an instance.
pub(in crate::runtime) struct View(Arc<ComponentVariables>);

/// The way from an instance to its [`View`].
pub(in crate::runtime) struct InGuest;

impl HasData for InGuest {
    type Data<'a> = View;
}

/// Adds every version of the interface.
pub(in crate::runtime) fn link(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    let view = |guest: &mut Guest| View(Arc::clone(&guest.variables));
    config::add_to_linker::<_, InGuest>(linker, view)?;
    variables_2::add_to_linker::<_, InGuest>(linker, view)?;
    variables_3::add_to_linker::<_, InGuest>(linker, view)?;
    store::add_to_linker::<_, InGuest>(linker, view)
}

/// A template that cannot be resolved, as Spin words it.
fn invalid_template(reason: &str) -> String {
    format!("invalid variable template: {reason}")
}

impl config::Host for View {
    fn get_config(&mut self, key: String) -> Result<String, config::Error> {
        self.0.get(&key).map_err(|missing| match missing {
            Missing::InvalidName(reason) => config::Error::InvalidKey(reason),
            Missing::Undefined(reason) => config::Error::Provider(reason),
            Missing::InvalidTemplate(reason) => config::Error::Other(invalid_template(&reason)),
            Missing::Unresolved(reason) => config::Error::Other(reason),
        })
    }
}

impl variables_2::Host for View {
    fn get(&mut self, name: String) -> Result<String, variables_2::Error> {
        self.0.get(&name).map_err(|missing| match missing {
            Missing::InvalidName(reason) => variables_2::Error::InvalidName(reason),
            Missing::Undefined(reason) => variables_2::Error::Undefined(reason),
            Missing::InvalidTemplate(reason) => variables_2::Error::Other(invalid_template(&reason)),
            Missing::Unresolved(reason) => variables_2::Error::Provider(reason),
        })
    }
}

impl variables_3::Host for View {}

impl<T: Send> variables_3::HostWithStore<T> for InGuest {
    async fn get(accessor: &Accessor<T, Self>, name: String) -> Result<String, variables_3::Error> {
        let variables = accessor.with(|mut access| Arc::clone(&access.get().0));
        variables.get(&name).map_err(|missing| match missing {
            Missing::InvalidName(reason) => variables_3::Error::InvalidName(reason),
            Missing::Undefined(reason) => variables_3::Error::Undefined(reason),
            Missing::InvalidTemplate(reason) => variables_3::Error::Other(invalid_template(&reason)),
            Missing::Unresolved(reason) => variables_3::Error::Provider(reason),
        })
    }
}

impl store::Host for View {
    fn get(&mut self, key: String) -> Result<Option<String>, store::Error> {
        match self.0.get(&key) {
            Ok(value) => Ok(Some(value)),
            Err(Missing::InvalidName(_) | Missing::Undefined(_)) => Ok(None),
            Err(Missing::Unresolved(reason)) => Err(store::Error::Upstream(reason)),
            Err(Missing::InvalidTemplate(reason)) => Err(store::Error::Io(invalid_template(&reason))),
        }
    }

    fn get_all(&mut self) -> Result<Vec<(String, String)>, store::Error> {
        self.0.all().map_err(|missing| match missing {
            Missing::Unresolved(reason) => store::Error::Upstream(reason),
            other => store::Error::Io(other.reason().to_owned()),
        })
    }
}
