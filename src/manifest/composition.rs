//! How the components of a manifest hang together.

use std::collections::HashMap;

use super::{Manifest, Origin};

/// How the components of a manifest hang together, worked out once.
#[derive(Debug, Default)]
pub(super) struct Composition {
    /// The components by their ids, of equal ones the first.
    pub(super) ids: HashMap<String, usize>,
    /// The triggers that run a component, by its id.
    pub(super) triggers: HashMap<String, Vec<usize>>,
    /// The components that another is composed into, by its id.
    pub(super) parents: HashMap<String, Vec<usize>>,
}

impl Composition {
    pub(super) fn of(manifest: &Manifest<'_>) -> Composition {
        let mut composition = Composition::default();
        for (index, component) in manifest.components.iter().enumerate() {
            composition.ids.entry(component.id.clone()).or_insert(index);
        }
        for (index, trigger) in manifest.triggers.iter().enumerate() {
            for id in &trigger.components {
                composition.triggers.entry(id.clone()).or_default().push(index);
            }
        }
        for (index, parent) in manifest.components.iter().enumerate() {
            let middleware = composition.triggers.get(&parent.id).into_iter().flatten();
            let middleware = middleware.flat_map(|trigger| &manifest.triggers[*trigger].dependencies);
            let origins = parent.dependencies().into_iter().map(|dependency| dependency.origin);
            let targets: Vec<Origin> = origins.chain(middleware.map(|dependency| dependency.origin.clone())).collect();
            for target in targets {
                if let Origin::Component(id) = target
                    && id != parent.id
                {
                    composition.parents.entry(id).or_default().push(index);
                }
            }
        }
        composition
    }
}
