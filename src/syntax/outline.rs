//! The statements of a text by its tokens alone: where headers and keys stand, however broken their values are.
//!
//! The tree leaves out what is wrong; this keeps it, with the place of every name that is written.

use toml_parser::Source;
use toml_parser::lexer::{Token, TokenKind};

use crate::text::{Span, Spanned};

/// A header or a line.
#[derive(Clone, Debug)]
pub struct Statement {
    /// From its first token to its last.
    pub span: Span,
    /// The names that are written, unquoted; their spans are as written.
    pub keys: Vec<Spanned<String>>,
    /// What it is.
    pub kind: StatementKind,
    /// The index of the header that it stands below; none at the top of the file.
    pub header: Option<usize>,
}

/// What a statement is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatementKind {
    /// `[a.b]`
    Table,
    /// `[[a.b]]`
    Element,
    /// `a.b = ...`, with the span of the value; none while `=` is not written.
    Pair(Option<Span>),
}

impl Statement {
    /// Whether it is a header.
    pub fn is_header(&self) -> bool {
        !matches!(self.kind, StatementKind::Pair(_))
    }

    /// The value, if there is a `=`.
    pub fn value(&self) -> Option<Span> {
        match self.kind {
            StatementKind::Pair(value) => value,
            _ => None,
        }
    }
}

/// Finds the statements of a text in their order.
pub fn statements(text: &str) -> Vec<Statement> {
    let tokens = Source::new(text).lex().into_vec();
    let mut reader = Reader { text, tokens: &tokens, at: 0, found: Vec::new(), header: None };
    while let Some(token) = reader.peek() {
        match token.kind() {
            TokenKind::Eof => break,
            TokenKind::Whitespace | TokenKind::Newline | TokenKind::Comment => reader.at += 1,
            TokenKind::LeftSquareBracket => reader.header(),
            _ => reader.pair(),
        }
    }
    reader.found
}

struct Reader<'t> {
    text: &'t str,
    tokens: &'t [Token],
    at: usize,
    found: Vec<Statement>,
    header: Option<usize>,
}

fn span(token: &Token) -> Span {
    Span::new(token.span().start(), token.span().end())
}

impl Reader<'_> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn ends_line(&self) -> bool {
        self.peek().is_none_or(|token| matches!(token.kind(), TokenKind::Newline | TokenKind::Comment | TokenKind::Eof))
    }

    /// Reads names up to the end of the line or a token that ends them.
    fn keys(&mut self, ends: &[TokenKind]) -> Vec<Spanned<String>> {
        let mut keys = Vec::new();
        while let Some(token) = self.peek().filter(|token| !ends.contains(&token.kind())) {
            if self.ends_line() {
                break;
            }
            let place = span(token);
            match token.kind() {
                TokenKind::Atom => keys.push(Spanned::new(place.of(self.text).to_owned(), place)),
                TokenKind::BasicString | TokenKind::LiteralString => {
                    keys.push(Spanned::new(place.of(self.text).trim_matches(['"', '\'']).to_owned(), place));
                }
                _ => {}
            }
            self.at += 1;
        }
        keys
    }

    fn header(&mut self) {
        let start = span(&self.tokens[self.at]).start;
        self.at += 1;
        let is_element = self.peek().is_some_and(|token| token.kind() == TokenKind::LeftSquareBracket);
        self.at += usize::from(is_element);
        let keys = self.keys(&[TokenKind::RightSquareBracket]);
        while !self.ends_line() {
            self.at += 1;
        }
        self.header = Some(self.found.len());
        let kind = if is_element { StatementKind::Element } else { StatementKind::Table };
        self.push(start, keys, kind, None);
    }

    fn pair(&mut self) {
        let start = span(&self.tokens[self.at]).start;
        let keys = self.keys(&[TokenKind::Equals]);
        let mut value = None;
        if self.peek().is_some_and(|token| token.kind() == TokenKind::Equals) {
            let from = span(&self.tokens[self.at]).end;
            self.at += 1;
            value = Some(Span::new(from, self.value(from)));
        }
        self.push(start, keys, StatementKind::Pair(value), self.header);
    }

    /// Reads a value and returns its end. A line that begins like a statement ends a bracket that was left open.
    fn value(&mut self, from: usize) -> usize {
        let mut depth = 0usize;
        let mut end = from;
        while let Some(token) = self.peek() {
            match token.kind() {
                TokenKind::Eof => break,
                TokenKind::Newline if depth == 0 || begins_statement(&self.text[span(token).end..]) => break,
                TokenKind::Comment if depth == 0 => break,
                TokenKind::LeftSquareBracket | TokenKind::LeftCurlyBracket => depth += 1,
                TokenKind::RightSquareBracket | TokenKind::RightCurlyBracket => depth = depth.saturating_sub(1),
                _ => {}
            }
            if !matches!(token.kind(), TokenKind::Newline | TokenKind::Comment | TokenKind::Whitespace) {
                end = span(token).end;
            }
            self.at += 1;
        }
        end
    }

    fn push(&mut self, start: usize, keys: Vec<Spanned<String>>, kind: StatementKind, header: Option<usize>) {
        let end = self.tokens.get(self.at).map_or(self.text.len(), |token| span(token).start);
        let end = start + self.text[start..end].trim_end().len();
        self.found.push(Statement { span: Span::new(start, end), keys, kind, header });
    }
}

/// Whether a line begins with `name =` or with a header.
fn begins_statement(rest: &str) -> bool {
    let line = rest.lines().next().unwrap_or("");
    match line.strip_prefix('[') {
        Some(name) => name.trim_start_matches('[').starts_with(char::is_alphabetic) && name.trim_end().ends_with(']'),
        None => line.split_once('=').is_some_and(|(key, _)| {
            let key = key.trim_end();
            key.starts_with(char::is_alphabetic) && key.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'))
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<String> {
        let show = |statement: &Statement| {
            let keys: Vec<&str> = statement.keys.iter().map(|key| key.value.as_str()).collect();
            format!("{} {:?}", keys.join("."), statement.span.of(text))
        };
        statements(text).iter().map(show).collect()
    }

    #[test]
    fn names_are_found_whatever_is_broken() {
        assert_eq!(
            shown("a = 1 # c\n[component.\"x\"]\nkey_va\nfiles = [\n  \"a\",\n[[trigger.http]]\nroute = \n"),
            [
                "a \"a = 1\"",
                "component.x \"[component.\\\"x\\\"]\"",
                "key_va \"key_va\"",
                "files \"files = [\\n  \\\"a\\\",\"",
                "trigger.http \"[[trigger.http]]\"",
                "route \"route =\""
            ]
        );
    }

    #[test]
    fn values_go_over_lines_and_end_with_their_bracket() {
        let text = "a = [\n \"b = c\",\n]\nd = { e = 1 }\n";
        let values: Vec<&str> = statements(text).iter().filter_map(Statement::value).map(|value| value.of(text)).collect();
        assert_eq!(values, [" [\n \"b = c\",\n]", " { e = 1 }"]);
    }
}
