//! A program's sources in the form that all languages share: modules with their names, functions with their calls.
//!
//! Each language turns its files into [`Unit`]s; what is reached and which labels arrive is decided once, in
//! [`super::link`].

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use crate::capability::Capability;
use crate::hosts::Protocol;
use crate::text::{SourceFile, Span};

/// An absolute name: the module's parts, then the item's.
pub(super) type Name = Vec<String>;

/// What a language found of a component's sources.
pub(super) struct Found {
    /// The modules that matter.
    pub units: Vec<Unit>,
    /// All files that belong to the component, whether they matter or not.
    pub files: Vec<PathBuf>,
}

impl Found {
    pub(super) fn new(units: Vec<Unit>, files: &[Arc<SourceFile>]) -> Found {
        Found { units, files: files.iter().map(|file| file.path().to_path_buf()).collect() }
    }
}

/// A module's declarations in one file.
pub(super) struct Unit {
    /// The file.
    pub file: Arc<SourceFile>,
    /// The module that the declarations belong to.
    pub module: Name,
    /// Whether it is of the component's own package: its public functions are entry points of their own.
    pub is_own: bool,
    /// Whether its top level runs when it is loaded.
    pub runs_on_load: bool,
    /// What its names stand for, by path within the module.
    pub items: BTreeMap<Name, Item>,
    /// Modules whose names are all visible here.
    pub globs: Vec<Name>,
    /// The class that each class extends, as written.
    pub bases: BTreeMap<String, Name>,
    /// The types of which there may be a value wherever there is one of a type: those of its fields, and the traits that it has.
    pub parts: BTreeMap<String, BTreeSet<String>>,
    /// Whether a macro declares names that nothing here shows, as generated bindings do.
    pub is_open: bool,
    /// The modules that loading this one loads.
    pub loads: Vec<Name>,
    /// The functions; the first is the top level.
    pub functions: Vec<Function>,
}

/// What a name stands for.
#[derive(Clone, Debug)]
pub(super) enum Item {
    /// Something of another module, under its absolute name.
    Import(Name),
    /// A value.
    Constant(Expr),
    /// A function, by its index in the unit.
    Function(usize),
    /// A type, a class, a namespace, or anything else that shadows other meanings of the name.
    Other,
}

/// A function with what it does.
#[derive(Clone, Debug, Default)]
pub(super) struct Function {
    /// The type or class that it belongs to.
    pub owner: Option<String>,
    /// Its name.
    pub name: String,
    /// The trait whose method it is, by its implementation for the owner.
    pub of_trait: Option<Name>,
    /// Whether a trait declares it, with a body or without.
    pub is_of_trait: bool,
    /// The function that it is written in.
    pub parent: Option<usize>,
    /// Its parameters, without `self`.
    pub parameters: Vec<Parameter>,
    /// Whether it takes `self`, which a call by its full name passes first.
    pub has_receiver: bool,
    /// Who calls it besides the sources.
    pub caller: Caller,
    /// Where it stands.
    pub span: Span,
    /// The names that are bound in it.
    pub bindings: Vec<Binding>,
    /// The types of its local values, as far as they are written out.
    pub types: Vec<(String, Name)>,
    /// Its calls.
    pub calls: Vec<Call>,
    /// Every path that it mentions.
    pub paths: BTreeSet<Name>,
    /// Every path that it assigns to after its declaration.
    pub writes: BTreeSet<Name>,
    /// Every method or field that it mentions, with the path of the value that has it, if that is one.
    pub members: BTreeSet<(Option<Name>, String)>,
    /// The methods that it calls on values whose type is written, with the type.
    pub typed_members: BTreeSet<(Name, String)>,
}

/// Who calls a function besides the sources that are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Caller {
    /// Nobody.
    #[default]
    Nobody,
    /// Somebody outside could, but nobody is known to: it is public.
    Anybody,
    /// The language or a library may, wherever there is a value of its type: the methods of a trait's implementation.
    Type,
    /// The host, or whoever it is registered with.
    Host,
}

/// A parameter.
#[derive(Clone, Debug)]
pub(super) struct Parameter {
    /// Its name.
    pub name: String,
    /// Its value where a call leaves it out.
    pub default: Option<Expr>,
}

/// A local name with its value.
#[derive(Clone, Debug)]
pub(super) struct Binding {
    /// The name.
    pub name: String,
    /// What it is bound to.
    pub value: Expr,
    /// Where the binding is visible.
    pub visible: Span,
}

/// A call.
#[derive(Clone, Debug)]
pub(super) struct Call {
    /// What is called.
    pub callee: Callee,
    /// The arguments.
    pub arguments: Vec<Argument>,
    /// The whole call.
    pub span: Span,
}

/// What is called.
#[derive(Clone, Debug)]
pub(super) enum Callee {
    /// A function by a path of names.
    Path(Name),
    /// A method of a value, with the value's type if it is plain to see.
    Member {
        /// The method.
        name: String,
        /// The type of the value.
        owner: Option<Name>,
    },
}

/// An argument of a call.
#[derive(Clone, Debug)]
pub(super) struct Argument {
    /// The parameter that it names.
    pub name: Option<String>,
    /// Its value.
    pub value: Expr,
}

