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
use crate::diagnostic::Severity;
use crate::facts::WasmState;
use crate::manifest::Source;

pub(super) const RULE: Rule =
    Rule { severity: Severity::Warning, fix: FixAvailability::Never, by: Evidence::Code, since: "0.1.0", is_on: true, check };

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    for component in &cx.manifest.components {
        let (WasmState::Unreadable(reason), Some(source)) = (&cx.facts.component(&component.id).wasm, component.source()) else { continue };
        let Source::Path(path) = source.value else { continue };
        let message = format!("\"{path}\" is no Wasm that can be read ({reason}): Spin refuses to start the app");
        let diagnostic = out.report(source.span, message);
        diagnostic.component = Some(component.id.clone());
        if cx.settings.is_built && cx.manifest.is_reached(component) {
            diagnostic.severity = Severity::Error;
        }
        let is_denied = reason.contains("ermission denied");
        diagnostic.help = Some(if is_denied { "let yourself read it" } else { "build the component again" }.to_owned());
    }
}
