//! What a program uses: what its entry points reach, and what arrives at the calls that open something.

mod reach;
mod requests;
mod resolve;
mod uses;

use std::collections::{BTreeMap, BTreeSet};

use super::program::{Call, Callee, Expr, Function, Item, Name, Sdk, Unit};
use crate::text::Span;
use reach::Reached;

/// Longer chains of names are circles.
const MOST_STEPS: usize = 16;

/// What the methods are called that make a value of a class.
const CONSTRUCTORS: &[&str] = &["constructor", "__init__"];

/// A function of a program.
type Id = (usize, usize);

/// The calls of each function, with how far their arguments are shifted by a receiver.
type Callers<'u> = BTreeMap<Id, Vec<(Id, &'u Call, usize)>>;

/// Methods that maps, headers, routers, databases and the SDK's own values have: of one that a class of the app has too, a call tells nothing
/// unless the value's type is known.
const SHARED_NAMES: &[&str] = &[
    "Delete", "Exec", "Get", "Put", "Query", "Set", "add", "complete", "delete", "exec", "execute", "exists", "find", "get", "has", "head",
    "insert", "on", "options", "patch", "post", "push", "put", "query", "remove", "request", "send", "set", "use",
];

/// A program, linked.
pub(super) struct Program<'u> {
    units: &'u [Unit],
    modules: BTreeMap<&'u [String], Vec<usize>>,
    /// The methods by their names, with the absolute names of their types.
    methods: BTreeMap<&'u str, Vec<(Id, Name)>>,
    /// The absolute names that are assigned to after their declaration: of those, and of what is in them, no value is known.
    written: BTreeSet<Name>,
    /// The fields that some value is given under `self`.
    fields: BTreeSet<&'u str>,
    /// The methods and fields that each function mentions, but for those of other libraries' values.
    members: BTreeMap<Id, BTreeSet<&'u str>>,
    sdk: &'static Sdk,
}

impl<'u> Program<'u> {
    pub(super) fn new(units: &'u [Unit], sdk: &'static Sdk) -> Self {
        let mut modules: BTreeMap<&[String], Vec<usize>> = BTreeMap::new();
        for (index, unit) in units.iter().enumerate() {
            modules.entry(&unit.module).or_default().push(index);
        }
        let (methods, written, fields, members) = Default::default();
        let mut program = Program { units, modules, methods, written, fields, members, sdk };
        let mut known: BTreeMap<(usize, &str), Name> = BTreeMap::new();
        let mut methods: BTreeMap<&str, Vec<(Id, Name)>> = BTreeMap::new();
        for (id, function) in program.functions() {
            let Some(owner) = &function.owner else { continue };
            let ty = known.entry((id.0, owner)).or_insert_with(|| program.type_name(id.0, std::slice::from_ref(owner)));
            methods.entry(&function.name).or_default().push((id, ty.clone()));
        }
        program.methods = methods;
        let writes = program.functions().flat_map(|(_, function)| &function.writes).filter(|path| path[0] == "self");
        program.fields = writes.filter_map(|path| path.last()).map(String::as_str).collect();
        program.written = program.functions().flat_map(|(id, function)| program.writes(id, function)).collect();
        program.members = program.functions().map(|(id, function)| (id, program.own_members(id, function))).collect();
        program
    }

    /// The absolute names that a function assigns to.
    fn writes(&self, id: Id, function: &Function) -> Vec<Name> {
        let paths = function.writes.iter().filter_map(|path| self.expand(id, path, usize::MAX));
        paths.flat_map(|path| self.resolve(id.0, &path, MOST_STEPS)).collect()
    }

