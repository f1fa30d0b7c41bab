//! Items of arrays: appended in the array's own style, removed with their comma.

use super::{leading_blanks, line_start, newline, trim_carriage_return};
use crate::diagnostic::{Edit, Edits};
use crate::syntax::{Array, Node, Value};
use crate::text::Span;

/// Appends an item to an array that is written with brackets, in the array's own style.
pub fn append_item(text: &str, node: &Node, item: &str) -> Option<Edits> {
    let Value::Array(Array { items, of_tables: false }) = &node.value else { return None };
    let close = node.span.end.checked_sub(1).filter(|close| text[*close..].starts_with(']'))?;
    let inner = Span::new(node.span.start + 1, close);
    let Some(last) = items.last() else {
        return Edits::new(vec![append_to_empty(text, inner, item)]);
    };
    let tail = &text[last.span.end..close];
    let comma = comma_in(tail).map(|at| last.span.end + at);
    let first_line = line_start(text, last.span.start);
    let alone = text[first_line..last.span.start].trim().is_empty();
    if !alone {
        // Items share a line: the new one joins the last.
        let at = comma.map_or(last.span.end, |comma| comma + 1);
        let added = if comma.is_some() { format!(" {item},") } else { format!(", {item}") };
        return Edits::new(vec![Edit::insert(at, added)]);
    }
    let indent = leading_blanks(&text[first_line..last.span.start]);
    // A comment behind the last item stays with it.
    let behind = comma.unwrap_or(last.span.end);
    let end_of_line = text[behind..].find('\n').map_or(text.len(), |at| behind + at);
    let at = trim_carriage_return(text, end_of_line.min(close));
    let at = if at >= close { comma.map_or(last.span.end, |comma| comma + 1) } else { at };
    let newline = newline(text);
    let line = if comma.is_some() { format!("{newline}{indent}{item},") } else { format!("{newline}{indent}{item}") };
    if comma.is_some() {
        return Edits::new(vec![Edit::insert(at, line)]);
    }
    if at == last.span.end {
        return Edits::new(vec![Edit::insert(at, format!(",{line}"))]);
    }
    Edits::new(vec![Edit::insert(last.span.end, ","), Edit::insert(at, line)])
}

fn append_to_empty(text: &str, inner: Span, item: &str) -> Edit {
    let content = inner.of(text);
    if !content.contains('\n') {
        return Edit::replace(inner, item);
    }
    let close_line = line_start(text, inner.end);
    let outer = leading_blanks(&text[close_line..inner.end]);
    let comment = content.lines().skip(1).find(|line| line.trim_start().starts_with('#'));
    let indent = comment.map_or_else(|| format!("{outer}    "), |line| leading_blanks(line).to_owned());
    Edit::insert(close_line, format!("{indent}{item},{}", newline(text)))
}

/// Removes an item and the comma that belongs to it.
pub fn remove_item(text: &str, node: &Node, index: usize) -> Option<Edits> {
    let items = node.items();
    let item = items.get(index)?;
    let close = node.span.end - 1;
    let comma = comma_in(&text[item.span.end..close]).map(|at| item.span.end + at + 1);
    let line = line_start(text, item.span.start);
    let line_end = text[item.span.end..].find('\n').map(|at| item.span.end + at + 1);
    let alone = text[line..item.span.start].trim().is_empty();
    if let (true, Some(end)) = (alone, line_end)
        && end <= close
        && text[comma.unwrap_or(item.span.end).min(end)..end].trim().is_empty()
    {
        return Edits::new(vec![Edit::delete(Span::new(line, end))]);
    }
    let span = match (comma, index) {
        (Some(comma), _) => {
            let blanks = text[comma..close].len() - text[comma..close].trim_start_matches([' ', '\t']).len();
            Span::new(item.span.start, comma + blanks)
        }
        (None, 0) => item.span,
        (None, _) => {
            let before = items[index - 1].span.end;
            Span::new(before, item.span.end)
        }
    };
    Edits::new(vec![Edit::delete(span)])
}

/// The offset of the first comma outside comments.
fn comma_in(text: &str) -> Option<usize> {
    let mut in_comment = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'#' => in_comment = true,
            b'\n' => in_comment = false,
            b',' if !in_comment => return Some(at),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::tests::component;
    use super::*;

    fn appended(text: &str) -> String {
        let table = component(text);
        append_item(text, table.get("k").unwrap(), "\"new\"").unwrap().apply(text)
    }

    #[test]
    fn an_item_keeps_the_style_of_its_array() {
        for (before, after) in [
            ("[]", "[\"new\"]"),
            ("[ ]", "[\"new\"]"),
            ("[\"a\"]", "[\"a\", \"new\"]"),
            ("[ \"a\" ]", "[ \"a\", \"new\" ]"),
            ("[\"a\",]", "[\"a\", \"new\",]"),
            ("[\n  \"a\",\n]", "[\n  \"a\",\n  \"new\",\n]"),
            ("[\n  \"a\" # one\n]", "[\n  \"a\", # one\n  \"new\"\n]"),
            ("[\n  \"a\", # one, two\n  # tail\n]", "[\n  \"a\", # one, two\n  \"new\",\n  # tail\n]"),
            ("[\n  # none yet\n]", "[\n  # none yet\n  \"new\",\n]"),
            ("[\n  \"a\" # x, y\n  , # z\n]", "[\n  \"a\" # x, y\n  , # z\n  \"new\",\n]"),
            ("[\n]", "[\n    \"new\",\n]"),
            ("[\"a\",\n \"b\"]", "[\"a\",\n \"b\",\n \"new\"]"),
            ("[\n \"a\", \"b\"\n]", "[\n \"a\", \"b\", \"new\"\n]"),
        ] {
            let text = format!("[component.x]\nk = {before}\n");
            assert_eq!(appended(&text), format!("[component.x]\nk = {after}\n"));
        }
    }

    #[test]
    fn an_item_goes_with_its_comma() {
        for (before, index, after) in [
            ("[\"a\"]", 0, "[]"),
            ("[\"a\", \"b\"]", 0, "[\"b\"]"),
            ("[\"a\", \"b\"]", 1, "[\"a\"]"),
            ("[\n  \"a\",\n  \"b\",\n]", 1, "[\n  \"a\",\n]"),
        ] {
            let text = format!("[component.x]\nk = {before}\n");
            let table = component(&text);
            let edits = remove_item(&text, table.get("k").unwrap(), index).unwrap();
            assert_eq!(edits.apply(&text), format!("[component.x]\nk = {after}\n"));
        }
    }
}
