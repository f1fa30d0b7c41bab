//! Definitions, references and renames of what a manifest names: components, variables, stores, databases.

use tower_lsp::ls_types::{DocumentHighlight, DocumentHighlightKind, Location, PrepareRenameResponse, WorkspaceEdit};

use super::actions::workspace_edit;
use super::app::App;
use super::complete::defined as defined_by;
use super::convert;
use super::names::{self, Kind, Occurrence};
use super::publish::location;
use super::session::Session;
use crate::capability::Capability;
use crate::diagnostic::{Edit, Edits, Place};
use crate::grants::Opens;
use crate::schema::format::Format;
use crate::syntax::Node;

/// Where what stands at an offset is declared.
pub(super) fn definition(session: &Session, app: &App, offset: usize) -> Vec<Location> {
    let occurrences = names::occurrences(app);
    let Some(occurrence) = names::at(&occurrences, offset) else { return Vec::new() };
    let defined = match occurrence.kind {
        Kind::Store => defined_by(session, app, Capability::KeyValue),
        Kind::Database => defined_by(session, app, Capability::Sqlite),
        Kind::Component | Kind::Variable => Vec::new(),
    };
    let defined = defined.into_iter().filter(|(label, _)| *label == occurrence.name).map(|(_, place)| place);
    // Several headers may name a component; the first is where it is written.
    let declared = occurrences.iter().filter(|other| other.declares && is_same(other, occurrence)).take(1);
    let places: Vec<Place> = defined.chain(declared.map(|other| place(app, other))).collect();
    if places.is_empty() && occurrence.kind == Kind::Store {
        return opens(app, &occurrence.name).iter().filter_map(|place| location(session, place)).collect();
    }
    places.iter().filter_map(|place| location(session, place)).collect()
}

/// Every place that names what stands at an offset, in the manifest, in code and in the runtime configuration.
pub(super) fn references(session: &Session, app: &App, offset: usize, declarations: bool) -> Option<Vec<Location>> {
    let occurrences = names::occurrences(app);
    let occurrence = names::at(&occurrences, offset)?;
    let here = occurrences.iter().filter(|other| is_same(other, occurrence) && (declarations || !other.declares));
    let mut places: Vec<Place> = here.map(|other| place(app, other)).collect();
    match occurrence.kind {
        Kind::Store => {
            places.extend(opens(app, &occurrence.name));
            let defined = defined_by(session, app, Capability::KeyValue).into_iter().filter(|(label, _)| *label == occurrence.name);
            places.extend(defined.filter(|_| declarations).map(|(_, place)| place));
        }
        Kind::Variable => places.extend(uses_in_code(session, app, &occurrence.name)),
        Kind::Component | Kind::Database => {}
    }
    Some(places.iter().filter_map(|place| location(session, place)).collect())
}

/// The places in the manifest that name the same.
pub(super) fn highlights(session: &Session, app: &App, offset: usize) -> Option<Vec<DocumentHighlight>> {
    let occurrences = names::occurrences(app);
    let occurrence = names::at(&occurrences, offset)?;
    let highlight = |other: &Occurrence| DocumentHighlight {
        range: convert::range(app.file(), other.span, session.encoding),
        kind: Some(if other.declares { DocumentHighlightKind::WRITE } else { DocumentHighlightKind::READ }),
    };
    Some(occurrences.iter().filter(|other| is_same(other, occurrence)).map(highlight).collect())
}

/// What a rename at an offset would change; nothing where a name is no name of the manifest's.
pub(super) fn prepare_rename(session: &Session, app: &App, offset: usize) -> Option<PrepareRenameResponse> {
    let occurrences = names::occurrences(app);
    let occurrence = renamable(&occurrences, offset)?;
    let range = convert::range(app.file(), occurrence.span, session.encoding);
    Some(PrepareRenameResponse::RangeWithPlaceholder { range, placeholder: occurrence.name.clone() })
}

/// Renames what stands at an offset; an error is a name that Spin does not accept, or one that is taken.
///
/// A store's label is renamed in all grants; the code keeps it, and the check then says so.
pub(super) fn rename(session: &Session, app: &App, offset: usize, name: &str) -> Option<Result<WorkspaceEdit, String>> {
    let occurrences = names::occurrences(app);
    let occurrence = renamable(&occurrences, offset)?;
    let format = match occurrence.kind {
        Kind::Component => Format::KebabId,
        Kind::Variable => Format::LowerSnakeId,
        Kind::Store | Kind::Database => Format::Label,
    };
    if let Err(reason) = format.check(name) {
        return Some(Err(format!("`{name}` is no {} that Spin accepts: {reason}", format.noun())));
    }
    let is_taken = occurrences.iter().any(|other| other.kind == occurrence.kind && other.declares && other.name == name);
    if is_taken && name != occurrence.name {
        return Some(Err(format!("`{name}` is there already")));
    }
    let edits = occurrences.iter().filter(|other| is_same(other, occurrence)).map(|other| Edit::replace(other.span, name));
    let edits = Edits::new(edits.collect())?;
    workspace_edit(session, app.file(), &edits, None).map(Ok)
}

/// What stands at an offset, if it is declared here: renaming a reference to nothing would hide that it is one.
fn renamable(occurrences: &[Occurrence], offset: usize) -> Option<&Occurrence> {
    let occurrence = names::at(occurrences, offset)?;
    let is_declared = occurrences.iter().any(|other| other.declares && is_same(other, occurrence));
    (is_declared || matches!(occurrence.kind, Kind::Store | Kind::Database)).then_some(occurrence)
}

fn is_same(a: &Occurrence, b: &Occurrence) -> bool {
    a.kind == b.kind && a.name == b.name
}

fn place(app: &App, occurrence: &Occurrence) -> Place {
    Place { file: app.file().clone(), span: occurrence.span }
}

/// The calls that open a store, in the sources of every component.
fn opens(app: &App, label: &str) -> Vec<Place> {
    let needs = app.facts.components.values().flat_map(|facts| Opens::of(Capability::KeyValue, facts).known);
    let calls = needs.filter(|need| need.label == label).flat_map(|need| need.evidence).map(|evidence| evidence.place);
    calls.filter(|place| !place.file.text().is_empty()).collect()
}

/// Where sources of components that are given a variable write its name as a string.
///
/// A component reads its own variables, whose templates name those of the application.
fn uses_in_code(session: &Session, app: &App, variable: &str) -> Vec<Place> {
    let mut places = Vec::new();
    for component in &app.manifest().components {
        let own = component.table.get("variables").and_then(Node::as_table);
        let given = own.into_iter().flat_map(|table| &table.entries);
        let given = given.filter(|entry| entry.node.as_str().is_some_and(|text| names::template_names(text).any(|name| name == variable)));
        let keys: Vec<&str> = given.map(|entry| entry.key.value.as_str()).collect();
        if keys.is_empty() {
            continue;
        }
        for path in &app.facts.component(&component.id).source_files {
            let Some(file) = session.source(path) else { continue };
            for key in &keys {
                for quote in ['"', '\'', '`'] {
                    let written = format!("{quote}{key}{quote}");
                    let found = file.text().match_indices(&written).map(|(at, _)| crate::text::Span::new(at + 1, at + 1 + key.len()));
                    places.extend(found.map(|span| Place { file: file.clone(), span }));
                }
            }
        }
    }
    places
}
