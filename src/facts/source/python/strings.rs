//! The text of Python's string literals.

use tree_sitter::Node;

use super::super::program::Expr;
use crate::text::Span;

fn span(node: Node<'_>) -> Span {
    Span::new(node.start_byte(), node.end_byte())
}

/// A literal's text, or that of several joined; computed if it has parts that only runs tell.
pub(super) fn string(source: &str, node: Node<'_>) -> Expr {
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
