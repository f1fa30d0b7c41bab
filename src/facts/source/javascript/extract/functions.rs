//! Functions, classes and enumerations.

use tree_sitter::Node;

use super::super::super::program::{Binding, Caller, Expr, Function, Item, Name, Parameter};
use super::super::values;
use super::{At, Extraction, FUNCTIONS, span};
use crate::text::Span;

impl Extraction<'_> {
    pub(super) fn function_declaration(&mut self, node: Node<'_>, at: &At, is_exported: bool) {
        let name = node.child_by_field_name("name").map_or("default", |name| self.text(name)).to_owned();
        let is_top = at.function == 0;
        let path = is_top.then(|| vec![name.clone()]);
        self.named_function(node, name, at, path, is_exported);
    }

    /// A function of its own: an item of the module where it has a path, nested in the function at hand elsewhere.
    pub(super) fn named_function(&mut self, node: Node<'_>, name: String, at: &At, path: Option<Name>, is_exported: bool) {
        let index = self.unit.functions.len();
        self.unit.functions.push(Function {
            owner: at.owner.clone(),
            name,
            parent: Some(at.function).filter(|_| path.is_none() || at.function != 0),
            caller: match (is_exported && self.is_entry, &at.owner) {
                // The host calls what listens; exports beside it are for others.
                (true, None) if !self.source.contains("addEventListener(") => Caller::Host,
                (true, _) => Caller::Anybody,
                (false, _) => Caller::Nobody,
            },
            span: span(node),
            ..Function::default()
        });
        if let Some(path) = path {
            self.unit.items.insert(path, Item::Function(index));
        }
        let inner = At { function: index, owner: at.owner.clone(), block: span(node) };
        self.parameters(node, &inner);
        if let Some(body) = node.child_by_field_name("body") {
            self.visit(body, &inner);
        }
    }

    /// A function without a name belongs to the one around it.
    pub(super) fn anonymous(&mut self, node: Node<'_>, at: &At) {
        let inner = At { block: span(node), ..at.clone() };
        for field in ["parameters", "parameter"] {
            if let Some(parameters) = node.child_by_field_name(field) {
                self.bind_pattern(parameters, &inner, inner.block);
            }
        }
        if let Some(body) = node.child_by_field_name("body") {
            self.visit(body, &inner);
        }
    }

    pub(super) fn parameters(&mut self, node: Node<'_>, at: &At) {
        let list: Vec<Node<'_>> = match (node.child_by_field_name("parameters"), node.child_by_field_name("parameter")) {
            (Some(parameters), _) => {
                let mut cursor = parameters.walk();
                parameters.named_children(&mut cursor).filter(|child| !child.kind().contains("comment")).collect()
            }
            (None, Some(parameter)) => vec![parameter],
            (None, None) => Vec::new(),
        };
        for parameter in list {
            let pattern = parameter.child_by_field_name("pattern").or_else(|| parameter.child_by_field_name("left")).unwrap_or(parameter);
            let default = parameter.child_by_field_name("value").or_else(|| parameter.child_by_field_name("right"));
            let default = default.map(|default| self.expression(default, at));
            let function = &mut self.unit.functions[at.function];
            let (position, visible) = (function.parameters.len(), function.span);
            let name = span(pattern).of(self.source).to_owned();
            if pattern.kind() == "identifier" {
                function.bindings.push(Binding { name: name.clone(), value: Expr::Parameter(position), visible });
            } else {
                self.bind_pattern(pattern, at, visible);
            }
            self.unit.functions[at.function].parameters.push(Parameter { name, default });
        }
    }

    pub(super) fn bind_pattern(&mut self, pattern: Node<'_>, at: &At, visible: Span) {
        if matches!(pattern.kind(), "identifier" | "shorthand_property_identifier_pattern") {
            let name = self.text(pattern).to_owned();
            self.bind(name, Expr::Computed, visible, at);
            return;
        }
        if matches!(pattern.kind(), "type_annotation" | "statement_block") {
            return;
        }
        let mut cursor = pattern.walk();
        for child in pattern.named_children(&mut cursor) {
            self.bind_pattern(child, at, visible);
        }
    }

    pub(super) fn class(&mut self, node: Node<'_>, at: &At, is_exported: bool) {
        let Some(name) = node.child_by_field_name("name") else { return self.children(node, at) };
        let name = self.text(name).to_owned();
        self.unit.items.entry(vec![name.clone()]).or_insert(Item::Other);
        // What fields begin with is worked out when a value is made, and so is what the class extends.
        let fields = self.unit.functions.len();
        let parent = Some(at.function).filter(|function| *function != 0);
        let caller = Caller::Type;
        self.unit.functions.push(Function { owner: Some(name.clone()), parent, caller, span: span(node), ..Function::default() });
        let mut cursor = node.walk();
        let heritage = node.named_children(&mut cursor).find(|child| child.kind() == "class_heritage");
        let extended = heritage.and_then(|heritage| {
            let clause = heritage.named_child(0)?;
            Some(if clause.kind() == "extends_clause" { clause.child_by_field_name("value")? } else { clause })
        });
        if let Some(Expr::Path(base)) = extended.map(|extended| self.expression(extended, at)) {
            self.unit.bases.insert(name.clone(), base.clone());
            self.unit.functions[fields].paths.insert(base);
        }
        let inner = At { owner: Some(name.clone()), ..at.clone() };
        let Some(body) = node.child_by_field_name("body") else { return };
        let mut cursor = body.walk();
        for member in body.named_children(&mut cursor) {
            let key = member.child_by_field_name("name").or_else(|| member.child_by_field_name("property"));
            match (member.kind(), key) {
                ("method_definition", Some(key)) => {
                    let key = self.text(key).to_owned();
                    // A constructor is called by the class's name.
                    let is_constructor = key == "constructor";
                    let path = vec![name.clone(), key.clone()];
                    let index = self.unit.functions.len();
                    self.named_function(member, key, &inner, Some(path), is_exported);
                    if is_constructor {
                        self.unit.functions[index].caller = Caller::Type;
                    }
                }
                ("field_definition" | "public_field_definition", Some(key)) => {
                    let key = self.text(key).to_owned();
                    if let Some(value) = member.child_by_field_name("value") {
                        let is_static = self.text(member).contains("static");
                        if is_static || FUNCTIONS.contains(&value.kind()) {
                            self.bind_item(vec![name.clone(), key], value, &inner, is_exported);
                        } else {
                            self.visit(value, &At { function: fields, ..inner.clone() });
                        }
                    }
                }
                _ => self.visit(member, &inner),
            }
        }
    }

    /// `namespace Labels { export const Cache = "cache" }`: its names are the module's, under its own.
    pub(super) fn namespace(&mut self, node: Node<'_>, outer: &[String], at: &At) {
        let (Some(name), Some(body)) = (node.child_by_field_name("name"), node.child_by_field_name("body")) else { return };
        let path: Name = outer.iter().cloned().chain([self.text(name).to_owned()]).collect();
        self.unit.items.insert(path.clone(), Item::Other);
        let under = |name: &str| path.iter().cloned().chain([name.to_owned()]).collect::<Name>();
        let mut cursor = body.walk();
        for statement in body.named_children(&mut cursor) {
            let is_exported = statement.kind() == "export_statement";
            let declaration = statement.child_by_field_name("declaration").filter(|_| is_exported).unwrap_or(statement);
            match declaration.kind() {
                "lexical_declaration" => {
                    let mut cursor = declaration.walk();
                    for declarator in declaration.named_children(&mut cursor) {
                        if let (Some(name), Some(value)) = (declarator.child_by_field_name("name"), declarator.child_by_field_name("value"))
                        {
                            let name = self.text(name);
                            self.bind_item(under(name), value, at, is_exported);
                            self.unit.items.entry(vec![name.to_owned()]).or_insert(Item::Constant(Expr::Path(under(name))));
                        }
                    }
                }
                "function_declaration" => {
                    let name = declaration.child_by_field_name("name").map_or("", |name| self.text(name)).to_owned();
                    let index = self.unit.functions.len();
                    self.named_function(declaration, name.clone(), at, Some(under(&name)), is_exported);
                    self.unit.items.entry(vec![name]).or_insert(Item::Function(index));
                }
                "internal_module" => self.namespace(declaration, &path, at),
                "expression_statement" if declaration.named_child(0).is_some_and(|child| child.kind() == "internal_module") => {
                    if let Some(inner) = declaration.named_child(0) {
                        self.namespace(inner, &path, at);
                    }
                }
                _ => self.visit(declaration, at),
            }
        }
    }

    pub(super) fn enumeration(&mut self, node: Node<'_>) {
        let (Some(name), Some(body)) = (node.child_by_field_name("name"), node.child_by_field_name("body")) else { return };
        let name = self.text(name).to_owned();
        let mut cursor = body.walk();
        for member in body.named_children(&mut cursor).filter(|member| member.kind() == "enum_assignment") {
            if let (Some(key), Some(value)) = (member.child_by_field_name("name"), member.child_by_field_name("value")) {
                let path = vec![name.clone(), self.text(key).trim_matches(['"', '\'']).to_owned()];
                self.unit.items.insert(path, Item::Constant(values::string(self.source, value)));
            }
        }
        self.unit.items.entry(vec![name]).or_insert(Item::Other);
    }
}
