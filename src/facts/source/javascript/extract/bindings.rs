//! Names and what they are bound to: declarations, patterns, assignments.

use tree_sitter::Node;

use super::super::super::program::{Binding, Expr, Item, Name};
use super::super::values;
use super::{At, Extraction, FUNCTIONS, is_import};
use crate::text::Span;

impl Extraction<'_> {
    /// What stands at the left of an assignment has no value that is known.
    pub(super) fn assign(&mut self, left: Node<'_>, at: &At) {
        match left.kind() {
            "identifier" | "shorthand_property_identifier_pattern" => {
                let name = self.text(left).to_owned();
                self.unit.functions[at.function].writes.insert(vec![name.clone()]);
                self.assigned.insert((at.function, name));
            }
            "member_expression" | "subscript_expression" => {
                if let Some(path) = self.path(left, at) {
                    self.unit.functions[at.function].writes.insert(path);
                }
            }
            _ => {
                let mut cursor = left.walk();
                for child in left.named_children(&mut cursor) {
                    self.assign(child, at);
                }
            }
        }
    }

    /// `const`, `let` and `var`: items at the top of a module, bindings elsewhere.
    pub(super) fn declaration(&mut self, node: Node<'_>, at: &At, is_exported: bool) {
        let mut cursor = node.walk();
        for declarator in node.named_children(&mut cursor).filter(|child| child.kind() == "variable_declarator") {
            let (Some(name), value) = (declarator.child_by_field_name("name"), declarator.child_by_field_name("value")) else { continue };
            let is_top = at.function == 0 && at.block == self.unit.functions[0].span;
            match (name.kind(), value) {
                ("identifier", Some(value)) if is_top => self.bind_item(vec![self.text(name).to_owned()], value, at, is_exported),
                ("identifier", Some(value)) if FUNCTIONS.contains(&value.kind()) => {
                    let name = self.text(name).to_owned();
                    self.named_function(value, name, at, None, false);
                }
                ("identifier", value) => {
                    let visible = Span::new(declarator.end_byte(), at.block.end.max(declarator.end_byte()));
                    let known = value.map_or(Expr::Computed, |value| self.expression(value, at));
                    let name = self.text(name).to_owned();
                    self.bind(name, known, visible, at);
                    if let Some(value) = value.filter(|value| !is_import(*value)) {
                        self.visit(value, at);
                    }
                }
                (_, value) => {
                    let base = value.map_or(Expr::Computed, |value| self.expression(value, at));
                    let visible = Span::new(declarator.end_byte(), at.block.end.max(declarator.end_byte()));
                    self.destructure(name, &base, at, visible, is_top);
                    if let Some(value) = value.filter(|value| !is_import(*value)) {
                        self.visit(value, at);
                    }
                }
            }
        }
    }

    pub(super) fn bind(&mut self, name: String, value: Expr, visible: Span, at: &At) {
        // What is declared in a block at the top of a module is not the module's.
        self.unit.functions[at.function].bindings.push(Binding { name, value, visible });
    }

    /// `const { open: openStore } = Kv`: each name is a part of the value.
    pub(super) fn destructure(&mut self, pattern: Node<'_>, base: &Expr, at: &At, visible: Span, is_top: bool) {
        let mut cursor = pattern.walk();
        for part in pattern.named_children(&mut cursor) {
            let (key, local) = match part.kind() {
                "shorthand_property_identifier_pattern" => (Some(self.text(part)), part),
                "pair_pattern" => match (part.child_by_field_name("key"), part.child_by_field_name("value")) {
                    (Some(key), Some(value)) if value.kind() == "identifier" => (Some(self.text(key)), value),
                    _ => continue,
                },
                "identifier" => (None, part),
                _ => continue,
            };
            let name = self.text(local).to_owned();
            let value = match (base, key) {
                (Expr::Path(path), Some(key)) if pattern.kind() == "object_pattern" => {
                    Expr::Path(path.iter().cloned().chain([key.to_owned()]).collect())
                }
                _ => Expr::Computed,
            };
            if is_top {
                self.unit.items.insert(vec![name], Item::Constant(value));
            } else {
                self.bind(name, value, visible, at);
            }
        }
    }

    /// Declares a name of the module with its value; functions and objects bring items of their own.
    pub(super) fn bind_item(&mut self, path: Name, value: Node<'_>, at: &At, is_exported: bool) {
        let mut value = values::unwrap(value);
        // Freezing an object changes nothing of what it holds.
        if value.child_by_field_name("function").is_some_and(|function| self.text(function) == "Object.freeze") {
            value = value.child_by_field_name("arguments").and_then(|arguments| arguments.named_child(0)).map_or(value, values::unwrap);
        }
        match value.kind() {
            kind if FUNCTIONS.contains(&kind) => {
                let name = path.last().cloned().unwrap_or_default();
                self.named_function(value, name, at, Some(path), is_exported);
            }
            "object" if path.len() < 4 => {
                self.unit.items.insert(path.clone(), Item::Other);
                let mut cursor = value.walk();
                for part in value.named_children(&mut cursor) {
                    let inner = |key: &str| path.iter().cloned().chain([key.trim_matches(['"', '\'']).to_owned()]).collect::<Name>();
                    match part.kind() {
                        "pair" => {
                            if let (Some(key), Some(value)) = (part.child_by_field_name("key"), part.child_by_field_name("value")) {
                                self.bind_item(inner(self.text(key)), value, at, is_exported);
                            }
                        }
                        "method_definition" => {
                            if let Some(key) = part.child_by_field_name("name") {
                                let key = self.text(key).to_owned();
                                self.named_function(part, key.clone(), at, Some(inner(&key)), is_exported);
                            }
                        }
                        "shorthand_property_identifier" => {
                            let key = self.text(part).to_owned();
                            self.unit.items.insert(inner(&key), Item::Constant(Expr::Path(vec![key])));
                            self.visit(part, at);
                        }
                        "spread_element" => {
                            // What is spread behind a key may have one of the same name.
                            let keys = self.unit.items.iter_mut().filter(|(known, _)| known.len() > path.len() && known.starts_with(&path));
                            keys.filter(|(_, item)| matches!(item, Item::Constant(_)))
                                .for_each(|(_, item)| *item = Item::Constant(Expr::Computed));
                            self.visit(part, at);
                        }
                        _ => self.visit(part, at),
                    }
                }
            }
            "class" => self.class(value, at, is_exported),
            _ => {
                let known = self.expression(value, at);
                self.unit.items.insert(path, Item::Constant(known));
                self.visit(value, at);
            }
        }
    }
}
