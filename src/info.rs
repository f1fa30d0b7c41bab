//! What an app needs: the version of Spin that can start it, what each of its components uses and is granted, and what has to be defined
//! outside of the manifest. The types here are the schema of `spinlint info --format json`.

use std::collections::BTreeMap;
use std::path::Path;

use schemars::JsonSchema;
use serde::Serialize;

use crate::Document;
use crate::capability::Capability;
use crate::facts::Facts;
use crate::grants::{self, Missing, Opens, granted, opens_of_dependency};
use crate::manifest::{Component, Manifest, Version};
use crate::runtime_config::{DEFAULT, RuntimeConfig};
use crate::shape;
use crate::text::{Span, slashed};

/// Interfaces that came with a later version of Spin, by the beginning of their name.
const INTERFACES: &[(&str, &str)] = &[
    ("wasi:keyvalue/", "3.0.0"),
    ("spin:key-value/key-value@3", "4.0.0"),
    ("wasi:http/types@0.3.0-", "4.0.0"),
    ("wasi:http/types@0.3.0", "4.1.0"),
    ("spin:mysql/mysql@3", "4.1.0"),
];

/// What an app needs.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(title = "spinlint info, version 1")]
pub struct Info {
    /// The version of this format: 1.
    pub version: u32,
    /// The manifest, as the command line names it.
    pub path: String,
    /// The oldest version of Spin that can start the app.
    pub spin: Oldest,
    /// The components, in the order of the manifest.
    pub components: Vec<Needs>,
    /// What has to be defined outside of the manifest, before the app starts.
    pub define: Vec<Definition>,
}

/// A version of Spin, and what needs it.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Oldest {
    /// The version, such as `3.4.0`.
    pub version: String,
    /// What needs a later version than the manifest's own format does, that which needs the latest first.
    pub because: Vec<Reason>,
}

/// Something that needs a version of Spin.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Reason {
    /// The version that it came with.
    pub version: String,
    /// The key that is written, or the interface that a Wasm imports.
    pub what: String,
    /// The file.
    pub path: String,
    /// The line, from 1; none in a Wasm.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
}

/// What a component needs.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Needs {
    /// The component, by the id that Spin uses.
    pub component: String,
    /// `read`, `stale`, `missing`, `remote` or `skipped`: how far its Wasm was looked at.
    pub wasm: &'static str,
    /// `read`, `none` or `skipped`: how far its sources were.
    pub sources: &'static str,
    /// What it uses and is granted, by the manifest's keys.
    #[schemars(with = "BTreeMap<String, Uses>")]
    pub uses: BTreeMap<&'static str, Uses>,
}

/// What a component uses and is granted of one kind.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub struct Uses {
    /// What its code, or that of something composed with it, is seen to use.
    pub needs: Vec<String>,
    /// What the manifest grants.
    pub granted: Vec<String>,
    /// What it needs and is not granted, or does not pass on.
    pub lacks: Vec<String>,
    /// Whether it uses something whose name its code does not show.
    pub has_unknown: bool,
}

/// Something that has to be defined outside of the manifest.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Definition {
    /// The manifest's key that asks for it: `key_value_stores`, `sqlite_databases` or `variables`.
    pub key: &'static str,
    /// The label, or the variable's name.
    pub name: String,
    /// The components that are granted it.
    pub components: Vec<String>,
    /// Whether the runtime configuration defines it, if one is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_defined: Option<bool>,
}

impl Info {
    /// What a manifest's app needs, by what is known of it.
    pub fn of(document: &Document, facts: &Facts, runtime_config: Option<&RuntimeConfig>) -> Info {
        let manifest = document.manifest();
        let missing: Vec<Missing<'_, '_>> =
            Capability::ALL.into_iter().flat_map(|capability| grants::missing(capability, &manifest, facts)).collect();
        Info {
            version: 1,
            path: document.file.display_path(),
            spin: oldest(document, &manifest, facts),
            components: manifest.components.iter().map(|component| needs(component, &manifest, facts, &missing)).collect(),
            define: definitions(&manifest, runtime_config),
        }
    }
}

impl Definition {
    /// The table of a runtime configuration that defines it, if one can.
    pub fn table(&self) -> Option<&'static str> {
        Capability::of_key(self.key)?.row().definitions
    }
}

