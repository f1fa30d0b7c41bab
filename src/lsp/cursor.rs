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
    /// The word around the cursor, without quotes; a quoted key with them.
    pub word: Span,
    /// The quote that the word is in.
    pub quote: Option<char>,
    /// Whether the quote is closed.
    pub is_closed: bool,
    /// Whether `=` or a dot stands behind the word: a key that is there, and only gets another name.
    pub goes_on: bool,
    /// The keys that the table has already, or the strings of the array, without the word itself.
    pub present: Vec<String>,
}

impl Cursor {
    /// Whether a place is where the word stands that is being typed.
    pub(super) fn is_in(&self, place: Span) -> bool {
        place.start <= self.word.end && self.word.start <= place.end
    }

    /// Finds the place; none in comments and behind values.
    pub(super) fn at(text: &str, statements: &[Statement], offset: usize) -> Option<Cursor> {
        let offset = text.floor_char_boundary(offset);
        let index = statements.iter().rposition(|statement| statement.span.start <= offset);
        let line = text[..offset].rfind('\n').map_or(0, |newline| newline + 1);
        if in_comment(&text[line..offset]) {
            return None;
        }
        let Some(index) = index else { return key(text, statements, None, offset) };
        let statement = &statements[index];
        let is_here = offset <= statement.span.end || !text[statement.span.end..offset].contains('\n');
        match statement.kind {
            StatementKind::Pair(Some(value)) if offset >= value.start && (is_here || is_left_open(text, value, offset)) => {
                let is_in = offset <= value.end || value.of(text).trim().is_empty() || is_left_open(text, value, offset);
                is_in.then(|| value_at(text, statements, index, value, offset)).flatten()
            }
            StatementKind::Pair(_) => key(text, statements, Some(index), offset),
            _ if is_here => header(text, statements, index, offset),
            _ => key(text, statements, Some(index), offset),
        }
    }
}

/// Whether an array or an inline table is not closed before an offset: what is typed there is its next item.
fn is_left_open(text: &str, value: Span, offset: usize) -> bool {
    let mut depth = 0i32;
    for token in Source::new(&text[value.start..offset]).lex() {
        match token.kind() {
            TokenKind::LeftSquareBracket | TokenKind::LeftCurlyBracket => depth += 1,
            TokenKind::RightSquareBracket | TokenKind::RightCurlyBracket => depth -= 1,
            // A line that begins like another key or header is one.
            TokenKind::Equals if text[value.end..offset.max(value.end)].contains('\n') => return false,
            _ => {}
        }
    }
    depth > 0
}

