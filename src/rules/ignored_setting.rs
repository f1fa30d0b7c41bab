//! The definition of a store has a key that Spin ignores.
//!
//! ## Why
//!
//! Of the settings of key-value stores Spin reads those that it knows, and says nothing of others: with `file` in place of `path` the store is in
//! memory, and what it holds is gone when Spin ends.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/...", component = "cart" }]
//! [component.cart]
//! source = "cart.wasm"
//! key_value_stores = ["prices"]
//! ```
//!
//! ```toml runtime-config.toml
//! [key_value_store.prices]
//! type = "spin"
//! file = "prices.db"
//! # <- Spin ignores `file` here
//! ```

use super::{Context, Evidence, Findings, FixAvailability, Rule};
use crate::capability::Capability;
use crate::diagnostic::Severity;
use crate::runtime_config;
use crate::schema::{self, Shape};
use crate::text::nearest;

pub(super) const RULE: Rule =
    Rule { severity: Severity::Warning, fix: FixAvailability::Never, by: Evidence::Configuration, since: "0.1.0", is_on: true, check };

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    let Some(config) = cx.settings.runtime_config.as_deref() else { return };
    for entry in config.definitions(Capability::KeyValue) {
        let kind = runtime_config::text(entry, "type");
        let Some(known) = keys(kind) else { continue };
        let Some(table) = entry.node.as_table() else { continue };
        for setting in table.entries.iter().filter(|setting| !known.contains(&setting.key.value.as_str())) {
            let name = &setting.key.value;
            let diagnostic = out.elsewhere(&config.file, setting.key.span, format!("Spin ignores `{name}` here"));
            let habit = ["file", "filename", "database", "db"].contains(&name.as_str()) && kind == Some("spin");
            diagnostic.help = Some(match nearest(name, known.iter().copied()).or_else(|| habit.then_some("path")) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("its keys are {}", known.join(", ")),
            });
        }
    }
}

/// The keys of a store of a type; none of a type that is not known.
fn keys(kind: Option<&str>) -> Option<Vec<&'static str>> {
    let Shape::Table(root) = &*schema::RUNTIME_CONFIG else { return None };
    let Shape::Map { value, .. } = &*root.field("key_value_store")?.shape else { return None };
    let table = value.table_with("type", kind)?;
    Some(table.fields.iter().map(|field| field.name.as_str()).collect())
}
