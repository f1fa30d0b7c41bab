//! A template names a variable that the app does not declare.
//!
//! ## Why
//!
//! Only variables of the application's `[variables]` can be named, not the component's own. In the variables of a component, and in the
//! address and the channel of a redis trigger, Spin refuses to start; in `allowed_outbound_hosts` it starts, and whatever the component
//! sends out fails.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/...", component = "cart" }]
//! variables.api_token = { required = true }
//! [component.cart]
//! source = "cart.wasm"
//! variables.token = "{{ api_tokn }}"
//! #                  ^^^^^^^^^^^^^^ the app declares no variable `api_tokn`: Spin refuses to start
//! allowed_outbound_hosts = ["https://{{ host }}"]
//! #                                  ^^^^^^^^^^ the app declares no variable `host`: Spin starts, and refuses whatever component `cart` sends out
//! ```
//!
//! ## Fixed
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/...", component = "cart" }]
//! variables.api_token = { required = true }
//! [component.cart]
//! source = "cart.wasm"
//! variables.token = "{{ api_token }}"
//! allowed_outbound_hosts = ["https://{{ host }}"]
//! ```

use super::{Context, Evidence, Findings, FixAvailability, Rule};
use crate::diagnostic::{Edit, Edits, Fix, Safety, Severity};
use crate::schema::format::Format;
use crate::template;
use crate::text::nearest;

pub(super) const RULE: Rule = Rule {
    severity: Severity::Error,
    fix: FixAvailability::Sometimes(Safety::Safe),
    by: Evidence::Text,
    since: "0.1.0",
    is_on: true,
    check,
};

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    for place in cx.manifest.templates() {
        let text = place.node.as_str().unwrap_or_default();
        for (name, bytes) in template::variables(text) {
            if cx.manifest.variable(name).is_some() {
                continue;
            }
            let what = if name.is_empty() { "this names no variable".to_owned() } else { format!("the app declares no variable `{name}`") };
            let then = match place.component {
                Some(component) if !place.is_resolved_at_start => {
                    format!("Spin starts, and refuses whatever component `{}` sends out", component.id)
                }
                _ => "Spin refuses to start".to_owned(),
            };
            let span = place.node.span.part(cx.text(), text, bytes);
            let diagnostic = out.report(span, format!("{what}: {then}"));
            diagnostic.component = place.component.map(|component| component.id.clone());
            if !place.is_resolved_at_start {
                diagnostic.severity = Severity::Warning;
            }
            let names = cx.manifest.variables.iter().map(|variable| variable.name.value.as_str());
            match nearest(name, names) {
                // A brace more than the two of a template is part of the name.
                _ if name.contains('{') => diagnostic.help = Some("a template has two braces on each side".to_owned()),
                Some(meant) => {
                    diagnostic.help = Some(format!("did you mean `{meant}`?"));
                    let is_whole = span.of(cx.text()).starts_with("{{");
                    let edits = Edits::new(vec![Edit::replace(span, format!("{{{{ {meant} }}}}"))]).filter(|_| is_whole);
                    // Where nothing could be sent before, something can be now.
                    let make = if place.is_resolved_at_start { Fix::safe } else { Fix::risky };
                    diagnostic.fix = edits.map(|edits| make(format!("name `{meant}`"), edits));
                }
                None if Format::LowerSnakeId.check(name).is_ok() => {
                    diagnostic.help = Some(format!("declare it: `[variables]` with `{name} = {{ required = true }}`"));
                }
                None => {}
            }
        }
    }
}
