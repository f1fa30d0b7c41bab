//! Places in text: byte spans, and lines and columns for people.

mod lines;

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

pub use lines::{Encoding, LineIndex};

/// A half-open range of byte offsets in one file, byte order mark included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// Offset of the first byte.
    pub start: usize,
    /// Offset behind the last byte.
    pub end: usize,
}

impl Span {
    /// The span from `start` up to, not including, `end`.
    pub const fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// The empty span at `offset`.
    pub const fn at(offset: usize) -> Self {
        Self::new(offset, offset)
    }

    /// Whether `other` lies wholly inside.
    pub fn contains(self, other: Span) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// The part of a string, whose quotes this span includes, that holds some bytes of its content: the whole string, where escapes leave
    /// no single place for it.
    pub fn part(self, text: &str, content: &str, bytes: std::ops::Range<usize>) -> Span {
        let written = self.of(text);
        let quotes = (written.len().saturating_sub(content.len())) / 2;
        if written.get(quotes..quotes + content.len()) == Some(content) {
            return Span::new(self.start + quotes + bytes.start, self.start + quotes + bytes.end);
        }
        let part = content.get(bytes).filter(|part| !part.is_empty() && content.matches(*part).count() == 1).unwrap_or_default();
        match (part, written.match_indices(part).collect::<Vec<_>>().as_slice()) {
            ("", _) => self,
            (part, [(at, _)]) => Span::new(self.start + at, self.start + at + part.len()),
            _ => self,
        }
    }

    /// The text that the span covers; empty where it does not fit the text.
    pub fn of(self, text: &str) -> &str {
        text.get(self.start..self.end).unwrap_or("")
    }
}

impl From<std::ops::Range<usize>> for Span {
    fn from(range: std::ops::Range<usize>) -> Self {
        Self::new(range.start, range.end)
    }
}

/// A value and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spanned<T> {
    /// What was read.
    pub value: T,
    /// Where it was read.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// Joins a value with its place.
    pub const fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }
}

/// A line and a column, both from 1; the column counts Unicode scalar values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1, in Unicode scalar values.
    pub column: usize,
}

/// One file's text under the path that the user knows it by.
///
/// Diagnostics share it, so that every front end can turn a span into a position without reading again.
pub struct SourceFile {
    path: PathBuf,
    text: Arc<str>,
    lines: OnceLock<Vec<usize>>,
    editor_lines: OnceLock<LineIndex>,
}

impl SourceFile {
    /// A file with its text; a binary has the empty text.
    pub fn new(path: impl Into<PathBuf>, text: impl Into<Arc<str>>) -> Self {
        Self { path: path.into(), text: text.into(), lines: OnceLock::new(), editor_lines: OnceLock::new() }
    }

    /// The path, as given on the command line joined with what a walk found.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The path with `/` between its parts on every system.
    pub fn display_path(&self) -> String {
        slashed(&self.path)
    }

    /// The path for people to read.
    pub fn shown_path(&self) -> String {
        visible(&self.display_path())
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text, shared.
    pub fn shared_text(&self) -> Arc<str> {
        Arc::clone(&self.text)
    }

    fn lines(&self) -> &[usize] {
        self.lines.get_or_init(|| {
            let newlines = self.text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
            std::iter::once(0).chain(newlines.map(|(offset, _)| offset + 1)).collect()
        })
    }

    /// The lines as editors count them.
    pub fn editor_lines(&self) -> &LineIndex {
        self.editor_lines.get_or_init(|| LineIndex::new(&self.text))
    }

    /// The position of a byte offset; past the end it is that of the end.
    pub fn position(&self, offset: usize) -> Position {
        let offset = self.text.floor_char_boundary(offset);
        let lines = self.lines();
        let line = lines.partition_point(|start| *start <= offset) - 1;
        // A byte order mark is no column that an editor shows.
        let start = if line == 0 { bom_len(&self.text).min(offset) } else { lines[line] };
        Position { line: line + 1, column: self.text[start..offset].chars().count() + 1 }
    }

    /// The span of a line, counted from 1, without its end.
    pub fn line_span(&self, line: usize) -> Span {
        let lines = self.lines();
        let start = lines.get(line - 1).copied().unwrap_or(self.text.len());
        let end = lines.get(line).copied().unwrap_or(self.text.len());
        let text = self.text[start..end].trim_end_matches(['\n', '\r']);
        Span::new(start, start + text.len())
    }
}

impl std::fmt::Debug for SourceFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("SourceFile").field(&self.path).finish()
    }
}

/// A path with `/` between its parts on every system.
pub fn slashed(path: &Path) -> String {
    let text = path.to_string_lossy();
    if std::path::MAIN_SEPARATOR == '/' { text.into_owned() } else { text.replace('\\', "/") }
}

