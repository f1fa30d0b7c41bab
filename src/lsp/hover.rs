//! What stands under the cursor: the schema's documentation, and what is known beside it.

use std::path::Path;

use tower_lsp::ls_types::{Hover, HoverContents, MarkupContent, MarkupKind, Position};

use super::app::App;
use super::complete::variables;
use super::convert;
use super::cursor::full_path;
use super::names::{self, Kind, Occurrence};
use super::session::Session;
use crate::capability::Capability;
use crate::config::TOOL;
use crate::facts::ComponentFacts;
use crate::grants::{self, Opens};
use crate::manifest::{Manifest, Trigger};
use crate::routes::{Route, Routes};
use crate::rules;
use crate::schema::Field;
use crate::syntax::{self, Node, Statement, Table};
use crate::text::{SourceFile, Span};

/// The hover at an offset.
pub(super) fn hover(session: &Session, app: &App, offset: usize) -> Option<Hover> {
    let occurrences = names::occurrences(app);
    let (span, text) = match names::at(&occurrences, offset) {
        Some(occurrence) => (occurrence.span, of_name(app, occurrence)),
        None => of_key(app, offset).or_else(|| of_route(app, offset))?,
    };
    Some(shown(session, app.file(), span, text))
}

/// The hover in a file that configures: the schema's documentation, or what a rule finds.
pub(super) fn beside(session: &Session, path: &Path, position: Position) -> Option<Hover> {
    let (shape, buffer) = (session.shape_beside(path)?, session.buffers.get(path)?);
    let file = &buffer.file;
    let offset = convert::offset(file, position, session.encoding);
    let (statements, root) = (syntax::statements(file.text()), syntax::parse(file.text()).root);
    let (span, path) = key_at(&statements, &root, offset)?;
    let text = match path.as_slice() {
        [.., table, name] if table == "rules" => rules::find(name)?.documentation(),
        _ => documentation(*shape.fields_at(&path).first()?),
    };
    Some(shown(session, file, span, text))
}

fn shown(session: &Session, file: &SourceFile, span: Span, text: String) -> Hover {
    let kind = if session.client.markdown { MarkupKind::Markdown } else { MarkupKind::PlainText };
    let value = if session.client.markdown { text } else { text.replace(['`', '*'], "") };
    Hover { contents: HoverContents::Markup(MarkupContent { kind, value }), range: Some(convert::range(file, span, session.encoding)) }
}

/// The schema's documentation of a key.
fn of_key(app: &App, offset: usize) -> Option<(Span, String)> {
    let shape = Manifest::shape(app.document.nature.version()?);
    let (span, path) = key_at(app.statements(), &app.document.tree.root, offset)?;
    if let [.., tool, table, name] = path.as_slice()
        && tool == TOOL
        && table == "rules"
    {
        return Some((span, rules::find(name)?.documentation()));
    }
    let field = *shape.fields_at(&path).first()?;
    let mut text = documentation(field);
    if let (Some(capability), [first, id, _]) = (Capability::of_key(&field.name), path.as_slice())
        && first == "component"
    {
        text.push_str(&known_of_component(app, &[capability], id));
    }
    Some((span, text))
}

fn documentation(field: &Field) -> String {
    let required = if field.required { "\n\nSpin refuses the table without it." } else { "" };
    format!("**{}**: {}\n\n{}{required}", field.name, field.shape.noun(), field.doc)
}

/// The key at an offset, with the names that lead there.
fn key_at(statements: &[Statement], root: &Table, offset: usize) -> Option<(Span, Vec<String>)> {
    let index = statements.iter().position(|statement| statement.keys.iter().any(|key| key.span.start <= offset && offset <= key.span.end));
    match index {
        Some(index) => {
            let keys = &statements[index].keys;
            let at = keys.iter().position(|key| key.span.start <= offset && offset <= key.span.end)?;
            let full = full_path(statements, index);
            Some((keys[at].span, full[..full.len() - (keys.len() - 1 - at)].to_vec()))
        }
        None => inline_key(root, offset, &mut Vec::new()),
    }
}

