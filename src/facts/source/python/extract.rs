//! A Python syntax tree to a module: imports, functions, calls, and the names in scope.

mod functions;
mod modules;

use std::collections::BTreeMap;
use std::sync::Arc;

use tree_sitter::Node;

use super::super::link::EVERYWHERE;
use super::super::program::{Argument, Binding, Call, Callee, Caller, Expr, Item, Name, Unit};
use super::strings;
use crate::text::{SourceFile, Span};

/// Reads one file as a module. The functions and classes of an entry module are called by the SDK.
pub(super) fn file(file: &Arc<SourceFile>, root: Node<'_>, module: Name, is_package: bool, is_entry: bool) -> Unit {
    let mut unit = Unit::new(file.clone(), module, true);
    unit.runs_on_load = true;
    unit.functions[0].caller = Caller::Host;
    let mut extraction = Extraction { source: file.text(), unit, is_package, is_entry };
    extraction.children(root, &At { function: 0, is_fallback: false, owner: None });
    extraction.finish()
}

struct Extraction<'x> {
    source: &'x str,
    unit: Unit,
    is_package: bool,
    is_entry: bool,
}

#[derive(Clone)]
struct At {
    function: usize,
    /// Whether the place is behind `except`.
    is_fallback: bool,
    owner: Option<String>,
}

fn span(node: Node<'_>) -> Span {
    Span::new(node.start_byte(), node.end_byte())
}

