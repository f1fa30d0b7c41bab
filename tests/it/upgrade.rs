//! Version 1 manifests written as version 2: the result is accepted, and means the same.

use std::sync::Arc;

use serde_json::{Value as Json, json};
use spinlint::diagnostic::Severity;
use spinlint::facts::Facts;
use spinlint::schema::format::Format;
use spinlint::syntax::{Node, Value};
use spinlint::text::SourceFile;
use spinlint::{Document, Settings, hosts};

use super::conformance::shared;

/// A value without its places.
fn plain(node: &Node) -> Json {
    match &node.value {
        Value::String(text) => json!(text),
        Value::Integer(number) => json!(number),
        Value::Boolean(flag) => json!(flag),
        Value::Array(array) => array.items.iter().map(plain).collect(),
        Value::Table(table) => table.entries.iter().map(|entry| (entry.key.value.clone(), plain(&entry.node))).collect(),
        Value::Float | Value::Datetime => json!("?"),
    }
}

fn texts(node: Option<&Node>) -> Vec<String> {
    node.map(Node::items).unwrap_or_default().iter().filter_map(Node::as_str).map(str::to_owned).collect()
}

/// What a manifest means, whichever its version ([crates/manifest/src/compat.rs] of Spin).
fn meaning(document: &Document) -> Json {
    let root = &document.tree.root;
    let is_old = root.get("application").is_none();
    let application = root.get("application").and_then(Node::as_table).unwrap_or(root);
    let details: Json =
        ["name", "version", "description", "authors"].iter().map(|key| application.get(key).map_or(Json::Null, plain)).collect();
    let manifest = document.manifest();
    let trigger = |trigger: &spinlint::manifest::Trigger<'_>| {
        let settings = trigger.settings.into_iter().flat_map(|table| &table.entries);
        let own = settings.filter(|entry| !["id", "component"].contains(&entry.key.value.as_str()));
        let own: Json = own.map(|entry| (entry.key.value.clone(), plain(&entry.node))).collect();
        let id = if is_old { format!("trigger-{}", Format::normalized_id(&trigger.components[0])) } else { trigger.id.clone() };
        json!([trigger.kind, id, Format::normalized_id(&trigger.components[0]), own])
    };
    let triggers: Json = manifest.triggers.iter().map(trigger).collect();
    let kind = manifest.triggers.first().map_or("", |trigger| trigger.kind.as_str()).to_owned();
    let shared = manifest.shared_settings(&kind).and_then(|entry| entry.node.as_table()).into_iter().flat_map(|table| &table.entries);
    let shared: Json =
        shared.filter(|entry| entry.key.value != "type").map(|entry| (entry.key.value.clone(), plain(&entry.node))).collect();
    let component = |component: &spinlint::manifest::Component<'_>| {
        let get = |key: &str| component.table.get(key);
        let mut allowed = texts(get("allowed_outbound_hosts"));
        if is_old && get("allowed_outbound_hosts").is_none() {
            allowed.extend(["redis://*:*", "mysql://*:*", "postgres://*:*"].map(str::to_owned));
        }
        let http = texts(get("allowed_http_hosts"));
        let http = if http.iter().any(|host| host == hosts::ALLOW_ALL) { vec![hosts::ALLOW_ALL.to_owned()] } else { http };
        allowed.extend(http.iter().filter_map(|host| hosts::expand_http_host(host).ok()).flatten());
        let rest = [
            "source",
            "description",
            "environment",
            "files",
            "exclude_files",
            "key_value_stores",
            "sqlite_databases",
            "ai_models",
            "build",
        ];
        let rest: Json = rest.iter().map(|key| get(key).map_or(Json::Null, plain)).collect();
        let variables: Json = component.variables().map(|entry| (entry.key.value.clone(), plain(&entry.node))).collect();
        json!([Format::normalized_id(&component.id), allowed, rest, variables])
    };
    let components: Json = manifest.components.iter().map(component).collect();
    json!([details, root.get("variables").map(plain), shared, triggers, components])
}

fn document(text: &str) -> Document {
    Document::parse(Arc::new(SourceFile::new("spin.toml", text)))
}

/// Writes a manifest as version 2. The error is what is said where the fix declines.
fn upgraded(text: &str) -> Result<String, String> {
    let found = spinlint::check(&document(text), &Facts::default(), &Settings::default());
    let told = found.into_iter().find(|diagnostic| diagnostic.rule == "old-version").ok_or("it is not told")?;
    told.fix.map(|fix| fix.edits.apply(text)).ok_or(told.help.unwrap_or_default())
}

