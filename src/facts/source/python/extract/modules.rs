//! Imports.

use tree_sitter::Node;

use super::super::super::program::{Expr, Item, Name};
use super::{At, Extraction};

impl Extraction<'_> {
    /// Declares an imported name: for the module, or for the function that imports it.
    pub(super) fn declare(&mut self, local: String, target: Name, at: &At) {
        if at.function == 0 && at.is_fallback {
            // What stands behind `except ImportError` is for other places than Spin.
            self.unit.items.entry(vec![local]).or_insert(Item::Import(target));
        } else if at.function == 0 {
            self.unit.items.insert(vec![local], Item::Import(target));
        } else {
            self.bind(local, Expr::Path(target), at);
        }
    }

    pub(super) fn import(&mut self, node: Node<'_>, at: &At) {
        let mut cursor = node.walk();
        for part in node.named_children(&mut cursor) {
            match part.kind() {
                "dotted_name" => {
                    let path = dotted(self.text(part));
                    self.unit.loads.push(path.clone());
                    self.declare(path[0].clone(), vec![path[0].clone()], at);
                }
                "aliased_import" => {
                    if let (Some(name), Some(alias)) = (part.child_by_field_name("name"), part.child_by_field_name("alias")) {
                        let path = dotted(self.text(name));
                        self.unit.loads.push(path.clone());
                        self.declare(self.text(alias).to_owned(), path, at);
                    }
                }
                _ => {}
            }
        }
    }

    pub(super) fn import_from(&mut self, node: Node<'_>, at: &At) {
        let Some(module) = node.child_by_field_name("module_name") else { return };
        let Some(module) = self.absolute(self.text(module)) else { return };
        self.unit.loads.push(module.clone());
        let mut cursor = node.walk();
        if node.named_children(&mut cursor).any(|child| child.kind() == "wildcard_import") {
            // What the module has bound before may have another value behind it.
            if at.function == 0 && module[0] != "spin_sdk" {
                let bound: Vec<String> = self.unit.functions[0].bindings.iter().map(|binding| binding.name.clone()).collect();
                bound.into_iter().for_each(|name| self.bind(name, Expr::Computed, at));
            }
            self.unit.globs.push(module);
            return;
        }
        let mut cursor = node.walk();
        for name in node.children_by_field_name("name", &mut cursor) {
            let (name, local) = match name.kind() {
                "aliased_import" => match (name.child_by_field_name("name"), name.child_by_field_name("alias")) {
                    (Some(name), Some(alias)) => (name, alias),
                    _ => continue,
                },
                _ => (name, name),
            };
            let target: Name = module.iter().cloned().chain(dotted(self.text(name))).collect();
            self.unit.loads.push(target.clone());
            self.declare(self.text(local).to_owned(), target, at);
        }
    }

    /// `.a.b` from the package that the module is in.
    pub(super) fn absolute(&self, written: &str) -> Option<Name> {
        let dots = written.len() - written.trim_start_matches('.').len();
        let rest = written.trim_start_matches('.').trim();
        if dots == 0 {
            return Some(dotted(rest));
        }
        let mut base = self.unit.module.clone();
        let up = if self.is_package { dots - 1 } else { dots };
        for _ in 0..up {
            base.pop()?;
        }
        if !rest.is_empty() {
            base.extend(dotted(rest));
        }
        Some(base)
    }
}

fn dotted(text: &str) -> Name {
    text.split('.').map(|part| part.trim().to_owned()).collect()
}
