//! Going on behind a statement that is wrong.
//!
//! toml_edit stops at the first error. The wrong statement is blanked with spaces of the same length, so that offsets
//! stay true, and the text is read again: each defect is told once and later tables survive. A header that is wrong
//! takes its section out of the second phase, because its keys would be mistaken for those of the table above.

use toml_parser::lexer::TokenKind;

use super::grammar::{self, Pass, Statement};
use super::{Entry, Form, SyntaxError, Table, Tree, Value, convert};
use crate::text::{Span, bom_len};

/// A file with more wrong statements than this is hardly TOML, and nobody reads on.
const MOST_ERRORS: usize = 100;

/// Reading again costs the whole text each time: no more than this many bytes in all.
const MOST_BYTES: usize = 64 << 20;

pub(super) fn parse(text: &str) -> Tree {
    let pass = grammar::pass(text);
    let mut recovery = Recovery { text, blanked: text.as_bytes().to_vec(), errors: Vec::new(), lost_sections: Vec::new() };
    recovery.grammar(pass);
    let root = recovery.document();
    let mut errors = recovery.errors;
    errors.sort_by_key(|error| error.span);
    Tree { root, errors }
}

struct Recovery<'t> {
    text: &'t str,
    blanked: Vec<u8>,
    errors: Vec<SyntaxError>,
    /// Where the header of a section stood that could not be read.
    lost_sections: Vec<usize>,
}

impl Recovery<'_> {
    fn may_go_on(&self) -> bool {
        self.errors.len() < MOST_ERRORS && self.errors.len() * self.text.len() < MOST_BYTES
    }

    fn current(&self) -> String {
        String::from_utf8(self.blanked.clone()).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
    }

    /// Blanks statement after statement until the grammar is right.
    fn grammar(&mut self, first: Pass) {
        let mut pass = first;
        while let Some((mut error, mut context)) = pass.error.take() {
            let current = self.current();
            if let Some(open) = left_open(&current, &pass.statements, error.span.start) {
                context = Some(open);
                error.span = Span::at(current.len());
            }
            let from = context.map_or(error.span.start, |context| context.start.min(error.span.start));
            let statement = statement_at(&current, &pass.statements, from);
            let closed = context.and_then(|context| closing_bracket(&current, context));
            let end = match closed {
                Some(close) if close >= error.span.start => line_end(&current, close),
                _ => next_statement(&current, statement.start.max(from), error.span.start),
            };
            // The parser noticed in a later line what the bracket of an earlier one began.
            if let Some(context) = context.filter(|context| is_bracket(&current, *context))
                && closed.is_none()
                && error.span.start >= end.min(current.trim_end().len())
            {
                let (what, close) = if context.of(&current) == "[" { ("array", ']') } else { ("inline table", '}') };
                error =
                    SyntaxError { span: context, message: format!("an {what} that is never closed, expected `{close}`"), related: None };
            }
            if error.message.starts_with("unclosed")
                && let Some(context) = context.filter(|context| is_bracket(&current, *context))
            {
                error.span = context;
            }
            self.errors.push(error);
            if !self.may_go_on() {
                self.blank(Span::new(statement.start, self.text.len()));
                return;
            }
            if statement.is_header {
                self.lost_sections.push(statement.start);
            }
            self.blank(Span::new(statement.start, end.max(statement.start + 1)));
            pass = pass.again(&self.current(), statement.start);
        }
    }

    /// Reads the document, blanking what is grammatical but means nothing, such as the second of two equal keys.
    fn document(&mut self) -> Table {
        let lost = std::mem::take(&mut self.lost_sections);
        for start in lost {
            self.blank_section(start);
        }
        loop {
            let current = self.current();
            let error = match toml_edit::Document::parse(current.as_str()) {
                Ok(document) => {
                    let mut root = convert(&current, document);
                    self.drop_late_keys(&mut root);
                    return root;
                }
                Err(error) => error,
            };
            let span = error.span().map(Span::from).unwrap_or_default();
            let pass = grammar::pass(&current);
            let statement = statement_at(&current, &pass.statements, span.start);
            let message = error.message().lines().next().unwrap_or_default().to_owned();
            let related = (message == "duplicate key").then(|| first_of(&current, &pass.statements, span)).flatten();
            let message = match (message.as_str(), &related) {
                ("duplicate key", _) => format!("`{}` stands here a second time", span.of(&current)),
                _ => message,
            };
            self.errors.push(SyntaxError { span, message, related });
            if !self.may_go_on() {
                return Table { form: Form::Root, span: Span::at(0), entries: Vec::new() };
            }
            if statement.is_header {
                self.blank_section(statement.start);
            } else {
                let end = pass.statements.iter().map(|next| next.start).find(|start| *start > span.start);
                self.blank(Span::new(statement.start, end.unwrap_or(self.text.len())));
            }
        }
    }

    /// Takes out what Spin's parser refuses and toml_edit's newer one does not: `c.source = ..` below `[component]` where a
    /// header such as `[component.c.build]` came before it.
    fn drop_late_keys(&mut self, table: &mut Table) {
        let header_of = |entry: &Entry| !entry.is_plain_line() && !entry.node.as_table().is_some_and(|table| table.form == Form::Dotted);
        let first = table.entries.iter().find(|entry| header_of(entry)).map(|entry| entry.key.span);
        if let Some(first) = first.filter(|_| table.form == Form::Dotted) {
            table.entries.retain(|entry| {
                let is_late = entry.is_plain_line() && entry.key.span > first;
                if is_late {
                    let message = format!("`{}` adds to a table that a header has begun", entry.key.value);
                    let related = Some((first, "the header".to_owned()));
                    self.errors.push(SyntaxError { span: entry.key.span, message, related });
                }
                !is_late
            });
        }
        for entry in &mut table.entries {
            match &mut entry.node.value {
                Value::Table(inner) => self.drop_late_keys(inner),
                Value::Array(array) if array.of_tables => {
                    for item in &mut array.items {
                        if let Value::Table(inner) = &mut item.value {
                            self.drop_late_keys(inner);
                        }
                    }
                }
                _ => {}
            }
        }
    }

    fn blank_section(&mut self, start: usize) {
        let current = self.current();
        let statements = grammar::pass(&current).statements;
        let next = statements.iter().find(|next| next.is_header && next.start > start);
        self.blank(Span::new(start, next.map_or(self.text.len(), |next| next.start)));
    }

    fn blank(&mut self, span: Span) {
        for byte in &mut self.blanked[span.start..span.end] {
            if !matches!(*byte, b'\n' | b'\r') {
                *byte = b' ';
            }
        }
        // A lone carriage return is an error of its own: only those that end a line may stay.
        for at in span.start..span.end {
            if self.blanked[at] == b'\r' && self.blanked.get(at + 1) != Some(&b'\n') {
                self.blanked[at] = b' ';
            }
        }
    }
}

