//! What the entry points of a program reach, and whether something that runs is known to reach it.

use std::collections::{BTreeMap, BTreeSet};

use super::super::program::{Call, Callee, Caller, Expr, Function, Item, Name, Unit};
use super::{Id, MOST_STEPS, Program, WHOLE};

/// The functions that are reached, each with whether the host is known to run something that leads to it. Others may be dead: public
/// functions that nobody calls, and methods of types of which nobody makes a value.
pub(super) type Reached = BTreeMap<Id, bool>;

/// The types that need no import, of which the program can only add methods by traits of its own.
const PRELUDE: &[&str] = &["Box", "Iterator", "Option", "Result", "String", "Vec", "str"];

/// The fields that hold a request's headers and the like, whatever made the request.
const HEADERS: &[&str] = &["Header", "environ", "headers", "searchParams"];

/// What the reached functions name, besides functions.
#[derive(Default)]
struct Named {
    /// The types, by their absolute names.
    types: BTreeSet<Name>,
    /// The last names of what may be types, where no import or declaration tells which.
    loose_types: BTreeSet<String>,
    /// The methods of values whose type is not known.
    members: BTreeSet<String>,
    /// The last names of paths that nothing declares as they stand: a function that a type has of a trait.
    functions: BTreeSet<String>,
    /// The methods of values of a type.
    typed_members: BTreeSet<(Name, String)>,
    /// The methods of values of other libraries' types, which only the program's own traits can add.
    foreign_members: BTreeSet<String>,
}

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
        let mut named = Named::default();
        let is_entry = |caller: Caller| caller == Caller::Host || caller == Caller::Anybody && !is_running;
        let entries = self.functions().filter(|(_, function)| match &function.owner {
            None => is_entry(function.caller),
            // A method takes a value of its type.
            Some(_) => function.caller == Caller::Host,
        });
        let methods: Vec<&(Id, Name)> = self.methods.values().flatten().collect();
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
                named.members.extend(self.members[&id].iter().map(|name| (*name).to_owned()));
                for (owner, name) in &function.typed_members {
                    self.add_member(self.type_name(id.0, owner), name, &mut named);
                }
                for path in &function.paths {
                    pending.extend(self.mentioned(id, path, &mut named));
                }
            }
            self.add_parts(&mut named);
            // Methods are reached by their name together with that of their type.
            for (id, ty) in methods.iter().filter(|(id, _)| !reached.contains(id)) {
                let function = self.function(*id);
                let owner = function.owner.as_deref().unwrap_or_default();
                // Of another library's type there may always be a value.
                let is_foreign = self.sdk.has_paths && self.item(ty).is_none();
                let is_type_known = is_foreign || named.types.contains(ty) || named.loose_types.contains(owner);
                // A trait of another library is used by that library, too.
                let is_own_trait = function.of_trait.as_ref().is_some_and(|of_trait| {
                    let declared = self.item(&self.type_name(id.0, of_trait));
                    declared.is_some_and(|(unit, _)| !self.is_generated(unit))
                });
                let is_called = function.caller == Caller::Type && !is_own_trait
                    || is_entry(function.caller)
                    || named.functions.contains(&function.name)
                    || named.members.contains(&function.name) && (function.has_receiver || !self.sdk.has_paths)
                    || is_foreign && named.foreign_members.contains(&function.name)
                    || named.typed_members.contains(&(ty.clone(), function.name.clone()));
                if is_type_known && is_called {
                    pending.push(*id);
                }
            }
            if pending.is_empty() {
                return reached;
            }
        }
    }

    /// Adds a method that is called on a value of a type.
    fn add_member(&self, ty: Name, name: &str, named: &mut Named) {
        let methods = self.methods.get(name).into_iter().flatten();
        let own: Vec<&(Id, Name)> = methods.filter(|(_, owner)| *owner == ty).collect();
        let is_declared = own.iter().any(|(id, _)| !self.function(*id).is_of_trait);
        let is_parameter = ty.len() == 1 && !PRELUDE.contains(&ty[0].as_str());
        let is_own = (1..=ty.len()).any(|length| self.item(&ty[..length]).is_some());
        if is_declared {
            named.typed_members.insert((ty, name.to_owned()));
        } else if is_own || is_parameter {
            // What a trait declares, what a type has of a trait, and what stands for any type is some type's own.
            named.members.insert(name.to_owned());
        } else {
            named.foreign_members.insert(name.to_owned());
        }
    }

    /// Adds the types of what is in values of those that are known.
    fn add_parts(&self, named: &mut Named) {
        loop {
            let before = named.types.len();
            for (index, unit) in self.units.iter().enumerate() {
                for (whole, parts) in &unit.parts {
                    if named.loose_types.contains(whole) || named.types.contains(&self.type_name(index, std::slice::from_ref(whole))) {
                        named.types.extend(parts.iter().map(|part| self.type_name(index, std::slice::from_ref(part))));
                    }
                }
            }
            if named.types.len() == before {
                return;
            }
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
    fn mentioned(&self, id: Id, path: &Name, named: &mut Named) -> Vec<Id> {
        let mut found: Vec<Id> = self.nested(id, path).into_iter().collect();
        if let Some((_, module)) = path.split_last().filter(|(last, _)| *last == WHOLE) {
            found.extend(self.exported(module));
            return found;
        }
        let mut is_known = false;
        // A name may be bound in several blocks, each time to something else.
        let bound = self.function(id).bindings.iter().filter(|binding| binding.name == path[0]);
        let elsewhere = bound.filter_map(|binding| match &binding.value {
            Expr::Path(alias) if alias[0] != path[0] => Some(alias.iter().chain(&path[1..]).cloned().collect()),
            _ => None,
        });
        for path in elsewhere.chain(self.expand(id, path, usize::MAX)).chain(self.called_unbound(id, path)).collect::<BTreeSet<Name>>() {
            for name in self.resolve(id.0, &path, MOST_STEPS) {
                match self.item(&name) {
                    Some((unit, Item::Function(index))) => {
                        found.push((unit, *index));
                        is_known = self.sdk.has_paths;
                        // `Save::save(&doc)` is the method of the value's own type.
                        if self.units[unit].functions[*index].is_of_trait {
                            named.functions.extend(name.last().cloned());
                        }
                        let owner = self.units[unit].functions[*index].owner.as_ref();
                        named.types.extend(owner.map(|owner| self.type_name(unit, std::slice::from_ref(owner))));
                    }
                    // Who has an object can call what is in it.
                    Some((unit, Item::Other)) => {
                        found.extend(self.functions_in(unit, &name));
                        named.types.insert(name);
                        is_known = true;
                    }
                    // Who has a module can call what is in it.
                    None if self.modules.contains_key(name.as_slice()) && !self.sdk.has_paths => found.extend(self.exported(&name)),
                    // A constant's initialiser may call.
                    Some((unit, _)) if self.units[unit].runs_on_load => found.push((unit, 0)),
                    _ => {}
                }
            }
            is_known |= self.is_foreign(id, &path);
        }
        if !is_known {
            named.loose_types.extend(path.iter().cloned());
            named.functions.extend(path.last().filter(|_| path.len() > 1 && self.sdk.has_paths).cloned());
        }
        found
    }

    /// A name that is called where nothing binds it yet, though something does elsewhere in the function: `let store = store();`.
    fn called_unbound(&self, id: Id, path: &Name) -> Option<Name> {
        self.bound(id, &path[0], usize::MAX).filter(|_| self.sdk.initialisers_look_out)?;
        let is_free = |call: &Call| {
            matches!(&call.callee, Callee::Path(called) if called == path) && self.bound(id, &path[0], call.span.start).is_none()
        };
        self.function(id).calls.iter().any(is_free).then(|| path.clone())
    }

    /// The functions that a module declares or passes on.
    fn exported(&self, module: &[String]) -> Vec<Id> {
        let mut found = Vec::new();
        for &unit in self.modules.get(module).into_iter().flatten() {
            for (path, item) in self.units[unit].items.iter().filter(|(path, _)| path.len() == 1) {
                match item {
                    Item::Function(index) => found.push((unit, *index)),
                    Item::Import(_) => {
                        let names = self.resolve(unit, path, MOST_STEPS);
                        found.extend(names.iter().filter_map(|name| match self.item(name) {
                            Some((unit, Item::Function(index))) => Some((unit, *index)),
                            _ => None,
                        }));
                    }
                    _ => {}
                }
            }
            let globs = self.units[unit].globs.iter().filter(|glob| glob.as_slice() != module);
            found.extend(globs.flat_map(|glob| self.modules.get(glob.as_slice()).into_iter().flatten()).flat_map(|&unit| {
                let items = self.units[unit].items.values();
                items.filter_map(move |item| if let Item::Function(index) = item { Some((unit, *index)) } else { None })
            }));
        }
        found
    }

    /// The methods and fields that a function mentions of values that may be of the program's types.
    pub(super) fn own_members(&self, id: Id, function: &'u Function) -> BTreeSet<&'u str> {
        let of_library = |value: &Option<Name>| value.as_ref().is_some_and(|value| self.is_of_library(id, value));
        function.members.iter().filter(|(value, _)| !of_library(value)).map(|(_, name)| name.as_str()).collect()
    }

    /// Whether a name is another library's, or a value that it makes of nothing of the program's: a method of either is none of the program's.
    fn is_of_library(&self, id: Id, value: &Name) -> bool {
        let [name] = value.as_slice() else { return value.last().is_some_and(|field| HEADERS.contains(&field.as_str())) };
        if self.bound(id, name, usize::MAX).is_none() && self.is_foreign(id, value) {
            return true;
        }
        let (holder, class) = match self.value(id, &Expr::Path(value.clone()), usize::MAX, MOST_STEPS) {
            (holder, Expr::Made(class)) => (holder, class),
            (_, value) => return matches!(value, Expr::Text(_) | Expr::Prefix(_)),
        };
        let calls = &self.function(holder).calls;
        let making = |call: &&Call| matches!(&call.callee, Callee::Path(path) if *path == class);
        let takes_own = |call: &Call| {
            let mut names = call.arguments.iter().flat_map(|argument| argument.value.names());
            let mut inner = calls.iter().filter(|inner| inner.span != call.span && call.span.contains(inner.span));
            names.any(|name| !self.is_outside(holder, name))
                || inner.any(|inner| !matches!(&inner.callee, Callee::Path(path) if self.is_outside(holder, path)))
        };
        let is_bound_once = self.function(holder).bindings.iter().filter(|binding| binding.name == *name).count() < 2;
        is_bound_once && self.is_outside(holder, &class) && !calls.iter().filter(making).any(takes_own)
    }

    /// Whether a path names something that is not of the program: another library's, or one of the language's own.
    pub(super) fn is_outside(&self, id: Id, path: &[String]) -> bool {
        let Some(meant) = self.expand(id, path, usize::MAX) else { return false };
        let files = || self.modules[self.units[id.0].module.as_slice()].iter().map(|unit| &self.units[*unit]);
        let may_declare = |unit: &Unit| unit.items.contains_key(&meant[..1]) || !unit.globs.is_empty() || unit.is_open;
        self.is_foreign(id, &meant) || self.module_of(&meant).is_none() && !files().any(may_declare)
    }

    /// Whether a path names something of a module that is no part of the program.
    pub(super) fn is_foreign(&self, id: Id, path: &[String]) -> bool {
        let is_exact = self.sdk.has_paths || path.len() < 3;
        match self.units[id.0].items.get(&path[..1]) {
            Some(Item::Import(target)) if is_exact => {
                self.canonical(target, MOST_STEPS).iter().all(|target| self.module_of(target).is_none())
            }
            _ => false,
        }
    }
}
