//! Items: modules, imports, functions, implementations, constants.

use tree_sitter::Node;

use super::super::super::library::type_names;
use super::super::super::program::{Binding, Caller, Expr, Function, Item, Name, Parameter};
use super::super::names;
use super::{At, Declared, Extraction, span};

impl Extraction<'_> {
    pub(super) fn mod_item(&mut self, node: Node<'_>, at: &At, attributes: &[&str]) {
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

    pub(super) fn use_declaration(&mut self, node: Node<'_>, at: &At) {
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

    pub(super) fn function_item(&mut self, node: Node<'_>, at: &At, attributes: &[&str]) {
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
        let is_root = self.units[at.unit].module.len() == 1;
        let function = Function {
            owner: at.owner.clone(),
            name: name.clone(),
            of_trait: at.of_trait.clone(),
            is_of_trait: at.is_in_trait,
            parent: (at.function != 0).then_some(at.function),
            caller: match () {
                () if self.is_own && (is_exported || name == "main" && at.owner.is_none()) => Caller::Host,
                () if at.of_trait.is_some() => Caller::Type,
                // What the crate itself offers is offered to somebody; in modules much is public for the crate alone.
                () if self.is_own && is_public && at.owner.is_none() && is_root => Caller::Host,
                () if self.is_own && is_public => Caller::Anybody,
                () => Caller::Nobody,
            },
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

    pub(super) fn parameters(&mut self, parameters: Node<'_>, at: &At) {
        let mut cursor = parameters.walk();
        for parameter in parameters.named_children(&mut cursor) {
            match parameter.kind() {
                "self_parameter" => self.function(at).has_receiver = true,
                "parameter" | "identifier" => {
                    let pattern = parameter.child_by_field_name("pattern").unwrap_or(parameter);
                    let name = self.text(pattern).trim_start_matches("mut ").trim().to_owned();
                    let ty = parameter.child_by_field_name("type").and_then(|ty| names::type_name(self.file.text(), ty, &self.scope(at)));
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

    pub(super) fn implementation(&mut self, node: Node<'_>, at: &At) {
        let subject = node.child_by_field_name("type").or_else(|| node.child_by_field_name("name"));
        let Some(subject) = subject else { return };
        let plain = self.text(subject).split('<').next().unwrap_or("").trim();
        let owner = plain.rsplit("::").next().unwrap_or(plain).to_owned();
        if node.kind() == "trait_item" {
            self.units[at.unit].items.entry(vec![owner.clone()]).or_insert(Item::Other);
        }
        let of_trait = node.child_by_field_name("trait");
        if let Some(of_trait) = of_trait {
            let mut traits = std::mem::take(self.units[at.unit].parts.entry(owner.clone()).or_default());
            type_names(self.file.text(), of_trait, &mut traits);
            self.units[at.unit].parts.insert(owner.clone(), traits);
        }
        let of_trait = of_trait.and_then(|of_trait| names::path(self.file.text(), of_trait, &self.scope(at)));
        let inner = At { owner: Some(owner), of_trait, is_in_trait: node.kind() == "trait_item", ..at.clone() };
        if let Some(body) = node.child_by_field_name("body") {
            self.children(body, &inner);
        }
    }

    pub(super) fn constant(&mut self, node: Node<'_>, at: &At) {
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
}
