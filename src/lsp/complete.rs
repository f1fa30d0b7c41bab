//! Completion: keys of the table at hand, and the values that are known to fit.

mod keys;
mod values;

pub(super) use values::{defined, variables};

use std::path::Path;

use tower_lsp::ls_types::{
    CompletionItem, CompletionItemKind, CompletionTextEdit, Documentation, InsertTextFormat, MarkupContent, MarkupKind, Position, TextEdit,
};

use super::app::App;
use super::convert;
use super::cursor::{Cursor, Slot};
use super::session::Session;
use crate::syntax;
use crate::text::{SourceFile, Span};

/// One proposal.
struct Proposal {
    label: String,
    /// What is typed, with `$0` and `${1:x}` where the client can fill in; the label if none.
    insert: Option<String>,
    kind: CompletionItemKind,
    detail: Option<String>,
    doc: Option<String>,
    /// Whether something is wrong without it.
    is_missing: bool,
}

impl Proposal {
    fn new(label: impl Into<String>, kind: CompletionItemKind) -> Proposal {
        Proposal { label: label.into(), insert: None, kind, detail: None, doc: None, is_missing: false }
    }

    fn detail(mut self, detail: impl Into<String>) -> Proposal {
        self.detail = Some(detail.into());
        self
    }
}

/// What can be typed at an offset of a manifest.
pub(super) fn complete(session: &Session, app: &App, offset: usize) -> Vec<CompletionItem> {
    let text = app.file().text();
    if let Some((word, proposals)) = values::template(app, offset) {
        return items(session, app.file(), word, proposals);
    }
    let Some(cursor) = Cursor::at(text, app.statements(), offset) else { return Vec::new() };
    let shape = crate::manifest::Manifest::shape(app.document.nature.version().unwrap_or(crate::manifest::Version::Two));
    let proposals = match cursor.slot {
        Slot::Header => keys::headers(shape, app, &cursor),
        Slot::Key { at_line } => keys::keys(shape, app, &cursor, at_line),
        Slot::Value => values::values(session, shape, app, &cursor),
    };
    items(session, app.file(), cursor.word, proposals)
}

/// What can be typed at a position of a file that configures.
pub(super) fn beside(session: &Session, path: &Path, position: Position) -> Vec<CompletionItem> {
    let (Some(shape), Some(buffer)) = (session.shape_beside(path), session.buffers.get(path)) else { return Vec::new() };
    let file = &buffer.file;
    let offset = convert::offset(file, position, session.encoding);
    let Some(cursor) = Cursor::at(file.text(), &syntax::statements(file.text()), offset) else { return Vec::new() };
    let proposals = match cursor.slot {
        Slot::Header => keys::tables(shape, &cursor),
        Slot::Key { .. } => keys::keys_beside(shape, &cursor),
        Slot::Value => values::values_beside(shape, &cursor),
    };
    items(session, file, cursor.word, proposals)
}

fn items(session: &Session, file: &SourceFile, word: Span, proposals: Vec<Proposal>) -> Vec<CompletionItem> {
    let range = convert::range(file, word, session.encoding);
    // Clients compare what stands there with the filter: of a quoted key the quote too.
    let quote = word.of(file.text()).chars().next().filter(|c| matches!(c, '"' | '\''));
    let filter = |label: &str| quote.map_or_else(|| label.to_owned(), |quote| format!("{quote}{label}"));
    let item = |(order, proposal): (usize, Proposal)| {
        let is_snippet = proposal.insert.as_deref().is_some_and(|insert| insert.contains('$'));
        let insert = proposal.insert.unwrap_or_else(|| proposal.label.clone());
        let insert = if is_snippet && !session.client.snippets { plain(&insert) } else { insert };
        CompletionItem {
            sort_text: Some(format!("{}{order:03}", u8::from(!proposal.is_missing))),
            filter_text: Some(filter(&proposal.label)),
            label: proposal.label,
            kind: Some(proposal.kind),
            detail: proposal.detail,
            documentation: proposal.doc.map(|value| Documentation::MarkupContent(MarkupContent { kind: MarkupKind::Markdown, value })),
            insert_text_format: (is_snippet && session.client.snippets).then_some(InsertTextFormat::SNIPPET),
            text_edit: Some(CompletionTextEdit::Edit(TextEdit { range, new_text: insert })),
            ..Default::default()
        }
    };
    proposals.into_iter().enumerate().map(item).collect()
}

/// A snippet without its places to fill in: `${1:x}` is `x`, `$0` nothing.
fn plain(snippet: &str) -> String {
    let mut result = String::new();
    let mut rest = snippet;
    while let Some((before, after)) = rest.split_once('$') {
        result.push_str(before);
        rest = match after.strip_prefix('{').and_then(|inner| inner.split_once('}')) {
            Some((inner, behind)) => {
                result.push_str(inner.split_once(':').map_or("", |(_, default)| default));
                behind
            }
            None => after.trim_start_matches(|c: char| c.is_ascii_digit()),
        };
    }
    result + rest
}

#[cfg(test)]
mod tests {
    #[test]
    fn snippets_have_a_plain_form() {
        assert_eq!(super::plain("a = \"${1:x}\"$0\n"), "a = \"x\"\n");
    }
}
