//! A rule as the table has it: with the name of its file and the documentation in its header.

use super::Rule;

/// A rule with its name and its documentation.
pub struct Entry {
    /// The id.
    pub name: &'static str,
    /// The source text of its file, whose header is the documentation.
    pub(super) source: &'static str,
    /// The rule.
    pub rule: &'static Rule,
}

impl Entry {
    /// The documentation, as Markdown.
    pub fn documentation(&self) -> String {
        let header = self.source.lines().take_while(|line| line.starts_with("//!"));
        let lines: Vec<&str> = header.map(|line| line.strip_prefix("//! ").unwrap_or("")).collect();
        lines.join("\n")
    }

    /// The first sentence of the documentation.
    pub fn summary(&self) -> String {
        let documentation = self.documentation();
        documentation.split("\n\n").next().unwrap_or_default().replace('\n', " ")
    }
}

/// Spells a module's name as a rule's id.
pub(super) const fn kebab<const N: usize>(name: &str) -> [u8; N] {
    let mut result = [0; N];
    let bytes = name.as_bytes();
    let mut at = 0;
    while at < N {
        result[at] = if bytes[at] == b'_' { b'-' } else { bytes[at] };
        at += 1;
    }
    result
}
