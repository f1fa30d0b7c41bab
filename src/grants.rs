//! Who uses what, and who must grant it.
//!
//! A component uses stores, databases, hosts, models and variables itself, and for what it is composed with:
//! dependencies and middleware use what is granted to the component that they are composed into, if it lets them
//! inherit. Spin refuses grants on their own components.

use std::path::Path;

use crate::capability::Capability;
use crate::diagnostic::{Place, Related};
use crate::facts::{Certainty, ComponentFacts, Facts, WasmFacts};
use crate::hosts::{AllowedHost, Protocol, VERSION_1_DATABASES, expand_http_hosts};
use crate::manifest::{Component, Dependency, Manifest, Origin, Version};

/// Something that a component needs, with everything that proves it.
pub struct Need {
    /// The label, the model, the variable's name, or the entry that grants the host.
    pub label: String,
    /// How sure it is, by the surest evidence.
    pub certainty: Certainty,
    /// The calls, then the Wasm files, in source order.
    pub evidence: Vec<Related>,
}

/// What a component, or something that it is composed with, uses of one capability.
#[derive(Default)]
pub struct Opens {
    /// What is known by name.
    pub known: Vec<Need>,
    /// The calls whose label is computed at run time, in the sources.
    pub computed: Vec<Related>,
    /// The Wasm that imports an interface without showing every label.
    pub unclear_wasm: Option<Related>,
}

/// Something that a component needs and does not grant, or does not pass on.
pub struct Missing<'m, 't> {
    /// What kind of grant it needs.
    pub capability: Capability,
    /// The component that has to grant it.
    pub component: &'m Component<'t>,
    /// What is needed.
    pub need: Need,
    /// Whether the component does not grant it.
    pub lacks_grant: bool,
    /// The dependencies that need it, with whether they may inherit it.
    pub through: Vec<Dependency<'t>>,
    /// Whether the component uses it itself.
    pub itself: bool,
}

impl Opens {
    /// What a component uses itself, by its sources, by what was seen of it, and by its Wasm.
    pub fn of(capability: Capability, facts: &ComponentFacts) -> Opens {
        let row = capability.row();
        let mut opens = Opens::default();
        for used in facts.source_uses().iter().filter(|used| used.capability == capability) {
            let related = |message: String| Related { place: used.place.clone(), message };
            match &used.label {
                Some(label) => {
                    let message = match used.certainty {
                        Certainty::Proved => format!("{} \"{label}\" here", row.verb),
                        Certainty::Made => format!("makes a request to \"{label}\" here"),
                        Certainty::Unreached => format!("{} \"{label}\" here, where nothing that runs is known to lead", row.verb),
                    };
                    opens.add(label, used.certainty, related(message));
                }
                None => opens.computed.push(related(format!("{} a {} whose {} is computed", row.verb, row.noun, row.named))),
            }
        }
        if capability == Capability::KeyValue {
            for seen in &facts.observed {
                opens.add(&seen.label, Certainty::Proved, Related { place: seen.place.clone(), message: seen.message.clone() });
            }
        }
        if let Some(wasm) = facts.wasm.read() {
            opens.add_wasm(capability, wasm);
        }
        opens
    }

    /// What a Wasm file uses.
    pub fn of_wasm(capability: Capability, wasm: &WasmFacts) -> Opens {
        let mut opens = Opens::default();
        opens.add_wasm(capability, wasm);
        opens
    }

    /// Whether a label is among those that are known.
    pub fn knows(&self, label: &str) -> bool {
        self.known.iter().any(|need| need.label == label)
    }

    fn add_wasm(&mut self, capability: Capability, facts: &WasmFacts) {
        let wasm = &facts.module;
        let row = capability.row();
        let imports: Vec<&str> = wasm.imports_of(capability).collect();
        let Some(import) = imports.first() else { return };
        // An interpreter imports everything that its SDK knows, whatever the program does.
        if wasm.is_interpreter {
            return;
        }
        let related = |message: String| Related { place: facts.place.clone(), message };
        let labels = wasm.labels_of(capability);
        for label in &labels.known {
            let fits = |import: &&&str| {
                let protocol = capability.interface(import).and_then(|interface| interface.protocol);
                protocol.is_none_or(|protocol| protocol.schemes().iter().any(|scheme| label.starts_with(&format!("{scheme}://"))))
            };
            let import = imports.iter().find(fits).unwrap_or(import);
            self.add(label, Certainty::Proved, related(format!("imports `{import}` and {} \"{label}\"", row.verb)));
        }
        // An HTTP request shows no address.
        let is_http = capability.interface(import).is_some_and(|interface| interface.protocol == Some(Protocol::Http));
        if (labels.has_unknown || is_http) && self.known.is_empty() && self.computed.is_empty() {
            let (verb, noun, named) = (row.verb, row.noun, row.named);
            self.unclear_wasm = Some(related(format!("imports `{import}` and {verb} a {noun} whose {named} its code does not show")));
        }
    }

    fn add(&mut self, label: &str, certainty: Certainty, related: Related) {
        match self.known.iter_mut().find(|need| need.label == label) {
            Some(need) => {
                need.evidence.push(related);
                need.certainty = need.certainty.min(certainty);
            }
            None => self.known.push(Need { label: label.to_owned(), certainty, evidence: vec![related] }),
        }
    }
}

