//! One pass over a text's grammar: where its statements begin, and the first place that is not TOML 1.0.
//!
//! toml_parser accepts TOML 1.1. What Spin's parser (toml 0.8) refuses beyond it is checked here on the same events.

use std::cell::Cell;

use toml_parser::decoder::Encoding;
use toml_parser::parser::{EventReceiver, RecursionGuard, ValidateWhitespace};
use toml_parser::{ErrorSink, Expected, ParseError, Source};

use super::SyntaxError;
use crate::text::Span;

/// Spin's parser stops at this many levels of arrays, inline tables and dotted names.
const DEPTH_LIMIT: usize = 80;

/// What one pass found.
pub(super) struct Pass {
    /// The first error, and the span of the bracket that it stands in.
    pub error: Option<(SyntaxError, Option<Span>)>,
    /// Where each statement begins, up to the error.
    pub statements: Vec<Statement>,
}

/// A top-level line: `key = value` or a header.
#[derive(Clone, Copy)]
pub(super) struct Statement {
    pub start: usize,
    pub is_header: bool,
}

impl Pass {
    /// The pass over a text in which nothing has changed but behind the start of a statement: what comes before the
    /// statement stays read.
    pub(super) fn again(mut self, text: &str, changed: usize) -> Pass {
        let known = self.statements.partition_point(|statement| statement.start <= changed).saturating_sub(1);
        let from = self.statements.get(known).map_or(0, |statement| statement.start);
        // A byte order mark is one at the very start only.
        if known == 0 || !text.is_char_boundary(from) {
            return pass(text);
        }
        let rest = pass(&text[from..]);
        self.statements.truncate(known);
        self.statements.extend(rest.statements.iter().map(|statement| Statement { start: statement.start + from, ..*statement }));
        let shifted = |span: Span| Span::new(span.start + from, span.end + from);
        self.error = rest.error.map(|(error, context)| (SyntaxError { span: shifted(error.span), ..error }, context.map(shifted)));
        self
    }
}

/// Reads a text up to its first grammatical error.
pub(super) fn pass(text: &str) -> Pass {
    let source = Source::new(text);
    let tokens = source.lex().into_vec();
    let is_wrong = Cell::new(false);
    let mut receiver = Receiver::new(source, &is_wrong);
    let mut error = None::<ParseError>;
    let mut first = |found: ParseError| {
        is_wrong.set(true);
        error.get_or_insert(found);
    };
    {
        let mut receiver = ValidateWhitespace::new(&mut receiver, source);
        let mut receiver = RecursionGuard::new(&mut receiver, DEPTH_LIMIT as u32);
        toml_parser::parser::parse_document(&tokens, &mut receiver, &mut first);
    }
    Pass { error: error.map(|error| describe(text, &error)), statements: receiver.statements }
}

struct Receiver<'s> {
    source: Source<'s>,
    /// Whether there has been an error: what is behind it is looked at when it is out of the way, if at all.
    is_wrong: &'s Cell<bool>,
    statements: Vec<Statement>,
    /// The opening bracket of every array and inline table that is open.
    open: Vec<Bracket>,
    at_line_start: bool,
    in_header: bool,
    /// How many names the dotted key at hand has.
    key_parts: usize,
}

struct Bracket {
    is_table: bool,
    span: toml_parser::Span,
    trailing_comma: Option<toml_parser::Span>,
}

impl<'s> Receiver<'s> {
    fn new(source: Source<'s>, is_wrong: &'s Cell<bool>) -> Self {
        Self { source, is_wrong, statements: Vec::new(), open: Vec::new(), at_line_start: true, in_header: false, key_parts: 0 }
    }

    fn begin(&mut self, span: toml_parser::Span, is_header: bool) {
        self.statements.push(Statement { start: span.start(), is_header });
        self.at_line_start = false;
        self.key_parts = 0;
        self.in_header = is_header;
    }

    /// A value or a bracket inside the innermost bracket: a comma before it was no trailing one.
    fn fill(&mut self) {
        if let Some(bracket) = self.open.last_mut() {
            bracket.trailing_comma = None;
        }
    }

    fn refuse_in_inline_table(&self, what: &'static str, span: toml_parser::Span, error: &mut dyn ErrorSink) {
        if let Some(bracket) = self.open.last().filter(|bracket| bracket.is_table) {
            error.report_error(ParseError::new(what).with_context(bracket.span).with_unexpected(span));
        }
    }
}

