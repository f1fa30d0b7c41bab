//! Which labels a module opens stores by: from the call of the imported `open` back to the constants that reach it.

use std::collections::{BTreeMap, BTreeSet};

use wasmparser::Operator;

use super::Labels;
use super::flow::{self, Call};
use super::module::Module;
use super::value::Value;
use crate::capability::Capability;

/// No label is longer; a longer text is no label but a mistake of the analysis.
const LONGEST_LABEL: i32 = 256;

/// A function whose parameters of these numbers are a label's pointer and length.
type Sink = (u32, u32);

/// The labels that the core modules of a file open.
pub(super) fn find(modules: &[&[u8]]) -> Labels {
    let mut labels = Labels::default();
    let mut known = BTreeSet::new();
    let mut saw_open = false;
    for bytes in modules {
        let Ok(module) = Module::read(bytes) else {
            labels.has_unknown = true;
            continue;
        };
        saw_open |= Search::run(&module, &mut known, &mut labels.has_unknown);
    }
    labels.known = known.into_iter().collect();
    labels.is_complete = saw_open && !labels.has_unknown;
    labels
}

struct Search<'m, 'a> {
    module: &'m Module<'a>,
    /// Who calls whom directly, by the called function.
    callers: BTreeMap<u32, BTreeSet<u32>>,
    sinks: BTreeMap<u32, BTreeSet<Sink>>,
}

impl<'m, 'a> Search<'m, 'a> {
    /// Searches one module; false if it imports no function that opens a store.
    fn run(module: &'m Module<'a>, known: &mut BTreeSet<String>, has_unknown: &mut bool) -> bool {
        let mut sinks: BTreeMap<u32, BTreeSet<Sink>> = BTreeMap::new();
        for (index, (interface, name)) in module.imports.iter().enumerate() {
            if Capability::KeyValue.interface(interface).is_some_and(|interface| interface.opens.contains(name)) {
                sinks.entry(index as u32).or_default().insert((0, 1));
            }
        }
        if sinks.is_empty() {
            return false;
        }
        let mut search = Search { module, callers: callers(module), sinks };
        search.follow(known, has_unknown);
        true
    }

    fn follow(&mut self, known: &mut BTreeSet<String>, has_unknown: &mut bool) {
        let mut pending: Vec<u32> = self.sinks.keys().copied().collect();
        // A function is looked at once for each set of sinks that it calls.
        let mut done: BTreeSet<(u32, u32, Sink)> = BTreeSet::new();
        while let Some(sink) = pending.pop() {
            if self.module.addressed.contains(&sink) && self.module.body(sink).is_some() {
                *has_unknown = true;
            }
            for caller in self.callers.get(&sink).cloned().unwrap_or_default() {
                let arguments = self.sinks[&sink].clone();
                let calls = flow::calls(self.module, caller, sink);
                for pair in arguments {
                    if !done.insert((caller, sink, pair)) {
                        continue;
                    }
                    let Some(calls) = &calls else {
                        *has_unknown = true;
                        continue;
                    };
                    for call in calls {
                        if let Some(outer) = self.judge(call, pair, known, has_unknown)
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
    fn judge(&self, call: &Call, (pointer, length): Sink, known: &mut BTreeSet<String>, has_unknown: &mut bool) -> Option<Sink> {
        let pointer = call.arguments.get(pointer as usize)?;
        let length = call.arguments.get(length as usize)?;
        let Some(pairs) = Value::pairs(pointer, length) else {
            *has_unknown = true;
            return None;
        };
        let mut outer = None;
        for pair in pairs {
            match pair {
                (Value::Const(pointer), Value::Const(length)) if (0..=LONGEST_LABEL).contains(&length) => {
                    match self.module.text(pointer, length) {
                        Some(text) => {
                            known.insert(text.to_owned());
                        }
                        None => *has_unknown = true,
                    }
                }
                (Value::Param(pointer), Value::Param(length)) => outer = Some((pointer, length)),
                _ => *has_unknown = true,
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
