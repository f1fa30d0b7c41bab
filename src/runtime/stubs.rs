//! Interfaces that a component imports and the runtime does not have.
//!
//! SDKs import whole worlds, whatever the program uses: such a function may be there and traps only when it is called.
//! wasmtime's own `define_unknown_imports_as_traps` defines a resource anew where it is an alias, and fails.

use std::sync::Arc;

use wasmtime::Engine;
use wasmtime::component::types::{ComponentInstance, ComponentItem};
use wasmtime::component::{Component, Linker, LinkerInstance, ResourceType};

use super::guest::Guest;
use super::{key_value, variables};

/// A resource of an interface that is not there: no value of it is ever made.
struct Stub;

/// Links what is not linked yet. The functions trap with a sentence that names them.
pub(super) fn link(engine: &Engine, component: &Component, linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    let component_type = component.component_type();
    let mut seen: Vec<ResourceType> = Vec::new();
    for (name, item) in component_type.imports(engine) {
        let ComponentItem::ComponentInstance(interface) = item.ty else { continue };
        let resources = interface.exports(engine).filter_map(|(name, item)| match item.ty {
            ComponentItem::Resource(resource) => Some((name.to_owned(), resource)),
            _ => None,
        });
        let own: Vec<(String, ResourceType)> = resources.filter(|(_, resource)| !seen.contains(resource)).collect();
        seen.extend(own.iter().map(|(_, resource)| *resource));
        if !is_linked(name) {
            let mut instance = linker.instance(name)?;
            for (resource, _) in &own {
                instance.resource(resource, ResourceType::host::<Stub>(), |_, _| Ok(()))?;
            }
            functions(engine, name, &interface, &mut instance)?;
        }
    }
    Ok(())
}

fn functions(
    engine: &Engine,
    interface_name: &str,
    interface: &ComponentInstance,
    instance: &mut LinkerInstance<'_, Guest>,
) -> wasmtime::Result<()> {
    for (name, item) in interface.exports(engine) {
        let ComponentItem::ComponentFunc(function) = item.ty else { continue };
        let called: Arc<str> = format!("the component calls `{name}` of `{interface_name}`, which spinlint does not have").into();
        if function.async_() {
            instance.func_new_concurrent(name, move |_, _, _, _| {
                let called = Arc::clone(&called);
                Box::pin(async move { Err(wasmtime::Error::msg(called.to_string())) })
            })?;
        } else {
            instance.func_new(name, move |_, _, _, _| Err(wasmtime::Error::msg(called.to_string())))?;
        }
    }
    Ok(())
}

/// Whether the runtime has an interface: WASI in its released versions, key-value and variables.
fn is_linked(name: &str) -> bool {
    let (interface, version) = name.split_once('@').unwrap_or((name, ""));
    let is_wasi = ["io", "clocks", "random", "filesystem", "cli", "sockets", "http"].iter().any(|package| {
        interface.strip_prefix("wasi:").and_then(|rest| rest.strip_prefix(package)).is_some_and(|rest| rest.starts_with('/'))
    });
    let is_release = (version.starts_with("0.2.") || version.starts_with("0.3.")) && !version.contains('-');
    (is_wasi && is_release) || key_value::INTERFACES.contains(&name) || variables::host::INTERFACES.contains(&name)
}
