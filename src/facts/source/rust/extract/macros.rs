//! Macros: their tokens are read as the expressions and items that they most likely are.

use tree_sitter::{Node, Parser};

use super::{At, Extraction};

impl Extraction<'_> {
    /// A macro's tokens are read as the expressions and items that they most likely are.
    pub(super) fn macro_invocation(&mut self, node: Node<'_>, at: &At) {
        let mut cursor = node.walk();
        let Some(tokens) = node.named_children(&mut cursor).find(|child| child.kind() == "token_tree") else { return };
        let name = node.child_by_field_name("macro").map_or("", |name| self.text(name));
        let Some(range) = included(tokens) else { return };
        if name.rsplit("::").next() == Some("cfg_if") {
            self.cfg_if(tokens, at);
            return;
        }
        if name == "stringify" {
            return;
        }
        // Outside of functions a macro declares what nobody sees here.
        self.units[at.unit].is_open |= at.function == 0;
        self.tokens(tokens, range, at);
    }

    /// Reads tokens as a whole, else each part between commas, and what stands in brackets there.
    fn tokens(&mut self, tokens: Node<'_>, range: tree_sitter::Range, at: &At) {
        let Some(tree) = self.parse(range) else { return };
        if !tree.root_node().has_error() {
            self.children(tree.root_node(), at);
            return;
        }
        let mut cursor = tokens.walk();
        let all: Vec<Node<'_>> = tokens.children(&mut cursor).collect();
        let inner = all.get(1..all.len().saturating_sub(1)).unwrap_or_default();
        for part in inner.split(|node| node.kind() == ",") {
            let (Some(first), Some(last)) = (part.first(), part.last()) else { continue };
            let range = tree_sitter::Range {
                start_byte: first.start_byte(),
                end_byte: last.end_byte(),
                start_point: first.start_position(),
                end_point: last.end_position(),
            };
            let Some(tree) = self.parse(range) else { continue };
            self.children(tree.root_node(), at);
            if tree.root_node().has_error() {
                for node in part.iter().filter(|node| node.kind() == "token_tree") {
                    if let Some(range) = included(*node) {
                        self.tokens(*node, range, at);
                    }
                }
            }
        }
    }

    /// A part of the file as a tree of its own.
    fn parse(&self, range: tree_sitter::Range) -> Option<tree_sitter::Tree> {
        let mut parser = Parser::new();
        parser.set_language(&tree_sitter_rust::LANGUAGE.into()).ok()?;
        parser.set_included_ranges(&[range]).ok()?;
        parser.parse(self.file.text(), None)
    }

    /// `cfg_if! { if #[cfg(..)] { .. } else if #[cfg(..)] { .. } else { .. } }`: the first branch that holds.
    pub(super) fn cfg_if(&mut self, tokens: Node<'_>, at: &At) {
        let mut cursor = tokens.walk();
        let branches: Vec<Node<'_>> = tokens.children(&mut cursor).collect();
        let mut holds = true;
        for node in branches {
            let text = self.text(node);
            match node.kind() {
                "token_tree" if text.starts_with('[') => holds = self.is_on(text.trim_start_matches('[').trim_end_matches(']')),
                "token_tree" if text.starts_with('{') && holds => {
                    if let Some(tree) = included(node).and_then(|range| self.parse(range)) {
                        self.children(tree.root_node(), at);
                    }
                    return;
                }
                "token_tree" if text.starts_with('{') => holds = true,
                _ => {}
            }
        }
    }
}

/// The inside of a token tree as a range to parse.
fn included(tokens: Node<'_>) -> Option<tree_sitter::Range> {
    let (mut start, mut end) = (tokens.start_position(), tokens.end_position());
    start.column += 1;
    end.column = end.column.checked_sub(1)?;
    let (start_byte, end_byte) = (tokens.start_byte() + 1, tokens.end_byte() - 1);
    (start_byte < end_byte).then_some(tree_sitter::Range { start_byte, end_byte, start_point: start, end_point: end })
}
