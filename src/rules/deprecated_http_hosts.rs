//! A component uses `allowed_http_hosts`, which `allowed_outbound_hosts` has replaced.
//!
//! ## Why
//!
//! Spin makes of each entry one for `http` and one for `https`, and warns.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/...", component = "cart" }]
//! [component.cart]
//! source = "cart.wasm"
//! allowed_http_hosts = ["api.example.com"]
//! # <- `allowed_http_hosts` is deprecated since Spin 2.0
//! ```
//!
//! ## Fixed
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/...", component = "cart" }]
//! [component.cart]
//! source = "cart.wasm"
//! allowed_outbound_hosts = ["http://api.example.com", "https://api.example.com"]
//! ```

use super::{Context, Evidence, Findings, FixAvailability, Rule};
use crate::diagnostic::{Edit, Edits, Fix, Safety, Severity, Tag};
use crate::edit;
use crate::hosts;
use crate::manifest::{Component, Version};

pub(super) const RULE: Rule = Rule {
    severity: Severity::Info,
    fix: FixAvailability::Sometimes(Safety::Safe),
    by: Evidence::Text,
    since: "0.1.0",
    is_on: true,
    check,
};

const NEW: &str = "allowed_outbound_hosts";

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    // In version 1 it is the usual way.
    if cx.manifest.version == Version::One {
        return;
    }
    for component in &cx.manifest.components {
        let Some(entry) = component.table.entry("allowed_http_hosts") else { continue };
        let diagnostic = out.about(component, entry.key.span, "`allowed_http_hosts` is deprecated since Spin 2.0");
        diagnostic.tag = Some(Tag::Deprecated);
        let entries: Vec<String> =
            entry.node.items().iter().filter_map(|item| hosts::expand_http_host(item.as_str()?).ok()).flatten().collect();
        let written: Vec<String> = entries.iter().map(|entry| edit::string(entry)).collect();
        diagnostic.help = Some(format!("write `{NEW} = [{}]`", written.join(", ")));
        diagnostic.fix = replacement(cx, component, &written).map(|edits| Fix::safe(format!("write `{NEW}`"), edits));
    }
}

/// The edits that allow the same by the new key. None where an entry cannot be read, or a comment would be lost.
fn replacement(cx: &Context<'_>, component: &Component<'_>, written: &[String]) -> Option<Edits> {
    let entry = component.table.entry("allowed_http_hosts")?;
    let all_read = entry.node.items().iter().all(|item| item.as_str().is_some_and(|item| hosts::expand_http_host(item).is_ok()));
    if !all_read || entry.node.span.of(cx.text()).contains('#') {
        return None;
    }
    match component.table.get(NEW) {
        None => {
            Edits::new(vec![edit::rename_key(entry.key.span, NEW), Edit::replace(entry.node.span, format!("[{}]", written.join(", ")))])
        }
        Some(list) => {
            let mut edits = vec![edit::remove_entry(cx.text(), entry)?];
            if !written.is_empty() {
                edits.extend(edit::append_item(cx.text(), list, &written.join(", "))?.as_slice().to_vec());
            }
            Edits::new(edits)
        }
    }
}