impl EventReceiver for Receiver<'_> {
    fn std_table_open(&mut self, span: toml_parser::Span, _: &mut dyn ErrorSink) {
        self.begin(span, true);
    }

    fn array_table_open(&mut self, span: toml_parser::Span, _: &mut dyn ErrorSink) {
        self.begin(span, true);
    }

    fn std_table_close(&mut self, _: toml_parser::Span, _: &mut dyn ErrorSink) {
        self.in_header = false;
    }

    fn array_table_close(&mut self, _: toml_parser::Span, _: &mut dyn ErrorSink) {
        self.in_header = false;
    }

    fn inline_table_open(&mut self, span: toml_parser::Span, _: &mut dyn ErrorSink) -> bool {
        self.fill();
        self.open.push(Bracket { is_table: true, span, trailing_comma: None });
        self.key_parts = 0;
        true
    }

    fn inline_table_close(&mut self, _: toml_parser::Span, error: &mut dyn ErrorSink) {
        if let Some(Bracket { trailing_comma: Some(comma), span, .. }) = self.open.pop() {
            let message = "a comma before `}` (TOML 1.1, Spin reads 1.0)";
            error.report_error(ParseError::new(message).with_context(span).with_unexpected(comma));
        }
    }

    fn array_open(&mut self, span: toml_parser::Span, _: &mut dyn ErrorSink) -> bool {
        self.fill();
        self.open.push(Bracket { is_table: false, span, trailing_comma: None });
        true
    }

    fn array_close(&mut self, _: toml_parser::Span, _: &mut dyn ErrorSink) {
        self.open.pop();
    }

    fn simple_key(&mut self, span: toml_parser::Span, encoding: Option<Encoding>, error: &mut dyn ErrorSink) {
        if self.at_line_start && self.open.is_empty() {
            self.begin(span, false);
        }
        self.fill();
        self.key_parts += 1;
        if self.key_parts + self.open.len() >= DEPTH_LIMIT {
            error.report_error(ParseError::new("a name of 80 or more parts, which Spin's parser refuses").with_unexpected(span));
        }
        if let Some(raw) = self.source.get(span).filter(|_| !self.is_wrong.get()) {
            // The encoding is known from the event, the raw text knows none.
            let raw = toml_parser::Raw::new_unchecked(raw.as_str(), encoding, span);
            raw.decode_key(&mut std::borrow::Cow::Borrowed(""), error);
            refuse_new_escapes(raw.as_str(), encoding, span, error);
        }
    }

    fn key_val_sep(&mut self, _: toml_parser::Span, _: &mut dyn ErrorSink) {
        self.key_parts = 0;
    }

    fn scalar(&mut self, span: toml_parser::Span, encoding: Option<Encoding>, error: &mut dyn ErrorSink) {
        self.fill();
        let Some(raw) = self.source.get(span).filter(|_| !self.is_wrong.get()) else { return };
        let raw = toml_parser::Raw::new_unchecked(raw.as_str(), encoding, span);
        let kind = raw.decode_scalar(&mut std::borrow::Cow::Borrowed(""), error);
        refuse_new_escapes(raw.as_str(), encoding, span, error);
        match kind {
            toml_parser::decoder::ScalarKind::DateTime => check_datetime(raw.as_str(), span, error),
            toml_parser::decoder::ScalarKind::Integer(radix) => {
                let digits = raw.as_str().replace('_', "");
                let digits = digits.trim_start_matches('+');
                let value = match digits.get(..2) {
                    Some("0x" | "0o" | "0b") => &digits[2..],
                    _ => digits,
                };
                if i64::from_str_radix(value, radix.value()).is_err() {
                    error.report_error(ParseError::new("an integer that does not fit 64 bits").with_unexpected(span));
                }
            }
            toml_parser::decoder::ScalarKind::Float => {
                let text = raw.as_str().replace('_', "");
                let named = text.ends_with("inf") || text.ends_with("nan");
                if !named && text.parse::<f64>().is_ok_and(f64::is_infinite) {
                    error.report_error(ParseError::new("a number that is too large").with_unexpected(span));
                }
            }
            _ => {}
        }
    }

    fn value_sep(&mut self, span: toml_parser::Span, _: &mut dyn ErrorSink) {
        if let Some(bracket) = self.open.last_mut() {
            bracket.trailing_comma = Some(span);
        }
        self.key_parts = 0;
    }

    fn comment(&mut self, span: toml_parser::Span, error: &mut dyn ErrorSink) {
        self.refuse_in_inline_table("a comment in an inline table (TOML 1.1, Spin reads 1.0)", span, error);
    }

    fn newline(&mut self, span: toml_parser::Span, error: &mut dyn ErrorSink) {
        self.refuse_in_inline_table("an inline table over several lines (TOML 1.1, Spin reads 1.0)", span, error);
        if self.open.is_empty() {
            self.at_line_start = true;
        }
    }
}

/// `\e` and `\x` came with TOML 1.1.
fn refuse_new_escapes(raw: &str, encoding: Option<Encoding>, span: toml_parser::Span, error: &mut dyn ErrorSink) {
    if !matches!(encoding, Some(Encoding::BasicString | Encoding::MlBasicString)) {
        return;
    }
    let mut rest = raw.bytes().enumerate();
    while let Some((at, byte)) = rest.next() {
        if byte != b'\\' {
            continue;
        }
        if let Some((_, b'e' | b'x')) = rest.next() {
            let start = span.start() + at;
            let place = toml_parser::Span::new_unchecked(start, start + 2);
            error.report_error(ParseError::new("an escape of TOML 1.1 (Spin reads 1.0)").with_unexpected(place));
        }
    }
}

