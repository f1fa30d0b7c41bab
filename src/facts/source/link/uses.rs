//! What the reached code uses: the labels, addresses and names that arrive at the calls that open.

use std::collections::{BTreeMap, BTreeSet};

use super::super::program::{Call, Callee, Expr, Item, Name, Opening};
use super::reach::Reached;
use super::{Callers, Id, MOST_STEPS, Program};
use crate::capability::Capability;
use crate::diagnostic::Place;
use crate::facts::{Certainty, Use};
use crate::hosts::{Destination, Protocol};

/// No host is longer; a function that calls itself could put ever more before its parameter.
const LONGEST_BASE: usize = 256;

/// What an argument is to a call that takes it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Taken {
    /// What is granted by this name.
    Label(Capability),
    /// An address, connected to by this protocol.
    Address(Protocol),
}

/// An argument that waits for what it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Waiting {
    taken: Taken,
    certainty: Certainty,
}

/// A function that hands one of its parameters on to a call that takes it.
struct Wrapper {
    function: Id,
    position: usize,
    /// The text that is put before it.
    base: Option<String>,
    waiting: Waiting,
    place: Place,
}

/// What was found, and what is still to follow.
struct Search<'u> {
    reached: Reached,
    callers: Callers<'u>,
    uses: Vec<Use>,
    wrappers: Vec<Wrapper>,
    /// The functions that send what something else has made.
    senders: BTreeMap<Id, Vec<Use>>,
}

impl<'u> Program<'u> {
    /// Everything that the reached code uses and that has to be granted, in the order of files and places.
    pub(in super::super) fn uses(&self) -> Vec<Use> {
        let reached = self.reached();
        let ids: Vec<Id> = reached.keys().copied().collect();
        let callers = self.callers(&reached);
        let mut search = Search { reached, callers, uses: Vec::new(), wrappers: Vec::new(), senders: BTreeMap::new() };
        for id in ids {
            self.uses_in(id, &mut search);
        }
        let mut seen: BTreeSet<(Id, usize, Option<String>, Waiting)> = BTreeSet::new();
        while let Some(wrapper) = search.wrappers.pop() {
            if !seen.insert((wrapper.function, wrapper.position, wrapper.base.clone(), wrapper.waiting)) {
                continue;
            }
            let callers = search.callers.get(&wrapper.function).cloned().unwrap_or_default();
            if callers.is_empty() && self.function(wrapper.function).is_entry() {
                let certainty = search.certainty(wrapper.function, wrapper.waiting.certainty);
                let value = wrapper.base.clone().map_or(Expr::Computed, Expr::Prefix);
                search.uses.extend(made(wrapper.place, Waiting { certainty, ..wrapper.waiting }, &value));
            }
            for (caller, call, shift) in callers {
                let parameter = &self.function(wrapper.function).parameters[wrapper.position];
                let value =
                    call.argument(wrapper.position + shift, &parameter.name).or(parameter.default.as_ref()).unwrap_or(&Expr::Computed);
                let is_made = wrapper.waiting.certainty == Certainty::Made;
                let certainty = if is_made && self.sends(caller) { Certainty::Proved } else { wrapper.waiting.certainty };
                // What it sends is what the other function makes for it.
                if is_made {
                    search.senders.remove(&caller);
                }
                let value = match &wrapper.base {
                    Some(base) => Expr::joined(vec![Expr::Text(base.clone()), value.clone()]),
                    None => value.clone(),
                };
                self.arrive(caller, call, &value, Waiting { certainty, ..wrapper.waiting }, &mut search);
            }
        }
        let mut uses = search.uses;
        uses.extend(search.senders.into_values().flatten());
        let key = |used: &Use| (used.place.span, used.capability, used.label.clone(), used.certainty);
        uses.sort_by(|a, b| a.place.file.path().cmp(b.place.file.path()).then_with(|| key(a).cmp(&key(b))));
        uses.dedup_by(|b, a| {
            a.place.file.path() == b.place.file.path() && key(a).0 == key(b).0 && a.capability == b.capability && a.label == b.label
        });
        uses
    }

