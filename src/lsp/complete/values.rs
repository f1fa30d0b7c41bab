//! Values: what the manifest, the code, the runtime configuration and the disk have to offer.

use std::path::Path;
use std::sync::Arc;

use tower_lsp::ls_types::CompletionItemKind;

use super::Proposal;
use crate::capability::Capability;
use crate::config::ALL_RULES;
use crate::diagnostic::Place;
use crate::files::{Disk, Files};
use crate::grants::Opens;
use crate::hosts::{DEFAULT_PORTS, INTERNAL_SUFFIX};
use crate::lsp::app::App;
use crate::lsp::cursor::Cursor;
use crate::lsp::names;
use crate::lsp::session::Session;
use crate::rules;
use crate::schema::{INHERITABLE, Shape};
use crate::syntax::{Entry, Node};
use crate::text::{Span, join_lexically};

/// The environments of Spin's catalogue.
const TARGETS: &[&str] = &["spin-up:3.2", "spin-up:3.4", "spin-up:3.5", "spin-up:3.6", "akamai-functions", "containerd-shim-spin:0.26.0"];

/// The models that Spin knows by name.
const MODELS: &[&str] = &["llama2-chat", "codellama-instruct", "all-minilm-l6-v2"];

/// Network grants that are no scheme of the network's.
const OWN_HOSTS: &[(&str, &str)] =
    &[("http://self", "requests to the app itself"), ("http://*.spin.internal", "every component of the app")];

/// Inside `{{ }}`: the variables, with the part of the name that is typed.
pub(super) fn template(app: &App, offset: usize) -> Option<(Span, Vec<Proposal>)> {
    let text = app.file().text();
    let offset = text.floor_char_boundary(offset);
    let line = text[..offset].rfind('\n').map_or(0, |newline| newline + 1);
    let open = text[line..offset].rfind("{{").map(|at| line + at + 2)?;
    if text[open..offset].contains("}}") {
        return None;
    }
    let start = open + text[open..offset].len() - text[open..offset].trim_start().len();
    let proposals = variables(app).map(|(name, value)| Proposal::new(name, CompletionItemKind::VARIABLE).detail(value));
    let rest = text[offset..].trim_start_matches(|c: char| c.is_alphanumeric() || c == '_');
    Some((Span::new(start, text.len() - rest.len()), proposals.collect()))
}

/// The application's variables, with what they are without a value given.
pub(in crate::lsp) fn variables(app: &App) -> impl Iterator<Item = (&str, String)> {
    let table = app.document.tree.root.get("variables").and_then(Node::as_table);
    table.into_iter().flat_map(|table| &table.entries).map(|entry| {
        let default = entry.node.as_table().and_then(|table| table.get("default")).and_then(Node::as_str);
        (entry.key.value.as_str(), default.map_or_else(|| "no default".to_owned(), |default| format!("default \"{default}\"")))
    })
}

