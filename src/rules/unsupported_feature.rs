//! A trigger other than http runs a component that needs what only http triggers have.
//!
//! ## Why
//!
//! Components of redis triggers cannot call other components of the app, and cannot be composed with middleware. Spin refuses to start the
//! trigger. An allowed host below `.spin.internal` is enough, whether anything is sent there or not. Those of cron, mqtt, sqs and command
//! triggers cannot either; as plugins bring them, and a later one may learn it, this is a warning there.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! [[trigger.redis]]
//! address = "redis://localhost"
//! channel = "orders"
//! component = "cart"
//! [component.cart]
//! source = "cart.wasm"
//! allowed_outbound_hosts = ["http://prices.spin.internal"]
//! #                         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ component `cart` runs by a redis trigger, which cannot call other components: Spin refuses to start
//! ```

use super::{Context, Evidence, Findings, FixAvailability, Rule};
use crate::diagnostic::Severity;
use crate::manifest::Version;
use crate::schema;

pub(super) const RULE: Rule =
    Rule { severity: Severity::Error, fix: FixAvailability::Never, by: Evidence::Text, since: "0.1.0", is_on: true, check };

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    for trigger in cx.manifest.triggers.iter().filter(|trigger| trigger.kind != "http") {
        // Of a plugin that nobody knows nothing is known.
        let Some(shape) = schema::trigger_shape(&trigger.kind) else { continue };
        let (severity, then) = match shape.plugin {
            true => (Severity::Warning, "its plugin refuses to start"),
            false => (Severity::Error, "Spin refuses to start"),
        };
        // What else it names by a role does not run.
        let has_own = cx.manifest.version == Version::One || trigger.settings.is_some_and(|table| table.get("component").is_some());
        let own = trigger.components.first().filter(|_| has_own).and_then(|id| cx.manifest.component(id));
        let Some(component) = own else { continue };
        if let Some(internal) = cx.allowed_hosts(component).iter().find(|allowed| allowed.host.is_internal()) {
            let (id, kind) = (&component.id, &trigger.kind);
            let message = format!("component `{id}` runs by a {kind} trigger, which cannot call other components: {then}");
            let diagnostic = out.about(component, internal.node.span, message);
            diagnostic.severity = severity;
            diagnostic.help = Some("remove the host, or run the component by an http trigger".to_owned());
        }
        let dependencies = trigger.settings.and_then(|table| table.entry("dependencies"));
        if let Some(entry) = dependencies.filter(|_| !trigger.dependencies.is_empty()) {
            let message = format!("a {} trigger cannot have dependencies, middleware among them: {then}", trigger.kind);
            let diagnostic = out.report(entry.key.span, message);
            diagnostic.severity = severity;
            diagnostic.help = Some("compose its component by `[component.<id>.dependencies]`".to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::harness::{findings, silent};

    const REDIS: &str =
        "spin_manifest_version = 2\napplication.name = \"a\"\ntrigger.redis = [{ address = \"redis://a\", channel = \"x\", ";

    #[test]
    fn the_old_way_to_allow_hosts_counts_too() {
        let text =
            format!("{REDIS}component = \"c\" }}]\n[component.c]\nsource = \"c.wasm\"\nallowed_http_hosts = [\"d.spin.internal\"]\n");
        assert_eq!(findings(&text, &[], "unsupported-feature")[0].place.span.of(&text), "\"d.spin.internal\"");
    }

    #[test]
    fn what_a_role_names_does_not_run() {
        let hosts = "allowed_outbound_hosts = [\"http://d.spin.internal\"]";
        silent(&format!("{REDIS}components.x = {{ source = \"x\", {hosts} }} }}]\n"), "unsupported-feature");
    }
    #[test]
    fn what_plugins_refuse_is_a_warning_and_of_unknown_ones_nothing_is_said() {
        let app = |kind: &str| {
            format!(
                "spin_manifest_version = 2\napplication.name = \"a\"\ntrigger.{kind} = [{{ cron_expression = \"* * * * * *\", component = \"c\" }}]\n[component.c]\nsource = \"c.wasm\"\nallowed_outbound_hosts = [\"http://d.spin.internal\"]\n"
            )
        };
        let found = findings(&app("cron"), &[], "unsupported-feature");
        assert_eq!(found[0].severity, Severity::Warning);
        assert!(found[0].message.ends_with("by a cron trigger, which cannot call other components: its plugin refuses to start"));
        silent(&app("crontab"), "unsupported-feature");
    }
}
