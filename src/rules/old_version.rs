//! The manifest is of version 1.
//!
//! ## Why
//!
//! Spin reads version 1 by turning it into version 2, as the fix does: ids become kebab-case, `config` becomes `variables`, `allowed_http_hosts` becomes
//! `allowed_outbound_hosts`, and what version 1 allows without saying so, databases among them, is written down. Comments and order stay. Where two ids
//! would become one, or a label is none in version 2, the fix declines.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = "1"
//! #                       ^^^ version 1 of the manifest is old: Spin still reads it, and what came later has only version 2
//! name = "shop"
//! version = "1.0.0"
//! trigger = { type = "http" }
//!
//! [[component]]
//! id = "price_list"
//! source = "prices.wasm" # built elsewhere
//! allowed_http_hosts = ["api.example.com"]
//! allowed_outbound_hosts = []
//! [component.trigger]
//! route = "/prices/..."
//! [component.config]
//! region = "eu"
//! ```
//!
//! ## Fixed
//!
//! ```toml
//! spin_manifest_version = 2
//!
//! [application]
//! name = "shop"
//! version = "1.0.0"
//!
//! [component.price-list]
//! source = "prices.wasm" # built elsewhere
//! allowed_outbound_hosts = ["http://api.example.com", "https://api.example.com"]
//! [[trigger.http]]
//! id = "trigger-price-list"
//! component = "price-list"
//! route = "/prices/..."
//! [component.price-list.variables]
//! region = "eu"
//! ```

mod upgrade;

use super::{Context, Evidence, Findings, FixAvailability, Rule};
use crate::diagnostic::{Fix, Safety, Severity, Tag};
use crate::manifest::{Nature, Version, version_entry};

pub(super) const RULE: Rule = Rule {
    severity: Severity::Info,
    fix: FixAvailability::Sometimes(Safety::Safe),
    by: Evidence::Text,
    since: "0.1.0",
    is_on: true,
    check,
};

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    let Some(entry) = version_entry(&cx.tree.root).filter(|_| cx.nature == Nature::Manifest(Version::One)) else { return };
    let message = "version 1 of the manifest is old: Spin still reads it, and what came later has only version 2";
    let diagnostic = out.report(entry.node.span, message);
    diagnostic.tag = Some(Tag::Deprecated);
    // What Spin refuses means nothing that could be kept.
    let is_sound = cx.shape.iter().all(|problem| problem.severity < Severity::Error);
    let edits = if is_sound { upgrade::edits(cx.text(), &cx.tree.root, cx.manifest) } else { Err("Spin refuses it as it is".to_owned()) };
    match edits {
        Ok(edits) => {
            diagnostic.help = Some("`--fix` writes it as version 2".to_owned());
            diagnostic.fix = Some(Fix::safe("write it as version 2", edits));
        }
        Err(reason) => diagnostic.help = Some(format!("it cannot be written as version 2 by itself: {reason}")),
    }
}
