//! A component's Wasm file is not Wasm, or is cut short.
//!
//! ## Why
//!
//! Spin refuses to start an app whose trigger runs such a component. What it opens could not be looked at. With `--built`, and in `test` and
//! `up`, it is an error.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/...", component = "cart" }]
//! [component.cart]
//! source = "cart.wasm"
//! #        ^^^^^^^^^^^ "cart.wasm" is no Wasm that can be read (unexpected end): Spin refuses to start the app
//! ```
//!
//! ```facts
//! { "cart": { "unreadable": "unexpected end" } }
//! ```

use super::{Context, Evidence, Findings, FixAvailability, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::facts::WasmState;
use crate::manifest::Source;
use crate::text::Spanned;

pub(super) const RULE: Rule =
    Rule { severity: Severity::Warning, fix: FixAvailability::Never, by: Evidence::Code, since: "0.1.0", is_on: true, check };

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    for (path, component) in cx.manifest.composed_files() {
        let Some(WasmState::Unreadable(reason)) = cx.facts.dependencies.get(&path.value) else { continue };
        let is_needed = component.is_none_or(|component| cx.manifest.is_reached(component));
        tell(cx, out, &path, reason, is_needed).component = component.map(|component| component.id.clone());
    }
    for component in &cx.manifest.components {
        let (WasmState::Unreadable(reason), Some(source)) = (&cx.facts.component(&component.id).wasm, component.source()) else { continue };
        let Source::Path(path) = source.value else { continue };
        let path = Spanned { value: path, span: source.span };
        tell(cx, out, &path, reason, cx.manifest.is_reached(component)).component = Some(component.id.clone());
    }
}

fn tell<'o>(cx: &Context<'_>, out: &'o mut Findings<'_>, path: &Spanned<String>, reason: &str, is_needed: bool) -> &'o mut Diagnostic {
    let message = format!("\"{}\" is no Wasm that can be read ({reason}): Spin refuses to start the app", path.value);
    let diagnostic = out.report(path.span, message);
    diagnostic.severity = cx.until_built(RULE.severity, is_needed);
    let is_denied = reason.contains("ermission denied");
    diagnostic.help = Some(if is_denied { "let yourself read it" } else { "build the component again" }.to_owned());
    diagnostic
}
