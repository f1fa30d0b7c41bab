//! Settings are shared by triggers of a type that the manifest does not have.
//!
//! ## Why
//!
//! Spin never reads `[application.trigger.<type>]` without a trigger of that type: neither a misspelt type nor what stands below it is ever told.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! [application.trigger.reddis]
//! #                    ^^^^^^ the manifest has no trigger of type `reddis`: nobody reads this
//! address = "redis://localhost"
//! [[trigger.redis]]
//! channel = "orders"
//! component = "cart"
//! address = "redis://localhost"
//! [component.cart]
//! source = "cart.wasm"
//! ```
//!
//! ## Fixed
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! [application.trigger.redis]
//! address = "redis://localhost"
//! [[trigger.redis]]
//! channel = "orders"
//! component = "cart"
//! address = "redis://localhost"
//! [component.cart]
//! source = "cart.wasm"
//! ```

use super::{Context, Evidence, Findings, FixAvailability, Rule};
use crate::diagnostic::{Edits, Fix, Safety, Severity, Tag};
use crate::edit;
use crate::manifest::Version;
use crate::syntax::Node;
use crate::text::nearest;

pub(super) const RULE: Rule = Rule {
    severity: Severity::Warning,
    fix: FixAvailability::Sometimes(Safety::Unsafe),
    by: Evidence::Text,
    since: "0.1.0",
    is_on: true,
    check,
};

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    let settings = cx.tree.root.get("application").and_then(Node::as_table).and_then(|table| table.get("trigger")).and_then(Node::as_table);
    let Some(settings) = settings.filter(|_| cx.manifest.version == Version::Two && !cx.manifest.triggers.is_empty()) else { return };
    for entry in &settings.entries {
        let kind = &entry.key.value;
        // What is no table Spin refuses, whoever would read it.
        if entry.node.as_table().is_none() || cx.manifest.triggers.iter().any(|trigger| trigger.kind == *kind) {
            continue;
        }
        let diagnostic = out.report(entry.key.span, format!("the manifest has no trigger of type `{kind}`: nobody reads this"));
        diagnostic.tag = Some(Tag::Unnecessary);
        let kinds = cx.manifest.triggers.iter().map(|trigger| trigger.kind.as_str());
        let meant = nearest(kind, kinds.filter(|kind| settings.get(kind).is_none()));
        diagnostic.help = Some(meant.map_or_else(|| "remove it".to_owned(), |meant| format!("did you mean `{meant}`?")));
        let edits = meant.and_then(|meant| Edits::new(vec![edit::rename_key(entry.key.span, meant)]));
        diagnostic.fix = edits.map(|edits| Fix::risky(format!("rename `{kind}`"), edits));
    }
}
