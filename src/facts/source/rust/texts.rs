//! Rust's literals, and the macros that put texts together.

use tree_sitter::Node;

use super::super::program::Expr;
use super::names::{Scope, absolute, text};

/// What `concat!` and `format!` come to.
pub(super) fn of_macro(source: &str, node: Node<'_>, scope: &Scope<'_>) -> Expr {
    let name = node.child_by_field_name("macro").map_or("", |name| text(source, name));
    let mut cursor = node.walk();
    let tokens = node.named_children(&mut cursor).find(|child| child.kind() == "token_tree");
    let Some(arguments) = tokens.map(|tokens| arguments(tokens)) else { return Expr::Computed };
    let values = || arguments.iter().map(|tokens| value(source, tokens, scope));
    match name.rsplit("::").next() {
        Some("concat") => Expr::joined(values().collect()),
        Some("format") => match arguments.first().map(|tokens| value(source, tokens, scope)) {
            Some(Expr::Text(format)) => Expr::joined(formatted(source, &format, &arguments[1..], scope)),
            _ => Expr::Computed,
        },
        _ => Expr::Computed,
    }
}

/// The tokens of each argument of a macro.
fn arguments(tokens: Node<'_>) -> Vec<Vec<Node<'_>>> {
    let mut cursor = tokens.walk();
    let inner: Vec<Node<'_>> = tokens.children(&mut cursor).collect();
    let inner = inner.get(1..inner.len().saturating_sub(1)).unwrap_or_default();
    inner.split(|token| token.kind() == ",").filter(|tokens| !tokens.is_empty()).map(<[Node<'_>]>::to_vec).collect()
}

/// What an argument's tokens come to: a literal or a path.
fn value(source: &str, tokens: &[Node<'_>], scope: &Scope<'_>) -> Expr {
    if let [literal] = tokens
        && literal.kind() == "string_literal"
    {
        return string(source, *literal);
    }
    let is_path = |token: &Node<'_>| matches!(token.kind(), "identifier" | "::" | "crate" | "self" | "super");
    if tokens.is_empty() || !tokens.iter().all(is_path) {
        return Expr::Computed;
    }
    let parts = tokens.iter().filter(|token| token.kind() != "::").map(|token| text(source, *token).to_owned());
    absolute(parts.collect(), scope).map_or(Expr::Computed, Expr::Path)
}

/// The texts and values that a format string puts behind one another.
fn formatted(source: &str, format: &str, arguments: &[Vec<Node<'_>>], scope: &Scope<'_>) -> Vec<Expr> {
    let named = |name: &str| {
        let argument = arguments.iter().find_map(|tokens| match tokens.as_slice() {
            [first, equals, rest @ ..] if equals.kind() == "=" && text(source, *first) == name => Some(value(source, rest, scope)),
            _ => None,
        });
        argument.unwrap_or_else(|| Expr::Path(vec![name.to_owned()]))
    };
    let mut parts = Vec::new();
    let mut next = 0;
    let mut rest = format;
    while let Some(at) = rest.find(['{', '}']) {
        parts.push(Expr::Text(rest[..at].to_owned()));
        let bracket = &rest[at..=at];
        rest = &rest[at + 1..];
        // Doubled brackets stand for themselves.
        if let Some(behind) = rest.strip_prefix(bracket) {
            parts.push(Expr::Text(bracket.to_owned()));
            rest = behind;
            continue;
        }
        let Some((inner, behind)) = rest.split_once('}') else { break };
        rest = behind;
        let name = inner.split(':').next().unwrap_or_default().trim();
        let is_plain = name.len() == inner.len();
        let at = if name.is_empty() { Some(next) } else { name.parse().ok() };
        next += usize::from(name.is_empty());
        parts.push(match at {
            // What is padded or debugged is another text.
            _ if !is_plain => Expr::Computed,
            Some(at) => arguments.get(at).map_or(Expr::Computed, |tokens| value(source, tokens, scope)),
            None => named(name),
        });
    }
    parts.push(Expr::Text(rest.to_owned()));
    parts
}

/// The text of a string literal.
pub(super) fn string(source: &str, node: Node<'_>) -> Expr {
    // Byte and C strings are no `&str`.
    if !text(source, node).starts_with('"') {
        return Expr::Computed;
    }
    let mut result = String::new();
    let mut is_continued = false;
    let mut cursor = node.walk();
    for part in node.named_children(&mut cursor) {
        let written = text(source, part);
        match part.kind() {
            "string_content" => {
                result.push_str(if is_continued { written.trim_start() } else { written });
                is_continued = false;
            }
            "escape_sequence" => match unescape(written) {
                Some(text) => {
                    is_continued = text.is_empty();
                    result.push_str(&text);
                }
                None => return Expr::Computed,
            },
            _ => {}
        }
    }
    Expr::Text(result)
}

fn unescape(escape: &str) -> Option<String> {
    let body = escape.strip_prefix('\\')?;
    let character = match body.chars().next()? {
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        '0' => '\0',
        '\\' => '\\',
        '"' => '"',
        '\'' => '\'',
        'x' => char::from_u32(u32::from_str_radix(&body[1..], 16).ok()?)?,
        'u' => char::from_u32(u32::from_str_radix(&body[1..].trim_matches(['{', '}']).replace('_', ""), 16).ok()?)?,
        // A line continuation swallows the line end and the blanks behind it.
        '\n' | '\r' => return Some(String::new()),
        _ => return None,
    };
    Some(character.to_string())
}
