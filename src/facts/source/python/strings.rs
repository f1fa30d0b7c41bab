//! The text of Python's string literals.

use tree_sitter::Node;

use super::super::program::Expr;
use crate::text::Span;

fn span(node: Node<'_>) -> Span {
    Span::new(node.start_byte(), node.end_byte())
}

/// What a literal comes to, or several that are joined. `value` tells what an expression inside one comes to.
pub(super) fn string(source: &str, node: Node<'_>, value: &dyn Fn(Node<'_>) -> Expr) -> Expr {
    Expr::joined(pieces(source, node, value))
}

fn pieces(source: &str, node: Node<'_>, value: &dyn Fn(Node<'_>) -> Expr) -> Vec<Expr> {
    let mut cursor = node.walk();
    if node.kind() == "concatenated_string" {
        let parts = node.named_children(&mut cursor).filter(|part| part.kind() != "comment");
        return parts.flat_map(|part| pieces(source, part, value)).collect();
    }
    let prefix = span(node).of(source).split(['"', '\'']).next().unwrap_or("").to_lowercase();
    if prefix.contains('b') {
        return vec![Expr::Computed];
    }
    let parts = node.named_children(&mut cursor).filter(|part| !matches!(part.kind(), "string_start" | "string_end"));
    let parts = parts.map(|part| match part.kind() {
        "string_content" => content(source, part, prefix.contains('r')).map_or(Expr::Computed, Expr::Text),
        // What is padded or converted is another text.
        "interpolation" if part.named_child_count() == 1 => part.named_child(0).map_or(Expr::Computed, value),
        "escape_interpolation" => Expr::Text(span(part).of(source).chars().take(1).collect()),
        _ => Expr::Computed,
    });
    parts.collect()
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
