//! A Python syntax tree to a module: imports, functions, calls, and the names in scope.

use std::collections::BTreeMap;
use std::sync::Arc;

use tree_sitter::Node;

use super::super::link::EVERYWHERE;
use super::super::program::{Argument, Binding, Call, Callee, Expr, Function, Item, Name, Parameter, Unit};
use crate::text::{SourceFile, Span};

/// Reads one file as a module. The functions and classes of an entry module are called by the SDK.
pub(super) fn file(file: &Arc<SourceFile>, root: Node<'_>, module: Name, is_package: bool, is_entry: bool) -> Unit {
    let mut unit = Unit::new(file.clone(), module, true);
    unit.runs_on_load = true;
    unit.functions[0].is_entry = true;
    let mut extraction = Extraction { source: file.text(), unit, is_package, is_entry };
    extraction.children(root, &At { function: 0, owner: None });
    extraction.finish()
}

struct Extraction<'x> {
    source: &'x str,
    unit: Unit,
    is_package: bool,
    is_entry: bool,
}

#[derive(Clone)]
struct At {
    function: usize,
    owner: Option<String>,
}

fn span(node: Node<'_>) -> Span {
    Span::new(node.start_byte(), node.end_byte())
}

impl<'x> Extraction<'x> {
    fn text(&self, node: Node<'_>) -> &'x str {
        span(node).of(self.source)
    }

    /// A name that is bound more than once to different values holds none that is known.
    fn finish(mut self) -> Unit {
        for function in &mut self.unit.functions {
            let mut values: BTreeMap<String, Vec<Expr>> = BTreeMap::new();
            for binding in &function.bindings {
                values.entry(binding.name.clone()).or_default().push(binding.value.clone());
            }
            for binding in &mut function.bindings {
                let all = &values[&binding.name];
                if all.iter().any(|value| *value != all[0]) {
                    binding.value = Expr::Computed;
                }
            }
        }
        // What the top level binds are the module's names.
        for binding in std::mem::take(&mut self.unit.functions[0].bindings) {
            self.unit.items.entry(vec![binding.name]).or_insert(Item::Constant(binding.value));
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
            "import_statement" => self.import(node, at),
            "import_from_statement" => self.import_from(node, at),
            "decorated_definition" => {
                let mut cursor = node.walk();
                for child in node.named_children(&mut cursor) {
                    match child.kind() {
                        "function_definition" => self.function(child, at, true),
                        _ => self.visit(child, at),
                    }
                }
            }
            "function_definition" => self.function(node, at, false),
            "class_definition" => self.class(node, at),
            "lambda" => self.anonymous(node, at),
            "assignment" => self.assignment(node, at),
            "augmented_assignment" => {
                if let Some(left) = node.child_by_field_name("left") {
                    self.bind_pattern(left, at);
                }
                self.children(node, at);
            }
            "named_expression" => {
                if let (Some(name), Some(value)) = (node.child_by_field_name("name"), node.child_by_field_name("value")) {
                    let value = self.expression(value, at);
                    self.bind(self.text(name).to_owned(), value, at);
                }
                self.children(node, at);
            }
            "global_statement" | "nonlocal_statement" => {
                // Somebody else's name is written here.
                let mut cursor = node.walk();
                for name in node.named_children(&mut cursor) {
                    let name = self.text(name).to_owned();
                    self.unit.functions[0].bindings.push(Binding { name, value: Expr::Computed, visible: EVERYWHERE });
                }
            }
            "for_statement" | "for_in_clause" => {
                if let Some(left) = node.child_by_field_name("left") {
                    self.bind_pattern(left, at);
                }
                self.children(node, at);
            }
            "as_pattern" => {
                if let Some(alias) = node.child_by_field_name("alias") {
                    self.bind_pattern(alias, at);
                }
                self.children(node, at);
            }
            "if_statement" if self.never_runs(node) => {
                let mut cursor = node.walk();
                for child in node.children_by_field_name("alternative", &mut cursor) {
                    self.visit(child, at);
                }
            }
            "call" => self.call(node, at),
            "identifier" => {
                let name = self.text(node).to_owned();
                self.unit.functions[at.function].paths.insert(vec![name]);
            }
            "attribute" => {
                if let Expr::Path(path) = self.expression(node, at) {
                    self.unit.functions[at.function].paths.insert(path);
                }
                if let Some(attribute) = node.child_by_field_name("attribute") {
                    let name = self.text(attribute).to_owned();
                    self.unit.functions[at.function].members.insert(name);
                }
                if let Some(object) = node.child_by_field_name("object") {
                    self.visit(object, at);
                }
            }
            "keyword_argument" => {
                if let Some(value) = node.child_by_field_name("value") {
                    self.visit(value, at);
                }
            }
            "type" => {}
            _ => self.children(node, at),
        }
    }

    /// A component is imported, never run as a script; type checkers are no part of it.
    fn never_runs(&self, node: Node<'_>) -> bool {
        let condition = node.child_by_field_name("condition").map_or("", |condition| self.text(condition));
        condition.contains("__name__") && condition.contains("__main__") || condition.ends_with("TYPE_CHECKING") || condition == "False"
    }

    fn bind(&mut self, name: String, value: Expr, at: &At) {
        self.unit.functions[at.function].bindings.push(Binding { name, value, visible: EVERYWHERE });
    }

    fn bind_pattern(&mut self, pattern: Node<'_>, at: &At) {
        match pattern.kind() {
            "identifier" => self.bind(self.text(pattern).to_owned(), Expr::Computed, at),
            "attribute" | "subscript" | "type" => {}
            _ => {
                let mut cursor = pattern.walk();
                for child in pattern.named_children(&mut cursor) {
                    self.bind_pattern(child, at);
                }
            }
        }
    }

    /// Declares an imported name: for the module, or for the function that imports it.
    fn declare(&mut self, local: String, target: Name, at: &At) {
        if at.function == 0 {
            self.unit.items.insert(vec![local], Item::Import(target));
        } else {
            self.bind(local, Expr::Path(target), at);
        }
    }

    fn import(&mut self, node: Node<'_>, at: &At) {
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

    fn import_from(&mut self, node: Node<'_>, at: &At) {
        let Some(module) = node.child_by_field_name("module_name") else { return };
        let Some(module) = self.absolute(self.text(module)) else { return };
        self.unit.loads.push(module.clone());
        let mut cursor = node.walk();
        if node.named_children(&mut cursor).any(|child| child.kind() == "wildcard_import") {
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
    fn absolute(&self, written: &str) -> Option<Name> {
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

    fn function(&mut self, node: Node<'_>, at: &At, is_decorated: bool) {
        let Some(name) = node.child_by_field_name("name") else { return };
        let name = self.text(name).to_owned();
        let is_method = at.owner.is_some() && at.function == 0;
        let index = self.unit.functions.len();
        self.unit.functions.push(Function {
            owner: at.owner.clone().filter(|_| is_method),
            name: name.clone(),
            parent: (at.function != 0).then_some(at.function),
            is_entry: self.is_entry && (!name.starts_with('_') || is_decorated) && at.function == 0 && !is_method,
            comes_with_type: is_method && (self.is_entry || name.starts_with("__")),
            span: span(node),
            ..Function::default()
        });
        if at.function == 0 {
            let path = at.owner.iter().cloned().chain([name]).collect();
            self.unit.items.insert(path, Item::Function(index));
        }
        let inner = At { function: index, owner: at.owner.clone() };
        if let Some(parameters) = node.child_by_field_name("parameters") {
            self.parameters(parameters, &inner, is_method);
        }
        if let Some(body) = node.child_by_field_name("body") {
            self.visit(body, &inner);
        }
    }

    fn parameters(&mut self, parameters: Node<'_>, at: &At, is_method: bool) {
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

    fn class(&mut self, node: Node<'_>, at: &At) {
        let (Some(name), Some(body)) = (node.child_by_field_name("name"), node.child_by_field_name("body")) else { return };
        let name = self.text(name).to_owned();
        self.unit.items.insert(vec![name.clone()], Item::Other);
        if let Some(bases) = node.child_by_field_name("superclasses") {
            self.visit(bases, at);
        }
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
    }

    fn anonymous(&mut self, node: Node<'_>, at: &At) {
        // The parameters of a lambda shadow nothing that matters beyond it.
        if let Some(body) = node.child_by_field_name("body") {
            self.visit(body, at);
        }
    }

    /// A lambda with a name is a function of its own.
    fn named_lambda(&mut self, node: Node<'_>, name: String, at: &At) {
        let index = self.unit.functions.len();
        let parent = (at.function != 0).then_some(at.function);
        self.unit.functions.push(Function { name: name.clone(), parent, span: span(node), ..Function::default() });
        if at.function == 0 {
            self.unit.items.insert(vec![name], Item::Function(index));
        }
        let inner = At { function: index, owner: None };
        if let Some(parameters) = node.child_by_field_name("parameters") {
            self.parameters(parameters, &inner, false);
        }
        if let Some(body) = node.child_by_field_name("body") {
            self.visit(body, &inner);
        }
    }

    fn assignment(&mut self, node: Node<'_>, at: &At) {
        let (left, right) = (node.child_by_field_name("left"), node.child_by_field_name("right"));
        match (left, right) {
            (Some(left), Some(right)) if left.kind() == "identifier" && right.kind() == "lambda" => {
                let name = self.text(left).to_owned();
                self.named_lambda(right, name, at);
                return;
            }
            (Some(left), Some(right)) if left.kind() == "identifier" => {
                let value = self.expression(right, at);
                self.bind(self.text(left).to_owned(), value, at);
            }
            (Some(left), Some(_)) => {
                // `config.STORE = x` changes another module's name.
                if let Expr::Path(path) = self.expression(left, at)
                    && path.len() == 2
                    && self.unit.items.contains_key(&path)
                {
                    self.unit.items.insert(path, Item::Constant(Expr::Computed));
                }
                self.bind_pattern(left, at);
            }
            _ => {}
        }
        if let Some(right) = right {
            self.visit(right, at);
        }
    }

    fn call(&mut self, node: Node<'_>, at: &At) {
        let (Some(function), Some(arguments)) = (node.child_by_field_name("function"), node.child_by_field_name("arguments")) else {
            return;
        };
        let callee = match self.expression(function, at) {
            Expr::Path(path) => Some(Callee::Path(path)),
            _ => function
                .child_by_field_name("attribute")
                .map(|attribute| Callee::Member { name: self.text(attribute).to_owned(), owner: None }),
        };
        if let Some(callee) = callee {
            let mut cursor = arguments.walk();
            let values: Vec<Node<'_>> = arguments.named_children(&mut cursor).filter(|child| child.kind() != "comment").collect();
            let values = values.into_iter().map(|value| match value.kind() {
                "keyword_argument" => Argument {
                    name: value.child_by_field_name("name").map(|name| self.text(name).to_owned()),
                    value: value.child_by_field_name("value").map_or(Expr::Computed, |value| self.expression(value, at)),
                },
                _ => Argument { name: None, value: self.expression(value, at) },
            });
            let call = Call { callee, arguments: values.collect(), span: span(node) };
            self.unit.functions[at.function].calls.push(call);
        }
        self.children(node, at);
    }

    fn expression(&self, node: Node<'_>, at: &At) -> Expr {
        match node.kind() {
            "string" | "concatenated_string" => string(self.source, node),
            "identifier" if self.text(node) == "cls" => at.owner.clone().map_or(Expr::Computed, |owner| Expr::Path(vec![owner])),
            "identifier" => Expr::Path(vec![self.text(node).to_owned()]),
            "attribute" => {
                let (Some(object), Some(attribute)) = (node.child_by_field_name("object"), node.child_by_field_name("attribute")) else {
                    return Expr::Computed;
                };
                match self.expression(object, at) {
                    Expr::Path(mut path) => {
                        path.push(self.text(attribute).to_owned());
                        Expr::Path(path)
                    }
                    _ => Expr::Computed,
                }
            }
            "parenthesized_expression" | "await" => node.named_child(0).map_or(Expr::Computed, |inner| self.expression(inner, at)),
            "call" => {
                // `str(x)` hands a text on.
                let is_str = node.child_by_field_name("function").is_some_and(|function| self.text(function) == "str");
                let argument = node.child_by_field_name("arguments").and_then(|arguments| arguments.named_child(0));
                argument.filter(|_| is_str).map_or(Expr::Computed, |argument| self.expression(argument, at))
            }
            _ => Expr::Computed,
        }
    }
}

fn dotted(text: &str) -> Name {
    text.split('.').map(|part| part.trim().to_owned()).collect()
}

fn string(source: &str, node: Node<'_>) -> Expr {
    let mut result = String::new();
    let mut cursor = node.walk();
    if node.kind() == "concatenated_string" {
        for part in node.named_children(&mut cursor).filter(|part| part.kind() != "comment") {
            match string(source, part) {
                Expr::Text(text) => result.push_str(&text),
                other => return other,
            }
        }
        return Expr::Text(result);
    }
    let prefix = span(node).of(source).split(['"', '\'']).next().unwrap_or("").to_lowercase();
    if prefix.contains('b') {
        return Expr::Computed;
    }
    for part in node.named_children(&mut cursor) {
        match part.kind() {
            "string_content" => match content(source, part, prefix.contains('r')) {
                Some(text) => result.push_str(&text),
                None => return Expr::Computed,
            },
            "string_start" | "string_end" => {}
            _ => return Expr::Computed,
        }
    }
    Expr::Text(result)
}

/// The text between the quotes, with its escapes, which the grammar has as children of it.
fn content(source: &str, node: Node<'_>, is_raw: bool) -> Option<String> {
    let written = span(node).of(source);
    if is_raw {
        return Some(written.to_owned());
    }
    let mut result = String::new();
    let mut characters = written.chars();
    while let Some(character) = characters.next() {
        if character != '\\' {
            result.push(character);
            continue;
        }
        match characters.next()? {
            'n' => result.push('\n'),
            't' => result.push('\t'),
            'r' => result.push('\r'),
            '0' => result.push('\0'),
            '\n' => {}
            'x' => result.push(hex(&mut characters, 2)?),
            'u' => result.push(hex(&mut characters, 4)?),
            'U' => result.push(hex(&mut characters, 8)?),
            'N' => return None,
            other => result.push(other),
        }
    }
    Some(result)
}

fn hex(characters: &mut std::str::Chars<'_>, digits: usize) -> Option<char> {
    let text: String = characters.take(digits).collect();
    char::from_u32(u32::from_str_radix(&text, 16).ok()?)
}
