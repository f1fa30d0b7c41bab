//! A Rust syntax tree to modules: items, functions, calls, and the names in scope.

mod bindings;
mod items;
mod macros;

use std::collections::BTreeSet;
use std::sync::Arc;

use tree_sitter::Node;

use super::super::library::type_names;
use super::super::program::{Argument, Call, Callee, Expr, Function, Item, Name, Unit};
use super::cfg;
use super::names::{self, Scope};
use crate::text::{SourceFile, Span};

/// A module that a file declares and another file holds.
pub(super) struct Declared {
    /// The module's absolute name.
    pub module: Name,
    /// The file that `#[path]` names.
    pub path: Option<String>,
}

/// Reads one file as a module, with the modules written inside it.
pub(super) fn file(
    file: &Arc<SourceFile>,
    root: Node<'_>,
    module: Name,
    is_own: bool,
    features: &BTreeSet<String>,
) -> (Vec<Unit>, Vec<Declared>) {
    let mut extraction = Extraction { file, features, is_own, units: Vec::new(), declared: Vec::new() };
    extraction.module(root, module);
    (extraction.units, extraction.declared)
}

struct Extraction<'x> {
    file: &'x Arc<SourceFile>,
    features: &'x BTreeSet<String>,
    is_own: bool,
    units: Vec<Unit>,
    declared: Vec<Declared>,
}

/// Where in a module the walk is.
#[derive(Clone)]
struct At {
    unit: usize,
    function: usize,
    owner: Option<String>,
    of_trait: Option<Name>,
    is_in_trait: bool,
    block: Span,
}

/// The methods that change the text that they are called on.
const CHANGES: &[&str] =
    &["push_str", "push", "insert", "insert_str", "extend", "clear", "truncate", "retain", "replace_range", "remove", "drain", "pop"];

fn span(node: Node<'_>) -> Span {
    Span::new(node.start_byte(), node.end_byte())
}

