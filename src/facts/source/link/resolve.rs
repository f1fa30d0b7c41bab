//! What names stand for: local bindings, imports and re-exports followed to where something is declared.

use super::super::program::{Binding, Expr, Function, Item, Name, Sdk};
use super::super::sdk;
use super::{Id, MOST_STEPS, Program};

impl<'u> Program<'u> {
    /// The value of an expression in a function, and the function whose parameter it is.
    pub(super) fn value(&self, id: Id, expression: &Expr, at: usize, steps: usize) -> (Id, Expr) {
        let path = match expression {
            Expr::Path(path) => path,
            Expr::Joined(parts) => return self.joined(id, parts, at, steps),
            Expr::Filled(format, place) => return (id, filled(&self.value(id, format, at, steps).1, *place)),
            known => return (id, known.clone()),
        };
        if steps == 0 {
            return (id, Expr::Computed);
        }
        if let [this, constant] = path.as_slice()
            && this == "self"
            && let Some(owner) = &self.function(id).owner
            && !self.fields.contains(constant.as_str())
        {
            // What a class has and no value of it is given.
            return self.value((id.0, 0), &Expr::Path(vec![owner.clone(), constant.clone()]), usize::MAX, steps - 1);
        }
        if let Some((holder, binding)) = self.bound(id, &path[0], at) {
            // A name that is made of its own earlier meaning.
            let is_remade = binding.value != *expression && binding.value.names().iter().any(|name| name[0] == binding.name);
            let start = binding.visible.start.saturating_sub(usize::from(is_remade));
            return match (&binding.value, path.len()) {
                (value, 1) => self.value(holder, value, start, steps - 1),
                (Expr::Path(alias), _) => {
                    let longer = alias.iter().chain(&path[1..]).cloned().collect();
                    self.value(holder, &Expr::Path(longer), binding.visible.start, steps - 1)
                }
                // The address of a URL.
                (value @ (Expr::Text(_) | Expr::Joined(_) | Expr::Prefix(_)), 2) if path[1] == "href" => {
                    self.value(holder, value, binding.visible.start, steps - 1)
                }
                _ => (id, Expr::Computed),
            };
        }
        for name in self.resolve(id.0, path, steps) {
            if let Some((unit, Item::Constant(value))) = self.item(&name) {
                if self.may_change(unit, &name) {
                    return (id, Expr::Computed);
                }
                return self.value((unit, 0), value, usize::MAX, steps - 1);
            }
            if let Some(model) = sdk::model(&name) {
                return (id, Expr::Text(model.to_owned()));
            }
        }
        // A trait's constant that one type gives its value.
        if self.sdk.has_paths
            && let [class, constant] = path.as_slice()
        {
            let values = self.units.iter().enumerate().flat_map(|(index, unit)| {
                let types = unit.parts.iter().filter(|(_, parts)| parts.contains(class)).map(|(ty, _)| ty);
                types.filter_map(move |ty| match unit.items.get([ty.clone(), constant.clone()].as_slice()) {
                    Some(Item::Constant(value)) => Some((index, value)),
                    _ => None,
                })
            });
            let values: Vec<(usize, &Expr)> = values.collect();
            if let [(unit, value)] = values.as_slice() {
                return self.value((*unit, 0), value, usize::MAX, steps - 1);
            }
        }
        // The value of an enumeration's member, as Python writes it.
        if let [member @ .., last] = path.as_slice()
            && last == "value"
            && member.len() > 1
        {
            return self.value(id, &Expr::Path(member.to_vec()), at, steps - 1);
        }
        (id, Expr::Computed)
    }

    /// Whether a constant may have another value than where it is declared: by an assignment, or by a class that extends its own.
    fn may_change(&self, unit: usize, name: &[String]) -> bool {
        let module = self.units[unit].module.len();
        if (module + 1..=name.len()).any(|length| self.written.contains(&name[..length])) {
            return true;
        }
        let [class, constant] = &name[module..] else { return false };
        let mut units = self.units.iter();
        units.any(|unit| {
            let extending = unit.bases.iter().filter(|(_, base)| base.last() == Some(class)).map(|(extending, _)| extending);
            let having = unit.parts.iter().filter(|(_, parts)| parts.contains(class)).map(|(having, _)| having);
            extending.chain(having).any(|other| other != class && unit.items.contains_key([other.clone(), constant.clone()].as_slice()))
        })
    }

    /// Texts behind one another, up to the first that only running the program tells; a parameter there is kept, for calls may tell it.
    fn joined(&self, id: Id, parts: &[Expr], at: usize, steps: usize) -> (Id, Expr) {
        let mut text = String::new();
        for part in parts {
            match steps.checked_sub(1).map(|steps| self.value(id, part, at, steps)) {
                Some((_, Expr::Text(more))) => text.push_str(&more),
                Some((_, Expr::Prefix(more))) => return (id, Expr::Prefix(text + more.as_str())),
                _ if text.is_empty() => return (id, Expr::Computed),
                Some((holder, parameter @ Expr::Parameter(_))) => return (holder, Expr::Joined(vec![Expr::Text(text), parameter])),
                Some((holder, Expr::Joined(inner))) => {
                    let inner = std::iter::once(Expr::Text(text)).chain(inner).collect();
                    return (holder, Expr::joined(inner));
                }
                _ => return (id, Expr::Prefix(text)),
            }
        }
        (id, Expr::Text(text))
    }

    /// The innermost binding of a name in a function or the functions around it.
    pub(super) fn bound(&self, id: Id, name: &str, at: usize) -> Option<(Id, &'u Binding)> {
        let mut holder = Some(id);
        while let Some(inner) = holder {
            let function = self.function(inner);
            if let Some(binding) = binding_at(function, name, at) {
                return Some((inner, binding));
            }
            holder = function.parent.map(|parent| (inner.0, parent));
        }
        None
    }

