//! Edits by intent: insert a key, append an item, rename, move a line. Only this module knows commas, indentation and
//! line ends; rules and front ends never count them.

mod array;

pub use array::{append_item, remove_item};

use crate::diagnostic::{Edit, Edits};
use crate::syntax::{Entry, Form, Table, Value};
use crate::text::{Span, bom_len};

/// Inserts `key = value` into a table: behind its last plain line, else behind its header; in the dotted style behind
/// the last line that names the table. None where the table has no place of its own.
pub fn insert_key(text: &str, table: &Table, key: &str, value: &str) -> Option<Edit> {
    match table.form {
        Form::Inline => insert_into_braces(text, table, &format!("{key} = {value}")),
        Form::Dotted => {
            let last = last_leaf(table)?;
            let line = line_start(text, last.key.span.start);
            let before = &text[line..last.key.span.start];
            if before.contains(['{', '=']) {
                return None;
            }
            // The prefix of a leaf below a sub-table names more than this table: cut it behind this table's own name.
            let own_depth = dotted_depth(table, last);
            let prefix = before.trim_end().trim_end_matches('.');
            let prefix = drop_names(prefix, own_depth)?;
            Some(insert_line(text, last.node.span.end, &format!("{prefix}.{key} = {value}")))
        }
        Form::Header | Form::Element | Form::Root => {
            let line = format!("{key} = {value}");
            let last = table.entries.iter().filter(|entry| entry.is_plain_line()).max_by_key(|entry| entry.node.span.end);
            match last {
                Some(last) => {
                    let line_start = line_start(text, last.key.span.start);
                    let indent = leading_blanks(&text[line_start..last.key.span.start]);
                    Some(insert_line(text, last.node.span.end, &format!("{indent}{line}")))
                }
                None if table.form == Form::Root => Some(Edit::insert(bom_len(text), format!("{line}{}", newline(text)))),
                None => {
                    let indent = leading_blanks(&text[line_start(text, table.span.start)..table.span.start]);
                    Some(insert_line(text, table.span.end, &format!("{indent}{line}")))
                }
            }
        }
        Form::Implicit => None,
    }
}

/// Removes a line of a table, with the line end; none if a comment would go with it.
pub fn remove_entry(text: &str, entry: &Entry) -> Option<Edit> {
    let lines = own_lines(text, entry)?;
    let behind = Span::new(entry.node.span.end, lines.end);
    behind.of(text).trim().is_empty().then(|| Edit::delete(lines))
}

/// Removes the line of a header; none if a comment would go with it.
pub fn remove_header(text: &str, table: &Table) -> Option<Edit> {
    let end = text[table.span.end..].find('\n').map_or(text.len(), |at| table.span.end + at + 1);
    let is_alone = text[table.span.end..end].trim().is_empty() && table.form == Form::Header;
    is_alone.then(|| Edit::delete(Span::new(line_start(text, table.span.start), end)))
}

/// Replaces a string's content and keeps its quotes where they can hold it.
pub fn rename(text: &str, string: Span, value: &str) -> Edit {
    let quote = if string.of(text).starts_with('\'') && !value.contains('\'') { '\'' } else { '"' };
    Edit::replace(string, quoted(value, quote))
}

/// Renames a key and keeps it bare where it can be.
pub fn rename_key(key: Span, value: &str) -> Edit {
    Edit::replace(key, bare_or_quoted(value))
}

/// Moves a line into another table, with its comment. The value may be replaced on the way.
pub fn move_entry(text: &str, entry: &Entry, target: &Table, value: Option<&str>) -> Option<Edits> {
    let lines = own_lines(text, entry)?;
    let content = lines.of(text).trim_end_matches(['\n', '\r']);
    let start = entry.key.span.start - lines.start;
    let value_start = entry.node.span.start - lines.start;
    let value_end = entry.node.span.end - lines.start;
    let key = content.get(start..start + entry.key.span.end - entry.key.span.start)?;
    let value = value.map_or_else(|| content.get(value_start..value_end), Some)?;
    let comment = content.get(value_end..)?;
    if target.form == Form::Inline && (!comment.trim().is_empty() || value.contains('\n')) {
        return None;
    }
    let insert = insert_key(text, target, key, &format!("{value}{comment}"))?;
    Edits::new(vec![Edit::delete(lines), insert])
}

