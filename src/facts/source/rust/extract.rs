//! A Rust syntax tree to modules: items, functions, calls, and the names in scope.

use std::collections::BTreeSet;
use std::sync::Arc;

use tree_sitter::{Node, Parser};

use super::super::program::{Argument, Binding, Call, Callee, Expr, Function, Item, Name, Parameter, Unit};
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
    comes_with_type: bool,
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
        let at = At { unit, function: 0, owner: None, comes_with_type: false, block: span(node) };
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
                    let name = vec![self.text(name).to_owned()];
                    self.units[at.unit].items.entry(name).or_insert(Item::Other);
                }
            }
            "let_declaration" => self.let_declaration(node, at),
            "closure_expression" => self.closure(node, at, None),
            "call_expression" => self.call(node, at),
            "macro_invocation" => self.macro_invocation(node, at),
            "macro_definition" => {}
            "match_arm" if !self.arm_is_on(node) => {}
            "assignment_expression" | "compound_assignment_expr" => {
                if let Some(left) = node.child_by_field_name("left").filter(|left| left.kind() == "identifier") {
                    let name = self.text(left).to_owned();
                    self.unsettle(&name, at);
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
            "block" | "match_arm" | "for_expression" | "if_expression" | "while_expression" => {
                let inner = At { block: span(node), ..at.clone() };
                self.patterns(node, &inner);
                self.children(node, &inner);
            }
            "identifier" | "scoped_identifier" | "scoped_type_identifier" | "type_identifier" => self.mention(node, at),
            "field_expression" => {
                if let Some(field) = node.child_by_field_name("field") {
                    let name = self.text(field).to_owned();
                    self.function(at).members.insert(name);
                }
                self.children(node, at);
            }
            _ => self.children(node, at),
        }
    }

    /// The attributes of a match arm stand inside it.
    fn arm_is_on(&self, node: Node<'_>) -> bool {
        let mut cursor = node.walk();
        let mut attributes = node.named_children(&mut cursor).filter(|child| child.kind() == "attribute_item");
        attributes.all(|attribute| self.is_on(self.text(attribute).trim_start_matches("#[").trim_end_matches(']')))
    }

    fn mod_item(&mut self, node: Node<'_>, at: &At, attributes: &[&str]) {
        let Some(name) = node.child_by_field_name("name") else { return };
        let name = self.text(name).trim_start_matches("r#").to_owned();
        let mut module = self.units[at.unit].module.clone();
        module.push(name.clone());
        self.units[at.unit].items.insert(vec![name], Item::Import(module.clone()));
        match node.child_by_field_name("body") {
            Some(body) => self.module(body, module),
            None => {
                let path = attributes.iter().find_map(|attribute| attribute.strip_prefix("path")?.split('"').nth(1));
                self.declared.push(Declared { module, path: path.map(str::to_owned) });
            }
        }
    }

    fn use_declaration(&mut self, node: Node<'_>, at: &At) {
        let Some(argument) = node.child_by_field_name("argument") else { return };
        let uses = names::uses(self.file.text(), argument, &self.scope(at));
        for (local, target) in uses {
            match local {
                // A use inside a function is seen only there.
                Some(local) if at.function != 0 => {
                    let visible = at.block;
                    self.function(at).bindings.push(Binding { name: local, value: Expr::Path(target), visible });
                }
                Some(local) => {
                    self.units[at.unit].items.insert(vec![local], Item::Import(target));
                }
                None => self.units[at.unit].globs.push(target),
            }
        }
    }

    fn function_item(&mut self, node: Node<'_>, at: &At, attributes: &[&str]) {
        let (Some(name), Some(parameters)) = (node.child_by_field_name("name"), node.child_by_field_name("parameters")) else { return };
        let name = self.text(name).trim_start_matches("r#").to_owned();
        let mut cursor = node.walk();
        let is_public = node.children(&mut cursor).any(|child| child.kind() == "visibility_modifier" && self.text(child) == "pub");
        const PLAIN: &[&str] = &[
            "allow",
            "expect",
            "inline",
            "must_use",
            "doc",
            "cfg",
            "cfg_attr",
            "deprecated",
            "cold",
            "warn",
            "deny",
            "tracing::instrument",
            "instrument",
            "async_recursion",
        ];
        let is_exported = attributes.iter().any(|attribute| !PLAIN.contains(&attribute.split(['(', '=', ' ']).next().unwrap_or("").trim()));
        let function = Function {
            owner: at.owner.clone(),
            name: name.clone(),
            parent: (at.function != 0).then_some(at.function),
            is_entry: self.is_own && (is_public || is_exported || name == "main"),
            comes_with_type: at.comes_with_type,
            span: span(node),
            ..Function::default()
        };
        let unit = &mut self.units[at.unit];
        let index = unit.functions.len();
        unit.functions.push(function);
        if at.function == 0 || at.owner.is_some() {
            let path = at.owner.iter().cloned().chain([name]).collect();
            unit.items.insert(path, Item::Function(index));
        }
        let inner = At { function: index, block: span(node), owner: at.owner.clone(), ..at.clone() };
        self.parameters(parameters, &inner);
        for field in ["parameters", "return_type"] {
            if let Some(part) = node.child_by_field_name(field) {
                self.mentions_of_types(part, &inner);
            }
        }
        if let Some(body) = node.child_by_field_name("body") {
            self.visit(body, &inner, &[]);
        }
    }

    fn parameters(&mut self, parameters: Node<'_>, at: &At) {
        let mut cursor = parameters.walk();
        for parameter in parameters.named_children(&mut cursor) {
            match parameter.kind() {
                "self_parameter" => self.function(at).has_receiver = true,
                "parameter" | "identifier" => {
                    let pattern = parameter.child_by_field_name("pattern").unwrap_or(parameter);
                    let name = self.text(pattern).trim_start_matches("mut ").trim().to_owned();
                    let ty =
                        parameter.child_by_field_name("type").and_then(|ty| names::type_name(self.file.text(), ty, at.owner.as_deref()));
                    let function = self.function(at);
                    function.types.extend(ty.map(|ty| (name.clone(), ty)));
                    let position = function.parameters.len();
                    let visible = function.span;
                    function.bindings.push(Binding { name: name.clone(), value: Expr::Parameter(position), visible });
                    function.parameters.push(Parameter { name, default: None });
                }
                _ => {}
            }
        }
    }

    fn implementation(&mut self, node: Node<'_>, at: &At) {
        let subject = node.child_by_field_name("type").or_else(|| node.child_by_field_name("name"));
        let Some(subject) = subject else { return };
        let plain = self.text(subject).split('<').next().unwrap_or("").trim();
        let owner = plain.rsplit("::").next().unwrap_or(plain).to_owned();
        if node.kind() == "trait_item" {
            self.units[at.unit].items.entry(vec![owner.clone()]).or_insert(Item::Other);
        }
        let comes_with_type = node.child_by_field_name("trait").is_some();
        let inner = At { owner: Some(owner), comes_with_type, ..at.clone() };
        if let Some(body) = node.child_by_field_name("body") {
            self.children(body, &inner);
        }
    }

    fn constant(&mut self, node: Node<'_>, at: &At) {
        let (Some(name), Some(value)) = (node.child_by_field_name("name"), node.child_by_field_name("value")) else { return };
        let name = self.text(name).to_owned();
        let value_of = self.expression(value, at);
        if at.function != 0 {
            let visible = at.block;
            self.function(at).bindings.push(Binding { name, value: value_of, visible });
            self.visit(value, at, &[]);
            return;
        }
        let path: Name = at.owner.iter().cloned().chain([name.clone()]).collect();
        if value_of != Expr::Computed {
            self.units[at.unit].items.insert(path, Item::Constant(value_of));
            return;
        }
        // An initialiser that computes runs when the name is used.
        let function = Function { owner: at.owner.clone(), name, span: span(node), ..Function::default() };
        let unit = &mut self.units[at.unit];
        let index = unit.functions.len();
        unit.functions.push(function);
        unit.items.insert(path, Item::Function(index));
        self.visit(value, &At { function: index, block: span(node), ..at.clone() }, &[]);
    }

    fn let_declaration(&mut self, node: Node<'_>, at: &At) {
        let pattern = node.child_by_field_name("pattern");
        let value = node.child_by_field_name("value");
        let visible = Span::new(node.end_byte(), at.block.end.max(node.end_byte()));
        if let (Some(pattern), Some(value)) = (pattern, value)
            && pattern.kind() == "identifier"
            && value.kind() == "closure_expression"
        {
            let name = self.text(pattern).to_owned();
            self.closure(value, at, Some(name));
            return;
        }
        match pattern {
            Some(pattern) if pattern.kind() == "identifier" => {
                let name = self.text(pattern).to_owned();
                let written = node.child_by_field_name("type").and_then(|ty| names::type_name(self.file.text(), ty, at.owner.as_deref()));
                let ty = written.or_else(|| names::constructed(self.file.text(), value?, at.owner.as_deref()));
                self.function(at).types.extend(ty.map(|ty| (name.clone(), ty)));
                let value = value.map_or(Expr::Computed, |value| self.expression(value, at));
                self.function(at).bindings.push(Binding { name, value, visible });
            }
            Some(pattern) => self.bind_pattern(pattern, at, visible),
            None => {}
        }
        self.children(node, at);
    }

    /// Binds the names of a pattern to values that only runs tell.
    fn bind_pattern(&mut self, pattern: Node<'_>, at: &At, visible: Span) {
        if pattern.kind() == "identifier" || pattern.kind() == "shorthand_field_identifier" {
            let name = self.text(pattern).to_owned();
            // A name in capitals is a constant that the pattern compares with.
            if !name.chars().all(|c| c.is_uppercase() || c == '_' || c.is_numeric()) {
                self.function(at).bindings.push(Binding { name, value: Expr::Computed, visible });
            }
            return;
        }
        let mut cursor = pattern.walk();
        for child in pattern.named_children(&mut cursor) {
            self.bind_pattern(child, at, visible);
        }
    }

    fn patterns(&mut self, node: Node<'_>, at: &At) {
        if matches!(node.kind(), "match_arm" | "for_expression")
            && let Some(pattern) = node.child_by_field_name("pattern")
        {
            self.bind_pattern(pattern, at, at.block);
        }
        if let Some(condition) = node.child_by_field_name("condition") {
            self.let_conditions(condition, at);
        }
    }

    fn let_conditions(&mut self, node: Node<'_>, at: &At) {
        if node.kind() == "let_condition"
            && let Some(pattern) = node.child_by_field_name("pattern")
        {
            self.bind_pattern(pattern, at, Span::new(node.end_byte(), at.block.end));
        }
        if matches!(node.kind(), "let_chain" | "binary_expression" | "parenthesized_expression") {
            let mut cursor = node.walk();
            for child in node.named_children(&mut cursor) {
                self.let_conditions(child, at);
            }
        }
    }

    /// A closure with a name is a function of its own; one without belongs to the function around it.
    fn closure(&mut self, node: Node<'_>, at: &At, name: Option<String>) {
        let Some(body) = node.child_by_field_name("body") else { return };
        let parameters = node.child_by_field_name("parameters");
        match name {
            Some(name) => {
                let function = Function { name, parent: Some(at.function), span: span(node), ..Function::default() };
                let unit = &mut self.units[at.unit];
                let index = unit.functions.len();
                unit.functions.push(function);
                let inner = At { function: index, owner: None, block: span(node), ..at.clone() };
                if let Some(parameters) = parameters {
                    self.parameters(parameters, &inner);
                }
                self.visit(body, &inner, &[]);
            }
            None => {
                let inner = At { block: span(node), ..at.clone() };
                if let Some(parameters) = parameters {
                    self.bind_pattern(parameters, &inner, span(node));
                }
                self.visit(body, &inner, &[]);
            }
        }
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
        if let Some(callee) = callee {
            let mut cursor = arguments.walk();
            let values: Vec<Node<'_>> = arguments.named_children(&mut cursor).filter(|node| !node.kind().ends_with("comment")).collect();
            let arguments = values.iter().map(|value| Argument { name: None, value: self.expression(*value, at) }).collect();
            self.function(at).calls.push(Call { callee, arguments, span: span(node) });
            // A function that is passed on is called by whoever gets it, with labels that nobody sees.
            for value in values {
                if let Some(path) = names::path(self.file.text(), value, &self.scope(at)).filter(|path| path.len() > 1) {
                    self.function(at).calls.push(Call { callee: Callee::Path(path), arguments: Vec::new(), span: span(value) });
                }
            }
        }
        self.children(node, at);
    }

    /// The type of a value: `self`, or a name that was bound to one of a type that is written there.
    fn type_of(&self, value: Node<'_>, at: &At) -> Option<String> {
        match value.kind() {
            "self" => at.owner.clone(),
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
                None
            }
            "struct_expression"
            | "call_expression"
            | "parenthesized_expression"
            | "try_expression"
            | "await_expression"
            | "reference_expression" => names::constructed(self.file.text(), value, at.owner.as_deref()),
            _ => None,
        }
    }

    fn mention(&mut self, node: Node<'_>, at: &At) {
        if let Some(path) = names::path(self.file.text(), node, &self.scope(at)) {
            self.function(at).paths.insert(path);
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

    /// A macro's tokens are read as the expressions and items that they most likely are.
    fn macro_invocation(&mut self, node: Node<'_>, at: &At) {
        let mut cursor = node.walk();
        let Some(tokens) = node.named_children(&mut cursor).find(|child| child.kind() == "token_tree") else { return };
        let name = node.child_by_field_name("macro").map_or("", |name| self.text(name));
        let inner = Span::new(tokens.start_byte() + 1, tokens.end_byte().saturating_sub(1).max(tokens.start_byte() + 1));
        let Some(range) = included(tokens) else { return };
        if name.rsplit("::").next() == Some("cfg_if") {
            self.cfg_if(tokens, at);
            return;
        }
        if name == "stringify" {
            return;
        }
        // Outside of functions a macro declares what nobody sees here.
        self.units[at.unit].is_open |= at.function == 0;
        let mut parser = Parser::new();
        if parser.set_language(&tree_sitter_rust::LANGUAGE.into()).is_err() || parser.set_included_ranges(&[range]).is_err() {
            return;
        }
        if let Some(tree) = parser.parse(self.file.text(), None)
            && !inner.of(self.file.text()).trim().is_empty()
        {
            self.children(tree.root_node(), at);
        }
    }

    /// `cfg_if! { if #[cfg(..)] { .. } else if #[cfg(..)] { .. } else { .. } }`: the first branch that holds.
    fn cfg_if(&mut self, tokens: Node<'_>, at: &At) {
        let mut cursor = tokens.walk();
        let branches: Vec<Node<'_>> = tokens.children(&mut cursor).collect();
        let mut holds = true;
        for node in branches {
            let text = self.text(node);
            match node.kind() {
                "token_tree" if text.starts_with('[') => holds = self.is_on(text.trim_start_matches('[').trim_end_matches(']')),
                "token_tree" if text.starts_with('{') && holds => {
                    let mut parser = Parser::new();
                    let ready = parser.set_language(&tree_sitter_rust::LANGUAGE.into()).is_ok();
                    let ranged = included(node).is_some_and(|range| parser.set_included_ranges(&[range]).is_ok());
                    if ready
                        && ranged
                        && let Some(tree) = parser.parse(self.file.text(), None)
                    {
                        self.children(tree.root_node(), at);
                    }
                    return;
                }
                "token_tree" if text.starts_with('{') => holds = true,
                _ => {}
            }
        }
    }

    fn unsettle(&mut self, name: &str, at: &At) {
        let mut index = Some(at.function);
        while let Some(function) = index {
            let function = &mut self.units[at.unit].functions[function];
            for binding in function.bindings.iter_mut().filter(|binding| binding.name == name) {
                binding.value = Expr::Computed;
            }
            index = function.parent;
        }
    }

    fn expression(&self, node: Node<'_>, at: &At) -> Expr {
        names::expression(self.file.text(), node, &self.scope(at))
    }
}

/// The inside of a token tree as a range to parse.
fn included(tokens: Node<'_>) -> Option<tree_sitter::Range> {
    let (mut start, mut end) = (tokens.start_position(), tokens.end_position());
    start.column += 1;
    end.column = end.column.checked_sub(1)?;
    let (start_byte, end_byte) = (tokens.start_byte() + 1, tokens.end_byte() - 1);
    (start_byte < end_byte).then_some(tree_sitter::Range { start_byte, end_byte, start_point: start, end_point: end })
}
