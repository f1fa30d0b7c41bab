//! What the rules about missing, misspelt and unused grants share, whatever the capability.

mod unknown;
mod unused;

pub(super) use unknown::unknown;
pub(super) use unused::unused;

use std::cell::OnceCell;

use super::{Context, Findings};
use crate::capability::Capability;
use crate::diagnostic::{Diagnostic, Edit, Edits, Fix, Severity};
use crate::edit;
use crate::facts::Certainty;
use crate::grants::{self, Missing, Opens};
use crate::hosts::AllowedHost;
use crate::manifest::{Component, Dependency, Version};
use crate::schema::format::Format;
use crate::syntax::{Form, Table, Value};
use crate::text::{Span, nearest};

/// What becomes of a dependency that uses what it may not inherit ([crates/capabilities/src/deny.rs] of Spin).
pub(super) const NOT_INHERITED: &str = "Spin stops it at its first call";

/// What components lack of one capability, worked out once for all the rules that ask.
#[derive(Default)]
pub struct Lack<'a> {
    missing: OnceCell<Vec<Missing<'a, 'a>>>,
    pairs: OnceCell<Vec<Pair>>,
}

/// A missing grant and the one that was meant for it.
pub(super) struct Pair {
    /// The index among the missing ones.
    pub(super) missing: usize,
    /// The grant that nothing uses.
    pub(super) granted: String,
    /// Where it stands.
    pub(super) span: Span,
    /// Whether no other grant could be meant too.
    pub(super) is_only_one: bool,
}

/// Reports everything that components use and are not granted.
pub(super) fn undeclared(cx: &Context<'_>, out: &mut Findings<'_>, capability: Capability) {
    let misspelled = pairs(cx, capability);
    for (index, missing) in missing(cx, capability).iter().enumerate() {
        // A grant that is misspelt or stands in the wrong table is told as that, and mended as that.
        let is_meant = |grant: &String| grants::is_enough(capability, grant, &missing.need.label);
        if cx.shape.iter().any(|problem| problem.grants.iter().any(is_meant)) || misspelled.iter().any(|pair| pair.missing == index) {
            continue;
        }
        let diagnostic = out.report(grants::place_of(capability, missing.component, cx.file).span, message(cx, missing));
        describe(cx, missing, diagnostic);
        diagnostic.help = Some(help(cx, missing));
        diagnostic.fix = fix(cx, missing);
    }
}

/// Reports the grants that are nearly what a component uses.
pub(super) fn misspelled(cx: &Context<'_>, out: &mut Findings<'_>, capability: Capability) {
    let row = capability.row();
    for pair in pairs(cx, capability) {
        let missing = &missing(cx, capability)[pair.missing];
        let (id, label) = (&missing.component.id, &missing.need.label);
        let (noun, verb, without) = (row.noun, verb(missing), without(cx, missing));
        let message = format!("component `{id}` is granted {noun} \"{}\" and {verb} \"{label}\": {without}", pair.granted);
        let diagnostic = out.report(grants::place_of(capability, missing.component, cx.file).span, message);
        describe(cx, missing, diagnostic);
        // A program may live without a variable.
        if capability == Capability::Variables {
            diagnostic.severity = Severity::Warning;
        }
        let title = format!("grant \"{label}\" in place of \"{}\"", pair.granted);
        let rename = || match capability {
            Capability::Variables => edit::rename_key(pair.span, label),
            _ => edit::rename(cx.text(), pair.span, label),
        };
        let edits = check(cx, capability, label).is_ok().then(|| Edits::new(vec![rename()]));
        diagnostic.help = Some(match edits {
            Some(_) => format!("rename the grant \"{}\" to \"{label}\", or the {} in the code", pair.granted, row.named),
            None => format!("rename the {} in the code: no manifest can grant it", row.named),
        });
        diagnostic.fix = edits.flatten().map(|edits| {
            match pair.is_only_one && capability != Capability::Hosts && missing.need.certainty == Certainty::Proved {
                true => Fix::safe(title, edits),
                false => Fix::risky(title, edits),
            }
        });
    }
}

