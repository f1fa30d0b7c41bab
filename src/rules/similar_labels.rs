//! Two components spell the label of a store or database in two ways.
//!
//! ## Why
//!
//! `my-store` and `my_store` are two stores, each of which needs a definition of its own; what the one component writes the other never finds.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/a", component = "cart" }, { route = "/b", component = "prices" }]
//! [component.cart]
//! source = "cart.wasm"
//! key_value_stores = ["price-list"]
//! [component.prices]
//! source = "prices.wasm"
//! key_value_stores = ["price_list"]
//! #                   ^^^^^^^^^^^^ "price_list" and "price-list" are two stores
//! ```

use super::{Context, Evidence, Findings, FixAvailability, Rule};
use crate::capability::Capability;
use crate::diagnostic::{Place, Related, Severity};
use crate::text::Spanned;

pub(super) const RULE: Rule =
    Rule { severity: Severity::Info, fix: FixAvailability::Never, by: Evidence::Text, since: "0.1.0", is_on: true, check };

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    let plain = |label: &str| label.to_lowercase().replace('-', "_");
    for capability in Capability::LABELLED {
        let row = capability.row();
        let mut known: Vec<Spanned<String>> = Vec::new();
        for component in &cx.manifest.components {
            for label in component.grants(row.key).map(|grants| grants.labels).unwrap_or_default() {
                let similar = known.iter().find(|other| other.value != label.value && plain(&other.value) == plain(&label.value));
                if let Some(other) = similar {
                    let message = format!("\"{}\" and \"{}\" are two {}s", label.value, other.value, row.noun);
                    let diagnostic = out.about(component, label.span, message);
                    let place = Place { file: cx.file.clone(), span: other.span };
                    diagnostic.related.push(Related { place, message: "the other one".to_owned() });
                    diagnostic.label = Some(label.value.clone());
                }
                known.push(label);
            }
        }
    }
}