/// Why a manifest cannot be written as version 2 by anybody.
const IMPOSSIBLE: &[&str] = &["two components would be called", "is no label in version 2"];

/// Asserts that a manifest's version 2 means the same and is accepted, or that there is none.
fn judge(name: &str, text: &str) {
    let after = match upgraded(text) {
        Ok(after) => after,
        Err(reason) => {
            assert!(IMPOSSIBLE.iter().any(|part| reason.contains(part)), "{name}: {reason}");
            return;
        }
    };
    let new = document(&after);
    assert!(new.tree.errors.is_empty(), "{name}: {:?}\n{after}", new.tree.errors);
    assert_eq!(meaning(&document(text)), meaning(&new), "{name}:\n{text}\n----\n{after}");
    let errors: Vec<_> = spinlint::check(&new, &Facts::default(), &Settings::default());
    let errors: Vec<_> = errors.into_iter().filter(|diagnostic| diagnostic.severity == Severity::Error).collect();
    assert!(errors.is_empty(), "{name}: {errors:#?}\n{after}");
}

#[test]
fn every_accepted_case_and_every_real_manifest_means_the_same_afterwards() {
    let Some(path) = shared("conformance/cases.jsonl") else { return };
    let mut judged = 0;
    for line in std::fs::read_to_string(path).unwrap().lines() {
        let row: Json = serde_json::from_str(line).unwrap();
        let text = row["toml"].as_str().unwrap();
        if row["spin"]["accept"] == true && row["area"] == "v1" {
            judged += 1;
            judge(row["id"].as_str().unwrap(), text);
        }
    }
    let folder = shared("corpus").unwrap();
    for row in std::fs::read_to_string(folder.join("verdicts.csv")).unwrap().lines().skip(1) {
        let fields: Vec<&str> = row.split(',').collect();
        let text = std::fs::read_to_string(folder.join("manifests").join(fields[0])).unwrap();
        if fields.get(5) == Some(&"true") && text.contains("manifest_version = \"1\"") {
            judged += 1;
            judge(fields[0], &text);
        }
    }
    eprintln!("{judged} manifests of version 1");
}

#[test]
fn comments_order_and_styles_stay() {
    let before = "# A shop.\nspin_version = \"1\"\n# Who wrote it.\nauthors = [\"Ann\"]\nname = \"shop\" # the name\nversion = \"1.0.0\"\n\n[trigger]\ntype = \"redis\"\naddress = \"redis://localhost\" # here\n\n[[component]]\n# The one.\nid = \"price_list\"\nsource = \"p.wasm\"\ntrigger = { channel = \"x\" }\nallowed_outbound_hosts = []\nconfig = { region = \"eu\" }\n";
    let after = "# A shop.\nspin_manifest_version = 2\n\n[application]\n# Who wrote it.\nauthors = [\"Ann\"]\nname = \"shop\" # the name\nversion = \"1.0.0\"\n\n[application.trigger.redis]\naddress = \"redis://localhost\" # here\n\n[[trigger.redis]]\nid = \"trigger-price-list\"\ncomponent = \"price-list\"\nchannel = \"x\"\n\n[component.price-list]\n# The one.\nsource = \"p.wasm\"\nallowed_outbound_hosts = []\nvariables = { region = \"eu\" }\n";
    // A comment above the first key of the application stays above it, where that is below another line.
    let moved = after.replace("\n\n[application]\n# Who wrote it.\n", "\n# Who wrote it.\n\n[application]\n");
    let made = upgraded(before).unwrap();
    assert!(made == after || made == moved, "{made}");
}

#[test]
fn ids_that_become_one_are_left_alone() {
    let text = "spin_manifest_version = \"1\"\nname = \"a\"\nversion = \"1\"\ntrigger = { type = \"http\" }\n[[component]]\nid = \"a_b\"\nsource = \"x\"\n[component.trigger]\nroute = \"/a\"\n[[component]]\nid = \"a-b\"\nsource = \"y\"\n[component.trigger]\nroute = \"/b\"\n";
    let found = spinlint::check(&document(text), &Facts::default(), &Settings::default());
    let old = found.iter().find(|diagnostic| diagnostic.rule == "old-version").unwrap();
    assert!(old.fix.is_none() && old.help.as_ref().unwrap().contains("two components would be called `a-b`"), "{old:#?}");
}