    fn uses_in(&self, id: Id, search: &mut Search<'_>) {
        let calls = self.function(id).calls.iter();
        let openings = calls.filter_map(|call| Some((call, self.opening_of(id, call)?)));
        // A method that has the name of one that makes requests makes one where its argument is an address.
        let openings: Vec<(&Call, Opening)> = openings.filter(|(call, opening)| self.is_meant(id, call, opening)).collect();
        let has = |wanted: fn(&Opening) -> bool| openings.iter().any(|(_, opening)| wanted(opening));
        let asks = has(|opening| matches!(opening, Opening::Address { protocol: Protocol::Http, .. }));
        let makes_request = has(|opening| matches!(opening, Opening::Request { .. }));
        let unused = self.unused_fallbacks(id, &openings, &search.callers);
        for (call, opening) in &openings {
            let place = || Place { file: self.units[id.0].file.clone(), span: call.span };
            let (taken, position, name) = match *opening {
                Opening::Default(capability) => {
                    let known = if unused.contains(&capability) { Certainty::Unreached } else { Certainty::Proved };
                    let certainty = search.certainty(id, known);
                    search.uses.push(Use { capability, label: Some("default".to_owned()), certainty, place: place() });
                    continue;
                }
                // What is sent is what was made just before, or what a client is asked for that was made to send it.
                Opening::Send if makes_request || asks && call.arguments.is_empty() => continue,
                Opening::Send => {
                    let certainty = search.certainty(id, Certainty::Proved);
                    let used = Use { capability: Capability::Hosts, label: None, certainty, place: place() };
                    search.senders.entry(id).or_default().push(used);
                    continue;
                }
                Opening::Label { capability, position, name } => (Taken::Label(capability), position, name),
                Opening::Address { protocol, position, name } => (Taken::Address(protocol), position, name),
                Opening::Request { position, name } => (Taken::Address(Protocol::Http), position, name),
            };
            let is_request = matches!(opening, Opening::Request { .. });
            let value = call.argument(position, name).unwrap_or(&Expr::Computed);
            if taken == Taken::Address(Protocol::Http) && !is_request && makes_request && self.is_computed(id, call, value) {
                continue;
            }
            if is_request && self.is_answered_here(id, call) {
                continue;
            }
            let is_fallback =
                matches!(*opening, Opening::Label { capability, .. } if unused.contains(&capability)) && matches!(value, Expr::Text(_));
            let certainty = match () {
                () if is_fallback => Certainty::Unreached,
                () if is_request && !self.is_sent(id, call, &openings) => Certainty::Made,
                () => Certainty::Proved,
            };
            self.arrive(id, call, value, Waiting { taken, certainty }, search);
        }
    }

    /// What a function opens by a parameter, and by a name of its own where it is called without: where all calls pass a text, nothing leads
    /// to the other.
    fn unused_fallbacks(&self, id: Id, openings: &[(&Call, Opening)], callers: &Callers<'_>) -> Vec<Capability> {
        let labels = openings.iter().filter_map(|(call, opening)| match *opening {
            Opening::Label { capability, position, name } => Some((capability, call.argument(position, name)?, call.span.start)),
            _ => None,
        });
        let by_parameter = labels.filter_map(|(capability, value, at)| match self.value(id, value, at, MOST_STEPS) {
            (holder, Expr::Parameter(position)) if holder == id => Some((capability, position)),
            _ => None,
        });
        let by_parameter: Vec<(Capability, usize)> = by_parameter.collect();
        if by_parameter.is_empty() || openings.len() < 2 {
            return Vec::new();
        }
        let callers = callers.get(&id).map(Vec::as_slice).unwrap_or_default();
        let always_passed = by_parameter.into_iter().filter(|(_, position)| {
            let name = &self.function(id).parameters[*position].name;
            let passes = |(caller, call, shift): &(Id, &Call, usize)| {
                let value = call.argument(position + shift, name);
                value.is_some_and(
                    |value| matches!(self.value(*caller, value, call.span.start, MOST_STEPS).1, Expr::Text(text) if !text.is_empty()),
                )
            };
            !callers.is_empty() && callers.iter().all(passes)
        });
        always_passed.map(|(capability, _)| capability).collect()
    }