    /// A path with local aliases written out; none if its first name is a value that only runs tell.
    pub(super) fn expand(&self, id: Id, path: &[String], at: usize) -> Option<Name> {
        let mut path = path.to_vec();
        let (mut id, mut at) = (id, at);
        for _ in 0..MOST_STEPS {
            let Some((holder, binding)) = self.bound(id, &path[0], at) else { return Some(path) };
            let Expr::Path(alias) = &binding.value else { return Some(path).filter(|path| self.sdk.has_paths && path.len() > 1) };
            if alias[0] == path[0] && holder == id && binding.visible.start == at {
                return Some(path);
            }
            path = alias.iter().chain(&path[1..]).cloned().collect();
            (id, at) = (holder, binding.visible.start);
            if alias[0] == binding.name {
                return Some(path);
            }
        }
        None
    }

    /// The absolute names that a path may stand for in a unit.
    pub(super) fn resolve(&self, unit: usize, path: &[String], steps: usize) -> Vec<Name> {
        let unit = &self.units[unit];
        let mut absolute = unit.module.clone();
        absolute.extend_from_slice(path);
        let mut found = self.canonical(&absolute, steps);
        // A name that nothing here declares may be a crate's or a package's.
        if found.is_empty() {
            found = self.canonical(path, steps);
            found.push(path.to_vec());
        }
        found
    }

    /// Follows imports and re-exports of an absolute name to where it is declared. Empty, if a module of the program
    /// should declare it and does not.
    pub(super) fn canonical(&self, name: &[String], steps: usize) -> Vec<Name> {
        let Some((length, units)) = self.module_of(name) else { return vec![name.to_vec()] };
        let path = &name[length..];
        if path.is_empty() || steps == 0 {
            return vec![name.to_vec()];
        }
        for &index in units {
            let unit = &self.units[index];
            for take in (1..=path.len()).rev() {
                match unit.items.get(&path[..take]) {
                    Some(Item::Import(target)) => {
                        let mut target = target.clone();
                        target.extend_from_slice(&path[take..]);
                        return if target == name { vec![target] } else { self.canonical(&target, steps - 1) };
                    }
                    // A name for another name: `const open = Kv.open`.
                    Some(Item::Constant(Expr::Path(alias))) if alias[0] != path[0] => {
                        let longer: Name = alias.iter().chain(&path[take..]).cloned().collect();
                        let found = self.resolve(index, &longer, steps - 1);
                        return if take < path.len() || found.iter().any(|name| (self.sdk.opening)(name).is_some() || self.is_function(name))
                        {
                            found
                        } else {
                            vec![name.to_vec()]
                        };
                    }
                    Some(Item::Other) if take < path.len() => return vec![name.to_vec()],
                    Some(_) if take == path.len() => return vec![name.to_vec()],
                    _ => {}
                }
            }
        }
        let globs = units.iter().flat_map(|unit| &self.units[*unit].globs);
        let through = globs.flat_map(|glob| {
            let mut target = glob.clone();
            target.extend_from_slice(path);
            let is_foreign = self.module_of(&target).is_none();
            let found = self.canonical(&target, steps - 1);
            // Of a foreign module only what opens stores is known to exist.
            found.into_iter().filter(move |name| {
                !is_foreign || (self.sdk.opening)(name).is_some() || sdk::model(name).is_some() || is_prefix_of_opening(name, self.sdk)
            })
        });
        let found: Vec<Name> = through.collect();
        match units.iter().any(|unit| self.units[*unit].is_open) {
            true if found.is_empty() => vec![name.to_vec()],
            _ => found,
        }
    }

    /// The longest module of the program that a name begins with.
    pub(super) fn module_of(&self, name: &[String]) -> Option<(usize, &Vec<usize>)> {
        (1..=name.len()).rev().find_map(|length| self.modules.get(&name[..length]).map(|units| (length, units)))
    }

    pub(super) fn is_function(&self, name: &[String]) -> bool {
        matches!(self.item(name), Some((_, Item::Function(_))))
    }

    pub(super) fn item(&self, name: &[String]) -> Option<(usize, &'u Item)> {
        let (length, units) = self.module_of(name)?;
        units.iter().find_map(|unit| self.units[*unit].items.get(&name[length..]).map(|item| (*unit, item)))
    }
}

/// The text up to the first place that is filled.
fn filled(format: &Expr, place: char) -> Expr {
    match format {
        Expr::Text(text) | Expr::Prefix(text) => match text.split_once(place) {
            Some(("", _)) => Expr::Computed,
            Some((start, _)) => Expr::Prefix(start.to_owned()),
            None => format.clone(),
        },
        Expr::Joined(parts) => parts.first().map_or(Expr::Computed, |start| match filled(start, place) {
            Expr::Text(start) => Expr::Prefix(start),
            start => start,
        }),
        _ => Expr::Computed,
    }
}

/// The innermost binding of a name at a place.
fn binding_at<'f>(function: &'f Function, name: &str, at: usize) -> Option<&'f Binding> {
    let visible =
        |binding: &&Binding| binding.name == name && (at == usize::MAX || (binding.visible.start <= at && at < binding.visible.end));
    function.bindings.iter().filter(visible).max_by_key(|binding| binding.visible.start)
}

/// Whether some continuation of a foreign name opens something.
fn is_prefix_of_opening(name: &[String], sdk: &Sdk) -> bool {
    let mut longer = name.to_vec();
    longer.push(String::new());
    sdk.last_names().any(|last| {
        *longer.last_mut().expect("one was pushed") = last.to_owned();
        (sdk.opening)(&longer).is_some()
    })
}
