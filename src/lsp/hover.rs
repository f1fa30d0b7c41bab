//! What stands under the cursor: the schema's documentation, and what is known beside it.

use tower_lsp::ls_types::{Hover, HoverContents, MarkupContent, MarkupKind};

use super::complete::variables;
use super::convert;
use super::cursor::full_path;
use super::names::{self, Kind, Occurrence};
use super::session::{App, Session};
use crate::facts::ComponentFacts;
use crate::grants::{self, Opens};
use crate::manifest::Manifest;
use crate::syntax::Node;
use crate::text::Span;

/// The hover at an offset.
pub(super) fn hover(session: &Session, app: &App, offset: usize) -> Option<Hover> {
    let occurrences = names::occurrences(app);
    let (span, text) = match names::at(&occurrences, offset) {
        Some(occurrence) => (occurrence.span, of_name(app, occurrence)),
        None => of_key(app, offset).or_else(|| of_route(app, offset))?,
    };
    let kind = if session.client.markdown { MarkupKind::Markdown } else { MarkupKind::PlainText };
    let value = if session.client.markdown { text } else { text.replace(['`', '*'], "") };
    let range = Some(convert::range(app.file(), span, session.encoding));
    Some(Hover { contents: HoverContents::Markup(MarkupContent { kind, value }), range })
}

/// The schema's documentation of a key.
fn of_key(app: &App, offset: usize) -> Option<(Span, String)> {
    let shape = Manifest::shape(app.document.nature.version()?);
    let statements = app.statements();
    let index = statements.iter().position(|statement| statement.keys.iter().any(|key| key.span.start <= offset && offset <= key.span.end));
    let (span, path) = match index {
        Some(index) => {
            let keys = &statements[index].keys;
            let at = keys.iter().position(|key| key.span.start <= offset && offset <= key.span.end)?;
            let full = full_path(statements, index);
            (keys[at].span, full[..full.len() - (keys.len() - 1 - at)].to_vec())
        }
        None => inline_key(&app.document.tree.root, offset, &mut Vec::new())?,
    };
    let field = *shape.fields_at(&path).first()?;
    let mut text = format!("**{}**: {}\n\n{}", field.name, field.shape.noun(), field.doc);
    if field.required {
        text.push_str("\n\nSpin refuses the table without it.");
    }
    if field.name == crate::capability::Capability::KeyValue.row().key
        && let Some(id) = path.get(1)
    {
        text.push_str(&known_of_component(app, id));
    }
    Some((span, text))
}

/// The key of an inline table at an offset, with the names that lead there.
fn inline_key(table: &crate::syntax::Table, offset: usize, path: &mut Vec<String>) -> Option<(Span, Vec<String>)> {
    for entry in &table.entries {
        path.push(entry.key.value.clone());
        if table.form == crate::syntax::Form::Inline && entry.key.span.start <= offset && offset <= entry.key.span.end {
            return Some((entry.key.span, path.clone()));
        }
        let tables = entry.node.as_table().into_iter().chain(entry.node.items().iter().filter_map(Node::as_table));
        for inner in tables {
            if let Some(found) = inline_key(inner, offset, path) {
                return Some(found);
            }
        }
        path.pop();
    }
    None
}

fn of_name(app: &App, occurrence: &Occurrence) -> String {
    let name = &occurrence.name;
    match occurrence.kind {
        Kind::Component => {
            let routes = routes_of(app, name);
            let routes = if routes.is_empty() { String::new() } else { format!("\n\nAnswers {}.", routes.join(", ")) };
            format!("**component `{name}`**{routes}{}", known_of_component(app, name))
        }
        Kind::Variable => match variables(app).find(|(known, _)| known == name) {
            Some((_, value)) => format!("**variable `{name}`**: {value}"),
            None => format!("**variable `{name}`**: not declared in `[variables]`"),
        },
        Kind::Store => format!("**store \"{name}\"**{}", who_opens(app, name)),
        Kind::Database => format!("**database \"{name}\"**"),
    }
}

