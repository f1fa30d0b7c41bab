//! Macros: their tokens are read as the expressions and items that they most likely are.

use tree_sitter::{Node, Parser};

use super::{At, Extraction};
use crate::text::Span;

impl Extraction<'_> {
    /// A macro's tokens are read as the expressions and items that they most likely are.
    pub(super) fn macro_invocation(&mut self, node: Node<'_>, at: &At) {
        let mut cursor = node.walk();
        let Some(tokens) = node.named_children(&mut cursor).find(|child| child.kind() == "token_tree") else { return };
        let name = node.child_by_field_name("macro").map_or("", |name| self.text(name));
        let inner = Span::new(tokens.start_byte() + 1, tokens.end_byte().saturating_sub(1).max(tokens.start_byte() + 1));
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
        let mut parser = Parser::new();
        if parser.set_language(&tree_sitter_rust::LANGUAGE.into()).is_err() || parser.set_included_ranges(&[range]).is_err() {
            return;
        }
        if let Some(tree) = parser.parse(self.file.text(), None)
            && !inner.of(self.file.text()).trim().is_empty()
        {
            self.children(tree.root_node(), at);
        }
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
                    let mut parser = Parser::new();
                    let ready = parser.set_language(&tree_sitter_rust::LANGUAGE.into()).is_ok();
                    let ranged = included(node).is_some_and(|range| parser.set_included_ranges(&[range]).is_ok());
                    if ready
                        && ranged
                        && let Some(tree) = parser.parse(self.file.text(), None)
                    {
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
