//! What the linter says: a finding with its place, its evidence and its fix.

use std::sync::Arc;

use crate::text::{SourceFile, Span, is_hidden, visible};

/// How grave a finding is. The order is the order of gravity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Very likely a mistake.
    Warning,
    /// Spin refuses the manifest, or evidence proves that a component opens something that it is not granted.
    Error,
}

impl Severity {
    /// The word that reports use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

/// A span in a file.
#[derive(Clone, Debug)]
pub struct Place {
    /// The file.
    pub file: Arc<SourceFile>,
    /// The bytes in it.
    pub span: Span,
}

/// A place that explains a finding: a call, a binary, the other declaration.
#[derive(Clone, Debug)]
pub struct Related {
    /// Where.
    pub place: Place,
    /// What is to be seen there.
    pub message: String,
}

/// What a fix promises.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Safety {
    /// Spin accepts the result, it starts where it started before, and no permission widens beyond what the code
    /// provably opens.
    Safe,
    /// A permission, the start-up or a behaviour may change.
    Unsafe,
}

/// One replacement of bytes in the original text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced; empty for an insertion.
    pub span: Span,
    /// What stands there afterwards.
    pub text: String,
}

impl Edit {
    /// Replaces `span` by `text`.
    pub fn replace(span: Span, text: impl Into<String>) -> Self {
        Self { span, text: text.into() }
    }

    /// Inserts `text` at `offset`.
    pub fn insert(offset: usize, text: impl Into<String>) -> Self {
        Self::replace(Span::at(offset), text)
    }

    /// Removes the bytes of `span`.
    pub fn delete(span: Span) -> Self {
        Self::replace(span, "")
    }
}

/// Sorted, disjoint edits of one text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edits(Vec<Edit>);

impl Edits {
    /// Sorts the edits; none where two of them touch the same bytes.
    pub fn new(mut edits: Vec<Edit>) -> Option<Self> {
        edits.sort_by_key(|edit| edit.span);
        let disjoint = edits.windows(2).all(|pair| pair[0].span.end <= pair[1].span.start);
        (disjoint && !edits.is_empty()).then_some(Self(edits))
    }

    /// The edits in the order of their places.
    pub fn as_slice(&self) -> &[Edit] {
        &self.0
    }

    /// The text with all edits made.
    pub fn apply(&self, text: &str) -> String {
        let mut result = String::with_capacity(text.len() + 64);
        let mut done = 0;
        for edit in &self.0 {
            result.push_str(&text[done..edit.span.start]);
            result.push_str(&edit.text);
            done = edit.span.end;
        }
        result.push_str(&text[done..]);
        result
    }
}

/// A change of the manifest that makes a finding go away.
#[derive(Clone, Debug)]
pub struct Fix {
    /// What it does, as an editor's menu shows it.
    pub title: String,
    /// What it promises.
    pub safety: Safety,
    /// The edits of the manifest's text.
    pub edits: Edits,
}

impl Fix {
    /// A fix that changes no behaviour and no permission beyond what the code provably opens.
    pub fn safe(title: impl Into<String>, edits: Edits) -> Self {
        Self { title: title.into(), safety: Safety::Safe, edits }
    }

    /// A fix that a person should decide upon.
    pub fn risky(title: impl Into<String>, edits: Edits) -> Self {
        Self { title: title.into(), safety: Safety::Unsafe, edits }
    }
}

/// One finding.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    /// The rule's id.
    pub rule: &'static str,
    /// How grave it is.
    pub severity: Severity,
    /// Where it stands in the manifest.
    pub place: Place,
    /// What is wrong there, what Spin will do about it and when.
    pub message: String,
    /// The component it is about, by the id that Spin uses.
    pub component: Option<String>,
    /// The store label it is about.
    pub label: Option<String>,
    /// The evidence, in source order.
    pub related: Vec<Related>,
    /// The smallest change that helps.
    pub help: Option<String>,
    /// The same as edits, where there is a way.
    pub fix: Option<Fix>,
    /// How an editor draws the place, beside underlining it.
    pub tag: Option<Tag>,
}

impl Diagnostic {
    /// Writes characters that a terminal obeys as escapes, wherever the manifest or a source is quoted.
    pub fn spell_out_hidden(&mut self) {
        let texts = self.related.iter_mut().map(|related| &mut related.message);
        for text in texts.chain([&mut self.message]).chain(&mut self.help) {
            if text.contains(is_hidden) {
                *text = visible(text);
            }
        }
    }
}

/// How an editor draws what a finding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tag {
    /// Faded: nothing would change without it.
    Unnecessary,
    /// Struck out: something else has taken its place.
    Deprecated,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overlapping_edits_are_refused_and_others_applied_in_order() {
        let clash = vec![Edit::delete(Span::new(0, 3)), Edit::delete(Span::new(2, 4))];
        assert_eq!(Edits::new(clash), None);
        let edits = Edits::new(vec![Edit::insert(3, "!"), Edit::delete(Span::new(0, 1))]).unwrap();
        assert_eq!(edits.apply("abc"), "bc!");
    }
}
