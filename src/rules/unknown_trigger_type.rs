//! A trigger has a type that neither Spin nor a plugin of its catalogue has.
//!
//! ## Why
//!
//! Spin has `http` and `redis`; plugins bring others. Spin says when it starts that there is no executor of this type.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! [[trigger.htpp]]
//! #         ^^^^ Spin has no trigger type `htpp`: it starts only with a plugin `trigger-htpp`
//! route = "/..."
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
//! route = "/..."
//! component = "cart"
//! [component.cart]
//! source = "cart.wasm"
//! ```

use super::{Context, Evidence, Findings, FixAvailability, Rule};
use crate::diagnostic::{Edits, Fix, Safety, Severity};
use crate::edit;
use crate::manifest::Version;
use crate::schema;
use crate::syntax::{Entry, Node, Value};
use crate::text::nearest;

pub(super) const RULE: Rule = Rule {
    severity: Severity::Warning,
    fix: FixAvailability::Sometimes(Safety::Unsafe),
    by: Evidence::Text,
    since: "0.1.0",
    is_on: true,
    check,
};

/// The types that plugins of other authors bring, of Spin's catalogue and of its examples. What they take is not known here.
const OTHERS: &[&str] = &["kinesis", "timer"];

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    for (kind, entry) in types(cx) {
        if schema::trigger_shape(kind).is_some() || OTHERS.contains(&kind) {
            continue;
        }
        let span = if cx.manifest.version == Version::One { entry.node.span } else { entry.key.span };
        let message = format!("Spin has no trigger type `{kind}`: it starts only with a plugin `trigger-{kind}`");
        let diagnostic = out.report(span, message);
        let meant = nearest(kind, schema::trigger_types());
        diagnostic.help = Some(match meant {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("Spin's own are http and redis; `spin plugins install trigger-{kind}` if there is such a plugin"),
        });
        // A type that stands in several headers would have to be changed in all of them.
        let is_once = matches!(&entry.node.value, Value::Array(array) if array.items.len() == 1 || !array.of_tables);
        if let (Some(meant), Version::Two, true) = (meant, cx.manifest.version, is_once) {
            let is_free = cx.tree.root.get("trigger").and_then(Node::as_table).is_some_and(|table| table.get(meant).is_none());
            let edits = Edits::new(vec![edit::rename_key(entry.key.span, meant)]).filter(|_| is_free);
            diagnostic.fix = edits.map(|edits| Fix::risky(format!("rename `{kind}` to `{meant}`"), edits));
        }
    }
}

/// The trigger types that the manifest names, each with the entry that does.
fn types<'a>(cx: &Context<'a>) -> Vec<(&'a str, &'a Entry)> {
    let Some(trigger) = cx.tree.root.get("trigger").and_then(Node::as_table) else { return Vec::new() };
    match cx.manifest.version {
        Version::One => trigger.entry("type").into_iter().filter_map(|entry| Some((entry.node.as_str()?, entry))).collect(),
        Version::Two => trigger.entries.iter().map(|entry| (entry.key.value.as_str(), entry)).collect(),
    }
}
