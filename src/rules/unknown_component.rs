//! A trigger or a dependency names a component that the manifest does not have.
//!
//! ## Why
//!
//! Of an http trigger, Spin says `no such component` once the app is built and started, without a line; `spin build`, `spin doctor` and
//! `spin registry push` never look. Of another trigger it says nothing: the app starts, and every event fails. A dependency on a component
//! that is not there stops Spin before it starts.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! [[trigger.http]]
//! route = "/..."
//! component = "crat"
//! #           ^^^^^^ the manifest has no component `crat`: Spin refuses to start
//! [component.cart]
//! source = "cart.wasm"
//! ```
//!
//! ## Fixed
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! [[trigger.http]]
//! route = "/..."
//! component = "cart"
//! [component.cart]
//! source = "cart.wasm"
//! ```

use super::{Context, Evidence, Findings, FixAvailability, Rule};
use crate::diagnostic::{Edits, Fix, Safety, Severity};
use crate::edit;
use crate::manifest::Origin;
use crate::schema::format::Format;
use crate::syntax::Node;
use crate::text::{Span, nearest};

pub(super) const RULE: Rule = Rule {
    severity: Severity::Error,
    fix: FixAvailability::Sometimes(Safety::Safe),
    by: Evidence::Text,
    since: "0.1.0",
    is_on: true,
    check,
};

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    for trigger in &cx.manifest.triggers {
        for (index, id) in trigger.references.iter().enumerate() {
            // Only an http trigger's own component is looked up at the start.
            let is_refused = trigger.kind == "http" && index == 0 && trigger.settings.is_some_and(|table| table.get("component").is_some());
            report(cx, out, &id.value, id.span, is_refused);
        }
        for dependency in &trigger.dependencies {
            target(cx, out, &dependency.origin, dependency.node);
        }
    }
    for dependency in cx.manifest.components.iter().flat_map(|component| component.dependencies()) {
        target(cx, out, &dependency.origin, dependency.node);
    }
}

fn target(cx: &Context<'_>, out: &mut Findings<'_>, origin: &Origin, node: &Node) {
    if let Origin::Component(id) = origin {
        let span = node.as_table().and_then(|table| table.get("component")).map_or(node.span, |node| node.span);
        report(cx, out, id, span, true);
    }
}

fn report(cx: &Context<'_>, out: &mut Findings<'_>, id: &str, span: Span, is_refused: bool) {
    if cx.manifest.declares(id) {
        return;
    }
    let then = if is_refused { "Spin refuses to start" } else { "Spin starts all the same, and what needs it fails" };
    let diagnostic = out.report(span, format!("the manifest has no component `{id}`: {then}"));
    if !is_refused {
        diagnostic.severity = Severity::Warning;
    }
    let ids = || cx.manifest.components.iter().map(|component| component.id.as_str());
    let Some(meant) = nearest(id, ids()) else {
        let ids: Vec<String> = ids().map(|id| format!("`{id}`")).collect();
        let may_be_added = Format::KebabId.check(id).is_ok();
        diagnostic.help = match (may_be_added, ids.is_empty()) {
            (true, true) => Some(format!("add `[component.{id}]` with its `source`")),
            (true, false) => Some(format!("add `[component.{id}]`, or name one of {}", ids.join(", "))),
            (false, true) => None,
            (false, false) => Some(format!("name one of {}", ids.join(", "))),
        };
        return;
    };
    diagnostic.help = Some(format!("did you mean `{meant}`?"));
    let title = format!("name `{meant}`");
    let edits = Edits::new(vec![edit::rename(cx.text(), span, meant)]);
    diagnostic.fix = edits.map(|edits| if is_refused { Fix::safe(title, edits) } else { Fix::risky(title, edits) });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::harness::findings;

    #[test]
    fn other_triggers_start_without_their_component() {
        let text = "spin_manifest_version = 2\napplication.name = \"a\"\ntrigger.cron = [{ component = \"x\" }]\n";
        assert_eq!(findings(text, &[], "unknown-component")[0].severity, Severity::Warning);
    }

    #[test]
    fn dependencies_are_looked_up_too() {
        let text = "spin_manifest_version = 2\napplication.name = \"a\"\ntrigger.http = [{ route = \"/\", component = \"a\" }]\n[component.a]\nsource = \"a.wasm\"\ndependencies.\"x:y\" = { component = \"absent\" }\n";
        let found = findings(text, &[], "unknown-component");
        assert_eq!(found[0].place.span.of(text), "\"absent\"");
    }
}
