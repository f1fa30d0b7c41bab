//! Lines and columns as editors count them: from 0, in code units of the encoding that client and server agreed on.

use super::Span;

/// What a column counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    /// Bytes.
    Utf8,
    /// UTF-16 code units, which every client of LSP understands.
    #[default]
    Utf16,
    /// Unicode scalar values.
    Utf32,
}

impl Encoding {
    fn length(self, text: &str) -> usize {
        match self {
            Encoding::Utf8 => text.len(),
            _ if text.is_ascii() => text.len(),
            Encoding::Utf16 => text.chars().map(char::len_utf16).sum(),
            Encoding::Utf32 => text.chars().count(),
        }
    }

    fn length_of(self, character: char) -> usize {
        match self {
            Encoding::Utf8 => character.len_utf8(),
            Encoding::Utf16 => character.len_utf16(),
            Encoding::Utf32 => 1,
        }
    }
}

/// Where the lines of a text begin. `\n`, `\r\n` and a lone `\r` end a line, as LSP has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineIndex(Vec<usize>);

impl LineIndex {
    /// Finds the lines of a text.
    pub fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let ends = memchr::memchr2_iter(b'\n', b'\r', bytes).filter(|at| bytes[*at] == b'\n' || bytes.get(at + 1) != Some(&b'\n'));
        LineIndex(std::iter::once(0).chain(ends.map(|at| at + 1)).collect())
    }

    /// The line and the column of a byte offset; past the end they are those of the end.
    pub fn position(&self, text: &str, offset: usize, encoding: Encoding) -> (u32, u32) {
        let offset = text.floor_char_boundary(offset);
        let line = self.0.partition_point(|start| *start <= offset) - 1;
        let column = encoding.length(&text[self.0[line]..offset]);
        (u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(column).unwrap_or(u32::MAX))
    }

    /// The byte offset of a line and a column: the line's end where the column is past it, the text's end where the line
    /// is, and the start of a character that the column is within.
    pub fn offset(&self, text: &str, line: u32, column: u32, encoding: Encoding) -> usize {
        let Some(&start) = self.0.get(line as usize) else { return text.len() };
        let end = self.0.get(line as usize + 1).copied().unwrap_or(text.len());
        let content = text[start..end].trim_end_matches(['\n', '\r']);
        let mut left = column as usize;
        for (at, character) in content.char_indices() {
            let length = encoding.length_of(character);
            if left < length {
                return start + at;
            }
            left -= length;
        }
        start + content.len()
    }

    /// The span of a line, counted from 0, without its end.
    pub fn line(&self, text: &str, line: usize) -> Span {
        let start = self.0.get(line).copied().unwrap_or(text.len());
        let end = self.0.get(line + 1).copied().unwrap_or(text.len());
        Span::new(start, start + text[start..end].trim_end_matches(['\n', '\r']).len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_what_was_agreed_on() {
        let text = "a = \"ü😀\"\r\nb\rc\n";
        let lines = LineIndex::new(text);
        let at = text.find("\"\r").unwrap();
        let columns = [Encoding::Utf8, Encoding::Utf16, Encoding::Utf32].map(|encoding| lines.position(text, at, encoding).1);
        assert_eq!(columns, [11, 8, 7]);
        for encoding in [Encoding::Utf8, Encoding::Utf16, Encoding::Utf32] {
            for (offset, _) in text.char_indices().filter(|(offset, _)| !text[*offset..].starts_with("\n")) {
                let (line, column) = lines.position(text, offset, encoding);
                assert_eq!(lines.offset(text, line, column, encoding), offset, "{encoding:?}");
            }
        }
        assert_eq!(lines.position(text, text.len(), Encoding::Utf16), (3, 0));
    }

    #[test]
    fn positions_past_the_end_are_the_end() {
        let text = "ab\ncd";
        let lines = LineIndex::new(text);
        assert_eq!(lines.offset(text, 0, 99, Encoding::Utf16), 2);
        assert_eq!(lines.offset(text, 99, 0, Encoding::Utf16), 5);
        assert_eq!(LineIndex::new("😀").offset("😀", 0, 1, Encoding::Utf16), 0);
    }
}
