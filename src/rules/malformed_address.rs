//! A redis trigger has no server's address, or one that is none.
//!
//! ## Why
//!
//! The address is the trigger's own, or else that of `[application.trigger.redis]`: `redis://host`, with a port and the number of a database
//! if wanted. Spin finds out as it starts the trigger.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! [[trigger.redis]]
//! address = "localhost:6379"
//! #         ^^^^^^^^^^^^^^^^ "localhost:6379" is no address of a Redis server: Spin refuses to start
//! channel = "orders"
//! component = "cart"
//! [[trigger.redis]]
//! # <- this trigger has no address of a Redis server: Spin refuses to start
//! channel = "returns"
//! component = "cart"
//! [component.cart]
//! source = "cart.wasm"
//! ```

use super::{Context, Evidence, Findings, FixAvailability, Rule};
use crate::diagnostic::{Edits, Fix, Safety, Severity};
use crate::edit;
use crate::hosts;
use crate::syntax::{Node, Table, Value};
use crate::text::nearest;

pub(super) const RULE: Rule = Rule {
    severity: Severity::Error,
    fix: FixAvailability::Sometimes(Safety::Unsafe),
    by: Evidence::Text,
    since: "0.1.0",
    is_on: true,
    check,
};

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    let of_all = cx.manifest.shared_settings("redis").and_then(|entry| entry.node.as_table());
    let shared = of_all.and_then(|table| table.get("address"));
    // A misspelt key is told as that.
    let is_meant = |table: &Table| table.entries.iter().any(|entry| nearest(&entry.key.value, ["address"]).is_some());
    let mut takes_shared = false;
    for settings in cx.manifest.triggers.iter().filter(|trigger| trigger.kind == "redis").filter_map(|trigger| trigger.settings) {
        match (settings.get("address"), shared) {
            (Some(own), _) => address(cx, out, own, false),
            (None, Some(_)) => takes_shared = true,
            (None, None) if is_meant(settings) || of_all.is_some_and(is_meant) => {}
            (None, None) => {
                let diagnostic = out.report(settings.span, "this trigger has no address of a Redis server: Spin refuses to start");
                diagnostic.help = Some("add `address = \"redis://localhost:6379\"`, here or in `[application.trigger.redis]`".to_owned());
            }
        }
    }
    if let Some(shared) = shared.filter(|_| takes_shared) {
        address(cx, out, shared, true);
    }
}

fn address(cx: &Context<'_>, out: &mut Findings<'_>, node: &Node, is_shared: bool) {
    let text = match (&node.value, node.as_str()) {
        // A date is its text here, which no address is.
        (Value::Datetime, _) if !is_shared => node.span.of(cx.text()),
        (_, Some(text)) => text,
        _ => return,
    };
    // Another rule tells of templates that cannot be resolved; what is given at the start nobody knows here.
    let Some(resolved) = cx.manifest.by_defaults(text) else { return };
    // The address of all triggers becomes that of each, which Spin resolves as one of its own.
    let resolved = if is_shared { cx.manifest.by_defaults(&resolved) } else { Some(resolved) };
    let Some(resolved) = resolved else { return };
    if hosts::is_redis_address(&resolved) {
        return;
    }
    let diagnostic = out.report(node.span, format!("\"{resolved}\" is no address of a Redis server: Spin refuses to start"));
    let meant = format!("redis://{text}");
    diagnostic.help = Some("write `redis://host:port`, and the number of a database behind it if wanted: `redis://host:port/2`".to_owned());
    if !text.contains("://") && !text.is_empty() && hosts::is_redis_address(&meant) {
        let edits = Edits::new(vec![edit::rename(cx.text(), node.span, &meant)]);
        diagnostic.fix = edits.map(|edits| Fix::risky(format!("write \"{meant}\""), edits));
    }
}

#[cfg(test)]
mod tests {
    use crate::harness::{findings, silent};

    #[test]
    fn a_misspelt_address_is_told_as_that() {
        let app = |settings: &str| {
            format!(
                "spin_manifest_version = 2\napplication.name = \"a\"\n[application.trigger.redis]\n{settings}\n[[trigger.redis]]\nchannel = \"c\"\ncomponent = \"x\"\n[component.x]\nsource = \"x.wasm\"\n"
            )
        };
        silent(&app("adress = \"redis://cache\""), "malformed-address");
        assert_eq!(findings(&app("adress = \"redis://cache\""), &[], "unknown-key").len(), 1);
        assert_eq!(findings(&app(""), &[], "malformed-address").len(), 1);
    }
}