/// Moves a line into a new table with this header, placed before `at` (the start of a line, or the end of the text).
pub fn move_entry_to_new_table(text: &str, entry: &Entry, header: &str, at: usize) -> Option<Edits> {
    let lines = own_lines(text, entry)?;
    let newline = newline(text);
    let content = lines.of(text).trim_end_matches(['\n', '\r']).trim_start();
    let before = &text[..at];
    let gap = if before.is_empty() || before.ends_with("\n\n") || before.ends_with("\n\r\n") {
        String::new()
    } else if before.ends_with('\n') {
        newline.to_owned()
    } else {
        format!("{newline}{newline}")
    };
    let after = if at == text.len() { "" } else { newline };
    let added = format!("{gap}{header}{newline}{content}{newline}{after}");
    if lines.end == at {
        return Edits::new(vec![Edit::replace(lines, added)]);
    }
    Edits::new(vec![Edit::delete(lines), Edit::insert(at, added)])
}

/// The line end that the text uses.
pub fn newline(text: &str) -> &'static str {
    match text.find('\n') {
        Some(at) if text[..at].ends_with('\r') => "\r\n",
        _ => "\n",
    }
}

/// A TOML string.
pub fn string(value: &str) -> String {
    quoted(value, '"')
}

/// A key, bare where it can be.
pub fn bare_or_quoted(key: &str) -> String {
    let bare = !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    if bare { key.to_owned() } else { string(key) }
}

/// The start of the line that `offset` is on.
pub fn line_start(text: &str, offset: usize) -> usize {
    text[..offset].rfind('\n').map_or(bom_len(text).min(offset), |newline| newline + 1)
}

fn quoted(value: &str, quote: char) -> String {
    if quote == '\'' {
        return format!("'{value}'");
    }
    let mut result = String::from("\"");
    for character in value.chars() {
        match character {
            '"' | '\\' => result.extend(['\\', character]),
            '\n' => result.push_str("\\n"),
            '\r' => result.push_str("\\r"),
            '\t' => result.push_str("\\t"),
            control if control.is_control() => result.push_str(&format!("\\u{:04X}", control as u32)),
            other => result.push(other),
        }
    }
    result.push('"');
    result
}

/// The whole lines of a plain entry, if nothing else stands on them.
fn own_lines(text: &str, entry: &Entry) -> Option<Span> {
    let start = line_start(text, entry.key.span.start);
    if !entry.is_plain_line() || !text[start..entry.key.span.start].trim().is_empty() {
        return None;
    }
    let rest = &text[entry.node.span.end..];
    let line = rest.lines().next().unwrap_or("");
    let trailing = line.trim_start();
    if !trailing.is_empty() && !trailing.starts_with('#') {
        return None;
    }
    let end = rest.find('\n').map_or(text.len(), |at| entry.node.span.end + at + 1);
    Some(Span::new(start, end))
}

/// Inserts a line behind the line that holds `offset`.
fn insert_line(text: &str, offset: usize, line: &str) -> Edit {
    match text[offset..].find('\n') {
        // The line's own end is its neighbours' too, in a file of both kinds.
        Some(at) => {
            let newline = if text[..offset + at].ends_with('\r') { "\r\n" } else { "\n" };
            Edit::insert(offset + at + 1, format!("{line}{newline}"))
        }
        None => Edit::insert(text.len(), format!("{}{line}", newline(text))),
    }
}

fn insert_into_braces(text: &str, table: &Table, entry: &str) -> Option<Edit> {
    let close = table.span.end.checked_sub(1).filter(|close| text[*close..].starts_with('}'))?;
    let last = table.entries.iter().map(deepest_end).max();
    Some(match last {
        Some(last) => Edit::insert(last, format!(", {entry}")),
        None => Edit::replace(Span::new(table.span.start + 1, close), format!(" {entry} ")),
    })
}

/// The end of an entry's value, through dotted keys.
fn deepest_end(entry: &Entry) -> usize {
    match entry.node.as_table() {
        Some(table) if table.form == Form::Dotted => table.entries.iter().map(deepest_end).max().unwrap_or(entry.node.span.end),
        _ => entry.node.span.end,
    }
}

