//! A trigger says nothing about what it runs.
//!
//! ## Why
//!
//! Spin finds out as it starts the trigger, long after the manifest was read, and says neither line nor file. An http trigger takes a
//! `static_response` in place of a component, and only one of the two.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! [[trigger.http]]
//! # <- this http trigger names no component: Spin refuses to start
//! route = "/..."
//! [component.cart]
//! source = "cart.wasm"
//! ```

use super::{Context, Evidence, Findings, FixAvailability, Rule};
use crate::diagnostic::{Edits, Fix, Place, Related, Safety, Severity};
use crate::edit;
use crate::manifest::Version;
use crate::schema;
use crate::syntax::{Entry, Value};
use crate::text::nearest;

pub(super) const RULE: Rule = Rule {
    severity: Severity::Error,
    fix: FixAvailability::Sometimes(Safety::Unsafe),
    by: Evidence::Text,
    since: "0.1.0",
    is_on: true,
    check,
};

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    for trigger in &cx.manifest.triggers {
        let Some(settings) = trigger.settings else { continue };
        // A number that JSON cannot hold is none.
        let is_one = |entry: &&Entry| !matches!(entry.node.value, Value::Float);
        let answer = settings.entry("static_response").filter(is_one).filter(|_| trigger.kind == "http");
        // A trigger of version 1 stands in its component.
        let component = match cx.manifest.version {
            Version::One => trigger.components.iter().find_map(|id| cx.manifest.component(id)).map(|component| component.place),
            Version::Two => settings.get("component").map(|node| node.span),
        };
        match (component, answer) {
            (None, None) if cx.manifest.version == Version::One => {}
            (None, None) => {
                let kind = &trigger.kind;
                let then = if schema::is_own_trigger(kind) { "Spin refuses to start" } else { "there is nothing to run" };
                let diagnostic = out.report(settings.span, format!("this {kind} trigger names no component: {then}"));
                if !schema::is_own_trigger(kind) {
                    diagnostic.severity = Severity::Warning;
                }
                diagnostic.help = Some("add `component = \"<id>\"`".to_owned());
                // A misspelt key is mended by its own name.
                if settings.entries.iter().any(|entry| nearest(&entry.key.value, ["component"]).is_some()) {
                    continue;
                }
                let free = || cx.manifest.components.iter().filter(|component| !cx.manifest.is_reached(component));
                if let (Some(component), None) = (free().next(), free().nth(1)) {
                    let edit = edit::insert_key(cx.text(), settings, "component", &edit::string(&component.id));
                    let edits = edit.and_then(|edit| Edits::new(vec![edit]));
                    diagnostic.fix = edits.map(|edits| Fix::risky(format!("run `{}`", component.id), edits));
                }
            }
            (Some(component), Some(answer)) => {
                let message = "this trigger has a component and a static response: Spin refuses to start";
                let diagnostic = out.report(answer.key.span, message);
                let place = Place { file: cx.file.clone(), span: component };
                diagnostic.related.push(Related { place, message: "the component".to_owned() });
                diagnostic.help = Some("remove one of the two".to_owned());
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::harness::{APP, findings, silent};

    #[test]
    fn a_static_response_answers_alone() {
        let text =
            "spin_manifest_version = 2\napplication.name = \"a\"\ntrigger.http = [{ route = \"/\", static_response = { body = \"x\" } }]\n";
        silent(text, "missing-component");
        silent(&format!("{APP}[component.cart]\nsource = \"x.wasm\"\n"), "missing-component");
        let old = "spin_version = \"1\"\nname = \"a\"\ntrigger.type = \"http\"\n[[component]]\nid = \"c\"\nsource = \"c.wasm\"\ntrigger = { route = \"/\", static_response = {} }\n";
        assert_eq!(findings(old, &[], "missing-component")[0].place.span.of(old), "static_response");
        let misspelt = format!(
            "{APP}[[trigger.http]]\nroute = \"/b\"\ncomponnent = \"other\"\n[component.cart]\nsource = \"x.wasm\"\n[component.other]\nsource = \"x.wasm\"\n"
        );
        assert!(findings(&misspelt, &[], "missing-component").iter().all(|found| found.fix.is_none()), "the other rule's fix is enough");
        let both = text.replace("route", "component = \"a\", route");
        assert_eq!(findings(&both, &[], "missing-component")[0].place.span.of(&both), "static_response");
    }
}
