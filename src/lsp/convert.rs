//! The only file that knows both spans and ranges, both severities of ours and LSP's.

use std::path::{Path, PathBuf};

use tower_lsp::ls_types as lsp;
use tower_lsp::ls_types::Uri;

use crate::diagnostic::Severity;
use crate::text::{Encoding, SourceFile, Span};

/// The range of a span.
pub(super) fn range(file: &SourceFile, span: Span, encoding: Encoding) -> lsp::Range {
    lsp::Range::new(position(file, span.start, encoding), position(file, span.end, encoding))
}

/// The position of an offset.
pub(super) fn position(file: &SourceFile, offset: usize, encoding: Encoding) -> lsp::Position {
    let (line, character) = file.editor_lines().position(file.text(), offset, encoding);
    lsp::Position::new(line, character)
}

/// The offset of a position; past the end it is the end.
pub(super) fn offset(file: &SourceFile, position: lsp::Position, encoding: Encoding) -> usize {
    file.editor_lines().offset(file.text(), position.line, position.character, encoding)
}

/// The span of a range; one that ends before it begins is empty.
pub(super) fn span(file: &SourceFile, range: lsp::Range, encoding: Encoding) -> Span {
    let start = offset(file, range.start, encoding);
    Span::new(start, offset(file, range.end, encoding).max(start))
}

/// LSP's severity.
pub(super) const fn severity(severity: Severity) -> lsp::DiagnosticSeverity {
    match severity {
        Severity::Error => lsp::DiagnosticSeverity::ERROR,
        Severity::Warning => lsp::DiagnosticSeverity::WARNING,
        Severity::Info => lsp::DiagnosticSeverity::INFORMATION,
    }
}

/// The path that stands for a document: its file, or the URI itself where it has none, such as `untitled:1`.
pub(super) fn path(uri: &Uri) -> PathBuf {
    let is_file = uri.scheme().as_str() == "file";
    match is_file.then(|| uri.to_file_path()).flatten() {
        Some(path) => path.into_owned(),
        None => PathBuf::from(uri.as_str()),
    }
}

/// The URI of a file that no client has named yet.
pub(super) fn uri(path: &Path) -> Option<Uri> {
    Uri::from_file_path(path).or_else(|| path.to_str()?.parse().ok())
}

/// The encoding that both sides know: the first that the client offers.
pub(super) fn encoding(capabilities: &lsp::ClientCapabilities) -> (Encoding, lsp::PositionEncodingKind) {
    let offered = capabilities.general.as_ref().and_then(|general| general.position_encodings.as_deref()).unwrap_or_default();
    let known = |kind: &lsp::PositionEncodingKind| match kind.as_str() {
        "utf-8" => Some(Encoding::Utf8),
        "utf-16" => Some(Encoding::Utf16),
        "utf-32" => Some(Encoding::Utf32),
        _ => None,
    };
    let agreed = offered.iter().find_map(|kind| Some((known(kind)?, kind.clone())));
    agreed.unwrap_or((Encoding::Utf16, lsp::PositionEncodingKind::UTF16))
}
