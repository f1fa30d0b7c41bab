//! The runtime configuration holds a secret.
//!
//! ## Why
//!
//! Who can read the file can read the store, the database or the provider of variables, too. The file should be nobody's but its owner's, and not under
//! version control.
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
//! type = "redis"
//! url = "redis://shop:abc123@redis.example.com"
//! # <- `url` is a secret, and stands in this file
//! ```

use super::{Context, Evidence, Findings, FixAvailability, Rule};
use crate::diagnostic::Severity;
use crate::syntax::{Entry, Node, Value};

pub(super) const RULE: Rule =
    Rule { severity: Severity::Info, fix: FixAvailability::Never, by: Evidence::Configuration, since: "0.1.0", is_on: true, check };

/// The keys of secrets, wherever they stand.
const KEYS: &[&str] = &["access_key", "auth_token", "client_secret", "key", "secret_key", "token"];

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    let Some(config) = cx.settings.runtime_config.as_deref() else { return };
    let mut found = Vec::new();
    for entry in &config.tree.root.entries {
        secrets(entry, &mut found);
    }
    for entry in found {
        let message = format!("`{}` is a secret, and stands in this file", entry.key.value);
        out.elsewhere(&config.file, entry.key.span, message).help =
            Some("keep the file out of version control, and readable by its owner alone".to_owned());
    }
}

fn secrets<'t>(entry: &'t Entry, found: &mut Vec<&'t Entry>) {
    let is_secret = |text: &str| match entry.key.value.as_str() {
        // The password of a user of a server.
        "url" => text.split_once("://").and_then(|(_, rest)| rest.split_once('@')).is_some_and(|(user, _)| user.contains(':')),
        key => KEYS.contains(&key) && !text.is_empty(),
    };
    match &entry.node.value {
        Value::String(text) if is_secret(text) => found.push(entry),
        Value::Table(table) => table.entries.iter().for_each(|entry| secrets(entry, found)),
        Value::Array(array) => {
            let tables = array.items.iter().filter_map(Node::as_table);
            tables.flat_map(|table| &table.entries).for_each(|entry| secrets(entry, found));
        }
        _ => {}
    }
}