impl<'x> Extraction<'x> {
    fn text(&self, node: Node<'_>) -> &'x str {
        span(node).of(self.source)
    }

    /// A name that is bound more than once to different values holds none that is known.
    fn finish(mut self) -> Unit {
        for function in &mut self.unit.functions {
            let mut values: BTreeMap<String, Vec<Expr>> = BTreeMap::new();
            let whole = |binding: &&Binding| binding.visible == EVERYWHERE;
            for binding in function.bindings.iter().filter(whole) {
                values.entry(binding.name.clone()).or_default().push(binding.value.clone());
            }
            for binding in function.bindings.iter_mut().filter(|binding| binding.visible == EVERYWHERE) {
                let all = &values[&binding.name];
                if all.iter().any(|value| *value != all[0]) {
                    binding.value = Expr::Computed;
                }
            }
        }
        // What the top level binds are the module's names.
        let (bound, inner): (Vec<Binding>, Vec<Binding>) =
            std::mem::take(&mut self.unit.functions[0].bindings).into_iter().partition(|binding| binding.visible == EVERYWHERE);
        self.unit.functions[0].bindings = inner;
        for binding in bound {
            self.unit.items.entry(vec![binding.name]).or_insert(Item::Constant(binding.value));
        }
        self.unit
    }

    fn children(&mut self, node: Node<'_>, at: &At) {
        let mut cursor = node.walk();
        for child in node.named_children(&mut cursor) {
            self.visit(child, at);
        }
    }

    fn visit(&mut self, node: Node<'_>, at: &At) {
        match node.kind() {
            "import_statement" => self.import(node, at),
            "import_from_statement" => self.import_from(node, at),
            "decorated_definition" => {
                let mut cursor = node.walk();
                let is_registered = node.named_children(&mut cursor).any(|child| child.kind() == "decorator" && self.registers(child));
                let mut cursor = node.walk();
                for child in node.named_children(&mut cursor) {
                    match child.kind() {
                        "function_definition" => self.function(child, at, is_registered),
                        _ => self.visit(child, at),
                    }
                }
            }
            "function_definition" => self.function(node, at, false),
            "class_definition" => self.class(node, at),
            "lambda" => self.anonymous(node, at),
            "assignment" => self.assignment(node, at),
            "augmented_assignment" => {
                if let Some(left) = node.child_by_field_name("left") {
                    self.bind_pattern(left, at);
                }
                self.children(node, at);
            }
            "named_expression" => {
                if let (Some(name), Some(value)) = (node.child_by_field_name("name"), node.child_by_field_name("value")) {
                    let value = self.expression(value, at);
                    self.bind(self.text(name).to_owned(), value, at);
                }
                self.children(node, at);
            }
            "global_statement" | "nonlocal_statement" => {
                // Somebody else's name is written here.
                let mut cursor = node.walk();
                for name in node.named_children(&mut cursor) {
                    let name = self.text(name).to_owned();
                    self.unit.functions[0].bindings.push(Binding { name, value: Expr::Computed, visible: EVERYWHERE });
                }
            }
            "for_statement" | "for_in_clause" => {
                if let Some(left) = node.child_by_field_name("left") {
                    self.bind_pattern(left, at);
                }
                self.children(node, at);
            }
            "as_pattern" => {
                if let Some(alias) = node.child_by_field_name("alias") {
                    self.bind_pattern(alias, at);
                }
                self.children(node, at);
            }
            "if_statement" if self.never_runs(node) => {
                let mut cursor = node.walk();
                for child in node.children_by_field_name("alternative", &mut cursor) {
                    self.visit(child, at);
                }
            }
            "case_clause" => {
                let mut cursor = node.walk();
                for pattern in node.named_children(&mut cursor).filter(|child| child.kind() == "case_pattern") {
                    self.captures(pattern, span(node), at);
                }
                self.children(node, at);
            }
            "except_clause" => self.children(node, &At { is_fallback: true, ..at.clone() }),
            "call" => self.call(node, at),
            "identifier" => {
                let name = self.text(node).to_owned();
                self.unit.functions[at.function].paths.insert(vec![name]);
            }
            "attribute" => {
                if let Expr::Path(path) = self.expression(node, at) {
                    self.unit.functions[at.function].paths.insert(path);
                }
                // Who names one function of a module does not name the others.
                let mut object = node;
                while let ("attribute", Some(inner)) = (object.kind(), object.child_by_field_name("object")) {
                    if let Some(attribute) = object.child_by_field_name("attribute") {
                        let member = (self.expression(inner, at).into_path(), self.text(attribute).to_owned());
                        self.unit.functions[at.function].members.insert(member);
                    }
                    object = inner;
                }
                if object.kind() != "identifier" {
                    self.visit(object, at);
                }
            }
            "keyword_argument" => {
                if let Some(value) = node.child_by_field_name("value") {
                    self.visit(value, at);
                }
            }
            "type" => {}
            _ => self.children(node, at),
        }
    }

    /// Whether a decorator may hand the function to somebody, and does more than change how it is called.
    fn registers(&self, decorator: Node<'_>) -> bool {
        const PLAIN: &[&str] = &[
            "abstractmethod",
            "asynccontextmanager",
            "cache",
            "cached_property",
            "classmethod",
            "contextmanager",
            "lru_cache",
            "overload",
            "override",
            "property",
            "singledispatch",
            "staticmethod",
            "wraps",
        ];
        let name = self.text(decorator).trim_start_matches('@').split('(').next().unwrap_or("").trim();
        !PLAIN.contains(&name.rsplit('.').next().unwrap_or(name))
    }

    /// A component is imported, never run as a script; type checkers are no part of it.
    fn never_runs(&self, node: Node<'_>) -> bool {
        let condition = node.child_by_field_name("condition").map_or("", |condition| self.text(condition));
        condition.contains("__name__") && condition.contains("__main__") || condition.ends_with("TYPE_CHECKING") || condition == "False"
    }

    fn bind(&mut self, name: String, value: Expr, at: &At) {
        self.unit.functions[at.function].bindings.push(Binding { name, value, visible: EVERYWHERE });
    }

    fn bind_pattern(&mut self, pattern: Node<'_>, at: &At) {
        match pattern.kind() {
            "identifier" => self.bind(self.text(pattern).to_owned(), Expr::Computed, at),
            "attribute" | "subscript" | "type" => {}
            _ => {
                let mut cursor = pattern.walk();
                for child in pattern.named_children(&mut cursor) {
                    self.bind_pattern(child, at);
                }
            }
        }
    }

    fn assignment(&mut self, node: Node<'_>, at: &At) {
        let (left, right) = (node.child_by_field_name("left"), node.child_by_field_name("right"));
        match (left, right) {
            (Some(left), Some(right)) if left.kind() == "identifier" && right.kind() == "lambda" => {
                let name = self.text(left).to_owned();
                self.named_lambda(right, name, at);
                return;
            }
            (Some(left), Some(right)) if left.kind() == "identifier" => {
                let value = self.expression(right, at);
                self.bind(self.text(left).to_owned(), value, at);
            }
            (Some(left), Some(_)) => {
                // `config.STORE = x` changes another module's name.
                if let Expr::Path(path) = self.expression(left, at) {
                    self.unit.functions[at.function].writes.insert(path);
                }
                self.bind_pattern(left, at);
            }
            _ => {}
        }
        if let Some(right) = right {
            self.visit(right, at);
        }
    }

    fn call(&mut self, node: Node<'_>, at: &At) {
        let (Some(function), Some(arguments)) = (node.child_by_field_name("function"), node.child_by_field_name("arguments")) else {
            return;
        };
        let callee = match self.expression(function, at) {
            Expr::Path(path) => Some(Callee::Path(path)),
            _ => function.child_by_field_name("attribute").map(|attribute| {
                // `super().__init__(...)` is the method of the class that is extended.
                let is_super = function.child_by_field_name("object").is_some_and(|object| self.text(object).starts_with("super("));
                let base = at.owner.as_ref().filter(|_| is_super).and_then(|owner| self.unit.bases.get(owner).cloned());
                Callee::Member { name: self.text(attribute).to_owned(), owner: base }
            }),
        };
        if let Some(callee) = callee {
            let mut cursor = arguments.walk();
            let values: Vec<Node<'_>> = arguments.named_children(&mut cursor).filter(|child| child.kind() != "comment").collect();
            let values = values.into_iter().map(|value| match value.kind() {
                "keyword_argument" => Argument {
                    name: value.child_by_field_name("name").map(|name| self.text(name).to_owned()),
                    value: value.child_by_field_name("value").map_or(Expr::Computed, |value| self.expression(value, at)),
                },
                _ => Argument { name: None, value: self.expression(value, at) },
            });
            let call = Call { callee, arguments: values.collect(), span: span(node) };
            self.unit.functions[at.function].calls.push(call);
        }
        self.children(node, at);
    }

    fn expression(&self, node: Node<'_>, at: &At) -> Expr {
        match node.kind() {
            "string" | "concatenated_string" => strings::string(self.source, node, &|inner| self.expression(inner, at)),
            "binary_operator" => {
                let [left, right] = ["left", "right"].map(|side| node.child_by_field_name(side).map(|side| self.expression(side, at)));
                match (node.child_by_field_name("operator").map(|operator| operator.kind()), left, right) {
                    (Some("+"), Some(left), Some(right)) => Expr::joined(vec![left, right]),
                    (Some("%"), Some(format), _) => Expr::Filled(Box::new(format), '%'),
                    _ => Expr::Computed,
                }
            }
            "identifier" if self.text(node) == "cls" => at.owner.clone().map_or(Expr::Computed, |owner| Expr::Path(vec![owner])),
            "identifier" => Expr::Path(vec![self.text(node).to_owned()]),
            "attribute" => {
                let (Some(object), Some(attribute)) = (node.child_by_field_name("object"), node.child_by_field_name("attribute")) else {
                    return Expr::Computed;
                };
                match self.expression(object, at) {
                    Expr::Path(mut path) => {
                        path.push(self.text(attribute).to_owned());
                        Expr::Path(path)
                    }
                    _ => Expr::Computed,
                }
            }
            "parenthesized_expression" | "await" => node.named_child(0).map_or(Expr::Computed, |inner| self.expression(inner, at)),
            "call" => {
                let function = node.child_by_field_name("function");
                let formatted = function.filter(|function| self.text(*function).ends_with(".format"));
                if let Some(format) = formatted.and_then(|function| function.child_by_field_name("object")) {
                    return Expr::Filled(Box::new(self.expression(format, at)), '{');
                }
                // `str(x)` hands a text on.
                let is_str = node.child_by_field_name("function").is_some_and(|function| self.text(function) == "str");
                let argument = node.child_by_field_name("arguments").and_then(|arguments| arguments.named_child(0));
                match (argument.filter(|_| is_str), function.map(|function| self.expression(function, at))) {
                    (Some(argument), _) => self.expression(argument, at),
                    (None, Some(Expr::Path(class))) => Expr::Made(class),
                    _ => Expr::Computed,
                }
            }
            _ => Expr::Computed,
        }
    }
}
