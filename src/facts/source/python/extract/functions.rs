//! Functions, classes and lambdas.

use tree_sitter::Node;

use super::super::super::link::EVERYWHERE;
use super::super::super::program::{Binding, Caller, Expr, Function, Item, Parameter};
use super::{At, Extraction, span};
use crate::text::Span;

impl Extraction<'_> {
    pub(super) fn function(&mut self, node: Node<'_>, at: &At, is_registered: bool) {
        let Some(name) = node.child_by_field_name("name") else { return };
        let name = self.text(name).to_owned();
        let is_method = at.owner.is_some() && at.function == 0;
        let index = self.unit.functions.len();
        self.unit.functions.push(Function {
            owner: at.owner.clone().filter(|_| is_method),
            name: name.clone(),
            parent: (at.function != 0).then_some(at.function),
            caller: match () {
                () if is_method && name.starts_with("__") => Caller::Type,
                // Who decorates a function keeps it, and calls it by what it is told.
                () if is_registered && at.function == 0 && !is_method => Caller::Host,
                () if !self.is_entry || at.function != 0 => Caller::Nobody,
                () if is_method => Caller::Anybody,
                // The first SDK's programs are called by a name.
                () if name == "handle_request" => Caller::Host,
                () if name.starts_with('_') => Caller::Nobody,
                () => Caller::Anybody,
            },
            span: span(node),
            ..Function::default()
        });
        if at.function == 0 {
            let path = at.owner.iter().cloned().chain([name]).collect();
            self.unit.items.insert(path, Item::Function(index));
        }
        let inner = At { function: index, owner: at.owner.clone(), is_fallback: false };
        if let Some(parameters) = node.child_by_field_name("parameters") {
            self.parameters(parameters, &inner, is_method);
        }
        if let Some(body) = node.child_by_field_name("body") {
            self.visit(body, &inner);
        }
    }

    pub(super) fn parameters(&mut self, parameters: Node<'_>, at: &At, is_method: bool) {
        let mut cursor = parameters.walk();
        for (index, parameter) in parameters.named_children(&mut cursor).enumerate() {
            let name = parameter.child_by_field_name("name").or_else(|| parameter.named_child(0)).unwrap_or(parameter);
            let default = parameter.child_by_field_name("value").map(|value| self.expression(value, at));
            let text = self.text(name).to_owned();
            if !matches!(name.kind(), "identifier") {
                continue;
            }
            if index == 0 && is_method && matches!(text.as_str(), "self" | "cls") {
                // A class method's class is passed by the call's own path.
                self.unit.functions[at.function].has_receiver = text == "self";
                self.bind(text, Expr::Computed, at);
                continue;
            }
            let function = &mut self.unit.functions[at.function];
            let position = function.parameters.len();
            function.bindings.push(Binding { name: text.clone(), value: Expr::Parameter(position), visible: EVERYWHERE });
            function.parameters.push(Parameter { name: text, default });
        }
    }

    pub(super) fn class(&mut self, node: Node<'_>, at: &At) {
        let (Some(name), Some(body)) = (node.child_by_field_name("name"), node.child_by_field_name("body")) else { return };
        let name = self.text(name).to_owned();
        self.unit.items.insert(vec![name.clone()], Item::Other);
        let mut is_handler = false;
        if let Some(bases) = node.child_by_field_name("superclasses") {
            self.visit(bases, at);
            // The SDK calls the methods of what extends its handlers.
            let is_of_sdk =
                |text: &str| ["Handler", "InboundRedis", "spin_cron.", "WitWorld", "exports."].iter().any(|part| text.contains(part));
            is_handler = is_of_sdk(self.text(bases));
            if let Some(Expr::Path(base)) = bases.named_child(0).map(|base| self.expression(base, at)) {
                if let Some(Item::Import(target)) = self.unit.items.get(&base[..1]) {
                    is_handler |= is_of_sdk(&target.join("."));
                }
                self.unit.bases.insert(name.clone(), base);
            }
        }
        let before = self.unit.functions.len();
        // Dataclass fields are each instance's own.
        let is_dataclass = node
            .parent()
            .is_some_and(|parent| parent.kind() == "decorated_definition" && self.text(parent).trim_start().starts_with("@dataclass"));
        let inner = At { owner: Some(name.clone()), ..at.clone() };
        let mut cursor = body.walk();
        for member in body.named_children(&mut cursor) {
            let assignment = member.named_child(0).filter(|child| member.kind() == "expression_statement" && child.kind() == "assignment");
            match assignment {
                Some(assignment) if !is_dataclass => {
                    if let (Some(left), Some(right)) = (assignment.child_by_field_name("left"), assignment.child_by_field_name("right")) {
                        let value = self.expression(right, &inner);
                        let path = vec![name.clone(), self.text(left).to_owned()];
                        let value = if self.unit.items.contains_key(&path) { Expr::Computed } else { value };
                        self.unit.items.insert(path, Item::Constant(value));
                        self.visit(right, &inner);
                    }
                }
                Some(assignment) => self.children(assignment, &inner),
                None => self.visit(member, &inner),
            }
        }
        for function in self.unit.functions[before..].iter_mut().filter(|function| is_handler && function.owner.is_some()) {
            function.caller = Caller::Host;
        }
    }

    pub(super) fn anonymous(&mut self, node: Node<'_>, at: &At) {
        if let Some(parameters) = node.child_by_field_name("parameters") {
            let mut cursor = parameters.walk();
            for parameter in parameters.named_children(&mut cursor) {
                let name = parameter.child_by_field_name("name").or_else(|| parameter.named_child(0)).unwrap_or(parameter);
                let binding = Binding { name: self.text(name).to_owned(), value: Expr::Computed, visible: span(node) };
                self.unit.functions[at.function].bindings.push(binding);
            }
        }
        if let Some(body) = node.child_by_field_name("body") {
            self.visit(body, at);
        }
    }

    /// Binds the names that a pattern of `match` captures.
    pub(super) fn captures(&mut self, pattern: Node<'_>, visible: Span, at: &At) {
        let is_name = |node: Node<'_>| node.kind() == "dotted_name" && node.named_child_count() == 1;
        if is_name(pattern) || pattern.kind() == "identifier" {
            let binding = Binding { name: self.text(pattern).to_owned(), value: Expr::Computed, visible };
            self.unit.functions[at.function].bindings.push(binding);
            return;
        }
        // A class's pattern begins with the class, and a keyword's with the attribute.
        let skipped = usize::from(matches!(pattern.kind(), "class_pattern" | "keyword_pattern"));
        let mut cursor = pattern.walk();
        let parts: Vec<Node<'_>> = pattern.named_children(&mut cursor).skip(skipped).collect();
        parts.into_iter().for_each(|part| self.captures(part, visible, at));
    }

    /// A lambda with a name is a function of its own.
    pub(super) fn named_lambda(&mut self, node: Node<'_>, name: String, at: &At) {
        let index = self.unit.functions.len();
        let parent = (at.function != 0).then_some(at.function);
        self.unit.functions.push(Function { name: name.clone(), parent, span: span(node), ..Function::default() });
        if at.function == 0 {
            self.unit.items.insert(vec![name], Item::Function(index));
        }
        let inner = At { function: index, owner: None, is_fallback: false };
        if let Some(parameters) = node.child_by_field_name("parameters") {
            self.parameters(parameters, &inner, false);
        }
        if let Some(body) = node.child_by_field_name("body") {
            self.visit(body, &inner);
        }
    }
}