/// What a dependency uses, as far as it is known.
pub fn opens_of_dependency(capability: Capability, facts: &Facts, dependency: &Dependency<'_>) -> Opens {
    match &dependency.origin {
        Origin::Component(id) => Opens::of(capability, facts.component(id)),
        Origin::Path(_) | Origin::Remote => {
            wasm_of_dependency(facts, dependency).map(|wasm| Opens::of_wasm(capability, wasm)).unwrap_or_default()
        }
    }
}

/// What the Wasm of a dependency shows, if it was read.
pub fn wasm_of_dependency<'f>(facts: &'f Facts, dependency: &Dependency<'_>) -> Option<&'f WasmFacts> {
    match &dependency.origin {
        Origin::Component(id) => facts.component(id).wasm.read(),
        Origin::Path(path) => facts.dependencies.get(path)?.read(),
        Origin::Remote => None,
    }
}

/// The names under which a component is granted something.
pub fn granted(capability: Capability, component: &Component<'_>) -> Vec<String> {
    match capability {
        Capability::Variables => component.variables().map(|entry| entry.key.value.clone()).collect(),
        _ => {
            let labels =
                |key: &str| component.grants(key).map(|grants| grants.labels).unwrap_or_default().into_iter().map(|label| label.value);
            let old: Vec<String> = if capability == Capability::Hosts { labels("allowed_http_hosts").collect() } else { Vec::new() };
            let old = expand_http_hosts(old.iter().map(String::as_str));
            labels(capability.row().key).chain(old).collect()
        }
    }
}

/// Whether one grant is enough for what is needed. One that cannot be judged is: templates, and what Spin refuses anyway.
pub fn is_enough(capability: Capability, grant: &str, needed: &str) -> bool {
    if capability != Capability::Hosts {
        return grant == needed;
    }
    match (AllowedHost::parse(grant), AllowedHost::parse(needed)) {
        (Ok(grant), Ok(needed)) => grant.covers(&needed),
        _ => {
            let scheme = |entry: &str| entry.split_once("://").map(|(scheme, _)| scheme.trim().to_owned()).unwrap_or_default();
            let (grant, needed) = (scheme(grant), scheme(needed));
            grant == needed || grant == "*" || grant.is_empty() || grant.contains("{{")
        }
    }
}

/// Whether a component is granted what is needed.
pub fn is_granted(capability: Capability, component: &Component<'_>, needed: &str) -> bool {
    granted(capability, component).iter().any(|grant| is_enough(capability, grant, needed))
}

/// Whether Spin grants the databases of every host unasked, as it does where version 1 does not name what may be reached.
pub fn has_all_databases(manifest: &Manifest<'_>, component: &Component<'_>) -> bool {
    manifest.version == Version::One && component.grants(Capability::Hosts.row().key).is_none()
}

/// Whether Spin grants unasked what is needed.
fn is_given(capability: Capability, manifest: &Manifest<'_>, component: &Component<'_>, needed: &str) -> bool {
    let is_among = |grants: &[&str]| grants.iter().any(|grant| is_enough(capability, grant, needed));
    capability == Capability::Hosts && has_all_databases(manifest, component) && is_among(VERSION_1_DATABASES)
}

/// Everything that is needed of a capability and not granted, by component in the order of the manifest.
pub fn missing<'m, 't>(capability: Capability, manifest: &'m Manifest<'t>, facts: &Facts) -> Vec<Missing<'m, 't>> {
    let mut missing = Vec::new();
    for component in &manifest.components {
        // What is composed into others is granted there.
        if manifest.parents(&component.id).next().is_some() {
            continue;
        }
        let mut own: Vec<Missing<'m, 't>> = Vec::new();
        let known = facts.component(&component.id);
        for mut need in Opens::of(capability, known).known {
            let lacks_grant = !is_granted(capability, component, &need.label) && !is_given(capability, manifest, component, &need.label);
            // Which of the components that run one Wasm opens what, the environment may decide.
            let is_seen = known.observed.iter().any(|seen| seen.label == need.label);
            if lacks_grant && !is_seen && twins(manifest, component).any(|twin| is_granted(capability, twin, &need.label)) {
                need.certainty = Certainty::Unreached;
            }
            own.push(Missing { capability, component, need, lacks_grant, through: Vec::new(), itself: true });
        }
        for dependency in manifest.composed_with(component) {
            for need in opens_of_dependency(capability, facts, &dependency).known {
                let lacks_grant = !is_granted(capability, component, &need.label);
                if !lacks_grant && dependency.inherits(capability.row().key) {
                    continue;
                }
                let position = own.iter().position(|other| other.need.label == need.label);
                let entry = match position {
                    Some(position) => &mut own[position],
                    None => {
                        let need = Need { label: need.label.clone(), certainty: need.certainty, evidence: Vec::new() };
                        own.push(Missing { capability, component, need, lacks_grant, through: Vec::new(), itself: false });
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

/// The other components that run the same Wasm.
fn twins<'m, 't>(manifest: &'m Manifest<'t>, component: &'m Component<'t>) -> impl Iterator<Item = &'m Component<'t>> {
    let path = component.wasm(Path::new(""));
    manifest.components.iter().filter(move |other| path.is_some() && other.id != component.id && other.wasm(Path::new("")) == path)
}

/// A place of the manifest that belongs to a component: the key of its grants, else its id.
pub fn place_of(capability: Capability, component: &Component<'_>, file: &std::sync::Arc<crate::text::SourceFile>) -> Place {
    let span = component.grants(capability.row().key).map_or(component.place, |grants| grants.entry.key.span);
    Place { file: file.clone(), span }
}