/// A value, as far as reading alone tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Expr {
    /// A text.
    Text(String),
    /// The value of a name.
    Path(Name),
    /// A parameter of the function it is in, by its position.
    Parameter(usize),
    /// Values behind one another, as texts.
    Joined(Vec<Expr>),
    /// A text with places that are filled when the program runs, each of which begins with this character.
    Filled(Box<Expr>, char),
    /// The beginning of a text, of which only running the program tells the rest.
    Prefix(String),
    /// A value that is made by calling a class.
    Made(Name),
    /// A value that only running the program tells.
    Computed,
}

/// What a call does with something that has to be granted. Arguments are named where a language can name them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Opening {
    /// It opens the store or the database `default`.
    Default(Capability),
    /// An argument names what it opens, uses or reads.
    Label { capability: Capability, position: usize, name: &'static str },
    /// It connects to the address in an argument.
    Address { protocol: Protocol, position: usize, name: &'static str },
    /// It makes an HTTP request to the address in an argument, which something else sends.
    Request { position: usize, name: &'static str },
    /// It sends a request that was made before.
    Send,
}

/// How the SDKs of a language spell what has to be granted.
pub(super) struct Sdk {
    /// Texts of which a file that names an SDK has one.
    pub markers: &'static [&'static str],
    /// The last names of calls that open something.
    pub opens: &'static [&'static str],
    /// Last names that most other libraries have too, and that count behind a name of the SDK alone.
    pub common: &'static [&'static str],
    /// Whether a name before another one is a module's or a type's and never a value's, as before Rust's `::`.
    pub has_paths: bool,
    /// Whether a name means what it meant outside until it is bound, its own initialiser included, and not what it is bound to later.
    pub initialisers_look_out: bool,
    /// What a call by its full name does.
    pub opening: fn(&[String]) -> Option<Opening>,
    /// What the call of a method on a value does, with the last name of the value's type if it is known.
    pub method: fn(&str, Option<&str>) -> Option<Opening>,
}

impl Unit {
    /// A module without declarations.
    pub(super) fn new(file: Arc<SourceFile>, module: Name, is_own: bool) -> Unit {
        let span = Span::new(0, file.text().len());
        let caller = if is_own { Caller::Host } else { Caller::Nobody };
        let top = Function { caller, span, ..Function::default() };
        Unit {
            file,
            module,
            is_own,
            runs_on_load: false,
            items: BTreeMap::new(),
            globs: Vec::new(),
            bases: BTreeMap::new(),
            parts: BTreeMap::new(),
            is_open: false,
            loads: Vec::new(),
            functions: vec![top],
        }
    }
}

impl Function {
    /// Whether something outside of the sources may call it.
    pub(super) fn is_entry(&self) -> bool {
        matches!(self.caller, Caller::Anybody | Caller::Host)
    }
}

impl Call {
    /// The argument at a position or of a name.
    pub(super) fn argument(&self, position: usize, name: &str) -> Option<&Expr> {
        let named = self.arguments.iter().find(|argument| argument.name.as_deref() == Some(name));
        let positional = || self.arguments.get(position).filter(|argument| argument.name.is_none());
        named.or_else(positional).map(|argument| &argument.value)
    }
}

impl Expr {
    /// The names that the value is made of.
    pub(super) fn names(&self) -> Vec<&Name> {
        match self {
            Expr::Path(path) => vec![path],
            Expr::Joined(parts) => parts.iter().flat_map(Expr::names).collect(),
            Expr::Filled(format, _) => format.names(),
            Expr::Made(class) => vec![class],
            Expr::Text(_) | Expr::Parameter(_) | Expr::Prefix(_) | Expr::Computed => Vec::new(),
        }
    }

    /// The path, if it is one.
    pub(super) fn into_path(self) -> Option<Name> {
        match self {
            Expr::Path(path) => Some(path),
            _ => None,
        }
    }

    /// Values behind one another, those that are known put together.
    pub(super) fn joined(parts: Vec<Expr>) -> Expr {
        let mut joined: Vec<Expr> = Vec::new();
        for part in parts {
            match (joined.last_mut(), part) {
                (Some(Expr::Text(text)), Expr::Text(more)) => text.push_str(&more),
                (_, Expr::Joined(inner)) => joined.extend(inner),
                (_, part) => joined.push(part),
            }
        }
        match joined.as_mut_slice() {
            [] => Expr::Text(String::new()),
            [only @ Expr::Text(_)] => std::mem::replace(only, Expr::Computed),
            // What begins with an unknown is one.
            [Expr::Computed, ..] => Expr::Computed,
            _ => Expr::Joined(joined),
        }
    }
}

impl Opening {
    /// Whether it sends a request.
    pub(super) const fn is_sending(&self) -> bool {
        matches!(self, Opening::Send | Opening::Address { protocol: Protocol::Http, .. })
    }

    /// A store or database by its label.
    pub(super) const fn label(capability: Capability, name: &'static str) -> Option<Opening> {
        Some(Opening::Label { capability, position: 0, name })
    }

    /// A connection to an address.
    pub(super) const fn address(protocol: Protocol, name: &'static str) -> Option<Opening> {
        Some(Opening::Address { protocol, position: 0, name })
    }
}

impl Sdk {
    /// All last names of calls that open something.
    pub(super) fn last_names(&self) -> impl Iterator<Item = &'static str> {
        self.opens.iter().chain(self.common).copied()
    }
}
