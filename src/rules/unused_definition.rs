//! The runtime configuration defines a store or database that no component is granted.
//!
//! ## Why
//!
//! Spin never says so. The label may be spelled otherwise in the manifest, or the definition may be left over.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/...", component = "cart" }]
//! [component.cart]
//! source = "cart.wasm"
//! key_value_stores = ["price-list"]
//! ```
//!
//! ```toml runtime-config.toml
//! [key_value_store.price_list]
//! #                ^^^^^^^^^^ no component is granted store "price_list"
//! type = "spin"
//! path = "prices.db"
//! ```

use super::{Context, Evidence, Findings, FixAvailability, Rule};
use crate::capability::Capability;
use crate::diagnostic::{Severity, Tag};
use crate::text::nearest;

pub(super) const RULE: Rule =
    Rule { severity: Severity::Info, fix: FixAvailability::Never, by: Evidence::Configuration, since: "0.1.0", is_on: true, check };

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    let Some(config) = cx.settings.runtime_config.as_deref().filter(|_| !cx.is_configuration()) else { return };
    for capability in Capability::LABELLED {
        let row = capability.row();
        let granted: Vec<String> = cx
            .manifest
            .components
            .iter()
            .filter_map(|component| component.grants(row.key))
            .flat_map(|grants| grants.labels)
            .map(|label| label.value)
            .collect();
        for entry in config.definitions(capability).iter().filter(|entry| !granted.contains(&entry.key.value)) {
            let label = &entry.key.value;
            let diagnostic = out.elsewhere(&config.file, entry.key.span, format!("no component is granted {} \"{label}\"", row.noun));
            diagnostic.tag = Some(Tag::Unnecessary);
            let meant = nearest(label, granted.iter().map(String::as_str).filter(|granted| !config.defines(capability, granted)));
            diagnostic.help = meant.map(|meant| format!("did you mean \"{meant}\", which is granted and not defined?"));
        }
    }
}
