//! A trace was made with another Wasm file than the component has now.
//!
//! ## Why
//!
//! What `spinlint test --trace` saw then proves nothing of what the component does now: it was not used.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/...", component = "cart" }]
//! [component.cart]
//! source = "cart.wasm"
//! #        ^^^^^^^^^^^ the trace was made with another "cart.wasm": what it shows of `cart` was not used
//! ```
//!
//! ```facts
//! { "cart": { "stale_trace": true } }
//! ```

use super::{Context, Evidence, Findings, FixAvailability, Rule};
use crate::diagnostic::Severity;
use crate::manifest::Source;

pub(super) const RULE: Rule =
    Rule { severity: Severity::Info, fix: FixAvailability::Never, by: Evidence::Asked, since: "0.1.0", is_on: true, check };

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    for component in &cx.manifest.components {
        if !cx.facts.component(&component.id).has_stale_trace {
            continue;
        }
        let Some(source) = component.source() else { continue };
        let Source::Path(path) = source.value else { continue };
        let message = format!("the trace was made with another \"{path}\": what it shows of `{}` was not used", component.id);
        let diagnostic = out.report(source.span, message);
        diagnostic.component = Some(component.id.clone());
        diagnostic.help = Some("make the trace anew: `spinlint test --trace FILE`".to_owned());
    }
}