    /// A value arrives: it is known, it is computed, or it is a parameter of the function that it is in.
    fn arrive(&self, id: Id, call: &Call, value: &Expr, waiting: Waiting, search: &mut Search<'_>) {
        let place = Place { file: self.units[id.0].file.clone(), span: call.span };
        match self.value(id, value, call.span.start, MOST_STEPS) {
            (function, Expr::Parameter(position)) => search.wrappers.push(Wrapper { function, position, base: None, waiting, place }),
            // The host that a text begins with may go on in what a call passes.
            (function, Expr::Joined(parts)) => match (parts.as_slice(), waiting.taken) {
                ([Expr::Text(base), Expr::Parameter(position)], Taken::Address(protocol))
                    if base.len() < LONGEST_BASE && protocol.destination(base, false) == Destination::Unknown =>
                {
                    search.wrappers.push(Wrapper { function, position: *position, base: Some(base.clone()), waiting, place });
                }
                (parts, _) => {
                    let certainty = search.certainty(id, waiting.certainty);
                    let start = match parts.first() {
                        Some(Expr::Text(start)) => Expr::Prefix(start.clone()),
                        _ => Expr::Computed,
                    };
                    search.uses.extend(made(place, Waiting { certainty, ..waiting }, &start));
                }
            },
            (_, value) => {
                let certainty = search.certainty(id, waiting.certainty);
                search.uses.extend(made(place, Waiting { certainty, ..waiting }, &value));
            }
        }
    }

    /// Whether a name may be an SDK's: a function of the program's own is one where its bindings are generated into the sources.
    fn is_of_sdk(&self, name: &[String]) -> bool {
        match self.item(name) {
            Some((unit, Item::Function(_))) => self.is_generated(unit),
            // What the program's own modules do not show may only come from a macro.
            _ if self.sdk.has_paths => self.module_of(name).is_none_or(|(_, units)| units.iter().any(|unit| self.units[*unit].is_open)),
            _ => true,
        }
    }

    /// What a call opens by the rules of the language.
    pub(super) fn opening_of(&self, id: Id, call: &Call) -> Option<Opening> {
        let path = match &call.callee {
            Callee::Member { name, owner } => {
                let of_type = (self.sdk.method)(name, owner.as_ref().and_then(|owner| owner.last()).map(String::as_str));
                let maker = owner.as_ref().filter(|_| !self.sdk.has_paths).map(|owner| self.type_name(id.0, owner));
                return of_type.or_else(|| self.opening_of_made(maker?, name));
            }
            Callee::Path(path) => path,
        };
        if self.nested(id, path).is_some() {
            return None;
        }
        let Some(path) = self.expand(id, path, call.span.start) else {
            let (name, value) = path.split_last()?;
            return self.opening_of_made(self.class_of(id, value, call.span.start)?, name);
        };
        let names = self.resolve(id.0, &path, MOST_STEPS);
        names.iter().filter(|name| self.is_of_sdk(name)).find_map(|name| (self.sdk.opening)(name))
    }

    /// What a method of a client opens that a function of the SDK has made to send requests.
    fn opening_of_made(&self, mut maker: Name, method: &str) -> Option<Opening> {
        (self.sdk.opening)(&maker).filter(|opening| *opening == Opening::Send)?;
        maker.push(method.to_owned());
        (self.sdk.opening)(&maker)
    }
}

impl Search<'_> {
    /// How sure a use in a function is, if it is as sure as this where the function runs.
    fn certainty(&self, id: Id, known: Certainty) -> Certainty {
        if self.reached.get(&id) == Some(&true) { known } else { Certainty::Unreached }
    }
}

/// What a value that arrived makes of a call; none if it needs no grant.
fn made(place: Place, waiting: Waiting, value: &Expr) -> Option<Use> {
    let (capability, label) = match (waiting.taken, value) {
        (Taken::Label(capability), Expr::Text(label)) => (capability, Some(label.clone())),
        (Taken::Label(capability), _) => (capability, None),
        (Taken::Address(protocol), value) => {
            let destination = match value {
                Expr::Text(address) => protocol.destination(address, true),
                Expr::Prefix(start) => protocol.destination(start, false),
                _ => Destination::Unknown,
            };
            match destination {
                // Who sends it has told that it is not known.
                Destination::Unknown if waiting.certainty == Certainty::Made => return None,
                Destination::Granted(entry) => (Capability::Hosts, Some(entry)),
                Destination::Unknown => (Capability::Hosts, None),
                Destination::Nowhere => return None,
            }
        }
    };
    Some(Use { capability, label, certainty: waiting.certainty, place })
}
