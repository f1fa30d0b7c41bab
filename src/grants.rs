//! Who opens what, and who must grant it.
//!
//! A component opens stores itself, and for what it is composed with: dependencies and middleware use the stores of the
//! component that they are composed into, if it lets them inherit. Spin refuses grants on their own components.

use crate::capability::Capability;
use crate::diagnostic::{Place, Related};
use crate::facts::{ComponentFacts, Facts, WasmFacts};
use crate::manifest::{Component, Dependency, Manifest, Origin};

/// A label that a component needs, with everything that proves it.
pub struct Need {
    /// The label.
    pub label: String,
    /// The calls, then the Wasm files, in source order.
    pub evidence: Vec<Related>,
}

/// What a component, or something that it is composed with, opens.
#[derive(Default)]
pub struct Opens {
    /// The labels that are known.
    pub known: Vec<Need>,
    /// The calls whose label is computed at run time, in the sources.
    pub computed: Vec<Related>,
    /// The Wasm that imports an interface without showing every label.
    pub unclear_wasm: Option<Related>,
}

/// A store that a component needs and does not grant, or does not pass on.
pub struct Missing<'m, 't> {
    /// The component that has to grant it.
    pub component: &'m Component<'t>,
    /// What is needed.
    pub need: Need,
    /// Whether the component does not grant the label.
    pub lacks_grant: bool,
    /// The dependencies that need it, with whether they may inherit it.
    pub through: Vec<Dependency<'t>>,
    /// Whether the component opens it itself.
    pub itself: bool,
}

impl Opens {
    /// What a component opens itself, by its sources, by what was seen of it, and by its Wasm.
    pub fn of(facts: &ComponentFacts) -> Opens {
        let mut opens = Opens::default();
        for open in facts.source_opens() {
            let related = |message: String| Related { place: open.place.clone(), message };
            match &open.label {
                Some(label) => opens.add(label, related(format!("opens \"{label}\" here"))),
                None => opens.computed.push(related("opens a store whose label is computed".to_owned())),
            }
        }
        for seen in &facts.observed {
            opens.add(&seen.label, Related { place: seen.place.clone(), message: seen.message.clone() });
        }
        if let Some(wasm) = facts.wasm.read() {
            opens.add_wasm(wasm);
        }
        opens
    }

    /// What a Wasm file opens.
    pub fn of_wasm(wasm: &WasmFacts) -> Opens {
        let mut opens = Opens::default();
        opens.add_wasm(wasm);
        opens
    }

    /// Whether a label is among those that are known.
    pub fn knows(&self, label: &str) -> bool {
        self.known.iter().any(|need| need.label == label)
    }

    fn add_wasm(&mut self, facts: &WasmFacts) {
        let wasm = &facts.module;
        let imports: Vec<&str> = wasm.imports_of(Capability::KeyValue).collect();
        let Some(import) = imports.first() else { return };
        // An interpreter imports everything that its SDK knows, whatever the program does.
        if wasm.is_interpreter {
            return;
        }
        let related = |message: String| Related { place: facts.place.clone(), message };
        for label in &wasm.labels.known {
            self.add(label, related(format!("imports `{import}` and opens \"{label}\"")));
        }
        if wasm.labels.has_unknown && self.known.is_empty() && self.computed.is_empty() {
            self.unclear_wasm = Some(related(format!("imports `{import}` and opens a label that its code does not show")));
        }
    }

    fn add(&mut self, label: &str, related: Related) {
        match self.known.iter_mut().find(|need| need.label == label) {
            Some(need) => need.evidence.push(related),
            None => self.known.push(Need { label: label.to_owned(), evidence: vec![related] }),
        }
    }
}

/// What a dependency opens, as far as it is known.
pub fn opens_of_dependency(facts: &Facts, dependency: &Dependency<'_>) -> Opens {
    match &dependency.origin {
        Origin::Component(id) => Opens::of(facts.component(id)),
        Origin::Path(path) => facts.dependencies.get(path).and_then(|state| state.read()).map(Opens::of_wasm).unwrap_or_default(),
        Origin::Remote => Opens::default(),
    }
}

/// The labels that a component is granted.
pub fn granted(component: &Component<'_>) -> Vec<String> {
    component.key_value_stores().map(|grants| grants.labels.into_iter().map(|label| label.value).collect()).unwrap_or_default()
}

/// Every store that is needed and not granted, by component in the order of the manifest.
pub fn missing<'m, 't>(manifest: &'m Manifest<'t>, facts: &Facts) -> Vec<Missing<'m, 't>> {
    let mut missing = Vec::new();
    for component in &manifest.components {
        // What is composed into others is granted there.
        if manifest.parents(&component.id).next().is_some() {
            continue;
        }
        let grants = granted(component);
        let mut own: Vec<Missing<'m, 't>> = Vec::new();
        for need in Opens::of(facts.component(&component.id)).known {
            let lacks_grant = !grants.contains(&need.label);
            own.push(Missing { component, need, lacks_grant, through: Vec::new(), itself: true });
        }
        for dependency in manifest.composed_with(component) {
            for need in opens_of_dependency(facts, &dependency).known {
                let lacks_grant = !grants.contains(&need.label);
                if !lacks_grant && dependency.inherits_stores {
                    continue;
                }
                let position = own.iter().position(|other| other.need.label == need.label);
                let entry = match position {
                    Some(position) => &mut own[position],
                    None => {
                        let evidence = Vec::new();
                        let need = Need { label: need.label.clone(), evidence };
                        own.push(Missing { component, need, lacks_grant, through: Vec::new(), itself: false });
                        own.last_mut().expect("one was pushed")
                    }
                };
                entry.need.evidence.extend(need.evidence);
                entry.through.push(dependency.clone());
            }
        }
        missing.extend(own.into_iter().filter(|need| need.lacks_grant || !need.through.is_empty()));
    }
    missing
}

/// A place of the manifest that belongs to a component: its `key_value_stores` key, else its id.
pub fn place_of(component: &Component<'_>, file: &std::sync::Arc<crate::text::SourceFile>) -> Place {
    let span = component.key_value_stores().map_or(component.place, |grants| grants.entry.key.span);
    Place { file: file.clone(), span }
}
