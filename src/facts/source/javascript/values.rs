//! What a JavaScript expression comes to: a text, or a chain of names.

use tree_sitter::Node;

use super::super::program::{Expr, Name};

fn text<'t>(source: &'t str, node: Node<'_>) -> &'t str {
    source.get(node.start_byte()..node.end_byte()).unwrap_or("")
}

/// An expression without the parts that change nothing: parentheses, `await`, `as const`, `!`.
pub(super) fn unwrap(node: Node<'_>) -> Node<'_> {
    match node.kind() {
        "parenthesized_expression"
        | "await_expression"
        | "as_expression"
        | "satisfies_expression"
        | "non_null_expression"
        | "type_assertion" => {
            let mut cursor = node.walk();
            let inner =
                node.named_children(&mut cursor).find(|child| !child.kind().contains("comment") && child.kind() != "type_arguments");
            inner.map_or(node, unwrap)
        }
        _ => node,
    }
}

/// What an expression comes to. `owner` is the class that `this` is of; `resolve` names an imported module.
pub(super) fn expression(source: &str, node: Node<'_>, owner: Option<&str>, resolve: &dyn Fn(&str) -> Name) -> Expr {
    let node = unwrap(node);
    match node.kind() {
        "string" => string(source, node),
        "template_string" => Expr::joined(pieces(source, node, &|inner| expression(source, inner, owner, resolve))),
        "binary_expression" if node.child_by_field_name("operator").is_some_and(|operator| operator.kind() == "+") => {
            let sides = ["left", "right"].map(|side| node.child_by_field_name(side));
            Expr::joined(sides.into_iter().flatten().map(|side| expression(source, side, owner, resolve)).collect())
        }
        "identifier" | "import" | "undefined" => Expr::Path(vec![text(source, node).to_owned()]),
        "this" => owner.map_or(Expr::Computed, |owner| Expr::Path(vec![owner.to_owned()])),
        "member_expression" => {
            let (Some(object), Some(property)) = (node.child_by_field_name("object"), node.child_by_field_name("property")) else {
                return Expr::Computed;
            };
            match expression(source, object, owner, resolve) {
                // The global object's properties are global names.
                Expr::Path(path) if path == ["globalThis"] => Expr::Path(vec![text(source, property).to_owned()]),
                Expr::Path(mut path) => {
                    path.push(text(source, property).to_owned());
                    Expr::Path(path)
                }
                _ => Expr::Computed,
            }
        }
        "subscript_expression" => {
            let (Some(object), Some(index)) = (node.child_by_field_name("object"), node.child_by_field_name("index")) else {
                return Expr::Computed;
            };
            match (expression(source, object, owner, resolve), string(source, index)) {
                (Expr::Path(mut path), Expr::Text(key)) => {
                    path.push(key);
                    Expr::Path(path)
                }
                _ => Expr::Computed,
            }
        }
        "new_expression" => match node.child_by_field_name("constructor").map(|class| expression(source, class, owner, resolve)) {
            // The host of a URL is its base's, unless it has one itself.
            Some(Expr::Path(class)) if class == ["URL"] => {
                let arguments = node.child_by_field_name("arguments");
                let argument = |index| {
                    arguments.and_then(|arguments| arguments.named_child(index)).map(|value| expression(source, value, owner, resolve))
                };
                match (argument(0), argument(1)) {
                    (Some(address), None) => address,
                    (Some(Expr::Text(path)), Some(base)) if !path.contains("://") => Expr::joined(vec![base, Expr::Text(path)]),
                    _ => Expr::Computed,
                }
            }
            Some(Expr::Path(class)) => Expr::Made(class),
            _ => Expr::Computed,
        },
        "call_expression" => call(source, node, owner, resolve).unwrap_or(Expr::Computed),
        _ => Expr::Computed,
    }
}

/// `require("x")` and `import("x")` are modules; `Object.freeze(x)` and `String(x)` hand their argument on.
fn call(source: &str, node: Node<'_>, owner: Option<&str>, resolve: &dyn Fn(&str) -> Name) -> Option<Expr> {
    let callee = node.child_by_field_name("function")?;
    let function = text(source, callee);
    // A text or a URL as a text.
    if callee.child_by_field_name("property").is_some_and(|property| matches!(text(source, property), "toString" | "trim")) {
        return Some(expression(source, callee.child_by_field_name("object")?, owner, resolve))
            .filter(|known| !matches!(known, Expr::Made(_)));
    }
    match (function, node.child_by_field_name("arguments")?.named_child(0)) {
        ("require" | "import", argument) => match string(source, argument?) {
            Expr::Text(specifier) => Some(Expr::Path(resolve(&specifier))),
            _ => None,
        },
        ("Object.freeze" | "String", Some(argument)) => Some(expression(source, argument, owner, resolve)),
        _ => expression(source, callee, owner, resolve).into_path().map(Expr::Made),
    }
}

/// The text of a string or of a template without substitutions.
pub(super) fn string(source: &str, node: Node<'_>) -> Expr {
    let node = unwrap(node);
    if !matches!(node.kind(), "string" | "template_string") {
        return Expr::Computed;
    }
    match Expr::joined(pieces(source, node, &|_| Expr::Computed)) {
        text @ Expr::Text(_) => text,
        _ => Expr::Computed,
    }
}

/// The texts and values that a string or a template puts behind one another.
fn pieces(source: &str, node: Node<'_>, value: &dyn Fn(Node<'_>) -> Expr) -> Vec<Expr> {
    let mut cursor = node.walk();
    let parts = node.named_children(&mut cursor).map(|part| match part.kind() {
        "string_fragment" => Expr::Text(text(source, part).to_owned()),
        "escape_sequence" => unescape(text(source, part)).map_or(Expr::Computed, Expr::Text),
        "template_substitution" => part.named_child(0).map_or(Expr::Computed, value),
        _ => Expr::Computed,
    });
    parts.collect()
}

fn unescape(escape: &str) -> Option<String> {
    let body = escape.strip_prefix('\\')?;
    let hex = |digits: &str| char::from_u32(u32::from_str_radix(digits, 16).ok()?);
    let character = match body.chars().next()? {
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'b' => '\u{8}',
        'f' => '\u{c}',
        'v' => '\u{b}',
        '0' if body.len() == 1 => '\0',
        'x' => hex(&body[1..])?,
        'u' => hex(body[1..].trim_matches(['{', '}']))?,
        '\n' | '\r' => return Some(String::new()),
        other => other,
    };
    Some(character.to_string())
}
