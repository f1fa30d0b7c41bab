//! A variable is named where Spin expands no templates.
//!
//! ## Why
//!
//! Spin expands `{{ name }}` in the variables of components, in `allowed_outbound_hosts`, and in the address and channel of redis triggers, and
//! nowhere else: a component that reads the environment variable finds the braces.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/...", component = "cart" }]
//! variables.region = { default = "eu" }
//! [component.cart]
//! source = "cart.wasm"
//! environment.REGION = "{{ region }}"
//! #                     ^^^^^^^^^^^^ Spin does not expand `{{ region }}` here: component `cart` gets it as it is written
//! ```

use super::{Context, Evidence, Findings, FixAvailability, Rule};
use crate::diagnostic::Severity;
use crate::syntax::Node;
use crate::template;

pub(super) const RULE: Rule =
    Rule { severity: Severity::Warning, fix: FixAvailability::Never, by: Evidence::Text, since: "0.1.0", is_on: true, check };

/// The keys of a component below which nothing is expanded.
const PLAIN: &[&str] = &["ai_models", "build", "environment", "exclude_files", "files", "source"];

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    for component in &cx.manifest.components {
        let nodes = PLAIN.iter().filter_map(|key| component.table.get(key));
        for (node, text) in nodes.flat_map(Node::strings) {
            for (name, bytes) in template::variables(text) {
                if cx.manifest.variable(name).is_some() {
                    let span = node.span.part(cx.text(), text, bytes);
                    let written = format!("{{{{ {name} }}}}");
                    let id = &component.id;
                    let message = format!("Spin does not expand `{written}` here: component `{id}` gets it as it is written");
                    out.about(component, span, message).help =
                        Some(format!("add `{name} = \"{written}\"` to `[component.{id}.variables]`, and read it as a variable"));
                }
            }
        }
    }
    for trigger in cx.manifest.triggers.iter().filter(|trigger| trigger.kind == "http") {
        let nodes = ["route", "static_response"].into_iter().filter_map(|key| trigger.settings?.get(key));
        for (node, text) in nodes.flat_map(Node::strings) {
            for (name, bytes) in template::variables(text) {
                if cx.manifest.variable(name).is_some() {
                    let span = node.span.part(cx.text(), text, bytes);
                    out.report(span, format!("Spin does not expand `{{{{ {name} }}}}` here, and takes it as it is written"));
                }
            }
        }
    }
}