/// The values that fit at the cursor.
pub(super) fn values(session: &Session, shape: &Shape, app: &App, cursor: &Cursor) -> Vec<Proposal> {
    let path: Vec<&str> = cursor.path.iter().map(String::as_str).collect();
    let known = |list: &[&str], kind| list.iter().map(|word| Proposal::new(*word, kind)).collect::<Vec<_>>();
    let typed = cursor.word.of(app.file().text());
    let proposals = match path.as_slice() {
        ["spin_manifest_version"] => return known(&["2"], CompletionItemKind::CONSTANT),
        ["trigger", _, .., "component"] | ["trigger", _, "components", ..] | [.., "dependencies", _, "component"] => component_ids(app),
        [.., "workdir"] => files(app, typed, "/"),
        ["trigger", "http", "route"] => known(&["/...", "/"], CompletionItemKind::VALUE),
        [.., "key_value_stores"] => stores(session, app, cursor),
        [.., "sqlite_databases"] => databases(session, app, cursor),
        [.., "ai_models"] => known(MODELS, CompletionItemKind::VALUE),
        [.., "inherit_configuration"] => known(INHERITABLE, CompletionItemKind::ENUM_MEMBER),
        [.., "targets"] => known(TARGETS, CompletionItemKind::VALUE),
        [.., "allowed_outbound_hosts"] => hosts(app),
        [.., "source" | "path"] => files(app, typed, ".wasm"),
        [.., "files" | "exclude_files"] => files(app, typed, ""),
        _ => words(shape, &cursor.path),
    };
    // Behind `=` a list lacks its brackets, and a table is not written by a name.
    let is_whole = app.file().text()[..cursor.word.start].trim_end().ends_with('=');
    let is_list = is_whole && shape.at(&cursor.path).into_iter().any(|shape| matches!(shape, Shape::Array(_)));
    if is_whole && path.last() == Some(&"components") {
        return Vec::new();
    }
    // What the code needs comes first.
    let mut found = fitting(cursor, needed(app, &path).into_iter().chain(proposals));
    if is_list {
        found.iter_mut().for_each(|proposal| proposal.insert = proposal.insert.take().map(|item| format!("[{item}]")));
    }
    found
}

/// The values that fit at the cursor of a file beside a manifest.
pub(super) fn values_beside(shape: &Shape, cursor: &Cursor) -> Vec<Proposal> {
    let names = rules::ALL.iter().map(|entry| Proposal::new(entry.name, CompletionItemKind::VALUE).detail(entry.summary()));
    let is_ignored = matches!(cursor.path.as_slice(), [first, _] if first == "ignore");
    let all = Proposal::new(ALL_RULES, CompletionItemKind::VALUE).detail("every rule");
    let ignored = names.chain([all]).filter(|_| is_ignored);
    fitting(cursor, words(shape, &cursor.path).into_iter().chain(ignored))
}

/// What is not there yet, with the quotes that it lacks.
fn fitting(cursor: &Cursor, proposals: impl Iterator<Item = Proposal>) -> Vec<Proposal> {
    let mut seen = cursor.present.clone();
    let fits = proposals.filter(|proposal| {
        let is_new = !proposal.label.is_empty() && !seen.contains(&proposal.label);
        seen.push(proposal.label.clone());
        is_new
    });
    let quoted = fits.map(|proposal| {
        let insert = match cursor.quote {
            None if proposal.kind == CompletionItemKind::KEYWORD => None,
            None => Some(crate::edit::string(&proposal.label)),
            Some(quote) => (!cursor.is_closed).then(|| format!("{}{quote}", proposal.label)),
        };
        Proposal { insert, ..proposal }
    });
    quoted.collect()
}

/// What the code of a component uses of what the key at hand grants.
fn needed(app: &App, path: &[&str]) -> Vec<Proposal> {
    let ["component", id, key] = path else { return Vec::new() };
    let Some(capability) = Capability::of_key(key) else { return Vec::new() };
    let known = Opens::of(capability, app.facts.component(id)).known;
    let detail = format!("the code {} it", capability.row().verb);
    known.iter().map(|need| Proposal::new(&need.label, CompletionItemKind::VALUE).detail(detail.clone())).collect()
}

fn words(shape: &Shape, path: &[String]) -> Vec<Proposal> {
    let mut proposals = Vec::new();
    for form in shape.at(path).into_iter().flat_map(|shape| shape.item().forms()) {
        match form {
            Shape::Words(words) => proposals.extend(words.iter().map(|word| Proposal::new(word, CompletionItemKind::ENUM_MEMBER))),
            Shape::Boolean => proposals.extend(["true", "false"].map(|word| Proposal::new(word, CompletionItemKind::KEYWORD))),
            _ => {}
        }
    }
    proposals
}

fn component_ids(app: &App) -> Vec<Proposal> {
    let manifest = app.manifest();
    // A component that is written inside a trigger has an id that only Spin gives it.
    let declared = manifest.components.iter().filter(|component| component.id == component.place.of(app.file().text()).trim_matches('"'));
    declared.map(|component| Proposal::new(&component.id, CompletionItemKind::CLASS)).collect()
}

