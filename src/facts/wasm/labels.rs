//! Which labels, addresses and names a module opens by: from the call of the imported function back to the constants that reach it.

use std::collections::{BTreeMap, BTreeSet};

use wasmparser::Operator;

use super::Labels;
use super::flow::{self, Call};
use super::module::Module;
use super::value::Value;
use crate::capability::Capability;
use crate::hosts::{Destination, Protocol};

/// No label or address is longer; a longer text is none but a mistake of the analysis.
const LONGEST_LABEL: i32 = 1024;

/// A function whose parameters of these numbers are a label's pointer and length.
type Sink = (u32, u32);

/// What the core modules of a file open by text, of every capability that they import.
pub(super) fn find(modules: &[&[u8]]) -> BTreeMap<Capability, Labels> {
    let mut found: BTreeMap<Capability, Labels> = BTreeMap::new();
    for bytes in modules {
        let Ok(module) = Module::read(bytes) else {
            Capability::ALL.iter().for_each(|capability| found.entry(*capability).or_default().has_unknown = true);
            continue;
        };
        let sinks = sinks(&module);
        let callers = if sinks.is_empty() { BTreeMap::new() } else { callers(&module) };
        for ((capability, protocol), sinks) in sinks {
            let mut search = Search { module: &module, callers: &callers, sinks, known: BTreeSet::new(), has_unknown: false };
            search.follow();
            let labels = found.entry(capability).or_default();
            labels.is_complete = true;
            labels.has_unknown |= search.has_unknown;
            for text in search.known {
                match protocol.map(|protocol| protocol.destination(&text, true)) {
                    None => labels.known.push(text),
                    Some(Destination::Granted(entry)) => labels.known.push(entry),
                    Some(Destination::Nowhere) => {}
                    Some(Destination::Unknown) => labels.has_unknown = true,
                }
            }
        }
    }
    for labels in found.values_mut() {
        labels.known.sort();
        labels.known.dedup();
        labels.is_complete &= !labels.has_unknown;
    }
    found
}

/// The imported functions that open, by what they open.
fn sinks(module: &Module<'_>) -> BTreeMap<(Capability, Option<Protocol>), BTreeMap<u32, BTreeSet<Sink>>> {
    let mut sinks: BTreeMap<_, BTreeMap<u32, BTreeSet<Sink>>> = BTreeMap::new();
    for (index, (name, function)) in module.imports.iter().enumerate() {
        for capability in Capability::ALL {
            if let Some(interface) = capability.interface(name).filter(|interface| interface.is_opening(function)) {
                sinks.entry((capability, interface.protocol)).or_default().entry(index as u32).or_default().insert((0, 1));
            }
        }
    }
    sinks
}

struct Search<'m, 'a> {
    module: &'m Module<'a>,
    /// Who calls whom directly, by the called function.
    callers: &'m BTreeMap<u32, BTreeSet<u32>>,
    sinks: BTreeMap<u32, BTreeSet<Sink>>,
    known: BTreeSet<String>,
    has_unknown: bool,
}

impl Search<'_, '_> {
    fn follow(&mut self) {
        let mut pending: Vec<u32> = self.sinks.keys().copied().collect();
        // A function is looked at once for each set of sinks that it calls.
        let mut done: BTreeSet<(u32, u32, Sink)> = BTreeSet::new();
        while let Some(sink) = pending.pop() {
            if self.module.addressed.contains(&sink) && self.module.body(sink).is_some() {
                self.has_unknown = true;
            }
            for caller in self.callers.get(&sink).cloned().unwrap_or_default() {
                let arguments = self.sinks[&sink].clone();
                let calls = flow::calls(self.module, caller, sink);
                for pair in arguments {
                    if !done.insert((caller, sink, pair)) {
                        continue;
                    }
                    let Some(calls) = &calls else {
                        self.has_unknown = true;
                        continue;
                    };
                    for call in calls {
                        if let Some(outer) = self.judge(call, pair)
                            && self.sinks.entry(caller).or_default().insert(outer)
                        {
                            pending.push(caller);
                        }
                    }
                }
            }
        }
    }

    /// Judges one call: a label, an unknown, or the caller's own parameters, which make it a sink too.
    fn judge(&mut self, call: &Call, (pointer, length): Sink) -> Option<Sink> {
        let pointer = call.arguments.get(pointer as usize)?;
        let length = call.arguments.get(length as usize)?;
        let Some(pairs) = Value::pairs(pointer, length) else {
            self.has_unknown = true;
            return None;
        };
        let mut outer = None;
        for pair in pairs {
            match pair {
                (Value::Const(pointer), Value::Const(length)) if (0..=LONGEST_LABEL).contains(&length) => {
                    match self.module.text(pointer, length) {
                        Some(text) => {
                            self.known.insert(text.to_owned());
                        }
                        None => self.has_unknown = true,
                    }
                }
                (Value::Param(pointer), Value::Param(length)) => outer = Some((pointer, length)),
                _ => self.has_unknown = true,
            }
        }
        outer
    }
}

fn callers(module: &Module<'_>) -> BTreeMap<u32, BTreeSet<u32>> {
    let mut callers: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
    for (index, body) in module.bodies.iter().enumerate() {
        let Ok(mut operators) = body.get_operators_reader() else { continue };
        while !operators.eof() {
            match operators.read() {
                Ok(Operator::Call { function_index }) => {
                    callers.entry(function_index).or_default().insert(module.function_of_body(index));
                }
                Ok(_) => {}
                Err(_) => break,
            }
        }
    }
    callers
}
