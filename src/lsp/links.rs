//! Paths and URLs of a manifest as links: Wasm, folders, files, pages.

use std::path::Path;

use tower_lsp::ls_types::{DocumentLink, Uri};

use super::app::App;
use super::convert;
use super::names::unquoted;
use super::session::Session;
use crate::files::{Disk, Files};
use crate::syntax::{Node, Table, Value};
use crate::text::join_lexically;

/// The keys whose strings are paths beside the manifest.
const PATHS: &[&str] = &["source", "path", "workdir", "files"];

/// Every link of a manifest; a path that is not there is none.
pub(super) fn links(session: &Session, app: &App) -> Vec<DocumentLink> {
    let mut links = Vec::new();
    table(session, app, &app.document.tree.root, &mut links);
    links
}

fn table(session: &Session, app: &App, source: &Table, links: &mut Vec<DocumentLink>) {
    for entry in &source.entries {
        value(session, app, &entry.key.value, &entry.node, links);
    }
}

fn value(session: &Session, app: &App, key: &str, node: &Node, links: &mut Vec<DocumentLink>) {
    match &node.value {
        Value::Table(inner) => table(session, app, inner, links),
        Value::Array(array) => array.items.iter().for_each(|item| value(session, app, key, item, links)),
        Value::String(text) => {
            let target = match key {
                "url" => text.parse::<Uri>().ok().filter(|uri| matches!(uri.scheme().as_str(), "http" | "https")),
                _ if PATHS.contains(&key) => file(app, text),
                _ => None,
            };
            let range = convert::range(app.file(), unquoted(app.file().text(), node.span), session.encoding);
            links.extend(target.map(|target| DocumentLink { range, target: Some(target), tooltip: None, data: None }));
        }
        _ => {}
    }
}

fn file(app: &App, path: &str) -> Option<Uri> {
    let folder = app.file().path().parent().filter(|folder| folder.is_absolute())?;
    let path = join_lexically(folder, Path::new(path));
    Disk.exists(&path).then(|| convert::uri(&path))?
}
