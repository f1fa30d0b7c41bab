//! A program's sources in the form that all languages share: modules with their names, functions with their calls.
//!
//! Each language turns its files into [`Unit`]s; what is reached and which labels arrive is decided once, in
//! [`super::link`].

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

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
    /// The function that it is written in.
    pub parent: Option<usize>,
    /// Its parameters, without `self`.
    pub parameters: Vec<Parameter>,
    /// Whether it takes `self`, which a call by its full name passes first.
    pub has_receiver: bool,
    /// Whether something outside of the sources may call it.
    pub is_entry: bool,
    /// Whether it is called by the language wherever its type is used: the methods of a trait's implementation.
    pub comes_with_type: bool,
    /// Where it stands.
    pub span: Span,
    /// The names that are bound in it.
    pub bindings: Vec<Binding>,
    /// The types of its local values, as far as they are written out.
    pub types: Vec<(String, String)>,
    /// Its calls.
    pub calls: Vec<Call>,
    /// Every path that it mentions.
    pub paths: BTreeSet<Name>,
    /// Every method or field that it mentions.
    pub members: BTreeSet<String>,
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
        owner: Option<String>,
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
    /// A value that only running the program tells.
    Computed,
}

/// Which calls of a language open a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Opening {
    /// The store `default`.
    Default,
    /// The store whose label is this argument.
    Label {
        /// The argument's position.
        position: usize,
        /// The parameter's name, where arguments can be named.
        name: &'static str,
    },
}

impl Unit {
    /// A module without declarations.
    pub(super) fn new(file: Arc<SourceFile>, module: Name, is_own: bool) -> Unit {
        let span = Span::new(0, file.text().len());
        let top = Function { is_entry: is_own, span, ..Function::default() };
        Unit {
            file,
            module,
            is_own,
            runs_on_load: false,
            items: BTreeMap::new(),
            globs: Vec::new(),
            bases: BTreeMap::new(),
            is_open: false,
            loads: Vec::new(),
            functions: vec![top],
        }
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
