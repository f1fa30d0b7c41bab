//! Where the cursor stands in a text that may be broken or half typed: by its tokens, without a tree.

use toml_parser::Source;
use toml_parser::lexer::TokenKind;

use crate::syntax::{Statement, StatementKind};
use crate::text::Span;

/// What can be typed at the cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Slot {
    /// A name in a header's brackets.
    Header,
    /// A key.
    Key {
        /// Whether a line begins here, as against a name inside of `{ }`.
        at_line: bool,
    },
    /// A value, or an item of an array.
    Value,
}

/// The cursor's place.
#[derive(Clone, Debug)]
pub(super) struct Cursor {
    /// What can be typed there.
    pub slot: Slot,
    /// The names that lead there: of the table for a key, of the value for a value.
    pub path: Vec<String>,
    /// The word around the cursor, without quotes.
    pub word: Span,
    /// The quote that the word is in.
    pub quote: Option<char>,
    /// The keys that the table has already, or the strings of the array, without the word itself.
    pub present: Vec<String>,
}

impl Cursor {
    /// Finds the place; none in comments and behind values.
    pub(super) fn at(text: &str, statements: &[Statement], offset: usize) -> Option<Cursor> {
        let offset = text.floor_char_boundary(offset);
        let index = statements.iter().rposition(|statement| statement.span.start <= offset);
        let line = text[..offset].rfind('\n').map_or(0, |newline| newline + 1);
        if in_comment(&text[line..offset]) {
            return None;
        }
        let Some(index) = index else { return Some(key(text, statements, None, offset)) };
        let statement = &statements[index];
        let is_here = offset <= statement.span.end || !text[statement.span.end..offset].contains('\n');
        match statement.kind {
            StatementKind::Pair(value) if is_here => match value.filter(|value| offset >= value.start) {
                Some(value) if offset <= value.end || value.of(text).trim().is_empty() => {
                    Some(value_at(text, statements, index, value, offset))
                }
                Some(_) => None,
                None => Some(key(text, statements, Some(index), offset)),
            },
            _ if is_here => header(text, statements, index, offset),
            _ => Some(key(text, statements, Some(index), offset)),
        }
    }
}

fn in_comment(before: &str) -> bool {
    let mut quote = None;
    for character in before.chars() {
        match (quote, character) {
            (None, '#') => return true,
            (None, '"' | '\'') => quote = Some(character),
            (Some(open), character) if open == character => quote = None,
            _ => {}
        }
    }
    false
}

/// The letters around an offset that make a name.
fn word(text: &str, offset: usize) -> Span {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
    let start = text[..offset].trim_end_matches(is_part).len();
    let end = text.len() - text[offset..].trim_start_matches(is_part).len();
    Span::new(start, end)
}

fn names<'s>(statement: &'s Statement) -> impl Iterator<Item = String> + 's {
    statement.keys.iter().map(|key| key.value.clone())
}

/// All names that lead to a statement, with those of its header.
pub(super) fn full_path(statements: &[Statement], index: usize) -> Vec<String> {
    let statement = &statements[index];
    let header = statement.header.map(|header| names(&statements[header]).collect::<Vec<_>>()).unwrap_or_default();
    header.into_iter().chain(names(statement)).collect()
}

fn header(text: &str, statements: &[Statement], index: usize, offset: usize) -> Option<Cursor> {
    let statement = &statements[index];
    let written = Span::new(statement.span.start, offset).of(text);
    if written.contains(']') || !written.starts_with('[') {
        return None;
    }
    let path = statement.keys.iter().filter(|key| key.span.end < offset).map(|key| key.value.clone()).collect();
    let present = present(statements, &path, index, offset);
    Some(Cursor { slot: Slot::Header, path, word: word(text, offset), quote: None, present })
}

fn key(text: &str, statements: &[Statement], index: Option<usize>, offset: usize) -> Cursor {
    let at = index.unwrap_or(usize::MAX);
    let (mut path, own) = match index.map(|index| &statements[index]) {
        None => (Vec::new(), &[][..]),
        Some(header) if header.is_header() => (names(header).collect(), &[][..]),
        Some(pair) => {
            let header = pair.header.map(|header| names(&statements[header]).collect()).unwrap_or_default();
            let is_here = offset <= pair.span.end || !text[pair.span.end..offset].contains('\n');
            (header, if is_here { pair.keys.as_slice() } else { &[] })
        }
    };
    path.extend(own.iter().filter(|key| key.span.end < offset).map(|key| key.value.clone()));
    let word = word(text, offset);
    let at_line = own.iter().all(|key| key.span.end >= offset);
    let present = present(statements, &path, at, offset);
    Cursor { slot: Slot::Key { at_line }, path, word, quote: None, present }
}

/// The keys that the table of a path has: all that is written below it, in the element at hand.
fn present(statements: &[Statement], path: &Vec<String>, at: usize, offset: usize) -> Vec<String> {
    let is_prefix = |statement: &Statement| statement.keys.len() <= path.len() && names(statement).zip(path).all(|(a, b)| a == *b);
    let is_element = |statement: &Statement| statement.kind == StatementKind::Element && is_prefix(statement);
    let before = statements.iter().take_while(|statement| statement.span.start <= offset).count();
    let from = statements[..before].iter().rposition(&is_element).unwrap_or(0);
    let to = statements[before..].iter().position(is_element).map_or(statements.len(), |next| before + next);
    let mut found = Vec::new();
    for index in from..to {
        let is_own = index == at && statements[index].span.end >= offset;
        let full = full_path(statements, index);
        if !is_own && full.len() > path.len() && full.starts_with(path) && !found.contains(&full[path.len()]) {
            found.push(full[path.len()].clone());
        }
    }
    found
}

