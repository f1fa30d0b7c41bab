//! A Go syntax tree to a file of a package: imports, functions, calls, and the names in scope.

mod bindings;

use std::collections::BTreeSet;
use std::sync::Arc;

use tree_sitter::Node;

use super::super::library::type_names;
use super::super::program::{Argument, Binding, Call, Callee, Caller, Expr, Function, Item, Name, Parameter, Unit};
use super::values::expression;
use crate::text::{SourceFile, Span};

/// Reads one file of a package. `resolve` turns an import path into a package's name and what its files call it.
pub(super) fn file(
    file: &Arc<SourceFile>,
    root: Node<'_>,
    package: Name,
    is_own: bool,
    is_main: bool,
    resolve: &dyn Fn(&str) -> (Name, String),
) -> Unit {
    let mut unit = Unit::new(file.clone(), package.clone(), is_own);
    unit.runs_on_load = true;
    unit.functions[0].caller = if is_main { Caller::Host } else { Caller::Nobody };
    // The files of a package are loaded together.
    unit.loads.push(package);
    let span = unit.functions[0].span;
    let mut extraction = Extraction { source: file.text(), unit, is_main, resolve };
    extraction.children(root, &At { function: 0, block: span });
    extraction.unit
}

struct Extraction<'x> {
    source: &'x str,
    unit: Unit,
    is_main: bool,
    resolve: &'x dyn Fn(&str) -> (Name, String),
}

#[derive(Clone)]
struct At {
    function: usize,
    block: Span,
}

fn span(node: Node<'_>) -> Span {
    Span::new(node.start_byte(), node.end_byte())
}

