//! Imports and exports.

use tree_sitter::Node;

use super::super::super::program::{Expr, Item, Name};
use super::super::values;
use super::{At, Extraction};

impl Extraction<'_> {
    pub(super) fn module_of(&self, node: Node<'_>) -> Option<Name> {
        let Expr::Text(specifier) = values::string(self.source, node) else { return None };
        Some((self.resolve)(&specifier))
    }

    pub(super) fn import(&mut self, node: Node<'_>) {
        let mut cursor = node.walk();
        let is_type = node.children(&mut cursor).any(|child| child.kind() == "type");
        // `import Kv = require("x")`
        let mut cursor = node.walk();
        let required = node.named_children(&mut cursor).find(|child| child.kind() == "import_require_clause");
        let source = required.unwrap_or(node).child_by_field_name("source");
        let Some(module) = source.and_then(|source| self.module_of(source)).filter(|_| !is_type) else { return };
        if let Some(clause) = required {
            if let Some(name) = clause.named_child(0) {
                self.alias(self.text(name), &module, &[]);
            }
            return;
        }
        let mut cursor = node.walk();
        let clause = node.named_children(&mut cursor).find(|child| child.kind() == "import_clause");
        let Some(clause) = clause else { return };
        let mut cursor = clause.walk();
        for part in clause.named_children(&mut cursor) {
            match part.kind() {
                "identifier" => self.alias(self.text(part), &module, &["default"]),
                "namespace_import" => {
                    if let Some(name) = part.named_child(0) {
                        self.alias(self.text(name), &module, &[]);
                    }
                }
                "named_imports" => {
                    let mut cursor = part.walk();
                    for specifier in part.named_children(&mut cursor).filter(|child| child.kind() == "import_specifier") {
                        let Some(name) = specifier.child_by_field_name("name") else { continue };
                        let local = specifier.child_by_field_name("alias").unwrap_or(name);
                        self.alias(self.text(local), &module, &[self.text(name)]);
                    }
                }
                _ => {}
            }
        }
    }

    pub(super) fn alias(&mut self, local: &str, module: &[String], rest: &[&str]) {
        let target = module.iter().cloned().chain(rest.iter().map(|part| (*part).to_owned())).collect();
        self.unit.items.insert(vec![local.to_owned()], Item::Import(target));
    }

    pub(super) fn export(&mut self, node: Node<'_>, at: &At) {
        let source = node.child_by_field_name("source").and_then(|source| self.module_of(source));
        let mut cursor = node.walk();
        let children: Vec<Node<'_>> = node.children(&mut cursor).collect();
        let is_default = children.iter().any(|child| child.kind() == "default");
        for child in &children {
            match child.kind() {
                "*" => {
                    if let Some(module) = &source {
                        self.unit.globs.push(module.clone());
                    }
                }
                "namespace_export" => {
                    if let (Some(module), Some(name)) = (&source, child.named_child(0)) {
                        self.alias(self.text(name), &module.clone(), &[]);
                    }
                }
                "export_clause" => {
                    let mut cursor = child.walk();
                    for specifier in child.named_children(&mut cursor).filter(|child| child.kind() == "export_specifier") {
                        let Some(name) = specifier.child_by_field_name("name") else { continue };
                        let name = self.text(name);
                        let exported = specifier.child_by_field_name("alias").map_or(name, |alias| self.text(alias));
                        match &source {
                            Some(module) => self.alias(exported, &module.clone(), &[name]),
                            None => {
                                if exported != name {
                                    let own = self.unit.module.clone();
                                    self.alias(exported, &own, &[name]);
                                }
                                if self.is_entry {
                                    self.unit.functions[0].paths.insert(vec![name.to_owned()]);
                                }
                            }
                        }
                    }
                }
                _ => {}
            }
        }
        if let Some(declaration) = node.child_by_field_name("declaration") {
            match declaration.kind() {
                "lexical_declaration" | "variable_declaration" => self.declaration(declaration, at, true),
                "function_declaration" | "generator_function_declaration" => self.function_declaration(declaration, at, true),
                "class_declaration" | "abstract_class_declaration" => self.class(declaration, at, true),
                _ => self.visit(declaration, at),
            }
            if is_default && let Some(name) = declaration.child_by_field_name("name") {
                let own = self.unit.module.clone();
                self.alias("default", &own, &[self.text(name)]);
            }
        }
        if let Some(value) = node.child_by_field_name("value") {
            self.bind_item(vec!["default".to_owned()], value, at, true);
        }
    }
}
