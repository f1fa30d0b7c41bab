//! A WAGI executor names an `entrypoint`.
//!
//! ## Why
//!
//! A component that is run as a CGI program begins at `_start`. Spin refuses to start with another one.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! [[trigger.http]]
//! route = "/..."
//! component = "cart"
//! executor = { type = "wagi", entrypoint = "main" }
//! #                           ^^^^^^^^^^ an `entrypoint` other than `_start` is no longer possible: Spin refuses to start
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
//! executor = { type = "wagi", entrypoint = "_start" }
//! [component.cart]
//! source = "cart.wasm"
//! ```

use super::{Context, Evidence, Findings, FixAvailability, Rule};
use crate::diagnostic::{Edits, Fix, Safety, Severity, Tag};
use crate::edit;
use crate::syntax::Node;

pub(super) const RULE: Rule = Rule {
    severity: Severity::Error,
    fix: FixAvailability::Sometimes(Safety::Unsafe),
    by: Evidence::Text,
    since: "0.1.0",
    is_on: true,
    check,
};

const START: &str = "_start";

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    if cx.is_for_before(3, 0) {
        return;
    }
    for trigger in cx.manifest.triggers.iter().filter(|trigger| trigger.kind == "http") {
        let executor = trigger.settings.and_then(|table| table.get("executor")).and_then(Node::as_table);
        let is_wagi = |table: &&crate::syntax::Table| table.get("type").and_then(Node::as_str) == Some("wagi");
        let Some(entry) = executor.filter(is_wagi).and_then(|table| table.entry("entrypoint")) else { continue };
        if entry.node.as_str().is_none_or(|name| name == START) {
            continue;
        }
        let message = "an `entrypoint` other than `_start` is no longer possible: Spin refuses to start";
        let diagnostic = out.report(entry.key.span, message);
        diagnostic.tag = Some(Tag::Deprecated);
        diagnostic.help = Some("let the program begin at `_start`, and remove `entrypoint`".to_owned());
        let edits = Edits::new(vec![edit::rename(cx.text(), entry.node.span, START)]);
        diagnostic.fix = edits.map(|edits| Fix::risky(format!("write `{START}`"), edits));
    }
}
