//! A component that was selected sends requests to one that is left out.
//!
//! ## Why
//!
//! `spin up -c cart` starts some components of an app, and refuses to if one of them may call another that is not started. It is a warning, because the
//! whole app starts, and `spin build -c` does not mind.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/...", component = "cart" }, { route = { private = true }, component = "prices" }]
//! [component.cart]
//! source = "cart.wasm"
//! allowed_outbound_hosts = ["http://prices.spin.internal"]
//! #                         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ `cart` may call `prices`, which is not selected: `spin up` refuses to start
//! [component.prices]
//! source = "prices.wasm"
//! ```

use super::{Allowed, Context, Evidence, Findings, FixAvailability, Rule};
use crate::diagnostic::Severity;
use crate::hosts;

pub(super) const RULE: Rule =
    Rule { severity: Severity::Warning, fix: FixAvailability::Never, by: Evidence::Asked, since: "0.1.0", is_on: true, check };

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    let selected = &cx.settings.components;
    let is_selected = |id: &str| selected.iter().any(|other| other == id);
    let selected_components = cx.manifest.components.iter().filter(|component| is_selected(&component.id));
    for component in selected_components.filter(|component| cx.manifest.is_triggered(&component.id)) {
        for Allowed { node, host, .. } in cx.allowed_hosts(component) {
            let id = &component.id;
            let one = host.one();
            let (message, help) = match one.as_deref().and_then(hosts::internal_component) {
                Some(target) if is_selected(target) || !cx.manifest.declares(target) => continue,
                Some(target) => (
                    format!("`{id}` may call `{target}`, which is not selected: `spin up` refuses to start"),
                    format!("select it too (`-c {target}`), or start the whole app"),
                ),
                None if host.is_internal() => (
                    format!("`{id}` may call every component: `spin up` refuses to start without all of them"),
                    "name the components that it calls, or start the whole app".to_owned(),
                ),
                None => continue,
            };
            out.about(component, node.span, message).help = Some(help);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::harness::{APP, findings, silent};

    #[test]
    fn what_is_selected_may_be_called() {
        silent(
            &format!(
                "{APP}[component.cart]\nsource = \"a.wasm\"\nallowed_outbound_hosts = [\"http://cart.spin.internal\", \"http://a.org\"]\n"
            ),
            "unselected-component",
        );
    }

    #[test]
    fn a_component_that_is_left_out_may_call_what_it_likes() {
        let text = "[component.other]\nsource = \"a.wasm\"\nallowed_outbound_hosts = [\"http://*.spin.internal\"]\n";
        silent(&format!("{APP}{text}"), "unselected-component");
    }

    #[test]
    fn every_component_is_more_than_the_selected_ones() {
        let text = "[component.cart]\nsource = \"a.wasm\"\nallowed_outbound_hosts = [\"http://*.spin.internal\"]\n";
        assert_eq!(findings(&format!("{APP}{text}"), &[], "unselected-component").len(), 1);
    }
}