/// Everything that is needed of a capability and not granted.
pub(super) fn missing<'c, 'a>(cx: &'c Context<'a>, capability: Capability) -> &'c [Missing<'a, 'a>] {
    cx.lacks[capability as usize].missing.get_or_init(|| grants::missing(capability, cx.manifest, cx.facts))
}

/// The missing grants for which one that nothing uses is a near miss.
pub(super) fn pairs<'c>(cx: &'c Context<'_>, capability: Capability) -> &'c [Pair] {
    cx.lacks[capability as usize].pairs.get_or_init(|| near_misses(cx, missing(cx, capability)))
}

fn near_misses(cx: &Context<'_>, missing: &[Missing<'_, '_>]) -> Vec<Pair> {
    let mut pairs: Vec<Pair> = Vec::new();
    for (index, need) in missing.iter().enumerate() {
        if !need.itself || !need.lacks_grant || !need.through.is_empty() {
            continue;
        }
        let capability = need.capability;
        let opens = Opens::of(capability, cx.facts.component(&need.component.id));
        // What is computed may be what is granted, and so may what a dependency uses.
        let is_open_ended = !opens.computed.is_empty() || cx.manifest.composed_with(need.component).next().is_some();
        let Some(grants) = need.component.grants(capability.row().key).filter(|_| !is_open_ended) else { continue };
        let idle = grants.labels.iter().filter(|label| {
            let is_taken = pairs.iter().any(|pair| pair.span == label.span);
            !is_used(capability, &opens, &label.value) && !is_taken && nearest(&need.need.label, [label.value.as_str()]).is_some()
        });
        let idle: Vec<_> = idle.collect();
        let Some(best) = nearest(&need.need.label, idle.iter().map(|label| label.value.as_str())) else { continue };
        let Some(label) = idle.iter().find(|label| label.value == best) else { continue };
        pairs.push(Pair { missing: index, granted: label.value.clone(), span: label.span, is_only_one: idle.len() == 1 });
    }
    pairs
}

/// Whether something that is known to be used needs a grant. One of many hosts is never judged.
pub(super) fn is_used(capability: Capability, opens: &Opens, grant: &str) -> bool {
    if capability == Capability::Hosts && AllowedHost::parse(grant).map_or(true, |allowed| allowed.one().is_none()) {
        return true;
    }
    opens.known.iter().any(|need| grants::is_enough(capability, grant, &need.label))
}

/// What every finding about a missing grant carries: component, label, evidence, and a lesser severity where nothing
/// runs the component or the evidence is no proof.
fn describe(cx: &Context<'_>, missing: &Missing<'_, '_>, diagnostic: &mut Diagnostic) {
    diagnostic.component = Some(missing.component.id.clone());
    diagnostic.label = Some(missing.need.label.clone());
    diagnostic.related.clone_from(&missing.need.evidence);
    if !cx.manifest.is_reached(missing.component) || missing.need.certainty != Certainty::Proved {
        diagnostic.severity = Severity::Warning;
    }
}

/// What is said that a component does with what it lacks.
fn verb(missing: &Missing<'_, '_>) -> String {
    let verb = missing.capability.row().verb;
    match missing.need.certainty {
        Certainty::Proved => verb.to_owned(),
        Certainty::Made => "makes requests to".to_owned(),
        Certainty::Unreached => format!("has code that {verb}"),
    }
}