fn routes_of(app: &App, id: &str) -> Vec<String> {
    let triggers = app.document.tree.root.get("trigger").and_then(Node::as_table).and_then(|table| table.get("http"));
    let tables = triggers.map(Node::items).unwrap_or_default().iter().filter_map(Node::as_table);
    let own = tables.filter(|table| table.get("component").and_then(Node::as_str) == Some(id));
    own.filter_map(|table| table.get("route")?.as_str().map(|route| format!("`{route}`"))).collect()
}

/// What code and Wasm show of a component, as a list.
fn known_of_component(app: &App, id: &str) -> String {
    let facts = app.facts.component(id);
    let opens = Opens::of(facts);
    let mut lines: Vec<String> = Vec::new();
    for need in &opens.known {
        for evidence in &need.evidence {
            lines.push(format!("{} ({})", evidence.message.replace(" here", ""), place(app, &evidence.place)));
        }
    }
    lines.extend(opens.computed.iter().map(|call| format!("{} ({})", call.message, place(app, &call.place))));
    lines.extend(imports(facts));
    if let Some(component) = app.manifest().component(id) {
        let granted = grants::granted(component);
        let granted: Vec<String> = granted.iter().map(|label| format!("\"{label}\"")).collect();
        lines.push(if granted.is_empty() { "is granted no store".to_owned() } else { format!("is granted {}", granted.join(", ")) });
    }
    lines.iter().map(|line| format!("\n- {line}")).fold("\n".to_owned(), |text, line| text + &line)
}

fn imports(facts: &ComponentFacts) -> Option<String> {
    let wasm = facts.wasm.read()?;
    let imports: Vec<String> =
        wasm.module.imports_of(crate::capability::Capability::KeyValue).map(|import| format!("`{import}`")).collect();
    (!imports.is_empty()).then(|| format!("its Wasm imports {}", imports.join(", ")))
}

fn who_opens(app: &App, label: &str) -> String {
    let manifest = app.manifest();
    let mut lines = Vec::new();
    for component in &manifest.components {
        let opens = Opens::of(app.facts.component(&component.id));
        for need in opens.known.iter().filter(|need| need.label == label) {
            let places: Vec<String> = need.evidence.iter().map(|evidence| place(app, &evidence.place)).collect();
            lines.push(format!("\n- `{}` opens it ({})", component.id, places.join(", ")));
        }
    }
    if lines.is_empty() { String::new() } else { format!("\n{}", lines.concat()) }
}

/// A place relative to the manifest: `src/lib.rs:12`.
fn place(app: &App, place: &crate::diagnostic::Place) -> String {
    let folder = app.file().path().parent();
    let path = place.file.path();
    let path = folder.and_then(|folder| path.strip_prefix(folder).ok()).unwrap_or(path);
    match place.file.text().is_empty() {
        true => crate::text::slashed(path),
        false => format!("{}:{}", crate::text::slashed(path), place.file.position(place.span.start).line),
    }
}

/// A route's meaning.
fn of_route(app: &App, offset: usize) -> Option<(Span, String)> {
    let triggers = app.document.tree.root.get("trigger").and_then(Node::as_table)?.get("http")?;
    let routes = triggers.items().iter().filter_map(Node::as_table).filter_map(|table| Some((table, table.get("route")?)));
    let (_, node) = routes.clone().find(|(_, node)| node.span.start <= offset && offset <= node.span.end)?;
    let route = node.as_str()?;
    let trimmed = route.strip_suffix("/...").or_else(|| route.strip_suffix("/*"));
    let mut text = match trimmed {
        Some(prefix) => format!("**`{route}`**: `{prefix}/` and everything below it; the longest such route wins", prefix = prefix),
        None if route.contains("/:") => {
            format!("**`{route}`**: each `:name` stands for one segment, passed on as `spin-path-match-<name>`")
        }
        None => format!("**`{route}`**: this path alone"),
    };
    let same = |other: &str| other.trim_end_matches('/').trim_start_matches('/') == route.trim_end_matches('/').trim_start_matches('/');
    for (table, other) in routes {
        if other.span != node.span && other.as_str().is_some_and(same) {
            let component = table.get("component").and_then(Node::as_str).unwrap_or("another trigger");
            text.push_str(&format!("\n\n`{component}` has the same route: Spin serves the last one."));
        }
    }
    Some((node.span, text))
}
