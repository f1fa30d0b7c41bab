//! The http triggers share a `base`, which Spin no longer prepends to their routes.
//!
//! ## Why
//!
//! Until Spin 2 every route began with the `base`. Spin 3 and later refuse to start unless it is `/`, and then warn.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! [application.trigger.http]
//! base = "/api"
//! # <- routes no longer begin with a `base`: Spin refuses to start
//! [[trigger.http]]
//! route = "/items"
//! component = "cart"
//! [component.cart]
//! source = "cart.wasm"
//! ```
//!
//! ## Fixed
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! [[trigger.http]]
//! route = "/api/items"
//! component = "cart"
//! [component.cart]
//! source = "cart.wasm"
//! ```

use super::{Context, Evidence, Findings, FixAvailability, Rule};
use crate::diagnostic::{Edit, Edits, Fix, Safety, Severity, Tag};
use crate::edit;
use crate::manifest::Version;
use crate::syntax::{Entry, Value};

pub(super) const RULE: Rule = Rule {
    severity: Severity::Error,
    fix: FixAvailability::Sometimes(Safety::Safe),
    by: Evidence::Text,
    since: "0.1.0",
    is_on: true,
    check,
};

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    if cx.is_for_before(3, 0) || !cx.manifest.triggers.iter().any(|trigger| trigger.kind == "http") {
        return;
    }
    let settings = cx.manifest.shared_settings("http").and_then(|entry| entry.node.as_table());
    let Some((entry, base)) = settings.and_then(|table| table.entry("base")).and_then(|entry| Some((entry, entry.node.as_str()?))) else {
        return;
    };
    let is_root = base == "/";
    let then = if is_root { "Spin warns of it" } else { "Spin refuses to start" };
    let diagnostic = out.report(entry.key.span, format!("routes no longer begin with a `base`: {then}"));
    diagnostic.tag = Some(Tag::Deprecated);
    if is_root {
        diagnostic.severity = Severity::Warning;
    }
    if is_root || base.is_empty() {
        diagnostic.help = Some("remove it".to_owned());
    } else {
        diagnostic.help = Some(format!("write {} at the beginning of every route, and remove it", edit::string(base)));
    }
    diagnostic.fix = fix(cx, entry, base).map(|edits| Fix::safe("move `base` into the routes", edits));
}

fn fix(cx: &Context<'_>, entry: &Entry, base: &str) -> Option<Edits> {
    // Version 1 has the base in one line with the trigger's type.
    if cx.manifest.version == Version::One {
        return None;
    }
    let mut edits: Vec<Edit> = vec![edit::remove_entry(cx.text(), entry)?];
    // Nobody needs the table that would be left empty.
    let table = cx.manifest.shared_settings("http")?.node.as_table()?;
    if table.entries.len() == 1 {
        edits.extend(edit::remove_header(cx.text(), table));
    }
    let base = base.trim_matches('/');
    for route in cx.manifest.triggers.iter().filter_map(|trigger| trigger.route).filter(|_| !base.is_empty()) {
        let path = route.as_str().or_else(|| route.as_table().and(Some("")))?;
        if !path.is_empty() || matches!(&route.value, Value::String(_)) {
            let whole = format!("/{base}/{}", path.trim_start_matches('/'));
            edits.push(edit::rename(cx.text(), route.span, whole.trim_end_matches('/')));
        }
    }
    Edits::new(edits)
}