/// What comes of a missing grant.
fn without(cx: &Context<'_>, missing: &Missing<'_, '_>) -> &'static str {
    match missing.capability {
        Capability::Variables if check(cx, missing.capability, &missing.need.label).is_err() => "Spin answers that the name is invalid",
        capability => capability.row().without,
    }
}

/// The key that grants what is missing. In version 1 one that names hosts takes away the databases that Spin grants without it.
fn key_of(cx: &Context<'_>, missing: &Missing<'_, '_>) -> &'static str {
    let key = missing.capability.row().key;
    let is_http = missing.need.label.starts_with("http");
    let keeps_databases = missing.capability == Capability::Hosts && is_http && grants::has_all_databases(cx.manifest, missing.component);
    if keeps_databases { "allowed_http_hosts" } else { key }
}

fn message(cx: &Context<'_>, missing: &Missing<'_, '_>) -> String {
    let (id, label) = (&missing.component.id, &missing.need.label);
    let row = missing.capability.row();
    let (noun, lack, without) = (row.noun, row.lack, without(cx, missing));
    let verb = verb(missing);
    if missing.lacks_grant && missing.itself {
        return format!("component `{id}` {verb} {noun} \"{label}\", {lack}: {without}");
    }
    let names: Vec<String> = missing.through.iter().map(|dependency| format!("`{}`", dependency.name.value)).collect();
    let names = names.join(", ");
    let inherits = missing.through.iter().all(|dependency| dependency.inherits(row.key));
    let key = row.key;
    let lack = match (missing.lacks_grant, inherits) {
        (true, true) => "is not granted it".to_owned(),
        (true, false) => format!("is not granted it and does not let it inherit `{key}`"),
        (false, _) => format!("does not let it inherit `{key}`"),
    };
    let without = if inherits { without } else { NOT_INHERITED };
    format!("{names} {verb} {noun} \"{label}\" as a part of component `{id}`, which {lack}: {without}")
}

fn help(cx: &Context<'_>, missing: &Missing<'_, '_>) -> String {
    let (capability, label) = (missing.capability, &missing.need.label);
    let row = capability.row();
    let key = key_of(cx, missing);
    if let Err(reason) = check(cx, capability, label) {
        return format!("no manifest can grant \"{label}\" ({reason}): change the {} in the code", row.named);
    }
    let inherit = format!("inherit_configuration = [\"{key}\"]");
    let mut help = match missing.component.grants(key) {
        _ if !missing.lacks_grant => format!("let it inherit: `{inherit}`"),
        _ if capability == Capability::Variables => {
            let line = format!("`{label} = \"{{{{ {label} }}}}\"` to `[component.{}.variables]`", missing.component.id);
            match cx.manifest.variable(label) {
                Some(_) => format!("add {line}"),
                None => format!("declare it in `[variables]`, and add {line}"),
            }
        }
        Some(_) => format!("add {} to `{key}`", edit::string(label)),
        None => format!("add `{key} = [{}]`", edit::string(label)),
    };
    if missing.lacks_grant && !missing.through.iter().all(|dependency| dependency.inherits(key)) {
        help.push_str(&format!(", and let the dependency inherit it: `{inherit}`"));
    }
    if let Some(table) = row.definitions.filter(|_| missing.lacks_grant && !is_defined(cx, missing)) {
        let stanza = match capability {
            Capability::KeyValue => format!("`[{table}.{label}]` with `type = \"spin\"` and a `path`"),
            _ => format!("`[{table}.{label}]` with its `type`"),
        };
        help.push_str(&format!("; without {stanza} in the file of `--runtime-config-file` Spin refuses to start"));
    }
    help
}

/// Whether a manifest of this version can grant a label; version 1 takes any.
fn check(cx: &Context<'_>, capability: Capability, label: &str) -> Result<(), String> {
    match capability {
        _ if cx.manifest.version == Version::One => Ok(()),
        Capability::KeyValue | Capability::Sqlite => Format::Label.check(label),
        Capability::Variables => Format::LowerSnakeId.check(label),
        Capability::Hosts | Capability::Models => Ok(()),
    }
}

/// Whether a label is defined, as far as is known: Spin defines `default`, and what another component is granted starts today.
fn is_defined(cx: &Context<'_>, missing: &Missing<'_, '_>) -> bool {
    let (capability, label) = (missing.capability, &missing.need.label);
    let others = cx.manifest.components.iter().filter(|other| other.id != missing.component.id);
    label == "default"
        || others.into_iter().any(|other| grants::granted(capability, other).contains(label))
        || cx.settings.runtime_config.as_ref().is_some_and(|config| config.defines(capability, label))
}

fn fix(cx: &Context<'_>, missing: &Missing<'_, '_>) -> Option<Fix> {
    let (capability, label) = (missing.capability, &missing.need.label);
    let row = capability.row();
    check(cx, capability, label).ok()?;
    // A list of hosts would take away the databases that Spin grants without one.
    if key_of(cx, missing) == row.key && capability == Capability::Hosts && grants::has_all_databases(cx.manifest, missing.component) {
        return None;
    }
    let mut edits: Vec<Edit> = Vec::new();
    let mut title = Vec::new();
    if missing.lacks_grant {
        edits.extend(match capability {
            // A variable that the application does not have is given a value by somebody who knows it.
            Capability::Variables => cx.manifest.variable(label).and_then(|_| give(cx.text(), missing.component, label))?,
            _ => grant(cx.text(), missing.component.table, key_of(cx, missing), &edit::string(label))?,
        });
        title.push(format!("grant {} \"{label}\" to `{}`", row.noun, missing.component.id));
    }
    for dependency in missing.through.iter().filter(|dependency| !dependency.inherits(row.key)) {
        edits.extend(inherit(cx.text(), missing.component.table, row.key, dependency)?);
        title.push(format!("let `{}` inherit the {}s", dependency.name.value, row.noun));
    }
    let edits = Edits::new(edits)?;
    let title = title.join(" and ");
    let is_startable = row.definitions.is_none() || is_defined(cx, missing);
    let is_safe =
        missing.need.certainty == Certainty::Proved && missing.through.is_empty() && capability != Capability::Hosts && is_startable;
    Some(if is_safe { Fix::safe(title, edits) } else { Fix::risky(title, edits) })
}

fn grant(text: &str, table: &Table, key: &str, item: &str) -> Option<Vec<Edit>> {
    match table.get(key) {
        Some(node) => edit::append_item(text, node, item).map(|edits| edits.as_slice().to_vec()),
        None => edit::insert_key(text, table, key, &format!("[{item}]")).map(|edit| vec![edit]),
    }
}

/// Gives a component a variable of the application under its own name.
fn give(text: &str, component: &Component<'_>, name: &str) -> Option<Vec<Edit>> {
    let value = format!("\"{{{{ {name} }}}}\"");
    let edit = match component.table.get("variables") {
        Some(node) => edit::insert_key(text, node.as_table()?, name, &value),
        None => edit::insert_key(text, component.table, "variables", &format!("{{ {name} = {value} }}")),
    };
    edit.map(|edit| vec![edit])
}

/// The edits that let a dependency use what its component is granted under a key.
pub(super) fn inherit(text: &str, component: &Table, key: &str, dependency: &Dependency<'_>) -> Option<Vec<Edit>> {
    let list = format!("[\"{key}\"]");
    // The two ways exclude each other: a component-wide `false` becomes `true`.
    if let Some(node) = component.get("dependencies_inherit_configuration") {
        return Some(vec![Edit::replace(node.span, "true")]);
    }
    let table = dependency.node.as_table()?;
    match table.get("inherit_configuration") {
        Some(node) if matches!(node.value, Value::Boolean(_)) => Some(vec![Edit::replace(node.span, list)]),
        Some(node) => edit::append_item(text, node, &format!("\"{key}\"")).map(|edits| edits.as_slice().to_vec()),
        None if table.form == Form::Implicit => None,
        None => edit::insert_key(text, table, "inherit_configuration", &list).map(|edit| vec![edit]),
    }
}