/// What an open bracket holds so far.
enum Frame {
    Array,
    Table { keys: Vec<String>, path: Vec<String>, in_value: bool },
}

fn value_at(text: &str, statements: &[Statement], index: usize, value: Span, offset: usize) -> Cursor {
    let before = &text[value.start..offset];
    let mut frames: Vec<Frame> = Vec::new();
    let mut open: Option<(usize, char)> = None;
    for token in Source::new(before).lex() {
        let (start, end) = (value.start + token.span().start(), value.start + token.span().end());
        let written = &text[start..end];
        match token.kind() {
            TokenKind::LeftSquareBracket => frames.push(Frame::Array),
            TokenKind::LeftCurlyBracket => frames.push(Frame::Table { keys: Vec::new(), path: Vec::new(), in_value: false }),
            TokenKind::RightSquareBracket | TokenKind::RightCurlyBracket => drop(frames.pop()),
            TokenKind::Comma => {
                if let Some(Frame::Table { path, in_value, .. }) = frames.last_mut() {
                    path.clear();
                    *in_value = false;
                }
            }
            TokenKind::Equals => {
                if let Some(Frame::Table { keys, path, in_value }) = frames.last_mut() {
                    keys.extend(path.first().cloned());
                    *in_value = true;
                }
            }
            TokenKind::Atom | TokenKind::BasicString | TokenKind::LiteralString => {
                let quote = written.chars().next().filter(|c| matches!(c, '"' | '\''));
                let is_closed = quote.is_none_or(|quote| written.len() > 1 && written.ends_with(quote));
                if !is_closed {
                    open = quote.map(|quote| (start + 1, quote));
                } else if let Some(Frame::Table { path, in_value: false, .. }) = frames.last_mut() {
                    // A name that touches the cursor is still being typed.
                    if end < offset {
                        path.push(written.trim_matches(['"', '\'']).to_owned());
                    }
                }
            }
            _ => {}
        }
    }
    let mut path = full_path(statements, index);
    for frame in &frames {
        if let Frame::Table { path: inner, .. } = frame {
            path.extend(inner.iter().cloned());
        }
    }
    let (word, quote) = match open {
        Some((start, quote)) => {
            let rest = text[offset..].find([quote, '\n']).map_or(text.len(), |at| offset + at);
            (Span::new(start, rest.max(offset)), Some(quote))
        }
        None => (word(text, offset), None),
    };
    let (slot, present) = match frames.last() {
        Some(Frame::Table { keys, in_value: false, .. }) => (Slot::Key { at_line: false }, keys.clone()),
        _ => (Slot::Value, strings(text, value, word)),
    };
    Cursor { slot, path, word, quote, present }
}

/// The strings of a value, without the one at hand.
fn strings(text: &str, value: Span, word: Span) -> Vec<String> {
    let tokens = Source::new(value.of(text)).lex();
    let strings = tokens.filter(|token| matches!(token.kind(), TokenKind::BasicString | TokenKind::LiteralString));
    let spans = strings.map(|token| Span::new(value.start + token.span().start(), value.start + token.span().end()));
    let others = spans.filter(|span| !(span.start <= word.start && word.end <= span.end));
    others.map(|span| span.of(text).trim_matches(['"', '\'']).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax;

    /// Shows the place of `|` in a text.
    fn shown(marked: &str) -> String {
        let offset = marked.find('|').unwrap();
        let text = marked.replace('|', "");
        let Some(cursor) = Cursor::at(&text, &syntax::statements(&text), offset) else { return "nothing".to_owned() };
        let slot = match cursor.slot {
            Slot::Header => "header",
            Slot::Key { at_line: true } => "line",
            Slot::Key { at_line: false } => "key",
            Slot::Value => "value",
        };
        format!("{slot} {} {:?} has {}", cursor.path.join("."), cursor.word.of(&text), cursor.present.join(" "))
    }

    #[test]
    fn keys_of_the_table_at_hand() {
        assert_eq!(shown("|"), "line  \"\" has ");
        assert_eq!(shown("a = 1\nb|\n"), "line  \"b\" has a");
        assert_eq!(shown("[component.x]\nsource = \"y\"\n|\n[component.x.build]\ncommand = 1\n"), "line component.x \"\" has source build");
        assert_eq!(shown("[component.x]\nkey_va|"), "line component.x \"key_va\" has ");
        assert_eq!(shown("[component.x]\nbuild.co|"), "key component.x.build \"co\" has ");
        assert_eq!(shown("[[trigger.http]]\nroute = \"/\"\n[[trigger.http]]\nco|\n"), "line trigger.http \"co\" has ");
    }

    #[test]
    fn keys_and_values_in_brackets() {
        assert_eq!(shown("[component.x]\nsource = { url = \"u\", dig| }\n"), "key component.x.source \"dig\" has url");
        assert_eq!(shown("[component.x]\nkey_value_stores = [\"a\", \"de|\"]\n"), "value component.x.key_value_stores \"de\" has a");
        assert_eq!(shown("[component.x]\nfiles = [\n  \"a\",\n  |\n]\n"), "value component.x.files \"\" has a");
        assert_eq!(shown("[[trigger.http]]\ncomponent = |\n[component.x]\n"), "value trigger.http.component \"\" has ");
        assert_eq!(shown("[[trigger.http]]\ncomponent = \"|\n[component.x]\n"), "value trigger.http.component \"\" has ");
    }

    #[test]
    fn headers_comments_and_ends() {
        assert_eq!(shown("[component.|"), "header component \"\" has ");
        assert_eq!(shown("[[tri|]]\n"), "header  \"tri\" has ");
        assert_eq!(shown("a = 1 # so|"), "nothing");
        assert_eq!(shown("a = 1 |"), "nothing");
    }
}