/// The length in bytes of a leading byte order mark: 3 or 0.
pub fn bom_len(text: &str) -> usize {
    if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 }
}

/// A path as seen from the root, by names alone; the empty one is where the program was started. Empty, if nobody knows where that is.
pub fn absolute(path: &Path) -> PathBuf {
    // The system makes no empty path absolute.
    std::path::absolute(Path::new(".").join(path)).map(|path| join_lexically(Path::new(""), &path)).unwrap_or_default()
}

/// Joins a path with `..` and `.` resolved by their names alone, as Spin does with paths in a manifest.
pub fn join_lexically(base: &Path, relative: &Path) -> PathBuf {
    let mut joined = base.to_path_buf();
    for part in relative.components() {
        match part {
            std::path::Component::CurDir => {}
            std::path::Component::ParentDir => match joined.components().next_back() {
                Some(std::path::Component::Normal(_)) => {
                    joined.pop();
                }
                _ => joined.push(".."),
            },
            other => joined.push(other),
        }
    }
    joined
}

/// A folder and those above it, as far as a project's root can be: a relative path goes on with `..`.
pub fn upwards(folder: &Path) -> impl Iterator<Item = PathBuf> {
    const HIGHEST: usize = 12;
    std::iter::successors(Some(folder.to_path_buf()), |folder| {
        let is_named = matches!(folder.components().next_back(), Some(std::path::Component::Normal(_)));
        match folder.parent() {
            Some(parent) if is_named => Some(parent.to_path_buf()),
            _ if folder.has_root() => None,
            _ => Some(folder.join("..")),
        }
    })
    .take(HIGHEST)
}

/// The candidate nearest to `word`, if it is near enough to be what was meant: one edit in short words, about a
/// third of the letters in longer ones, letter case and `-` against `_` counting nothing.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let plain = |text: &str| text.to_lowercase().replace('-', "_");
    let word = plain(word);
    let allowed = match word.chars().count() {
        0..=2 => 0,
        3..=5 => 1,
        6..=8 => 2,
        _ => 3,
    };
    candidates
        .into_iter()
        .map(|candidate| (strsim::osa_distance(&word, &plain(candidate)), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// A text with characters that a terminal obeys written as escapes: what a manifest, a source, a path or a client of an app says must not
/// write over a report.
pub fn visible(text: &str) -> String {
    text.chars().flat_map(|c| if is_hidden(c) { c.escape_default().collect() } else { vec![c] }).collect()
}

/// Whether a terminal obeys a character instead of showing it.
pub fn is_hidden(c: char) -> bool {
    c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_found_among_escapes_where_they_stand_once() {
        let text = "\"\"\"\nhost\\t{{ a }} {{ b }} {{ b }}\"\"\"";
        let content = "host\t{{ a }} {{ b }} {{ b }}";
        let part = |wanted: &str| {
            let at = content.find(wanted).unwrap();
            Span::new(0, text.len()).part(text, content, at..at + wanted.len()).of(text)
        };
        assert_eq!(part("{{ a }}"), "{{ a }}");
        assert_eq!(part("{{ b }}"), text);
    }

    #[test]
    fn columns_count_characters_and_skip_the_byte_order_mark() {
        let file = SourceFile::new("spin.toml", "\u{feff}name = \"ü\" # x\r\nb = 1");
        assert_eq!(file.position(3), Position { line: 1, column: 1 });
        assert_eq!(file.position("\u{feff}name = \"ü\"".len()), Position { line: 1, column: 11 });
        assert_eq!(file.position(1000), Position { line: 2, column: 6 });
        assert_eq!(file.line_span(1).of(file.text()), "\u{feff}name = \"ü\" # x");
    }

    #[test]
    fn near_words_are_found_and_far_ones_are_not() {
        assert_eq!(nearest("key_value_store", ["key_value_stores", "files"]), Some("key_value_stores"));
        assert_eq!(nearest("my-store", ["my_store"]), Some("my_store"));
        assert_eq!(nearest("colour", ["files", "source"]), None);
    }

    #[test]
    fn folders_go_up_beyond_the_one_that_is_at_hand() {
        let up: Vec<String> = upwards(Path::new("a/b")).take(5).map(|folder| slashed(&folder)).collect();
        assert_eq!(up, ["a/b", "a", "", "..", "../.."]);
        assert_eq!(upwards(Path::new("/a/b")).count(), 3);
    }

    #[test]
    fn parents_are_joined_by_name() {
        let joined = join_lexically(Path::new("a/b"), Path::new("../c/./d"));
        assert_eq!(slashed(&joined), "a/c/d");
    }
}
