//! Two http triggers run a component by different executors.
//!
//! ## Why
//!
//! Spin keeps one executor for each component, that of its last trigger, and uses it for all routes.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! [[trigger.http]]
//! route = "/a"
//! component = "cart"
//! executor = { type = "wagi" }
//! [[trigger.http]]
//! # <- component `cart` has another executor in another trigger: Spin uses the one of this trigger for both
//! route = "/b"
//! component = "cart"
//! [component.cart]
//! source = "cart.wasm"
//! ```

use std::collections::HashMap;

use super::{Context, Evidence, Findings, FixAvailability, Rule};
use crate::diagnostic::{Place, Related, Severity};
use crate::manifest::Trigger;
use crate::syntax::Node;

pub(super) const RULE: Rule =
    Rule { severity: Severity::Warning, fix: FixAvailability::Never, by: Evidence::Text, since: "0.1.0", is_on: true, check };

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    let mut runs: HashMap<&str, (&Trigger<'_>, &Trigger<'_>)> = HashMap::new();
    for trigger in cx.manifest.triggers.iter().filter(|trigger| trigger.kind == "http") {
        if let Some(id) = trigger.components.first() {
            runs.entry(id).and_modify(|(_, last)| *last = trigger).or_insert((trigger, trigger));
        }
    }
    for component in &cx.manifest.components {
        let Some((first, last)) = runs.get(component.id.as_str()) else { continue };
        if is_wagi(first) != is_wagi(last) {
            let message =
                format!("component `{}` has another executor in another trigger: Spin uses the one of this trigger for both", component.id);
            let diagnostic = out.about(component, last.table.span, message);
            let place = Place { file: cx.file.clone(), span: first.table.span };
            diagnostic.related.push(Related { place, message: "the other trigger".to_owned() });
        }
    }
}

fn is_wagi(trigger: &Trigger<'_>) -> bool {
    let executor = trigger.settings.and_then(|table| table.get("executor")).and_then(Node::as_table);
    executor.and_then(|table| table.get("type")).and_then(Node::as_str) == Some("wagi")
}