/// The labels that the runtime configuration of an app defines, with their places.
pub(in crate::lsp) fn defined(session: &Session, app: &App, capability: Capability) -> Vec<(String, Place)> {
    let Some(config) = session.runtime_config_of(app) else { return Vec::new() };
    let place = |entry: &Entry| (entry.key.value.clone(), Place { file: Arc::clone(&config.file), span: entry.key.span });
    config.definitions(capability).iter().map(place).collect()
}

fn stores(session: &Session, app: &App, cursor: &Cursor) -> Vec<Proposal> {
    let manifest = app.manifest();
    let mut labels: Vec<(String, &str)> = Vec::new();
    let mut add = |label: &str, from: &'static str| {
        if !labels.iter().any(|(known, _)| known == label) {
            labels.push((label.to_owned(), from));
        }
    };
    defined(session, app, Capability::KeyValue).iter().for_each(|(label, _)| add(label, "the runtime configuration defines it"));
    let grants = manifest.components.iter().filter_map(|component| component.key_value_stores());
    for label in grants.flat_map(|grants| grants.labels).filter(|label| !cursor.is_in(label.span)) {
        add(&label.value, "another component is granted it");
    }
    add("default", "Spin defines it");
    labels.into_iter().map(|(label, from)| Proposal::new(label, CompletionItemKind::VALUE).detail(from)).collect()
}

fn databases(session: &Session, app: &App, cursor: &Cursor) -> Vec<Proposal> {
    let occurrences = names::occurrences(app);
    let granted =
        occurrences.iter().filter(|known| known.kind == names::Kind::Database && !cursor.is_in(known.span)).map(|known| known.name.clone());
    let defined = defined(session, app, Capability::Sqlite).into_iter().map(|(label, _)| label);
    let mut labels: Vec<String> = defined.chain(granted).chain(["default".to_owned()]).collect();
    labels.sort();
    labels.dedup();
    labels.into_iter().map(|label| Proposal::new(label, CompletionItemKind::VALUE)).collect()
}

fn hosts(app: &App) -> Vec<Proposal> {
    let manifest = app.manifest();
    let served = manifest
        .components
        .iter()
        .filter(|component| manifest.triggers.iter().any(|trigger| trigger.kind == "http" && trigger.components.contains(&component.id)));
    let internal = served.map(|component| {
        Proposal::new(format!("http://{}{INTERNAL_SUFFIX}", component.id), CompletionItemKind::VALUE).detail("a component of the app")
    });
    let own = OWN_HOSTS.iter().map(|(host, detail)| Proposal::new(*host, CompletionItemKind::VALUE).detail(*detail));
    let schemes = DEFAULT_PORTS
        .iter()
        .map(|(scheme, port)| Proposal::new(format!("{scheme}://"), CompletionItemKind::VALUE).detail(format!("port {port}")));
    internal.chain(schemes).chain(own).collect()
}

/// The folders, and the files with an ending, below what is typed of a path.
fn files(app: &App, typed: &str, ending: &str) -> Vec<Proposal> {
    const MOST: usize = 200;
    let Some(folder) = app.file().path().parent().filter(|folder| folder.is_absolute()) else { return Vec::new() };
    let below = typed.rfind('/').map_or("", |slash| &typed[..=slash]);
    let entries = Disk.list(&join_lexically(folder, Path::new(below)));
    let wanted = entries.into_iter().filter(|entry| !entry.name.starts_with('.') && (entry.is_folder || entry.name.ends_with(ending)));
    let proposal = |entry: crate::files::Listed| match entry.is_folder {
        true => Proposal::new(format!("{below}{}/", entry.name), CompletionItemKind::FOLDER),
        false => Proposal::new(format!("{below}{}", entry.name), CompletionItemKind::FILE),
    };
    wanted.take(MOST).map(proposal).collect()
}