impl<'x> Extraction<'x> {
    fn text(&self, node: Node<'_>) -> &'x str {
        span(node).of(self.source)
    }

    fn children(&mut self, node: Node<'_>, at: &At) {
        let mut cursor = node.walk();
        for child in node.named_children(&mut cursor) {
            self.visit(child, at);
        }
    }

    fn visit(&mut self, node: Node<'_>, at: &At) {
        match node.kind() {
            "import_spec" => self.import(node),
            "function_declaration" | "method_declaration" => self.function(node, at),
            "const_declaration" => {
                // A constant without a value repeats the expression above it.
                let mut cursor = node.walk();
                let specs: Vec<Node<'_>> = node.named_children(&mut cursor).filter(|child| child.kind() == "const_spec").collect();
                let mut above = None;
                for spec in specs {
                    above = spec.child_by_field_name("value").or(above);
                    self.value_spec(spec, above, at);
                }
            }
            "var_spec" => self.value_spec(node, node.child_by_field_name("value"), at),
            "short_var_declaration" => self.short_declaration(node, at),
            "assignment_statement" | "inc_statement" => {
                if let Some(left) = node.child_by_field_name("left") {
                    self.unsettle(left, at);
                }
                self.children(node, at);
            }
            "unary_expression" => {
                // Who has a variable's address may write to it.
                if self.text(node).starts_with('&')
                    && let Some(operand) = node.child_by_field_name("operand")
                {
                    self.unsettle(operand, at);
                }
                self.children(node, at);
            }
            "type_spec" | "type_alias" => {
                if let Some(name) = node.child_by_field_name("name") {
                    let name = self.text(name).to_owned();
                    let mut parts = BTreeSet::new();
                    if let Some(ty) = node.child_by_field_name("type") {
                        type_names(self.source, ty, &mut parts);
                    }
                    self.unit.parts.insert(name.clone(), parts);
                    self.unit.items.entry(vec![name]).or_insert(Item::Other);
                }
            }
            "func_literal" => self.anonymous(node, at),
            "block"
            | "if_statement"
            | "for_statement"
            | "expression_switch_statement"
            | "type_switch_statement"
            | "expression_case"
            | "default_case"
            | "communication_case" => {
                self.children(node, &At { block: span(node), ..at.clone() });
            }
            "range_clause" => {
                if let Some(left) = node.child_by_field_name("left") {
                    self.bind_all(left, at);
                }
                self.children(node, at);
            }
            "call_expression" => self.call(node, at),
            // The grammar takes the call of a generic function, `Get[[]Item](url)`, for a conversion to a generic type.
            "type_conversion_expression" => self.conversion(node, at),
            "identifier" | "type_identifier" => {
                let name = self.text(node).to_owned();
                self.unit.functions[at.function].paths.insert(vec![name]);
            }
            "selector_expression" | "qualified_type" => {
                if let Expr::Path(path) = expression(self.source, node) {
                    self.unit.functions[at.function].paths.insert(path);
                }
                if let (Some(field), Some(operand)) = (node.child_by_field_name("field"), node.child_by_field_name("operand")) {
                    let member = (expression(self.source, operand).into_path(), self.text(field).to_owned());
                    self.unit.functions[at.function].members.insert(member);
                }
                if let Some(operand) = node.child_by_field_name("operand").filter(|operand| operand.kind() != "identifier") {
                    self.visit(operand, at);
                }
            }
            _ => self.children(node, at),
        }
    }

    fn import(&mut self, node: Node<'_>) {
        let Some(path) = node.child_by_field_name("path") else { return };
        let path = self.text(path).trim_matches(['"', '`']);
        let (package, local) = (self.resolve)(path);
        self.unit.loads.push(package.clone());
        match node.child_by_field_name("name") {
            Some(name) if name.kind() == "dot" => self.unit.globs.push(package),
            Some(name) if name.kind() == "blank_identifier" => {}
            Some(name) => {
                self.unit.items.insert(vec![self.text(name).to_owned()], Item::Import(package));
            }
            None => {
                self.unit.items.insert(vec![local], Item::Import(package));
            }
        }
    }

    fn function(&mut self, node: Node<'_>, at: &At) {
        let Some(name) = node.child_by_field_name("name") else { return };
        let name = self.text(name).to_owned();
        let body = node.child_by_field_name("body");
        // `init` runs when the package is loaded, with the initialisers of its variables.
        if name == "init" && node.kind() == "function_declaration" {
            if let Some(body) = body {
                self.visit(body, at);
            }
            return;
        }
        let receiver = node.child_by_field_name("receiver");
        let owner = receiver.and_then(|receiver| {
            let ty = receiver.named_child(0)?.child_by_field_name("type")?;
            let name = self.text(ty).trim_start_matches('*').split('[').next()?;
            Some(name.trim().to_owned())
        });
        let is_exported = name.starts_with(char::is_uppercase);
        let index = self.unit.functions.len();
        self.unit.functions.push(Function {
            owner: owner.clone(),
            name: name.clone(),
            caller: match &owner {
                _ if !self.is_main => Caller::Nobody,
                Some(_) if is_exported => Caller::Type,
                None if name == "main" || self.has_export_comment(node) => Caller::Host,
                None if is_exported => Caller::Anybody,
                _ => Caller::Nobody,
            },
            span: span(node),
            ..Function::default()
        });
        let path = owner.into_iter().chain([name]).collect();
        self.unit.items.insert(path, Item::Function(index));
        let inner = At { function: index, block: span(node) };
        if let Some(receiver) = receiver {
            self.bind_all(receiver, &inner);
        }
        if let Some(parameters) = node.child_by_field_name("parameters") {
            self.parameters(parameters, &inner);
        }
        if let Some(body) = body {
            self.visit(body, &inner);
        }
    }

    fn has_export_comment(&self, node: Node<'_>) -> bool {
        let mut at = node.prev_sibling();
        while let Some(comment) = at.filter(|sibling| sibling.kind() == "comment") {
            let text = self.text(comment);
            if text.starts_with("//export ") || text.starts_with("//go:wasmexport") {
                return true;
            }
            at = comment.prev_sibling();
        }
        false
    }

    fn parameters(&mut self, parameters: Node<'_>, at: &At) {
        let mut cursor = parameters.walk();
        for declaration in parameters.named_children(&mut cursor) {
            let mut cursor = declaration.walk();
            let names: Vec<String> =
                declaration.children_by_field_name("name", &mut cursor).map(|name| self.text(name).to_owned()).collect();
            for name in names {
                let function = &mut self.unit.functions[at.function];
                let (position, visible) = (function.parameters.len(), function.span);
                let is_variadic = declaration.kind() == "variadic_parameter_declaration";
                let value = if is_variadic { Expr::Computed } else { Expr::Parameter(position) };
                function.bindings.push(Binding { name: name.clone(), value, visible });
                function.parameters.push(Parameter { name, default: None });
            }
        }
    }

    fn anonymous(&mut self, node: Node<'_>, at: &At) {
        let inner = At { block: span(node), ..at.clone() };
        if let Some(parameters) = node.child_by_field_name("parameters") {
            self.bind_all(parameters, &inner);
        }
        if let Some(body) = node.child_by_field_name("body") {
            self.visit(body, &inner);
        }
    }

    fn call(&mut self, node: Node<'_>, at: &At) {
        let (Some(function), Some(arguments)) = (node.child_by_field_name("function"), node.child_by_field_name("arguments")) else {
            return;
        };
        let callee = match expression(self.source, function) {
            Expr::Path(path) => Some(Callee::Path(path)),
            _ => function.child_by_field_name("field").map(|field| Callee::Member {
                name: self.text(field).to_owned(),
                owner: match function.child_by_field_name("operand").map(|operand| expression(self.source, operand)) {
                    Some(Expr::Made(maker)) => Some(maker),
                    _ => None,
                },
            }),
        };
        if let Some(callee) = callee {
            let mut cursor = arguments.walk();
            let values: Vec<Node<'_>> = arguments.named_children(&mut cursor).filter(|child| child.kind() != "comment").collect();
            let values = values.into_iter().map(|value| Argument { name: None, value: expression(self.source, value) });
            let call = Call { callee, arguments: values.collect(), span: span(node) };
            self.unit.functions[at.function].calls.push(call);
        }
        self.children(node, at);
    }

    fn conversion(&mut self, node: Node<'_>, at: &At) {
        let ty = node.child_by_field_name("type").filter(|ty| ty.kind() == "generic_type");
        let path = ty.and_then(|ty| ty.child_by_field_name("type")).map(|name| expression(self.source, name));
        if let (Some(Expr::Path(path)), Some(operand)) = (path, node.child_by_field_name("operand")) {
            let arguments = vec![Argument { name: None, value: expression(self.source, operand) }];
            self.unit.functions[at.function].paths.insert(path.clone());
            self.unit.functions[at.function].calls.push(Call { callee: Callee::Path(path), arguments, span: span(node) });
        }
        self.children(node, at);
    }
}
