//! Local names: `let`, patterns and closures.

use tree_sitter::Node;

use super::super::super::program::{Binding, Expr, Function};
use super::super::names;
use super::{At, Extraction, span};
use crate::text::Span;

impl Extraction<'_> {
    pub(super) fn let_declaration(&mut self, node: Node<'_>, at: &At) {
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
                let written = node.child_by_field_name("type").and_then(|ty| names::type_name(self.file.text(), ty, &self.scope(at)));
                let ty = written.or_else(|| names::constructed(self.file.text(), value?, &self.scope(at)));
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
    pub(super) fn bind_pattern(&mut self, pattern: Node<'_>, at: &At, visible: Span) {
        if pattern.kind() == "identifier" || pattern.kind() == "shorthand_field_identifier" {
            let name = self.text(pattern).to_owned();
            // A name in capitals is a constant that the pattern compares with.
            if !name.chars().all(|c| c.is_uppercase() || c == '_' || c.is_numeric()) {
                self.function(at).bindings.push(Binding { name, value: Expr::Computed, visible });
            }
            return;
        }
        // The guard of a match arm stands inside its pattern.
        let guard = pattern.child_by_field_name("condition");
        let mut cursor = pattern.walk();
        for child in pattern.named_children(&mut cursor).filter(|child| Some(*child) != guard) {
            self.bind_pattern(child, at, visible);
        }
    }

    pub(super) fn patterns(&mut self, node: Node<'_>, at: &At) {
        if matches!(node.kind(), "match_arm" | "for_expression")
            && let Some(pattern) = node.child_by_field_name("pattern")
        {
            // `match` stands around the block of its arms.
            let matched = node.parent().and_then(|block| block.parent()).and_then(|around| around.child_by_field_name("value"));
            self.bind_matched(pattern, matched.filter(|_| node.kind() == "match_arm"), at, at.block);
        }
        if let Some(condition) = node.child_by_field_name("condition") {
            self.let_conditions(condition, at);
        }
    }

    /// Binds the names of a pattern that a value is matched with: what `Some` holds has the value of the option.
    fn bind_matched(&mut self, pattern: Node<'_>, value: Option<Node<'_>>, at: &At, visible: Span) {
        let inner = if pattern.kind() == "match_pattern" { pattern.named_child(0).unwrap_or(pattern) } else { pattern };
        let is_some = inner.child_by_field_name("type").is_some_and(|ty| self.text(ty) == "Some") && inner.named_child_count() == 2;
        let held = inner.named_child(1).filter(|held| is_some && held.kind() == "identifier");
        match (held, value.map(|value| self.expression(value, at))) {
            (Some(held), Some(value @ Expr::Path(_))) => {
                let name = self.text(held).to_owned();
                self.function(at).bindings.push(Binding { name, value, visible });
            }
            _ => self.bind_pattern(pattern, at, visible),
        }
    }

    pub(super) fn let_conditions(&mut self, node: Node<'_>, at: &At) {
        if node.kind() == "let_condition"
            && let Some(pattern) = node.child_by_field_name("pattern")
        {
            self.bind_matched(pattern, node.child_by_field_name("value"), at, Span::new(node.end_byte(), at.block.end));
        }
        if matches!(node.kind(), "let_chain" | "binary_expression" | "parenthesized_expression") {
            let mut cursor = node.walk();
            for child in node.named_children(&mut cursor) {
                self.let_conditions(child, at);
            }
        }
    }

    /// A closure with a name is a function of its own; one without belongs to the function around it.
    pub(super) fn closure(&mut self, node: Node<'_>, at: &At, name: Option<String>) {
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

    /// What stands at the left of an assignment has no value that is known.
    pub(super) fn assign(&mut self, left: Node<'_>, at: &At) {
        match left.kind() {
            "identifier" => {
                let name = self.text(left).to_owned();
                self.unsettle(&name, at);
            }
            "field_expression" | "index_expression" | "unary_expression" => {}
            _ => {
                let mut cursor = left.walk();
                for child in left.named_children(&mut cursor) {
                    self.assign(child, at);
                }
            }
        }
    }

    pub(super) fn unsettle(&mut self, name: &str, at: &At) {
        let mut index = Some(at.function);
        while let Some(function) = index {
            let function = &mut self.units[at.unit].functions[function];
            for binding in function.bindings.iter_mut().filter(|binding| binding.name == name) {
                binding.value = Expr::Computed;
            }
            index = function.parent;
        }
    }
}
