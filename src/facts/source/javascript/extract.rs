//! A JavaScript or TypeScript syntax tree to a module: imports, exports, functions, calls, and the names in scope.

mod bindings;
mod functions;
mod modules;

use std::collections::BTreeSet;
use std::sync::Arc;

use tree_sitter::Node;

use super::super::link::WHOLE;
use super::super::program::{Argument, Call, Callee, Caller, Expr, Item, Name, Unit};
use super::values;
use crate::text::{SourceFile, Span};

/// Reads one file as a module. `resolve` turns the text of an import into a module's name. The exports of an entry
/// module are called from outside.
pub(super) fn file(file: &Arc<SourceFile>, root: Node<'_>, is_own: bool, is_entry: bool, resolve: &dyn Fn(&str) -> Name) -> Unit {
    let module = vec![crate::text::slashed(file.path())];
    let mut unit = Unit::new(file.clone(), module, is_own);
    unit.runs_on_load = true;
    // Every file that an entry leads to is loaded.
    unit.functions[0].caller = Caller::Host;
    let span = unit.functions[0].span;
    let mut extraction = Extraction { source: file.text(), unit, is_entry, resolve, assigned: BTreeSet::new() };
    extraction.children(root, &At { function: 0, owner: None, block: span });
    extraction.finish()
}

struct Extraction<'x> {
    source: &'x str,
    unit: Unit,
    is_entry: bool,
    resolve: &'x dyn Fn(&str) -> Name,
    /// The functions and names that are assigned to after their declaration.
    assigned: BTreeSet<(usize, String)>,
}

#[derive(Clone)]
struct At {
    function: usize,
    owner: Option<String>,
    block: Span,
}

fn span(node: Node<'_>) -> Span {
    Span::new(node.start_byte(), node.end_byte())
}

/// Whether an expression is `await import("x")`.
fn is_import(value: Node<'_>) -> bool {
    values::unwrap(value).child_by_field_name("function").is_some_and(|function| function.kind() == "import")
}

const FUNCTIONS: &[&str] = &["arrow_function", "function_expression", "function", "generator_function"];