/// Where the string ends that an offset is in, and whether its quote is closed. An editor that closes no quotes leaves the rest
/// of the line behind it, in which quotes come in pairs.
pub(super) fn string_end(text: &str, offset: usize, quote: char) -> (usize, bool) {
    let line = text[offset..].lines().next().unwrap_or_default();
    match line.find(quote).filter(|_| line.matches(quote).count() % 2 == 1) {
        Some(at) => (offset + at, true),
        None => {
            let is_part = |c: char| c.is_alphanumeric() || "_-./:*".contains(c);
            (offset + line.len() - line.trim_start_matches(is_part).len(), false)
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
    Some(Cursor { slot: Slot::Header, path, word: word(text, offset), quote: None, is_closed: true, goes_on: false, present })
}

/// The place of a key; none behind one, where only `=` can follow.
fn key(text: &str, statements: &[Statement], index: Option<usize>, offset: usize) -> Option<Cursor> {
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
    let passed = own.iter().take_while(|key| key.span.end < offset);
    if passed.clone().last().is_some_and(|last| !text[last.span.end..offset].contains('.')) {
        return None;
    }
    path.extend(passed.map(|key| key.value.clone()));
    let at_line = own.iter().all(|key| key.span.end >= offset);
    let present = present(statements, &path, at, offset);
    let word = quoted(text, word(text, offset));
    Some(Cursor { slot: Slot::Key { at_line }, path, word, quote: None, is_closed: true, goes_on: goes_on(text, word), present })
}

/// A word with the quotes around it.
fn quoted(text: &str, word: Span) -> Span {
    let Some(quote) = text[..word.start].chars().next_back().filter(|c| matches!(c, '"' | '\'')) else { return word };
    Span::new(word.start - 1, if text[word.end..].starts_with(quote) { word.end + 1 } else { word.end })
}

fn goes_on(text: &str, word: Span) -> bool {
    text[word.end..].trim_start_matches([' ', '\t']).starts_with(['=', '.'])
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

/// The place in a value; none before a string, which begins only behind its quote.
fn value_at(text: &str, statements: &[Statement], index: usize, value: Span, offset: usize) -> Option<Cursor> {
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
    let (word, quote, is_closed) = match open {
        Some((start, quote)) => {
            let (end, is_closed) = string_end(text, offset, quote);
            (Span::new(start, end), Some(quote), is_closed)
        }
        None => (word(text, offset), None, true),
    };
    let (slot, present, word) = match frames.last() {
        Some(Frame::Table { keys, in_value: false, .. }) => {
            let word =
                if let Some(quote) = quote { Span::new(word.start - quote.len_utf8(), word.end + usize::from(is_closed)) } else { word };
            (Slot::Key { at_line: false }, keys.clone(), word)
        }
        // Behind a whole value only a comma or the end can follow.
        _ if quote.is_none() && text[value.start..word.start].trim_end().ends_with(['"', '\'', ']', '}']) => return None,
        _ if quote.is_none() && text[word.end..].starts_with(['"', '\'']) => return None,
        _ => (Slot::Value, strings(text, value, word), word),
    };
    Some(Cursor { slot, path, word, quote, is_closed, goes_on: goes_on(text, word), present })
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
    fn what_is_open_goes_on_and_what_is_full_does_not() {
        for behind in ["[\"a\"|]", "[\"a\" |]", "\"a\"|", "[{ pattern = \"a\" } |]"] {
            assert_eq!(shown(&format!("[component.x]\nfiles = {behind}\n")), "nothing", "{behind}");
        }
        assert_eq!(shown("[component.x]\nkey_value_stores = [ |\n"), "value component.x.key_value_stores \"\" has ");
        assert_eq!(shown("[component.x]\nfiles = [\n \"a\",\n |\n\n[component.y]\n"), "value component.x.files \"\" has a");
        assert_eq!(shown("[component.x]\nfiles = [\n \"a\",\nsource = \"x\"\nb|"), "line component.x \"b\" has files source");
        assert_eq!(shown("[component.x]\nsource |"), "nothing");
        assert_eq!(shown("[component.x]\nbuild |= {}\n"), "nothing");
        assert_eq!(shown("[trigger]\ncomponent = |\"cart\"\n"), "nothing");
        assert_eq!(shown("[component.x]\n\"sou|\"\n"), "line component.x \"\\\"sou\\\"\" has ");
    }

    #[test]
    fn an_unclosed_string_ends_with_its_word() {
        let end = |marked: &str| {
            let offset = marked.find('|').unwrap();
            let (end, is_closed) = string_end(&marked.replace('|', ""), offset, '"');
            (end - offset, is_closed)
        };
        assert_eq!(end("[\"de|fault\"]"), (5, true));
        assert_eq!(end("[\"de|]"), (0, false));
        assert_eq!(end("[\"|, \"x\"]"), (0, false));
        assert_eq!(end("open(\"|).await?;"), (0, false));
        assert_eq!(end("\"a b| c\", \"d\""), (2, true));
    }

    #[test]
    fn headers_comments_and_ends() {
        assert_eq!(shown("[component.|"), "header component \"\" has ");
        assert_eq!(shown("[[tri|]]\n"), "header  \"tri\" has ");
        assert_eq!(shown("a = 1 # so|"), "nothing");
        assert_eq!(shown("a = 1 |"), "nothing");
    }
}
