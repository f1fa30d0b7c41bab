//! A store or database of type `spin` has no `path`.
//!
//! ## Why
//!
//! Spin keeps it in memory then: what components write is gone when Spin ends, and nothing says so.
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
//! #                ^^^^^^ store "prices" is in memory: what it holds is gone when Spin ends
//! type = "spin"
//! ```

use super::{Context, Evidence, Findings, FixAvailability, Rule};
use crate::capability::Capability;
use crate::diagnostic::Severity;
use crate::runtime_config;

pub(super) const RULE: Rule =
    Rule { severity: Severity::Warning, fix: FixAvailability::Never, by: Evidence::Configuration, since: "0.1.0", is_on: true, check };

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    let Some(config) = cx.settings.runtime_config.as_deref() else { return };
    for capability in Capability::LABELLED {
        for entry in config.definitions(capability) {
            let lacks_path = entry.node.as_table().is_some_and(|table| table.get("path").is_none());
            if lacks_path && runtime_config::text(entry, "type") == Some("spin") {
                let noun = capability.row().noun;
                let message = format!("{noun} \"{}\" is in memory: what it holds is gone when Spin ends", entry.key.value);
                out.elsewhere(&config.file, entry.key.span, message).help = Some("add `path`".to_owned());
            }
        }
    }
}
