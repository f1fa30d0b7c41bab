//! What is known beside the manifest's text: what each component uses, by its Wasm, its sources and traces.
//!
//! Facts are an input of the check. Each front end decides when to gather them anew.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::capability::Capability;
use crate::diagnostic::Place;
use crate::suppression::Suppression;

mod gather;
pub mod globs;
mod source;
pub mod trace;
pub mod wasm;

pub use gather::{Gatherer, Options};
pub use source::{is_source, source_endings};
use trace::Trace;

/// What is known of a manifest's components, by id.
#[derive(Debug, Default)]
pub struct Facts {
    /// The components.
    pub components: BTreeMap<String, ComponentFacts>,
    /// Wasm files that dependencies name by path, by that path.
    pub dependencies: BTreeMap<String, WasmState>,
    /// What a scenario expected and a run did not show, each with its place in the scenario.
    pub unmet: Vec<(Place, String)>,
}

/// What is known of one component.
#[derive(Debug, Default)]
pub struct ComponentFacts {
    /// Its Wasm.
    pub wasm: WasmState,
    /// Its sources.
    pub sources: SourcesState,
    /// The files that its sources are in, whether they use anything or not.
    pub source_files: Vec<PathBuf>,
    /// The files beside them that are there and could not be read as text: they prove nothing.
    pub unread_files: Vec<PathBuf>,
    /// The comments in its sources that allow what rules find.
    pub suppressions: Vec<Suppression>,
    /// What is where the entries of `files` that are no globs point.
    pub named_files: BTreeMap<String, Named>,
    /// The globs of its `files` and `build.watch` that match nothing.
    pub idle_globs: Vec<String>,
    /// Where cargo writes the Wasm that `source` names in another folder, as `source` would name it.
    pub written_to: Option<String>,
    /// What runs have shown it to open.
    pub observed: Vec<Observed>,
    /// How it failed while it ran.
    pub faults: Vec<Fault>,
    /// Whether a trace was made with another Wasm than there is now, and was not used.
    pub has_stale_trace: bool,
}

/// What is where an entry of `files` points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named {
    /// Nothing that Spin finds.
    Nothing,
    /// One file.
    File,
    /// A folder.
    Folder,
}

/// Requests that a component failed at in the same way.
#[derive(Clone, Debug)]
pub struct Fault {
    /// How it failed, as a sentence without its end.
    pub reason: String,
    /// The requests, at least one.
    pub requests: Vec<String>,
}

/// A store that a component opened while it ran.
#[derive(Clone, Debug)]
pub struct Observed {
    /// The label.
    pub label: String,
    /// The component's Wasm; its text is empty.
    pub place: Place,
    /// What was seen, and at which request.
    pub message: String,
}

/// How far a Wasm file was looked at.
#[derive(Debug, Default)]
pub enum WasmState {
    /// Nobody asked, or the manifest names none.
    #[default]
    Skipped,
    /// The file does not exist: the component is not built.
    Missing,
    /// It comes from a registry or a URL.
    Remote,
    /// It is older than a source of the component, and proves nothing.
    Stale {
        /// The source that is newer.
        newer: String,
    },
    /// It could not be read.
    Unreadable(String),
    /// It was read.
    Read(WasmFacts),
}

/// What a Wasm file shows.
#[derive(Clone, Debug)]
pub struct WasmFacts {
    /// The file, for the report; its text is empty.
    pub place: Place,
    /// What was read from it.
    pub module: std::sync::Arc<wasm::Wasm>,
}

/// How far a component's sources were looked at.
#[derive(Debug, Default)]
pub enum SourcesState {
    /// Nobody asked.
    #[default]
    Skipped,
    /// None were found, or none in a known language.
    None,
    /// They were read.
    Read(Vec<Use>),
}

/// A call that uses something that has to be granted.
#[derive(Clone, Debug)]
pub struct Use {
    /// What kind of grant it needs.
    pub capability: Capability,
    /// The store's or database's label, the model, the variable's name, or the entry that grants the host; none if it is computed at
    /// run time.
    pub label: Option<String>,
    /// How sure it is.
    pub certainty: Certainty,
    /// The call.
    pub place: Place,
}

/// How sure it is that a program uses something, surest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Certainty {
    /// What the host runs leads to the call.
    Proved,
    /// A request is made, and sent elsewhere if at all.
    Made,
    /// Nothing that is known to run leads to the call.
    Unreached,
}

impl Facts {
    /// What is known of a component; nothing, if it is unknown.
    pub fn component(&self, id: &str) -> &ComponentFacts {
        static NOTHING: ComponentFacts = ComponentFacts {
            wasm: WasmState::Skipped,
            sources: SourcesState::Skipped,
            source_files: Vec::new(),
            unread_files: Vec::new(),
            suppressions: Vec::new(),
            named_files: BTreeMap::new(),
            idle_globs: Vec::new(),
            written_to: None,
            observed: Vec::new(),
            faults: Vec::new(),
            has_stale_trace: false,
        };
        self.components.get(id).unwrap_or(&NOTHING)
    }

    /// Takes note of what a run has shown of a component whose Wasm is at a place. A trace of another Wasm proves nothing.
    pub fn observe(&mut self, id: &str, place: &Place, digest: Option<&str>, trace: &Trace) {
        let facts = self.components.entry(id.to_owned()).or_default();
        let traced = trace.components.get(id).map(String::as_str);
        if let (Some(now), Some(then)) = (digest, traced)
            && now != then
        {
            facts.has_stale_trace = true;
            return;
        }
        for request in trace.requests.iter().filter(|request| request.component == id) {
            for access in request.opens() {
                if !facts.observed.iter().any(|known| known.label == access.store) {
                    let message = request.tells(access);
                    facts.observed.push(Observed { label: access.store.clone(), place: place.clone(), message });
                }
            }
            // What a refusal leads to is told with the refusal.
            let Some(reason) = request.fault.as_ref().filter(|fault| !request.is_refused() && *fault != trace::BROKEN_OFF) else {
                continue;
            };
            match facts.faults.iter_mut().find(|fault| fault.reason == *reason) {
                Some(fault) => fault.requests.push(request.name()),
                None => facts.faults.push(Fault { reason: reason.clone(), requests: vec![request.name()] }),
            }
        }
    }
}

impl ComponentFacts {
    /// The calls in its sources.
    pub fn source_uses(&self) -> &[Use] {
        match &self.sources {
            SourcesState::Read(uses) => uses,
            _ => &[],
        }
    }
}

impl WasmState {
    /// Whether there is a file that could be run.
    pub const fn is_built(&self) -> bool {
        matches!(self, WasmState::Stale { .. } | WasmState::Read(_))
    }

    /// What a fresh Wasm shows.
    pub fn read(&self) -> Option<&WasmFacts> {
        match self {
            WasmState::Read(facts) => Some(facts),
            _ => None,
        }
    }

    /// The word of the JSON summary.
    pub const fn as_str(&self) -> &'static str {
        match self {
            WasmState::Skipped | WasmState::Unreadable(_) => "skipped",
            WasmState::Missing => "missing",
            WasmState::Remote => "remote",
            WasmState::Stale { .. } => "stale",
            WasmState::Read(_) => "read",
        }
    }
}

impl SourcesState {
    /// The word of the JSON summary.
    pub const fn as_str(&self) -> &'static str {
        match self {
            SourcesState::Skipped => "skipped",
            SourcesState::None => "none",
            SourcesState::Read(_) => "read",
        }
    }
}