/// The key of an inline table at an offset, with the names that lead there.
fn inline_key(table: &Table, offset: usize, path: &mut Vec<String>) -> Option<(Span, Vec<String>)> {
    for entry in &table.entries {
        path.push(entry.key.value.clone());
        if table.form == syntax::Form::Inline && entry.key.span.start <= offset && offset <= entry.key.span.end {
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
            format!("**component `{name}`**{routes}{}", known_of_component(app, &Capability::ALL, name))
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
    let manifest = app.manifest();
    let own = manifest.triggers.iter().filter(|trigger| trigger.components.iter().any(|component| component == id));
    own.filter_map(|trigger| trigger.route?.as_str().map(|route| format!("`{route}`"))).collect()
}

/// What code and Wasm show of a component's use of capabilities, as a list. What it neither uses nor is granted is left out, but
/// for stores.
fn known_of_component(app: &App, capabilities: &[Capability], id: &str) -> String {
    let is_worth_telling = |capability: Capability, lines: &[String]| lines.len() > 1 || capability == Capability::KeyValue;
    let all = capabilities.iter().map(|capability| (*capability, known_of(app, *capability, id)));
    let lines = all.filter(|(capability, lines)| capabilities.len() == 1 || is_worth_telling(*capability, lines));
    lines.flat_map(|(_, lines)| lines).map(|line| format!("\n- {line}")).fold("\n".to_owned(), |text, line| text + line.as_str())
}

/// What is known of a component's use of a capability; the last line says what it is granted.
fn known_of(app: &App, capability: Capability, id: &str) -> Vec<String> {
    let facts = app.facts.component(id);
    let opens = Opens::of(capability, facts);
    let mut lines: Vec<String> = Vec::new();
    for need in &opens.known {
        for evidence in &need.evidence {
            lines.push(format!("{} ({})", evidence.message.replace(" here", ""), place(app, &evidence.place)));
        }
    }
    lines.extend(opens.computed.iter().map(|call| format!("{} ({})", call.message, place(app, &call.place))));
    lines.extend(imports(capability, facts));
    if let Some(component) = app.manifest().component(id) {
        let granted = grants::granted(capability, component);
        let granted: Vec<String> = granted.iter().map(|label| format!("\"{label}\"")).collect();
        lines.push(match granted.is_empty() {
            true => format!("is granted no {}", capability.row().noun),
            false => format!("is granted {}", granted.join(", ")),
        });
    }
    lines
}

fn imports(capability: Capability, facts: &ComponentFacts) -> Option<String> {
    let wasm = facts.wasm.read()?;
    let imports: Vec<String> = wasm.module.imports_of(capability).map(|import| format!("`{import}`")).collect();
    (!imports.is_empty()).then(|| format!("its Wasm imports {}", imports.join(", ")))
}

fn who_opens(app: &App, label: &str) -> String {
    let manifest = app.manifest();
    let mut lines = Vec::new();
    for component in &manifest.components {
        let opens = Opens::of(Capability::KeyValue, app.facts.component(&component.id));
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

/// What a route means, and which other triggers match the same paths.
fn of_route(app: &App, offset: usize) -> Option<(Span, String)> {
    let manifest = app.manifest();
    let triggers: Vec<(&Trigger<'_>, &Node, &str)> =
        manifest.triggers.iter().filter_map(|trigger| Some((trigger, trigger.route?, trigger.route?.as_str()?))).collect();
    let here = triggers.iter().position(|(_, node, _)| node.span.start <= offset && offset <= node.span.end)?;
    let (_, node, source) = triggers[here];
    let route = match Route::parse(source) {
        Ok(route) => route,
        Err(reason) => return Some((node.span, format!("**`{source}`** {reason}: Spin does not serve it"))),
    };
    let parsed = triggers.iter().enumerate().filter_map(|(index, (.., source))| Some((*source, Route::parse(source).ok()?, index)));
    let others: Vec<(&str, Route, usize)> = parsed.clone().filter(|(_, _, index)| *index != here).collect();
    let routes = Routes::of(parsed);
    let mut text = format!("**`{source}`**: {}", meaning(&route));
    for (other_source, other, index) in others {
        let Some(path) = route.common(&other) else { continue };
        let name = triggers[index].0;
        let name = name.components.first().unwrap_or(&name.id);
        let what = match routes.matching(&path).find(|owner| **owner == here || **owner == index) {
            _ if other_source == source => "has the same route: Spin serves the last of them".to_owned(),
            Some(first) if *first == here => "matches some of these paths too, and leaves them to this route".to_owned(),
            _ => "takes those of these paths that it matches".to_owned(),
        };
        text.push_str(&format!("\n- `{other_source}` of `{name}` {what}"));
    }
    Some((node.span, text.replacen("\n-", "\n\n-", 1)))
}

fn meaning(route: &Route) -> String {
    let params: Vec<String> =
        route.params().map(|name| format!("`:{name}` for any one segment (header `spin-path-match-{name}`)")).collect();
    let paths = match route.prefix() {
        Some(prefix) if prefix == "/" => "every path".to_owned(),
        Some(prefix) => format!("`{}` and every path below it", prefix.trim_end_matches('/')),
        None if params.is_empty() => "this path alone".to_owned(),
        None => "paths of this form".to_owned(),
    };
    if params.is_empty() { paths } else { format!("{paths}, with {}", params.join(", ")) }
}
