//! In Rust, JavaScript, TypeScript, Python and Go: the names of what has to be granted, and nothing else.

use std::path::Path;
use std::sync::Arc;

use tower_lsp::ls_types::{CompletionItem, CompletionItemKind, CompletionTextEdit, Location, Position, TextEdit};

use super::app::App;
use super::convert;
use super::cursor::string_end;
use super::publish::location;
use super::session::Session;
use crate::capability::Capability;
use crate::diagnostic::Place;
use crate::facts::is_source;
use crate::grants;
use crate::text::Span;

/// The last names of the calls that open a store, in the languages that are read.
const OPENING_CALLS: &[&str] = &["open", "Open", "openStore", "OpenStore", "store_open"];

/// What the components of a source are granted, inside the string of a call that needs such a grant.
pub(super) fn complete(session: &Session, path: &Path, position: Position) -> Vec<CompletionItem> {
    let Some(buffer) = session.buffers.get(path).filter(|_| is_source(path)) else { return Vec::new() };
    let offset = convert::offset(&buffer.file, position, session.encoding);
    let text = buffer.file.text();
    let uses = components_of(session, path).into_iter().flat_map(|(app, id)| app.facts.component(&id).source_uses());
    let mut calls = uses.filter(|used| used.place.file.path() == path && used.place.file.text() == text);
    let known = calls.find(|used| used.place.span.start <= offset && offset <= used.place.span.end).map(|used| used.capability);
    let Some((word, unclosed)) = label_at(text, offset, known.is_some()) else { return Vec::new() };
    let capability = known.unwrap_or(Capability::KeyValue);
    let range = convert::range(&buffer.file, word, session.encoding);
    let mut items: Vec<CompletionItem> = Vec::new();
    for (app, id) in components_of(session, path) {
        let manifest = app.manifest();
        let Some(component) = manifest.component(&id) else { continue };
        for label in grants::granted(capability, component) {
            if items.iter().any(|item| item.label == label) {
                continue;
            }
            items.push(CompletionItem {
                label: label.clone(),
                kind: Some(CompletionItemKind::VALUE),
                detail: Some(format!("`{id}` is granted it")),
                text_edit: Some(CompletionTextEdit::Edit(TextEdit { range, new_text: format!("{label}{unclosed}") })),
                ..Default::default()
            });
        }
    }
    items
}

/// From a call to the grant in the manifest.
pub(super) fn definition(session: &Session, path: &Path, position: Position) -> Vec<Location> {
    let Some(buffer) = session.buffers.get(path).filter(|_| is_source(path)) else { return Vec::new() };
    let text = buffer.file.text();
    let offset = convert::offset(&buffer.file, position, session.encoding);
    let mut places = Vec::new();
    for (app, id) in components_of(session, path) {
        let facts = app.facts.component(&id);
        let calls = facts.source_uses().iter().filter(|used| used.place.file.path() == path && used.place.file.text() == text);
        let here = calls.filter(|open| open.place.span.start <= offset && offset <= open.place.span.end);
        let manifest = app.manifest();
        let Some(component) = manifest.component(&id) else { continue };
        for (capability, label) in here.filter_map(|used| Some((used.capability, used.label.as_deref()?))) {
            let grants = component.grants(capability.row().key).map(|grants| grants.labels).unwrap_or_default();
            let granted = grants.iter().filter(|granted| grants::is_enough(capability, &granted.value, label));
            places.extend(granted.map(|granted| Place { file: Arc::clone(app.file()), span: granted.span }));
        }
    }
    places.iter().filter_map(|place| location(session, place)).collect()
}

/// The components that a source belongs to.
fn components_of<'s>(session: &'s Session, path: &Path) -> Vec<(&'s App, String)> {
    let mut found = Vec::new();
    for app in session.apps.values() {
        let own = app.facts.components.iter().filter(|(_, facts)| facts.source_files.iter().any(|file| file == path));
        found.extend(own.map(|(id, _)| (app, id.clone())));
    }
    found
}

/// The string at an offset, if a call that opens stands before it on its line: `Store::open("ca|")`. And the quote that it lacks.
///
/// Half-typed code shows few calls; what is not known to be one has to look like one.
fn label_at(text: &str, offset: usize, is_known: bool) -> Option<(Span, String)> {
    let line = text[..offset].rfind('\n').map_or(0, |newline| newline + 1);
    let before = &text[line..offset];
    let start = before.rfind(['"', '\'', '`'])?;
    let quote = before[start..].chars().next()?;
    let call = before[..start].trim_end().trim_end_matches("label=").trim_end().strip_suffix('(')?.trim_end();
    let name = call.rsplit(|c: char| !(c.is_alphanumeric() || c == '_')).next()?;
    // `File::open` is no store's: the path before the name tells them apart.
    let owner = call.strip_suffix(name)?.trim_end_matches([':', '.']);
    let owner = owner.rsplit(|c: char| !(c.is_alphanumeric() || c == '_')).next()?.to_lowercase();
    let is_store =
        ["store", "key_value", "keyvalue", "kv"].iter().any(|word| owner.contains(word) || name.to_lowercase().contains("store"));
    let (end, is_closed) = string_end(text, offset, quote);
    let unclosed = if is_closed { String::new() } else { quote.to_string() };
    (is_known || OPENING_CALLS.contains(&name) && is_store).then(|| (Span::new(line + start + 1, end), unclosed))
}

#[cfg(test)]
mod tests {
    use super::label_at;

    #[test]
    fn labels_are_completed_in_calls_that_open_stores_alone() {
        let at = |marked: &str| {
            let offset = marked.find('|').unwrap();
            let text = marked.replace('|', "");
            label_at(&text, offset, false).map(|(span, unclosed)| span.of(&text).to_owned() + unclosed.as_str())
        };
        assert_eq!(at("let s = Store::open(\"ca|\").await?;").as_deref(), Some("ca"));
        assert_eq!(at("    store, err := kv.OpenStore(\"|\")").as_deref(), Some(""));
        assert_eq!(at("const s = Kv.open('a|b')").as_deref(), Some("ab"));
        assert_eq!(at("with key_value.open(\"d|\") as s:").as_deref(), Some("d"));
        assert_eq!(at("Store::open(\"us|).await?;").as_deref(), Some("us\""));
        assert_eq!(at("File::open(\"a|\")"), None);
        assert_eq!(at("println!(\"a|\")"), None);
    }
}