impl<'x> Extraction<'x> {
    fn text(&self, node: Node<'_>) -> &'x str {
        span(node).of(self.source)
    }

    fn finish(mut self) -> Unit {
        for (function, name) in &self.assigned {
            let mut at = Some(*function);
            let mut is_local = false;
            while let Some(index) = at {
                for binding in self.unit.functions[index].bindings.iter_mut().filter(|binding| binding.name == *name) {
                    binding.value = Expr::Computed;
                    is_local = true;
                }
                at = self.unit.functions[index].parent;
            }
            if !is_local && let Some(item) = self.unit.items.get_mut(std::slice::from_ref(name)) {
                *item = Item::Constant(Expr::Computed);
            }
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
            "import_statement" => self.import(node),
            "export_statement" => self.export(node, at),
            "lexical_declaration" | "variable_declaration" => self.declaration(node, at, false),
            "function_declaration" | "generator_function_declaration" => self.function_declaration(node, at, false),
            "class_declaration" | "abstract_class_declaration" | "class" => self.class(node, at, false),
            "enum_declaration" => self.enumeration(node),
            "internal_module" | "module" => self.namespace(node, &[], at),
            "call_expression" => self.call(node, at),
            "new_expression" => {
                let arguments = node.child_by_field_name("arguments");
                let class = node.child_by_field_name("constructor").and_then(|class| self.path(class, at));
                if let (Some(class), Some(arguments)) = (class, arguments) {
                    self.add_call(Callee::Path(class), arguments, node, at);
                }
                self.children(node, at);
            }
            "assignment_expression" | "augmented_assignment_expression" => {
                if let Some(left) = node.child_by_field_name("left") {
                    self.assign(left, at);
                }
                self.children(node, at);
            }
            kind if FUNCTIONS.contains(&kind) => self.anonymous(node, at),
            "statement_block" | "for_statement" | "for_in_statement" | "catch_clause" | "switch_body" => {
                let inner = At { block: span(node), ..at.clone() };
                for field in ["left", "parameter"] {
                    if let Some(pattern) = node.child_by_field_name(field) {
                        self.bind_pattern(pattern, &inner, inner.block);
                    }
                }
                self.children(node, &inner);
            }
            "identifier" => {
                let name = self.text(node).to_owned();
                self.unit.functions[at.function].paths.insert(vec![name]);
            }
            "shorthand_property_identifier" => {
                let name = self.text(node).to_owned();
                self.unit.functions[at.function].paths.insert(vec![name]);
            }
            "member_expression" => {
                if let Some(path) = self.path(node, at) {
                    self.unit.functions[at.function].paths.insert(path);
                }
                // Who names one function of an object does not name the others.
                let mut object = node;
                while let ("member_expression", Some(inner)) = (object.kind(), object.child_by_field_name("object")) {
                    if let Some(property) = object.child_by_field_name("property") {
                        let member = (self.path(inner, at), self.text(property).to_owned());
                        self.unit.functions[at.function].members.insert(member);
                    }
                    object = inner;
                }
                if object.kind() != "identifier" {
                    self.visit(object, at);
                }
            }
            "if_statement" if self.is_for_tests(node) => {
                if let Some(other) = node.child_by_field_name("alternative") {
                    self.visit(other, at);
                }
            }
            // Types and declarations of what is elsewhere run nothing.
            "type_annotation" | "interface_declaration" | "type_alias_declaration" | "ambient_declaration" | "type_arguments" => {}
            _ => self.children(node, at),
        }
    }

    /// Whether a condition holds under test alone.
    fn is_for_tests(&self, node: Node<'_>) -> bool {
        let condition = node.child_by_field_name("condition").map_or("", |condition| self.text(condition));
        let compact: String = condition.chars().filter(|c| !matches!(c, ' ' | '"' | '\'' | '(' | ')')).collect();
        matches!(compact.as_str(), "process.env.NODE_ENV===test" | "process.env.NODE_ENV==test" | "import.meta.vitest" | "false")
    }

    fn call(&mut self, node: Node<'_>, at: &At) {
        let (Some(function), Some(arguments)) = (node.child_by_field_name("function"), node.child_by_field_name("arguments")) else {
            return;
        };
        let base = at.owner.as_ref().filter(|_| function.kind() == "super").and_then(|owner| self.unit.bases.get(owner).cloned());
        let callee = match self.path(function, at) {
            _ if base.is_some() => Some(Callee::Member { name: "constructor".to_owned(), owner: base }),
            Some(path) => Some(Callee::Path(path)),
            None => function
                .child_by_field_name("property")
                .map(|property| Callee::Member { name: self.text(property).to_owned(), owner: None }),
        };
        // Who is handed an object to assign to writes its keys.
        if self.text(function) == "Object.assign"
            && let Some(path) = arguments.named_child(0).and_then(|target| self.path(target, at))
        {
            self.unit.functions[at.function].writes.insert(path);
        }
        if let Some(callee) = callee {
            self.add_call(callee, arguments, node, at);
        }
        // What is imported at run time and not taken apart here may be used whole.
        if function.kind() == "import"
            && let Expr::Path(mut module) = self.expression(node, at)
        {
            module.push(WHOLE.to_owned());
            self.unit.functions[at.function].paths.insert(module);
        }
        if !self.then(function, arguments, at) {
            self.children(node, at);
        }
    }

    fn add_call(&mut self, callee: Callee, arguments: Node<'_>, node: Node<'_>, at: &At) {
        let mut cursor = arguments.walk();
        let values: Vec<Node<'_>> = arguments.named_children(&mut cursor).filter(|child| child.kind() != "comment").collect();
        let values = values.into_iter().map(|value| Argument { name: None, value: self.expression(value, at) });
        let call = Call { callee, arguments: values.collect(), span: span(node) };
        self.unit.functions[at.function].calls.push(call);
    }

    /// `import("x").then(({ open }) => ...)`: the parameter is the module.
    fn then(&mut self, function: Node<'_>, arguments: Node<'_>, at: &At) -> bool {
        let is_then = function.child_by_field_name("property").is_some_and(|property| self.text(property) == "then");
        let imported = function.child_by_field_name("object").filter(|object| is_then && self.text(*object).starts_with("import"));
        let (Some(imported), Some(callback)) = (imported, arguments.named_child(0).filter(|callback| FUNCTIONS.contains(&callback.kind())))
        else {
            return false;
        };
        let base = self.expression(imported, at);
        let inner = At { block: span(callback), ..at.clone() };
        let parameter = callback.child_by_field_name("parameter").or_else(|| callback.child_by_field_name("parameters")?.named_child(0));
        if let Some(parameter) = parameter {
            let pattern = parameter.child_by_field_name("pattern").unwrap_or(parameter);
            match pattern.kind() {
                "identifier" => self.bind(self.text(pattern).to_owned(), base, inner.block, &inner),
                _ => self.destructure(pattern, &base, &inner, inner.block, false),
            }
        }
        if let Some(body) = callback.child_by_field_name("body") {
            self.visit(body, &inner);
        }
        true
    }

    /// A chain of names: `Kv.open`, `this.open` inside a class, `(await import("x")).open`.
    fn path(&self, node: Node<'_>, at: &At) -> Option<Name> {
        self.expression(node, at).into_path()
    }

    fn expression(&self, node: Node<'_>, at: &At) -> Expr {
        values::expression(self.source, node, at.owner.as_deref(), self.resolve)
    }
}