impl<'x> Extraction<'x> {
    fn text(&self, node: Node<'_>) -> &'x str {
        span(node).of(self.file.text())
    }

    fn module(&mut self, node: Node<'_>, module: Name) {
        let unit = self.units.len();
        self.units.push(Unit::new(self.file.clone(), module, self.is_own));
        let at = At { unit, function: 0, owner: None, of_trait: None, is_in_trait: false, block: span(node) };
        self.children(node, &at);
        names::settle(&mut self.units[unit]);
    }

    fn function(&mut self, at: &At) -> &mut Function {
        &mut self.units[at.unit].functions[at.function]
    }

    fn scope<'s>(&'s self, at: &'s At) -> Scope<'s> {
        Scope { module: &self.units[at.unit].module, owner: at.owner.as_deref() }
    }

    /// Visits the children of a node but for those that an attribute switches off.
    fn children(&mut self, node: Node<'_>, at: &At) {
        let mut cursor = node.walk();
        let mut is_on = true;
        let mut attributes: Vec<&str> = Vec::new();
        for child in node.named_children(&mut cursor) {
            match child.kind() {
                "attribute_item" => {
                    let text = self.text(child).trim_start_matches("#[").trim_end_matches(']');
                    is_on &= self.is_on(text);
                    attributes.push(text);
                }
                "inner_attribute_item" => {
                    let text = self.text(child).trim_start_matches("#![").trim_end_matches(']');
                    // The rest of the module goes with it.
                    if !self.is_on(text) {
                        return;
                    }
                }
                "line_comment" | "block_comment" => {}
                _ => {
                    if is_on {
                        self.visit(child, at, &attributes);
                    }
                    is_on = true;
                    attributes.clear();
                }
            }
        }
    }

    fn is_on(&self, attribute: &str) -> bool {
        let name = attribute.split(['(', '=', ' ']).next().unwrap_or("").trim();
        match name.rsplit("::").next().unwrap_or("") {
            "cfg" => {
                let predicate = attribute.split_once('(').map_or("", |(_, rest)| rest.trim_end().trim_end_matches(')'));
                // The closing parentheses of nested predicates were trimmed with the outer one.
                let opened = predicate.matches('(').count();
                let closed = predicate.matches(')').count();
                cfg::holds(&format!("{predicate}{}", ")".repeat(opened.saturating_sub(closed))), self.features)
            }
            "test" | "bench" | "test_case" | "rstest" => false,
            _ => true,
        }
    }

    fn visit(&mut self, node: Node<'_>, at: &At, attributes: &[&str]) {
        match node.kind() {
            "mod_item" => self.mod_item(node, at, attributes),
            "use_declaration" => self.use_declaration(node, at),
            "function_item" | "function_signature_item" => self.function_item(node, at, attributes),
            "impl_item" | "trait_item" => self.implementation(node, at),
            "const_item" | "static_item" => self.constant(node, at),
            "type_item" => {
                if let (Some(name), Some(target)) = (node.child_by_field_name("name"), node.child_by_field_name("type"))
                    && let Some(path) = names::path(self.file.text(), target, &self.scope(at))
                {
                    let name = vec![self.text(name).to_owned()];
                    self.units[at.unit].items.insert(name, Item::Import(path));
                }
            }
            "struct_item" | "enum_item" | "union_item" => {
                if let Some(name) = node.child_by_field_name("name") {
                    let name = self.text(name).to_owned();
                    let mut parts = BTreeSet::new();
                    type_names(self.file.text(), node, &mut parts);
                    self.units[at.unit].parts.insert(name.clone(), parts);
                    self.units[at.unit].items.entry(vec![name]).or_insert(Item::Other);
                }
            }
            "let_declaration" => self.let_declaration(node, at),
            "closure_expression" => self.closure(node, at, None),
            "call_expression" => self.call(node, at),
            "macro_invocation" => self.macro_invocation(node, at),
            "macro_definition" => {}
            "match_arm" if !self.arm_is_on(node) => {}
            "assignment_expression" | "compound_assignment_expr" => {
                if let Some(left) = node.child_by_field_name("left") {
                    self.assign(left, at);
                }
                self.children(node, at);
            }
            "reference_expression" => {
                let changed =
                    node.child_by_field_name("value").filter(|value| value.kind() == "identifier" && self.text(node).starts_with("&mut"));
                if let Some(changed) = changed {
                    let changed = self.text(changed).to_owned();
                    self.unsettle(&changed, at);
                }
                self.children(node, at);
            }
            "if_expression" if self.condition(node).is_some() => {
                let branch = if self.condition(node) == Some(true) { "consequence" } else { "alternative" };
                if let Some(branch) = node.child_by_field_name(branch) {
                    self.visit(branch, at, &[]);
                }
            }
            "block" | "match_arm" | "for_expression" | "if_expression" | "while_expression" => {
                let inner = At { block: span(node), ..at.clone() };
                self.patterns(node, &inner);
                self.children(node, &inner);
            }
            "identifier" | "scoped_identifier" | "scoped_type_identifier" | "type_identifier" => self.mention(node, at),
            "field_expression" => {
                if let Some(field) = node.child_by_field_name("field") {
                    let name = self.text(field).to_owned();
                    self.function(at).members.insert((None, name));
                }
                self.children(node, at);
            }
            _ => self.children(node, at),
        }
    }

    /// What `cfg!(..)` comes to where it is a whole condition.
    fn condition(&self, node: Node<'_>) -> Option<bool> {
        let condition = node.child_by_field_name("condition").map(|condition| self.text(condition))?;
        let predicate = condition.strip_prefix("cfg!(")?.strip_suffix(')')?;
        Some(cfg::holds(predicate, self.features))
    }

    /// The attributes of a match arm stand inside it.
    fn arm_is_on(&self, node: Node<'_>) -> bool {
        let mut cursor = node.walk();
        let mut attributes = node.named_children(&mut cursor).filter(|child| child.kind() == "attribute_item");
        attributes.all(|attribute| self.is_on(self.text(attribute).trim_start_matches("#[").trim_end_matches(']')))
    }

    fn call(&mut self, node: Node<'_>, at: &At) {
        let (Some(function), Some(arguments)) = (node.child_by_field_name("function"), node.child_by_field_name("arguments")) else {
            return;
        };
        let function = match function.kind() {
            "generic_function" => function.child_by_field_name("function").unwrap_or(function),
            _ => function,
        };
        let callee = match function.kind() {
            "field_expression" => function.child_by_field_name("field").map(|field| {
                let value = function.child_by_field_name("value");
                let name = self.text(field).to_owned();
                if let Some(value) = value.filter(|value| value.kind() == "identifier" && CHANGES.contains(&name.as_str())) {
                    let changed = self.text(value).to_owned();
                    self.unsettle(&changed, at);
                }
                Callee::Member { name, owner: value.and_then(|value| self.type_of(value, at)) }
            }),
            _ => names::path(self.file.text(), function, &self.scope(at)).map(Callee::Path),
        };
        let typed = match &callee {
            Some(Callee::Member { name, owner: Some(owner) }) => {
                Some(((owner.clone(), name.clone()), function.child_by_field_name("value")))
            }
            _ => None,
        };
        if let Some(callee) = callee {
            let mut cursor = arguments.walk();
            let values: Vec<Node<'_>> = arguments.named_children(&mut cursor).filter(|node| !node.kind().ends_with("comment")).collect();
            let passed = values.iter().map(|value| Argument { name: None, value: self.expression(*value, at) }).collect();
            self.function(at).calls.push(Call { callee, arguments: passed, span: span(node) });
            // A function that is passed on is called by whoever gets it, with labels that nobody sees.
            for value in values {
                if let Some(path) = names::path(self.file.text(), value, &self.scope(at)).filter(|path| path.len() > 1) {
                    self.function(at).calls.push(Call { callee: Callee::Path(path), arguments: Vec::new(), span: span(value) });
                }
            }
        }
        match typed {
            // The method is known with its type; only the value is still to be read.
            Some((member, value)) => {
                self.function(at).typed_members.insert(member);
                if let Some(value) = value {
                    self.visit(value, at, &[]);
                }
                self.children(arguments, at);
            }
            None => self.children(node, at),
        }
    }

    /// Whether a call is one of the methods whose value is an iterator, whatever it is called on.
    fn iterates(&self, call: Node<'_>) -> bool {
        const ITERATING: &[&str] = &[
            "bytes",
            "chars",
            "drain",
            "enumerate",
            "filter_map",
            "flat_map",
            "into_iter",
            "iter",
            "iter_mut",
            "keys",
            "lines",
            "rev",
            "values",
            "windows",
            "zip",
        ];
        let method = call.child_by_field_name("function").and_then(|function| function.child_by_field_name("field"));
        method.is_some_and(|method| ITERATING.contains(&self.text(method)))
    }

    /// The type of a value: `self`, or a name that was bound to one of a type that is written there.
    fn type_of(&self, value: Node<'_>, at: &At) -> Option<Name> {
        match value.kind() {
            "self" => at.owner.clone().map(|owner| vec![owner]),
            "identifier" => {
                let name = self.text(value);
                let mut index = Some(at.function);
                while let Some(function) = index {
                    let function = &self.units[at.unit].functions[function];
                    if let Some((_, ty)) = function.types.iter().rev().find(|(known, _)| known == name) {
                        return Some(ty.clone());
                    }
                    index = function.parent;
                }
                // A value of a type without fields is written as the type.
                names::constructed(self.file.text(), value, &self.scope(at))
            }
            "call_expression" if self.iterates(value) => Some(vec!["Iterator".to_owned()]),
            "struct_expression"
            | "call_expression"
            | "parenthesized_expression"
            | "try_expression"
            | "await_expression"
            | "reference_expression" => names::constructed(self.file.text(), value, &self.scope(at)),
            _ => None,
        }
    }

    fn mention(&mut self, node: Node<'_>, at: &At) {
        if let Some(path) = names::path(self.file.text(), node, &self.scope(at)) {
            self.function(at).paths.insert(path);
        }
        // `Box::<Repo>::default()` makes a value of what it names inside.
        let mut cursor = node.walk();
        for child in node
            .named_children(&mut cursor)
            .filter(|child| matches!(child.kind(), "generic_type" | "generic_type_with_turbofish" | "type_arguments" | "bracketed_type"))
        {
            self.mentions_of_types(child, at);
        }
    }

    fn mentions_of_types(&mut self, node: Node<'_>, at: &At) {
        if matches!(node.kind(), "scoped_type_identifier" | "type_identifier") {
            self.mention(node, at);
            return;
        }
        let mut cursor = node.walk();
        for child in node.named_children(&mut cursor) {
            self.mentions_of_types(child, at);
        }
    }

    fn expression(&self, node: Node<'_>, at: &At) -> Expr {
        names::expression(self.file.text(), node, &self.scope(at))
    }
}
