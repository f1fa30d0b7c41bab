//! A component's Wasm is older than one of its sources.
//!
//! ## Why
//!
//! `spin up` runs the old program until `spin build` has made a new one. Such a Wasm proves neither that a store is
//! opened nor that it is not: only the sources were judged.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/...", component = "cart" }]
//! [component.cart]
//! source = "cart.wasm"
//! #        ^^^^^^^^^^^ "cart.wasm" is older than src/lib.rs: what it opens was not looked at, and Spin runs the old program
//! ```
//!
//! ```facts
//! { "cart": { "newer": "src/lib.rs" } }
//! ```

use super::{Context, Evidence, Findings, FixAvailability, Rule};
use crate::diagnostic::Severity;
use crate::facts::WasmState;
use crate::manifest::Source;

pub(super) const RULE: Rule =
    Rule { severity: Severity::Info, fix: FixAvailability::Never, by: Evidence::Code, since: "0.1.0", is_on: true, check };

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    for component in &cx.manifest.components {
        let (WasmState::Stale { newer }, Some(source)) = (&cx.facts.component(&component.id).wasm, component.source()) else { continue };
        let Source::Path(path) = source.value else { continue };
        let message = format!("\"{path}\" is older than {newer}: what it opens was not looked at, and Spin runs the old program");
        let diagnostic = out.report(source.span, message);
        diagnostic.component = Some(component.id.clone());
        diagnostic.help = Some("run `spin build`".to_owned());
    }
}
