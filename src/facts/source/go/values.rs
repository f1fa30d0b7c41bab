//! What a Go expression comes to: a text, or a chain of names.

use tree_sitter::Node;

use super::super::program::Expr;

fn text<'t>(source: &'t str, node: Node<'_>) -> &'t str {
    source.get(node.start_byte()..node.end_byte()).unwrap_or("")
}

/// What an expression comes to.
pub(super) fn expression(source: &str, node: Node<'_>) -> Expr {
    match node.kind() {
        "interpreted_string_literal" => interpreted(text(source, node)),
        "raw_string_literal" => Expr::Text(text(source, node).trim_matches('`').replace('\r', "")),
        "identifier" | "type_identifier" | "package_identifier" | "field_identifier" => Expr::Path(vec![text(source, node).to_owned()]),
        "selector_expression" | "qualified_type" => {
            let operand = node.child_by_field_name("operand").or_else(|| node.child_by_field_name("package"));
            let field = node.child_by_field_name("field").or_else(|| node.child_by_field_name("name"));
            match (operand.map(|operand| expression(source, operand)), field) {
                (Some(Expr::Path(mut path)), Some(field)) => {
                    path.push(text(source, field).to_owned());
                    Expr::Path(path)
                }
                _ => Expr::Computed,
            }
        }
        "type_instantiation_expression" | "index_expression" => {
            let operand = node.child_by_field_name("operand").or_else(|| node.named_child(0));
            // `f[T]` is the function; an element of a slice is only known at run time.
            match operand.map(|operand| expression(source, operand)) {
                Some(Expr::Path(path)) if node.parent().is_some_and(|parent| parent.kind() == "call_expression") => Expr::Path(path),
                _ => Expr::Computed,
            }
        }
        "parenthesized_expression" | "expression_list" => node.named_child(0).map_or(Expr::Computed, |inner| expression(source, inner)),
        "binary_expression" if node.child_by_field_name("operator").is_some_and(|operator| operator.kind() == "+") => {
            let sides = ["left", "right"].map(|side| node.child_by_field_name(side));
            Expr::joined(sides.into_iter().flatten().map(|side| expression(source, side)).collect())
        }
        "call_expression" if node.child_by_field_name("function").is_some_and(|function| text(source, function) == "fmt.Sprintf") => {
            let arguments = node.child_by_field_name("arguments");
            let mut cursor = node.walk();
            let values = arguments.into_iter().flat_map(|arguments| arguments.named_children(&mut cursor).collect::<Vec<_>>());
            let mut values = values.filter(|value| value.kind() != "comment").map(|value| expression(source, value));
            match values.next() {
                Some(Expr::Text(format)) => formatted(&format, values),
                Some(format) => Expr::Filled(Box::new(format), '%'),
                None => Expr::Computed,
            }
        }
        // A client is what sends for it.
        "unary_expression" if text(source, node).starts_with('&') => {
            node.child_by_field_name("operand").map_or(Expr::Computed, |operand| expression(source, operand))
        }
        "composite_literal" if node.child_by_field_name("type").is_some_and(|ty| text(source, ty) == "http.Client") => {
            let mut cursor = node.walk();
            let body = node.child_by_field_name("body");
            let elements: Vec<Node<'_>> = body.into_iter().flat_map(|body| body.named_children(&mut cursor).collect::<Vec<_>>()).collect();
            let transport = elements.into_iter().find(|element| text(source, *element).starts_with("Transport"));
            let value = transport.and_then(|element| element.named_child(1)).and_then(|value| value.named_child(0));
            match value.map(|value| expression(source, value)) {
                Some(made @ Expr::Made(_)) => made,
                _ => Expr::Computed,
            }
        }
        "call_expression" | "type_conversion_expression" => {
            // `string(Label)` is the same text.
            let function = node.child_by_field_name("function");
            let argument = node.child_by_field_name("arguments").and_then(|arguments| arguments.named_child(0));
            match (function.map(|function| text(source, function)), argument) {
                (Some("string"), Some(argument)) => expression(source, argument),
                // What a package's function makes.
                _ => match function.map(|function| expression(source, function)) {
                    Some(Expr::Path(path)) if path.len() == 2 => Expr::Made(path),
                    _ => Expr::Computed,
                },
            }
        }
        _ => Expr::Computed,
    }
}

/// What `fmt.Sprintf` puts together.
fn formatted(format: &str, mut values: impl Iterator<Item = Expr>) -> Expr {
    let mut parts = Vec::new();
    let mut rest = format;
    while let Some((before, behind)) = rest.split_once('%') {
        parts.push(Expr::Text(before.to_owned()));
        let verb = behind.chars().next();
        rest = behind.get(verb.map_or(0, char::len_utf8)..).unwrap_or_default();
        parts.push(match verb {
            Some('%') => Expr::Text("%".to_owned()),
            Some('s' | 'v') => values.next().unwrap_or(Expr::Computed),
            // What is padded or converted is another text.
            _ => {
                parts.push(Expr::Computed);
                return Expr::joined(parts);
            }
        });
    }
    parts.push(Expr::Text(rest.to_owned()));
    Expr::joined(parts)
}

fn interpreted(written: &str) -> Expr {
    let inner = written.trim_start_matches('"').strip_suffix('"').unwrap_or("");
    let mut result = String::new();
    let mut characters = inner.chars();
    let hex = |characters: &mut std::str::Chars<'_>, digits: usize| {
        let text: String = characters.take(digits).collect();
        char::from_u32(u32::from_str_radix(&text, 16).ok()?)
    };
    while let Some(character) = characters.next() {
        if character != '\\' {
            result.push(character);
            continue;
        }
        let decoded = match characters.next() {
            Some('n') => Some('\n'),
            Some('t') => Some('\t'),
            Some('r') => Some('\r'),
            Some('x') => hex(&mut characters, 2),
            Some('u') => hex(&mut characters, 4),
            Some('U') => hex(&mut characters, 8),
            Some(other @ ('\\' | '"' | '\'')) => Some(other),
            _ => None,
        };
        match decoded {
            Some(character) => result.push(character),
            None => return Expr::Computed,
        }
    }
    Expr::Text(result)
}
