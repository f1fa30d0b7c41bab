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

use super::{Context, Findings, FixAvailability, Rule};
use crate::diagnostic::{Edits, Fix, Safety, Severity};
use crate::edit;
use crate::hosts;
use crate::syntax::Node;

pub(super) const RULE: Rule =
    Rule { severity: Severity::Error, fix: FixAvailability::Sometimes(Safety::Unsafe), since: "0.1.0", is_on: true, check };

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    let shared = cx.manifest.shared_settings("redis").and_then(|entry| entry.node.as_table()).and_then(|table| table.get("address"));
    let mut takes_shared = false;
    for settings in cx.manifest.triggers.iter().filter(|trigger| trigger.kind == "redis").filter_map(|trigger| trigger.settings) {
        match (settings.get("address"), shared) {
            (Some(own), _) => address(cx, out, own),
            (None, Some(_)) => takes_shared = true,
            (None, None) => {
                let diagnostic = out.report(settings.span, "this trigger has no address of a Redis server: Spin refuses to start");
                diagnostic.help = Some("add `address = \"redis://localhost:6379\"`, here or in `[application.trigger.redis]`".to_owned());
            }
        }
    }
    if let Some(shared) = shared.filter(|_| takes_shared) {
        address(cx, out, shared);
    }
}

fn address(cx: &Context<'_>, out: &mut Findings<'_>, node: &Node) {
    let Some(text) = node.as_str() else { return };
    // Another rule tells of templates that cannot be resolved; what is given at the start nobody knows here.
    let Some(resolved) = cx.manifest.by_defaults(text) else { return };
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
