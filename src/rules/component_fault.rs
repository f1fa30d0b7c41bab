//! A component trapped, did not answer in time or gave no answer while it ran.
//!
//! ## Why
//!
//! Spin answers such a request with status 500 and an empty body. Whoever sent it is told nothing else; the reason is on the
//! console of `spin up` alone. `spinlint test` saw it happen.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/...", component = "cart" }]
//! [component.cart]
//! #          ^^^^ component `cart` failed at `POST /a` and 1 more request: it trapped: wasm `unreachable` instruction executed
//! source = "cart.wasm"
//! ```
//!
//! ```facts
//! { "cart": { "requests": [
//!   { "component": "cart", "method": "POST", "path": "/a", "status": 500, "fault": "it trapped: wasm `unreachable` instruction executed" },
//!   { "component": "cart", "method": "GET", "path": "/b", "status": 500, "fault": "it trapped: wasm `unreachable` instruction executed" }
//! ] } }
//! ```

use super::{Context, Evidence, Findings, FixAvailability, Rule};
use crate::diagnostic::Severity;

pub(super) const RULE: Rule =
    Rule { severity: Severity::Warning, fix: FixAvailability::Never, by: Evidence::Asked, since: "0.1.0", is_on: true, check };

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    for component in &cx.manifest.components {
        for fault in &cx.facts.component(&component.id).faults {
            let more = match fault.requests.len() {
                0 | 1 => String::new(),
                2 => " and 1 more request".to_owned(),
                many => format!(" and {} more requests", many - 1),
            };
            let first = fault.requests.first().map_or("a request", String::as_str);
            let message = format!("component `{}` failed at `{first}`{more}: {}", component.id, fault.reason);
            out.report(component.place, message).component = Some(component.id.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::harness::{APP, silent_facts};

    #[test]
    fn an_answer_of_any_status_is_none() {
        let app = format!("{APP}[component.cart]\nsource = \"cart.wasm\"\n");
        let seen = r#"{ "cart": { "requests": [{ "component": "cart", "method": "GET", "path": "/", "status": 500 }] } }"#;
        silent_facts(&app, seen, "component-fault");
    }

    #[test]
    fn what_a_refusal_leads_to_is_told_with_the_refusal() {
        let app = format!("{APP}[component.cart]\nsource = \"cart.wasm\"\n");
        let seen = r#"{ "cart": { "requests": [{ "component": "cart", "method": "GET", "path": "/", "status": 500, "fault": "it trapped",
            "accesses": [{ "store": "default", "operation": "open", "result": "access-denied" }] }] } }"#;
        silent_facts(&app, seen, "component-fault");
    }
}
