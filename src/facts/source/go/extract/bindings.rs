//! Names and what they are bound to.

use tree_sitter::Node;

use super::super::super::program::{Binding, Expr, Function, Item};
use super::super::values::expression;
use super::{At, Extraction, span};
use crate::text::Span;

impl Extraction<'_> {
    /// `const` and `var`: items of the package at the top, bindings in functions.
    pub(super) fn value_spec(&mut self, node: Node<'_>, values: Option<Node<'_>>, at: &At) {
        let mut cursor = node.walk();
        let names: Vec<String> = node
            .children_by_field_name("name", &mut cursor)
            .filter(|name| name.kind() == "identifier")
            .map(|name| self.text(name).to_owned())
            .collect();
        // `var _ Repo = KV{}` only has the compiler look whether a type fits.
        if !names.is_empty() && names.iter().all(|name| name == "_") && at.function == 0 {
            return;
        }
        let values: Vec<Node<'_>> = match values {
            Some(list) => {
                let mut cursor = list.walk();
                list.named_children(&mut cursor).collect()
            }
            None => Vec::new(),
        };
        // `var app App` makes a value.
        if let Some(ty) = node.child_by_field_name("type") {
            self.visit(ty, at);
        }
        let is_top = at.function == 0 && at.block == self.unit.functions[0].span;
        for (index, name) in names.into_iter().enumerate() {
            let node_value = values.get(index);
            if let Some(literal) = node_value.filter(|value| value.kind() == "func_literal") {
                self.named_literal(*literal, name, at, is_top);
                continue;
            }
            let value = node_value.map_or(Expr::Computed, |value| expression(self.source, *value));
            if is_top {
                self.unit.items.entry(vec![name]).or_insert(Item::Constant(value));
            } else {
                let visible = Span::new(node.end_byte(), at.block.end.max(node.end_byte()));
                self.unit.functions[at.function].bindings.push(Binding { name, value, visible });
            }
        }
        for value in values.into_iter().filter(|value| value.kind() != "func_literal") {
            self.visit(value, at);
        }
    }

    /// A function literal with a name is a function of its own.
    pub(super) fn named_literal(&mut self, node: Node<'_>, name: String, at: &At, is_top: bool) {
        let index = self.unit.functions.len();
        let parent = (!is_top).then_some(at.function);
        self.unit.functions.push(Function { name: name.clone(), parent, span: span(node), ..Function::default() });
        if is_top {
            self.unit.items.insert(vec![name], Item::Function(index));
        }
        let inner = At { function: index, block: span(node) };
        if let Some(parameters) = node.child_by_field_name("parameters") {
            self.parameters(parameters, &inner);
        }
        if let Some(body) = node.child_by_field_name("body") {
            self.visit(body, &inner);
        }
    }

    pub(super) fn short_declaration(&mut self, node: Node<'_>, at: &At) {
        let (Some(left), Some(right)) = (node.child_by_field_name("left"), node.child_by_field_name("right")) else { return };
        let visible = Span::new(node.end_byte(), at.block.end.max(node.end_byte()));
        let (mut names, mut values) = (left.walk(), right.walk());
        let names: Vec<Node<'_>> = left.named_children(&mut names).collect();
        let values: Vec<Node<'_>> = right.named_children(&mut values).collect();
        for (index, name) in names.iter().enumerate().filter(|(_, name)| name.kind() == "identifier") {
            let value = values.get(index).filter(|_| names.len() == values.len());
            let name = self.text(*name).to_owned();
            if let Some(literal) = value.filter(|value| value.kind() == "func_literal") {
                self.named_literal(*literal, name, at, false);
                continue;
            }
            let value = value.map_or(Expr::Computed, |value| expression(self.source, *value));
            self.unit.functions[at.function].bindings.push(Binding { name, value, visible });
        }
        for value in values.into_iter().filter(|value| value.kind() != "func_literal") {
            self.visit(value, at);
        }
    }
}

impl Extraction<'_> {
    pub(super) fn bind_all(&mut self, node: Node<'_>, at: &At) {
        if node.kind() == "identifier" {
            let name = self.text(node).to_owned();
            self.unit.functions[at.function].bindings.push(Binding { name, value: Expr::Computed, visible: at.block });
            return;
        }
        let mut cursor = node.walk();
        for child in node.named_children(&mut cursor) {
            self.bind_all(child, at);
        }
    }

    pub(super) fn unsettle(&mut self, node: Node<'_>, at: &At) {
        if let Expr::Path(path) = expression(self.source, node) {
            self.unit.functions[at.function].writes.insert(path);
        }
        if node.kind() != "identifier" {
            let mut cursor = node.walk();
            if node.kind() == "expression_list" {
                for child in node.named_children(&mut cursor) {
                    self.unsettle(child, at);
                }
            }
            return;
        }
        let name = self.text(node).to_owned();
        let mut index = Some(at.function);
        while let Some(function) = index {
            let function = &mut self.unit.functions[function];
            for binding in function.bindings.iter_mut().filter(|binding| binding.name == name) {
                binding.value = Expr::Computed;
            }
            index = function.parent;
        }
    }
}
