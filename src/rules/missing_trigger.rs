//! The manifest has no trigger at all.
//!
//! ## Why
//!
//! Nothing ever runs such an app: Spin says `No triggers in app` when it starts. `spin new -t http-empty` makes one, and
//! `spin add` gives it its first trigger.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! [trigger]
//! #^^^^^^^ the app has no trigger: Spin refuses to start
//! ```

use super::{Context, Evidence, Findings, FixAvailability, Rule};
use crate::diagnostic::Severity;
use crate::manifest::Version;
use crate::syntax::Value;

pub(super) const RULE: Rule =
    Rule { severity: Severity::Error, fix: FixAvailability::Never, by: Evidence::Text, since: "0.1.0", is_on: true, check };

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    // A manifest without the table lacks a key, which is another rule's.
    let Some(entry) = cx.tree.root.entry("trigger") else { return };
    if !cx.manifest.triggers.is_empty() {
        return;
    }
    // A table of empty lists is as good as none.
    let is_empty = cx.manifest.version == Version::One
        || entry.node.as_table().is_some_and(|table| {
            table.entries.iter().all(|entry| matches!(&entry.node.value, Value::Array(array) if array.items.is_empty()))
        });
    if is_empty {
        let (message, help) = match cx.manifest.version {
            Version::One => {
                let message = "the app has no component that its trigger could run: Spin refuses to start";
                (message, "add `[[component]]` with an `id`, a `source` and its `[component.trigger]`")
            }
            Version::Two => (
                "the app has no trigger: Spin refuses to start",
                "add one, such as `[[trigger.http]]` with `route = \"/...\"` and `component = \"<id>\"`",
            ),
        };
        out.report(entry.key.span, message).help = Some(help.to_owned());
    }
}