    fn function(&self, (unit, function): Id) -> &'u Function {
        &self.units[unit].functions[function]
    }

    fn functions(&self) -> impl Iterator<Item = (Id, &'u Function)> {
        let units = self.units.iter().enumerate();
        units.flat_map(|(unit, declared)| declared.functions.iter().enumerate().map(move |(index, function)| ((unit, index), function)))
    }

    /// Whether a file was generated from interfaces: the host calls what it declares, and is called by it.
    fn is_generated(&self, unit: usize) -> bool {
        let marks = ["wit_bindgen", "wit-bindgen", "wasm_import_module", "wasmimport", "componentize-py"];
        marks.iter().any(|mark| self.units[unit].file.text().contains(mark))
    }

    /// The functions that a callee in a function may mean.
    fn targets(&self, id: Id, callee: &Callee, at: usize) -> Vec<Id> {
        let path = match callee {
            Callee::Member { name, owner } => {
                let owner = owner.as_ref().map(|owner| self.type_name(id.0, owner));
                return self.methods(name, owner.as_ref());
            }
            Callee::Path(path) => path,
        };
        if let Some(nested) = self.nested(id, path) {
            return vec![nested];
        }
        let last = path.last().map_or("", String::as_str);
        let Some(path) = self.expand(id, path, at) else {
            return self.methods(last, self.class_of(id, &path[..path.len() - 1], at).as_ref());
        };
        let names = self.resolve(id.0, &path, MOST_STEPS);
        let functions = names.into_iter().filter_map(|name| match self.item(&name) {
            Some((unit, Item::Function(index))) => Some((unit, *index)),
            // A class is called to make a value of it.
            Some((unit, Item::Other)) => self.inherited(unit, name.last()?, CONSTRUCTORS, MOST_STEPS),
            _ => None,
        });
        let functions: Vec<Id> = functions.collect();
        match self.class_of(id, &path[..path.len() - 1], at).filter(|_| functions.is_empty()) {
            Some(class) => self.methods(last, Some(&class)),
            // A method of a value of which only its declaration is known.
            None if functions.is_empty() && path.len() > 1 && self.is_value(id, &path) => self.methods(last, None),
            None => functions,
        }
    }

    /// The class of a value, if it is plain to see where the value is made.
    fn class_of(&self, id: Id, path: &[String], at: usize) -> Option<Name> {
        let value = Expr::Path(Some(path).filter(|path| !path.is_empty())?.to_vec());
        match self.value(id, &value, at, MOST_STEPS) {
            (holder, Expr::Made(class)) => {
                let is_outside = self.is_outside(holder, &class);
                let class = self.type_name(holder.0, &class);
                // What a function of the program's own returns is not known by its name.
                (is_outside || matches!(self.item(&class), Some((_, Item::Other)))).then_some(class)
            }
            _ => None,
        }
    }

    /// Whether a path begins with something that the program itself declares, or has of another module of its own.
    fn is_value(&self, id: Id, path: &[String]) -> bool {
        self.units[id.0].items.contains_key(&path[..1]) && !self.is_foreign(id, path)
    }

    /// The absolute name of a type that a module names.
    fn type_name(&self, unit: usize, name: &[String]) -> Name {
        self.resolve(unit, name, MOST_STEPS).into_iter().next().unwrap_or_else(|| name.to_vec())
    }

    /// The method of a class under one of these names, its own or that of the class it extends.
    fn inherited(&self, unit: usize, class: &str, methods: &[&str], steps: usize) -> Option<Id> {
        for method in methods {
            if let Some(Item::Function(index)) = self.units[unit].items.get([class.to_owned(), (*method).to_owned()].as_slice()) {
                return Some((unit, *index));
            }
        }
        let base = self.units[unit].bases.get(class).filter(|_| steps > 0)?;
        self.resolve(unit, base, MOST_STEPS).into_iter().find_map(|name| {
            let (unit, _) = self.item(&name)?;
            self.inherited(unit, name.last()?, methods, steps - 1)
        })
    }

    /// A function that is written inside the one at hand or those around it.
    fn nested(&self, id: Id, path: &[String]) -> Option<Id> {
        let [name] = path else { return None };
        // A function inside a method belongs to the method's class, whose `this` it has.
        let is_local =
            |function: &Function, holder: usize| function.owner.is_none() || function.owner == self.function((id.0, holder)).owner;
        let mut holder = Some(id.1);
        while let Some(inner) = holder {
            let mut functions = self.units[id.0].functions.iter().enumerate();
            let found =
                functions.find(|(_, function)| function.parent == Some(inner) && is_local(function, inner) && function.name == *name);
            if let Some((index, _)) = found {
                return Some((id.0, index));
            }
            holder = self.function((id.0, inner)).parent;
        }
        None
    }

    /// The methods of a name. Where several types have one and the value's type is not known, none is certain.
    fn methods(&self, name: &str, owner: Option<&Name>) -> Vec<Id> {
        let named: Vec<&(Id, Name)> = self.methods.get(name).into_iter().flatten().collect();
        if let Some(owner) = owner {
            let of_owner: Vec<Id> = named.iter().filter(|(_, ty)| ty == owner).map(|(id, _)| *id).collect();
            if of_owner.iter().any(|id| !self.function(*id).is_of_trait) {
                return of_owner;
            }
            match self.item(owner) {
                // A method that the value's class inherits, or has of a trait.
                Some((unit, Item::Other)) => {
                    let inherited = owner.last().and_then(|class| self.inherited(unit, class, &[name], MOST_STEPS));
                    if let Some(inherited) = inherited {
                        return vec![inherited];
                    }
                }
                Some(_) => {}
                // Another library's; one or two letters are a parameter's that stands for any type.
                None if owner.len() > 1 || owner[0].len() > 2 => return Vec::new(),
                None => {}
            }
        }
        // Such a name says nothing about the value that has it.
        if SHARED_NAMES.contains(&name) {
            return Vec::new();
        }
        // What a trait declares is what its only implementation does.
        let mut implemented: Vec<&(Id, Name)> = named.iter().copied().filter(|(id, _)| !self.function(*id).is_of_trait).collect();
        if implemented.is_empty() {
            implemented = named;
        }
        let named = implemented;
        let is_of_one = named.windows(2).all(|pair| pair[0].1 == pair[1].1);
        if is_of_one { named.into_iter().map(|(id, _)| *id).collect() } else { Vec::new() }
    }

    /// The calls of each function in reached code, with how far their arguments are shifted by a receiver.
    fn callers(&self, reached: &Reached) -> Callers<'u> {
        let mut callers: Callers<'u> = BTreeMap::new();
        for &id in reached.keys() {
            for call in &self.function(id).calls {
                let targets: BTreeSet<Id> = self.targets(id, &call.callee, call.span.start).into_iter().collect();
                for target in targets {
                    let by_full_name =
                        matches!(&call.callee, Callee::Path(path) if path.len() > 1 && self.names_type(id, path, call.span.start));
                    let shift = usize::from(self.function(target).has_receiver && by_full_name);
                    callers.entry(target).or_default().push((id, call, shift));
                }
            }
        }
        callers
    }

    /// Whether the part before the last name of a path is a type rather than a value.
    fn names_type(&self, id: Id, path: &[String], at: usize) -> bool {
        let Some(path) = self.expand(id, &path[..path.len() - 1], at) else { return false };
        self.resolve(id.0, &path, MOST_STEPS).iter().any(|name| matches!(self.item(name), Some((_, Item::Other))))
    }
}

/// Behind a module's name: all that it exports.
pub(super) const WHOLE: &str = "*";

/// The span of the file's text, for bindings that are visible everywhere.
pub(super) const EVERYWHERE: Span = Span::new(0, usize::MAX);