/// The statement that `offset` belongs to: the last that begins before it, or the line itself if none does there.
fn statement_at(text: &str, statements: &[Statement], offset: usize) -> Statement {
    let line = text[..offset].rfind('\n').map_or(0, |newline| newline + 1);
    let known = statements.iter().rev().find(|statement| statement.start <= offset);
    match known {
        Some(statement) if statement.start >= line || !looks_like_statement(&text[line..]) => *statement,
        _ => {
            let start = if line == 0 { bom_len(text) } else { line };
            Statement { start: start.min(offset), is_header: text[line..].trim_start().starts_with('[') }
        }
    }
}

fn is_bracket(text: &str, span: Span) -> bool {
    matches!(span.of(text), "[" | "{")
}

/// The bracket that an earlier line opened and that is still open at `error`, although the line there begins a
/// statement of its own: then the bracket is the mistake, whatever the parser made of the lines behind it.
fn left_open(text: &str, statements: &[Statement], error: usize) -> Option<Span> {
    let line = text[..error].rfind('\n')? + 1;
    let statement = statements.iter().rev().find(|statement| statement.start < line)?;
    if statement.is_header || !looks_like_statement(&text[line..]) {
        return None;
    }
    let mut open = Vec::new();
    for token in toml_parser::Source::new(&text[statement.start..line]).lex() {
        match token.kind() {
            TokenKind::LeftSquareBracket | TokenKind::LeftCurlyBracket => open.push(statement.start + token.span().start()),
            TokenKind::RightSquareBracket | TokenKind::RightCurlyBracket => {
                open.pop();
            }
            _ => {}
        }
    }
    let bracket = *open.first()?;
    let bracket = Span::new(bracket, bracket + 1);
    closing_bracket(text, bracket).is_none().then_some(bracket)
}

/// The offset of the bracket that closes the one at `open`, if there is one.
fn closing_bracket(text: &str, open: Span) -> Option<usize> {
    if !is_bracket(text, open) {
        return None;
    }
    let mut depth = 0usize;
    for token in toml_parser::Source::new(&text[open.start..]).lex() {
        match token.kind() {
            TokenKind::LeftSquareBracket | TokenKind::LeftCurlyBracket => depth += 1,
            TokenKind::RightSquareBracket | TokenKind::RightCurlyBracket => depth = depth.checked_sub(1)?,
            _ => continue,
        }
        if depth == 0 {
            return Some(open.start + token.span().start());
        }
    }
    None
}

/// The start of the first line behind `from`'s own line that looks like a statement, or behind the line of `error`.
fn next_statement(text: &str, from: usize, error: usize) -> usize {
    let mut line = line_end(text, from);
    while line < text.len() {
        if looks_like_statement(&text[line..]) {
            return line;
        }
        line = line_end(text, line);
    }
    line.max(line_end(text, error).min(text.len()))
}

fn line_end(text: &str, from: usize) -> usize {
    text[from..].find('\n').map_or(text.len(), |newline| from + newline + 1)
}

/// Whether a line reads as `key = ...` or as a header, which may lack its closing bracket.
fn looks_like_statement(text: &str) -> bool {
    let line = text.lines().next().unwrap_or("").trim();
    if line.starts_with('[') {
        let line = line.split('#').next().unwrap_or("").trim_end();
        let name = line.trim_start_matches('[').trim_end_matches(']');
        return name.starts_with(char::is_alphabetic) && !name.contains(['[', ']', ',']);
    }
    let Some((key, _)) = line.split_once('=') else { return false };
    let key = key.trim();
    !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '"' | '\'' | ' '))
}

/// The first key of the same name in the same section.
fn first_of(text: &str, statements: &[Statement], second: Span) -> Option<(Span, String)> {
    let name = second.of(text);
    let index = statements.iter().rposition(|statement| statement.start <= second.start)?;
    if statements[index].is_header {
        let line = |start: usize| text[start..].lines().next().unwrap_or("").trim().to_owned();
        let header = line(statements[index].start);
        let first = statements[..index].iter().find(|first| first.is_header && line(first.start) == header)?;
        return Some((Span::new(first.start, first.start + header.len()), "the first one".to_owned()));
    }
    let section = statements[..index].iter().rev().take_while(|statement| !statement.is_header);
    let first = section.filter(|first| {
        let rest = &text[first.start..];
        rest.strip_prefix(name).is_some_and(|rest| rest.trim_start().starts_with('='))
    });
    let first = first.last()?;
    Some((Span::new(first.start, first.start + name.len()), "the first one".to_owned()))
}