/// Times without seconds came with TOML 1.1, and the grammar alone lets 30 February pass.
fn check_datetime(raw: &str, span: toml_parser::Span, error: &mut dyn ErrorSink) {
    if let Err(reason) = raw.parse::<toml_edit::Datetime>() {
        error.report_error(ParseError::new(reason.to_string()).with_unexpected(span));
        return;
    }
    let colons_of_time = raw.split(['T', 't', ' ']).next_back().unwrap_or(raw);
    let time = colons_of_time.split(['+', '-', 'Z', 'z']).next().unwrap_or("");
    if time.matches(':').count() == 1 {
        error.report_error(ParseError::new("a time without seconds (TOML 1.1, Spin reads 1.0)").with_unexpected(span));
    }
}

fn describe(text: &str, error: &ParseError) -> (SyntaxError, Option<Span>) {
    let span = |span: toml_parser::Span| Span::new(span.start(), span.end());
    let context = error.context().map(span);
    let at = error.unexpected().map(span).or(context).unwrap_or_default();
    let mut message = match error.description() {
        "string values must be quoted" if at.start < at.end => unquoted(at.of(text)),
        "string values must be quoted" => "a value is missing".to_owned(),
        // What begins like `true`, a number or `nan` is taken for one; a path is none.
        "invalid boolean" | "invalid mantissa" | "invalid float" | "invalid integer number"
            if !bare_word(text, at, context).of(text).is_empty() =>
        {
            let word = bare_word(text, at, context);
            return (SyntaxError { span: word, message: unquoted(word.of(text)), related: None }, context);
        }
        description => description.to_owned(),
    };
    // A string that ends with its line is wrong from its first quote on.
    let at = match context {
        Some(context) if message.ends_with(" string") && (text[at.start..].starts_with(['\n', '\r']) || at.start == text.len()) => {
            let line = text[context.start..].lines().next().unwrap_or("");
            message = "a string without its closing quote".to_owned();
            Span::new(context.start, (context.start + line.len()).min(context.end.max(context.start + 1)))
        }
        _ => at,
    };
    if message.contains("quote") || message.starts_with("a value") {
        return (SyntaxError { span: visible(text, at), message, related: None }, context);
    }
    let expected: Vec<String> = error.expected().unwrap_or_default().iter().filter_map(expectation).collect();
    if let Some((last, rest)) = expected.split_last() {
        let list = if rest.is_empty() { last.clone() } else { format!("{} or {last}", rest.join(", ")) };
        message = format!("{message}, expected {list}");
    }
    let span = visible(text, at);
    (SyntaxError { span, message, related: None }, context)
}

/// What to say about text that should be a string. Text with quotes in it is no example.
fn unquoted(word: &str) -> String {
    match word.contains(['"', '\'', '“', '”', '(', ')', '>']) || word.contains("//") || word.contains(' ') {
        true => "text without quotes".to_owned(),
        false => format!("text without quotes, a string is written \"{word}\""),
    }
}

/// The word around a place, if it is one that only quotes are missing from; empty elsewhere.
fn bare_word(text: &str, at: Span, context: Option<Span>) -> Span {
    let ends = |c: char| c.is_whitespace() || matches!(c, ',' | ']' | '}' | '#' | '=');
    let from = context.map_or(at.start, |context| context.start.min(at.start)).min(text.len());
    let start = text[..from].rfind(ends).map_or(0, |before| before + text[before..].chars().next().map_or(1, char::len_utf8));
    let end = text[from..].find(ends).map_or(text.len(), |length| from + length);
    let word = Span::new(start, end);
    let is_text = word.of(text).contains('/') || word.of(text).chars().filter(|c| c.is_alphabetic()).count() > 2;
    if is_text { word } else { Span::at(start) }
}

fn expectation(expected: &Expected) -> Option<String> {
    match expected {
        Expected::Literal("\n") => Some("the end of the line".to_owned()),
        Expected::Literal("#") => None,
        Expected::Literal(literal) => Some(format!("`{literal}`")),
        Expected::Description(description) => Some((*description).to_owned()),
        _ => None,
    }
}

/// An empty place shows nothing: the character there, or the last one before it on the line, does.
fn visible(text: &str, span: Span) -> Span {
    let start = text.floor_char_boundary(span.start);
    if span.start < span.end {
        return Span::new(start, text.ceil_char_boundary(span.end));
    }
    match text[start..].chars().next() {
        Some(character) if character != '\n' && character != '\r' => Span::new(start, start + character.len_utf8()),
        _ => match text[..start].chars().next_back() {
            Some(character) if character != '\n' => Span::new(start - character.len_utf8(), start),
            _ => Span::at(start),
        },
    }
}