/// The last plain line below a dotted table.
fn last_leaf(table: &Table) -> Option<&Entry> {
    let below = table.entries.iter().filter_map(|entry| match &entry.node.value {
        Value::Table(sub) if sub.form == Form::Dotted => last_leaf(sub),
        _ => entry.is_plain_line().then_some(entry),
    });
    below.max_by_key(|entry| entry.node.span.end)
}

/// How many dotted names stand between a table and one of its leaves.
fn dotted_depth(table: &Table, leaf: &Entry) -> usize {
    let direct = table.entries.iter().any(|entry| entry.key.span == leaf.key.span);
    if direct {
        return 0;
    }
    let subs = table.entries.iter().filter_map(|entry| entry.node.as_table());
    subs.filter(|sub| last_leaf(sub).is_some_and(|last| last.key.span == leaf.key.span))
        .map(|sub| 1 + dotted_depth(sub, leaf))
        .next()
        .unwrap_or(0)
}

fn drop_names(prefix: &str, count: usize) -> Option<&str> {
    let mut prefix = prefix;
    for _ in 0..count {
        prefix = prefix.rsplit_once('.')?.0;
    }
    (!prefix.is_empty()).then_some(prefix)
}

fn leading_blanks(text: &str) -> &str {
    &text[..text.len() - text.trim_start_matches([' ', '\t']).len()]
}

fn trim_carriage_return(text: &str, at: usize) -> usize {
    if text[..at].ends_with('\r') { at - 1 } else { at }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax;

    pub(super) fn component(text: &str) -> Table {
        let tree = syntax::parse(text);
        assert!(tree.errors.is_empty(), "{:?}", tree.errors);
        tree.root.get("component").and_then(|node| node.as_table()?.get("x")?.as_table()).unwrap().clone()
    }

    fn inserted(text: &str) -> String {
        let edit = insert_key(text, &component(text), "k", "[\"default\"]").unwrap();
        Edits::new(vec![edit]).unwrap().apply(text)
    }

    #[test]
    fn a_key_goes_behind_the_last_plain_line() {
        assert_eq!(
            inserted("[component.x]\na = 1 # c\n\n[component.x.build]\nb = 1\n"),
            "[component.x]\na = 1 # c\nk = [\"default\"]\n\n[component.x.build]\nb = 1\n"
        );
        assert_eq!(
            inserted("[component.x]\r\n  a = [\r\n  1,\r\n  ]\r\nb.c = 1\r\n"),
            "[component.x]\r\n  a = [\r\n  1,\r\n  ]\r\n  k = [\"default\"]\r\nb.c = 1\r\n"
        );
        assert_eq!(inserted("[component.x]\na = 1"), "[component.x]\na = 1\nk = [\"default\"]");
        assert_eq!(inserted("[component.\"x\"] # h\n"), "[component.\"x\"] # h\nk = [\"default\"]\n");
    }

    #[test]
    fn other_styles_keep_their_style() {
        assert_eq!(
            inserted("component.x.a = 1\ncomponent.x.b.c = 2\n"),
            "component.x.a = 1\ncomponent.x.b.c = 2\ncomponent.x.k = [\"default\"]\n"
        );
        assert_eq!(inserted("[component]\nx = { a = 1 }\n"), "[component]\nx = { a = 1, k = [\"default\"] }\n");
        assert_eq!(inserted("[component]\nx.a = 1\ny.a = 2\n"), "[component]\nx.a = 1\nx.k = [\"default\"]\ny.a = 2\n");
        assert_eq!(inserted("[component]\nx = {}\n"), "[component]\nx = { k = [\"default\"] }\n");
    }

    #[test]
    fn a_line_moves_with_its_comment() {
        let text = "[component.x]\na = 1\n[component.x.build]\nk = [\n 1 ] # c\nb = 1\n";
        let table = component(text);
        let build = table.get("build").and_then(syntax::Node::as_table).unwrap();
        let edits = move_entry(text, build.entry("k").unwrap(), &table, None).unwrap();
        assert_eq!(edits.apply(text), "[component.x]\na = 1\nk = [\n 1 ] # c\n[component.x.build]\nb = 1\n");
    }
}
