//! The configuration of spinlint itself has something that it cannot follow.
//!
//! ## Why
//!
//! What is misspelt would have no effect, and nobody would know.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/...", component = "cart" }]
//! [application.tool.spinlint.rules]
//! unused-stores = "off"
//! # <- there is no rule `unused-stores`
//! [component.cart]
//! source = "cart.wasm"
//! ```
//!
//! ## Fixed
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/...", component = "cart" }]
//! [application.tool.spinlint.rules]
//! unused-store = "off"
//! [component.cart]
//! source = "cart.wasm"
//! ```

use std::path::Path;
use std::sync::Arc;

use super::{ALL, Context, Evidence, Findings, FixAvailability, Rule, SYNTAX};
use crate::config::{ALL_RULES, spin_version, tool};
use crate::diagnostic::{Edits, Fix, Safety, Severity};
use crate::edit;
use crate::facts::SourcesState;
use crate::shape::Kind;
use crate::syntax::{Entry, Node, Table};
use crate::text::{SourceFile, Span, nearest};

pub(super) const RULE: Rule = Rule {
    severity: Severity::Warning,
    fix: FixAvailability::Sometimes(Safety::Safe),
    by: Evidence::Text,
    since: "0.1.0",
    is_on: true,
    check,
};

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    out.shape(cx, Kind::Misconfiguration);
    let own = cx.tree.root.get("application").and_then(Node::as_table).and_then(tool);
    if let Some(table) = own {
        in_table(cx, out, cx.file, table);
        for entry in entries(table, "component") {
            let id = &entry.key.value;
            if !cx.manifest.declares(id) {
                let known = cx.manifest.components.iter().map(|component| component.id.as_str());
                let help = nearest(id, known).map(|meant| format!("did you mean `{meant}`?"));
                out.report(entry.key.span, format!("the manifest has no component `{id}`")).help = help;
            }
        }
    }
    for component in &cx.manifest.components {
        let Some(table) = tool(component.table) else { continue };
        rule_keys(cx, out, cx.file, table);
        let is_lost = matches!(cx.facts.component(&component.id).sources, SourcesState::None);
        if let Some(entry) = table.entry("sources").filter(|_| is_lost) {
            out.about(component, entry.key.span, "no sources in a language that is read were found there");
        }
    }
    let Some(config) = cx.config_file else { return };
    // Of a file that is checked alone the rule `syntax` says it.
    for error in config.tree.errors.iter().filter(|_| !Arc::ptr_eq(&config.file, cx.file)) {
        out.elsewhere(&config.file, error.span, format!("{}; nothing of this file is followed", error.message));
    }
    for problem in &config.shape {
        out.elsewhere(&config.file, problem.span, problem.message.clone()).help.clone_from(&problem.help);
    }
    if config.tree.errors.is_empty() {
        in_table(cx, out, &config.file, &config.tree.root);
        if let Some(entry) = config.tree.root.entry("test") {
            let message = "a scenario in this file is not read";
            out.elsewhere(&config.file, entry.key.span, message).help =
                Some("move it to `spinlint-test.toml` beside the manifest".to_owned());
        }
    }
}

fn entries<'t>(table: &'t Table, key: &str) -> &'t [Entry] {
    table.get(key).and_then(Node::as_table).map(|table| table.entries.as_slice()).unwrap_or_default()
}

fn in_table(cx: &Context<'_>, out: &mut Findings<'_>, file: &Arc<SourceFile>, table: &Table) {
    rule_keys(cx, out, file, table);
    for entry in entries(table, "component") {
        if let Some(table) = entry.node.as_table() {
            rule_keys(cx, out, file, table);
        }
    }
    for entry in entries(table, "ignore") {
        if let Err(error) = glob::Pattern::new(&entry.key.value) {
            out.elsewhere(file, entry.key.span, format!("`{}` is no glob: {}", entry.key.value, error.msg));
        }
        for item in entry.node.items() {
            if let Some(name) = item.as_str().filter(|name| *name != ALL_RULES) {
                rule_name(out, file, item.span, name);
            }
        }
    }
    if let Some((node, Err(reason))) = table.get("spin_version").and_then(|node| Some((node, spin_version(node.as_str()?)))) {
        out.elsewhere(file, node.span, reason);
    }
    if let Some(node) = table.get("runtime_config_file")
        && let Some(path) = node.as_str()
        && cx.settings.unreadable_config.as_deref().is_some_and(|unreadable| unreadable.ends_with(Path::new(path)))
    {
        out.elsewhere(file, node.span, format!("\"{path}\" cannot be read: what it defines is not known"));
    }
}

/// Looks at the names of a table's `rules`.
fn rule_keys(cx: &Context<'_>, out: &mut Findings<'_>, file: &Arc<SourceFile>, table: &Table) {
    for entry in entries(table, "rules") {
        let Some(meant) = rule_name(out, file, entry.key.span, &entry.key.value) else { continue };
        // A fix is one of the manifest's text.
        if Arc::ptr_eq(file, cx.file)
            && let Some(edits) = Edits::new(vec![edit::rename_key(entry.key.span, meant)])
            && let Some(last) = out.found.last_mut()
        {
            last.fix = Some(Fix::safe(format!("rename `{}` to `{meant}`", entry.key.value), edits));
        }
    }
}

/// Looks at the name of a rule, and returns the one that was meant by one that there is not.
fn rule_name(out: &mut Findings<'_>, file: &Arc<SourceFile>, span: Span, name: &str) -> Option<&'static str> {
    if name == SYNTAX {
        out.elsewhere(file, span, "the rule `syntax` cannot be changed: of a file that is no TOML nothing else is known");
    } else if super::find(name).is_none() {
        let meant = nearest(name, ALL.iter().map(|entry| entry.name));
        let help = meant.map_or_else(|| "`spinlint rules` lists them".to_owned(), |meant| format!("did you mean `{meant}`?"));
        out.elsewhere(file, span, format!("there is no rule `{name}`")).help = Some(help);
        return meant;
    }
    None
}
