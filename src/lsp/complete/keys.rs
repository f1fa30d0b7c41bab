//! Keys, headers, and the snippets for a trigger and a component.

use tower_lsp::ls_types::CompletionItemKind;

use super::Proposal;
use crate::lsp::app::App;
use crate::lsp::cursor::Cursor;
use crate::manifest::Version;
use crate::rules;
use crate::schema::{Field, Shape};

/// The trigger types that plugins of Spin's own bring, beside those that the schema knows.
const PLUGIN_TRIGGERS: &[&str] = &["cron", "mqtt", "sqs", "command"];

/// The keys that may stand at the cursor, those first without which Spin refuses the table.
pub(super) fn keys(shape: &Shape, app: &App, cursor: &Cursor, at_line: bool) -> Vec<Proposal> {
    let insert = |field: &Field| match () {
        () if cursor.goes_on => None,
        () if at_line && cursor.path.is_empty() && is_version_2(app) => Some(root_snippet(field)),
        () => Some(format!("{} = {}", field.name, value_snippet(&field.shape))),
    };
    let mut proposals = declared(shape, cursor, insert);
    let has = |name: &str| cursor.present.iter().any(|known| known == name);
    if let ["component", _, "variables"] = cursor.path.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        let own = super::variables(app).filter(|(name, _)| !has(name));
        proposals.extend(own.map(|(name, value)| Proposal {
            insert: (!cursor.goes_on).then(|| format!("{name} = \"{{{{ {name} }}}}\"")),
            ..Proposal::new(name, CompletionItemKind::VARIABLE).detail(value)
        }));
    }
    if at_line && is_version_2(app) && is_section_end(app, cursor) {
        proposals.extend(snippets(app));
    }
    if cursor.path.iter().any(|key| key == crate::config::TOOL) {
        proposals.extend(rule_levels(cursor));
    }
    proposals
}

/// The keys that may stand at the cursor of a file beside a manifest.
pub(super) fn keys_beside(shape: &Shape, cursor: &Cursor) -> Vec<Proposal> {
    let insert = |field: &Field| (!cursor.goes_on).then(|| format!("{} = {}", field.name, value_snippet(&field.shape)));
    declared(shape, cursor, insert).into_iter().chain(rule_levels(cursor)).collect()
}

/// The keys that a shape declares at the cursor, without those that are there.
fn declared(shape: &Shape, cursor: &Cursor, insert: impl Fn(&Field) -> Option<String>) -> Vec<Proposal> {
    let mut proposals: Vec<Proposal> = Vec::new();
    for field in fields(shape, &cursor.path) {
        if cursor.present.contains(&field.name) || proposals.iter().any(|known| known.label == field.name) {
            continue;
        }
        let mut proposal = Proposal::new(&field.name, CompletionItemKind::PROPERTY).detail(field.shape.noun());
        proposal.doc = Some(field.doc.clone());
        proposal.is_missing = field.required;
        proposal.insert = insert(field);
        proposals.push(proposal);
    }
    proposals
}

/// In a table `rules` of our own configuration: the rules.
fn rule_levels(cursor: &Cursor) -> Vec<Proposal> {
    if cursor.path.last().is_none_or(|key| key != "rules") {
        return Vec::new();
    }
    let is_new = |entry: &&rules::Entry| entry.name != rules::SYNTAX && !cursor.present.iter().any(|known| known == entry.name);
    let proposal = |entry: &rules::Entry| Proposal {
        insert: (!cursor.goes_on).then(|| format!("{} = \"${{1:off}}\"", entry.name)),
        ..Proposal::new(entry.name, CompletionItemKind::PROPERTY).detail(entry.summary())
    };
    rules::ALL.iter().filter(is_new).map(proposal).collect()
}

/// The names that a header may have at the cursor.
pub(super) fn headers(shape: &Shape, app: &App, cursor: &Cursor) -> Vec<Proposal> {
    let mut proposals = tables(shape, cursor);
    match cursor.path.as_slice() {
        [first] if first == "component" && is_version_2(app) => {
            // The ids that triggers name and nothing declares come first.
            let manifest = app.manifest();
            let ids = manifest.triggers.iter().flat_map(|trigger| &trigger.components);
            for id in ids.filter(|id| manifest.component(id).is_none()) {
                let proposal = Proposal::new(id, CompletionItemKind::CLASS).detail("a trigger runs it");
                proposals.push(Proposal { is_missing: true, ..proposal });
            }
            // The one at the cursor is what is being typed.
            let declared = manifest.components.iter().filter(|component| !cursor.is_in(component.place));
            proposals.extend(declared.map(|component| Proposal::new(&component.id, CompletionItemKind::CLASS)));
        }
        [first] if first == "trigger" && is_version_2(app) => {
            let known: Vec<String> = proposals.iter().map(|proposal| proposal.label.clone()).collect();
            let others = PLUGIN_TRIGGERS.iter().filter(|kind| !known.iter().any(|known| known == *kind));
            proposals.extend(others.map(|kind| Proposal::new(*kind, CompletionItemKind::MODULE).detail("a plugin's trigger")));
        }
        _ => {}
    }
    proposals
}