fn oldest(document: &Document, manifest: &Manifest<'_>, facts: &Facts) -> Oldest {
    let file = &document.file;
    let keys = match manifest.version {
        Version::Two => shape::introduced(&document.tree.root, Manifest::shape(Version::Two)),
        Version::One => Vec::new(),
    };
    let written = keys.into_iter().map(|(span, since)| Reason {
        version: since.to_owned(),
        what: key_of(file.text(), span),
        path: file.display_path(),
        line: Some(file.position(span.start).line),
    });
    let read = manifest.components.iter().filter_map(|component| facts.component(&component.id).wasm.read());
    let imported = read.flat_map(|wasm| {
        let since = |import: &str| INTERFACES.iter().find(|(beginning, _)| import.starts_with(beginning)).map(|(_, since)| *since);
        let reason = move |import: &String| {
            let version = since(import)?.to_owned();
            Some(Reason { version, what: import.clone(), path: wasm.place.file.display_path(), line: None })
        };
        wasm.module.imports.iter().filter_map(reason)
    });
    let mut because: Vec<Reason> = written.chain(imported).collect();
    let parsed = |version: &str| semver::Version::parse(version).ok();
    because.sort_by_key(|reason| std::cmp::Reverse(parsed(&reason.version)));
    let format = if manifest.version == Version::One { "1.0.0" } else { "2.0.0" };
    let version = because.first().filter(|first| parsed(&first.version) > parsed(format)).map_or(format, |first| &first.version);
    Oldest { version: version.to_owned(), because }
}

/// The key that a place is, or whose value has a form that came later.
fn key_of(text: &str, span: Span) -> String {
    let line = &text[text[..span.start].rfind('\n').map_or(0, |newline| newline + 1)..span.start];
    let is_value = line.trim_end().ends_with('=');
    let key = if is_value { line.trim_end().trim_end_matches('=').rsplit(['{', ',']).next().unwrap_or(line) } else { span.of(text) };
    key.trim().lines().next().unwrap_or_default().to_owned()
}

fn needs(component: &Component<'_>, manifest: &Manifest<'_>, facts: &Facts, missing: &[Missing<'_, '_>]) -> Needs {
    let uses = Capability::ALL.into_iter().map(|capability| {
        let own = Opens::of(capability, facts.component(&component.id));
        let mut uses = Uses { granted: granted(capability, component), ..Uses::default() };
        let composed: Vec<Opens> =
            manifest.composed_with(component).map(|dependency| opens_of_dependency(capability, facts, &dependency)).collect();
        for opens in composed.iter().chain([&own]) {
            uses.needs.extend(opens.known.iter().map(|need| need.label.clone()));
            uses.has_unknown |= !opens.computed.is_empty() || opens.unclear_wasm.is_some();
        }
        uses.needs.sort();
        uses.needs.dedup();
        let lacks = missing.iter().filter(|missing| missing.capability == capability && missing.component.id == component.id);
        uses.lacks = lacks.map(|missing| missing.need.label.clone()).collect();
        (capability.row().key, uses)
    });
    let facts = facts.component(&component.id);
    Needs { component: component.id.clone(), wasm: facts.wasm.as_str(), sources: facts.sources.as_str(), uses: uses.collect() }
}

fn definitions(manifest: &Manifest<'_>, runtime_config: Option<&RuntimeConfig>) -> Vec<Definition> {
    let mut definitions: Vec<Definition> = Vec::new();
    for capability in Capability::LABELLED {
        let key = capability.row().key;
        for component in &manifest.components {
            for name in granted(capability, component).into_iter().filter(|label| label != DEFAULT) {
                match definitions.iter_mut().find(|known| known.key == key && known.name == name) {
                    Some(known) => known.components.push(component.id.clone()),
                    None => {
                        let is_defined = runtime_config.map(|config| config.defines(capability, &name));
                        definitions.push(Definition { key, name, components: vec![component.id.clone()], is_defined });
                    }
                }
            }
        }
    }
    let key = Capability::Variables.row().key;
    for variable in manifest.variables.iter().filter(|variable| variable.is_required()) {
        let name = variable.name.value.clone();
        definitions.push(Definition { key, name, components: Vec::new(), is_defined: None });
    }
    definitions
}

/// A runtime configuration to start with, which defines every store and database that is granted and not defined yet.
pub fn starting_config(info: &Info) -> String {
    let undefined = || info.define.iter().filter(|definition| definition.is_defined != Some(true));
    let mut text = format!("# What {} grants and Spin does not define itself; `--runtime-config-file` names this file.\n", info.path);
    for (definition, table) in undefined().filter_map(|definition| Some((definition, definition.table()?))) {
        let components: Vec<String> = definition.components.iter().map(|id| format!("`{id}`")).collect();
        let path = slashed(&Path::new(".spin").join(format!("{}.db", definition.name)));
        let name = &definition.name;
        text.push_str(&format!("\n# Granted to {}.\n[{table}.{name}]\ntype = \"spin\"\npath = \"{path}\"\n", components.join(", ")));
    }
    text
}
