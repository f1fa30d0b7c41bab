//! What the entry points of a program reach, and whether something that runs is known to reach it.

use std::collections::{BTreeMap, BTreeSet};

use super::super::program::{Caller, Item, Name};
use super::{Id, MOST_STEPS, Program, WHOLE};

/// The functions that are reached, each with whether the host is known to run something that leads to it. Others may be dead: public
/// functions that nobody calls, and methods of types of which nobody makes a value.
pub(super) type Reached = BTreeMap<Id, bool>;

impl<'u> Program<'u> {
    /// The functions that the entry points reach by name.
    pub(super) fn reached(&self) -> Reached {
        let running = self.reached_from(true);
        let all = self.reached_from(false);
        all.into_iter().map(|id| (id, running.contains(&id))).collect()
    }

    /// What is reached from what the host runs alone, or from everything that somebody could call.
    fn reached_from(&self, is_running: bool) -> BTreeSet<Id> {
        let mut reached: BTreeSet<Id> = BTreeSet::new();
        let mut members: BTreeSet<&str> = BTreeSet::new();
        let mut types: BTreeSet<String> = BTreeSet::new();
        let is_entry = |caller: Caller| caller == Caller::Host || caller == Caller::Anybody && !is_running;
        let entries = self.functions().filter(|(_, function)| match &function.owner {
            None => is_entry(function.caller),
            // A method takes a value of its type.
            Some(_) => function.caller == Caller::Host,
        });
        let mut pending: Vec<Id> = entries.map(|(id, _)| id).collect();
        loop {
            while let Some(id) = pending.pop() {
                if !reached.insert(id) {
                    continue;
                }
                let function = self.function(id);
                if let Some(parent) = function.parent.filter(|parent| *parent != 0) {
                    pending.push((id.0, parent));
                }
                if id.1 == 0 {
                    let loads = self.units[id.0].loads.iter().filter_map(|module| self.modules.get(module.as_slice()));
                    pending.extend(loads.flatten().filter(|unit| self.units[**unit].runs_on_load).map(|unit| (*unit, 0)));
                } else if self.units[id.0].runs_on_load {
                    pending.push((id.0, 0));
                }
                members.extend(function.members.iter().map(String::as_str));
                for path in &function.paths {
                    types.extend(path.iter().cloned());
                    members.extend(path.last().filter(|_| path.len() > 1).map(String::as_str));
                    pending.extend(self.mentioned(id, path, &mut types));
                }
            }
            self.add_parts(&mut types);
            // Methods are reached by their name together with that of their type.
            for (id, function) in self.functions() {
                let Some(owner) = &function.owner else { continue };
                let is_type_known = types.contains(owner.as_str());
                let is_called = function.caller == Caller::Type || is_entry(function.caller) || members.contains(function.name.as_str());
                if is_type_known && is_called && !reached.contains(&id) {
                    pending.push(id);
                }
            }
            if pending.is_empty() {
                return reached;
            }
        }
    }

    /// Adds the types of what is in values of those that are known.
    fn add_parts(&self, types: &mut BTreeSet<String>) {
        loop {
            let parts = self.units.iter().flat_map(|unit| &unit.parts).filter(|(whole, _)| types.contains(*whole));
            let new: BTreeSet<String> = parts.flat_map(|(_, parts)| parts).filter(|part| !types.contains(*part)).cloned().collect();
            if new.is_empty() {
                return;
            }
            types.extend(new);
        }
    }

    /// The functions of an object that a module declares.
    fn functions_in(&self, unit: usize, name: &[String]) -> Vec<Id> {
        let path = &name[self.units[unit].module.len().min(name.len())..];
        let inside = self.units[unit].items.iter().filter(|(known, _)| known.len() > path.len() && known.starts_with(path));
        let functions = inside.filter_map(|(_, item)| match item {
            Item::Function(index) if self.units[unit].functions[*index].owner.is_none() => Some((unit, *index)),
            _ => None,
        });
        functions.collect()
    }

    /// The functions that a mentioned path names, be it called, passed on or imported.
    fn mentioned(&self, id: Id, path: &Name, types: &mut BTreeSet<String>) -> Vec<Id> {
        let mut found: Vec<Id> = self.nested(id, path).into_iter().collect();
        if let Some((_, module)) = path.split_last().filter(|(last, _)| *last == WHOLE) {
            for unit in self.modules.get(module).into_iter().flatten() {
                let exported = self.units[*unit].items.values().filter_map(|item| match item {
                    Item::Function(index) => Some((*unit, *index)),
                    _ => None,
                });
                found.extend(exported);
            }
            return found;
        }
        let Some(path) = self.expand(id, path, usize::MAX) else { return found };
        for name in self.resolve(id.0, &path, MOST_STEPS) {
            match self.item(&name) {
                Some((unit, Item::Function(index))) => found.push((unit, *index)),
                // Who has an object can call what is in it.
                Some((unit, Item::Other)) => {
                    types.extend(name.last().cloned());
                    found.extend(self.functions_in(unit, &name));
                }
                // A constant's initialiser may call.
                Some((unit, _)) if self.units[unit].runs_on_load => found.push((unit, 0)),
                _ => {}
            }
        }
        found
    }
}