/// The tables that a shape declares at the cursor.
pub(super) fn tables(shape: &Shape, cursor: &Cursor) -> Vec<Proposal> {
    let is_table = |field: &&Field| field.shape.forms().iter().any(|form| matches!(form.item(), Shape::Table(_) | Shape::Map { .. }));
    let found = fields(shape, &cursor.path).into_iter().filter(is_table);
    found.map(|field| Proposal { doc: Some(field.doc.clone()), ..Proposal::new(&field.name, CompletionItemKind::MODULE) }).collect()
}

/// Whether triggers and components are written as in version 2: what has no version yet will be.
fn is_version_2(app: &App) -> bool {
    app.document.nature.version() != Some(Version::One)
}

/// The fields of the tables that may stand at a path.
fn fields<'s>(shape: &'s Shape, path: &[String]) -> Vec<&'s Field> {
    let tables = shape.at(path).into_iter().flat_map(|shape| shape.item().forms());
    let fields = tables.filter_map(|shape| match shape {
        Shape::Table(table) => Some(&table.fields),
        _ => None,
    });
    fields.flatten().collect()
}

/// What a value of a shape begins with.
fn value_snippet(shape: &Shape) -> String {
    match shape.forms().first() {
        Some(Shape::String(_)) => "\"$0\"".to_owned(),
        Some(Shape::Words(words)) => format!("\"${{1:{}}}\"", words.first().map_or("", String::as_str)),
        Some(Shape::Boolean) => "${1:true}".to_owned(),
        Some(Shape::Integer(low, high)) if low == high => low.to_string(),
        Some(Shape::Array(item)) if matches!(item.forms().first(), Some(Shape::String(_))) => "[\"$0\"]".to_owned(),
        Some(Shape::Array(_)) => "[$0]".to_owned(),
        Some(Shape::Table(_) | Shape::Map { .. }) => "{ $0 }".to_owned(),
        _ => "$0".to_owned(),
    }
}

/// A table at the top is written with a header.
fn root_snippet(field: &Field) -> String {
    let name = &field.name;
    match field.name.as_str() {
        "trigger" => HTTP_TRIGGER.to_owned(),
        "component" => COMPONENT.to_owned(),
        "application" => "[application]\nname = \"${1:my-app}\"\nversion = \"${2:0.1.0}\"\n$0".to_owned(),
        "variables" => "[variables]\n${1:name} = { required = true }\n$0".to_owned(),
        _ => format!("{name} = {}", value_snippet(&field.shape)),
    }
}

const HTTP_TRIGGER: &str = "[[trigger.http]]\nroute = \"${1:/...}\"\ncomponent = \"${2:my-component}\"\n$0";

const COMPONENT: &str = "[component.${1:my-component}]\nsource = \"${2:target/wasm32-wasip1/release/my_component.wasm}\"\n[component.${1:my-component}.build]\ncommand = \"${3:cargo build --target wasm32-wasip1 --release}\"\n$0";

/// Whole sections, offered where a section may begin.
fn snippets(app: &App) -> Vec<Proposal> {
    if !app.document.tree.root.entries.iter().any(|entry| entry.key.value == crate::schema::VERSION_KEY) {
        return Vec::new();
    }
    let redis =
        "[[trigger.redis]]\naddress = \"${1:redis://localhost:6379}\"\nchannel = \"${2:messages}\"\ncomponent = \"${3:my-component}\"\n$0";
    let rows = [
        ("[[trigger.http]]", HTTP_TRIGGER, "a route and the component that answers it"),
        ("[[trigger.redis]]", redis, "a channel and the component that receives its messages"),
        ("[component]", COMPONENT, "a component with its source and its build"),
    ];
    let proposal = |(label, insert, detail): (&str, &str, &str)| Proposal {
        insert: Some(insert.to_owned()),
        ..Proposal::new(label, CompletionItemKind::SNIPPET).detail(detail)
    };
    rows.into_iter().map(proposal).collect()
}

/// Whether no line of the section comes behind the cursor: a header there would take it away.
fn is_section_end(app: &App, cursor: &Cursor) -> bool {
    let next = app.statements().iter().find(|statement| statement.span.start > cursor.word.end);
    next.is_none_or(|statement| statement.is_header())
}
