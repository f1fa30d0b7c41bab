//! The Wasm file of a component, or of what it is composed with, does not exist.
//!
//! ## Why
//!
//! Spin refuses to start an app whose trigger runs such a component. Before the first build this is as it should be, so
//! it is worth no more than a word; with `--built` it is an error.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/...", component = "cart" }]
//! [component.cart]
//! source = "cart.wasm"
//! #        ^^^^^^^^^^^ "cart.wasm" does not exist: `spin up` refuses to start until the component is built
//! ```
//!
//! ```facts
//! { "cart": { "missing": true } }
//! ```

use super::{Context, Evidence, Findings, FixAvailability, Rule};
use crate::diagnostic::Severity;
use crate::facts::WasmState;
use crate::manifest::Source;

pub(super) const RULE: Rule =
    Rule { severity: Severity::Info, fix: FixAvailability::Never, by: Evidence::Code, since: "0.1.0", is_on: true, check };

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    for component in &cx.manifest.components {
        let (WasmState::Missing, Some(source)) = (&cx.facts.component(&component.id).wasm, component.source()) else { continue };
        let Source::Path(path) = source.value else { continue };
        let is_needed = cx.manifest.is_reached(component);
        let message = match is_needed {
            true => format!("\"{path}\" does not exist: `spin up` refuses to start until the component is built"),
            false => format!("\"{path}\" does not exist"),
        };
        let diagnostic = out.report(source.span, message);
        diagnostic.component = Some(component.id.clone());
        diagnostic.severity = cx.until_built(RULE.severity, is_needed);
        let commands = component.build().commands;
        diagnostic.help = Some(match commands.is_empty() {
            true => "build it, or correct the path".to_owned(),
            false => format!("run `spin build`, which runs `{}`", commands.join("` and `")),
        });
    }
    for (path, component) in cx.manifest.composed_files() {
        if !matches!(cx.facts.dependencies.get(&path.value), Some(WasmState::Missing)) {
            continue;
        }
        let is_needed = component.is_none_or(|component| cx.manifest.is_reached(component));
        let then = if is_needed { ": `spin up` refuses to start until it is built" } else { "" };
        let diagnostic = out.report(path.span, format!("\"{}\" does not exist{then}", path.value));
        diagnostic.component = component.map(|component| component.id.clone());
        diagnostic.help = Some("build it, or correct the path".to_owned());
        diagnostic.severity = cx.until_built(RULE.severity, is_needed);
    }
}
