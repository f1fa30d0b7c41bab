//! A template has a `{{` without its `}}`.
//!
//! ## Why
//!
//! Spin reads templates in the variables of components, in allowed hosts, and in the address and channel of redis triggers, and refuses to
//! start where one cannot be read.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/...", component = "cart" }]
//! variables.token = { required = true }
//! [component.cart]
//! source = "cart.wasm"
//! variables.key = "{{ token }"
//! #                ^^^^^^^^^^ the `{{` of this template has no `}}`: Spin refuses to start
//! ```

use super::{Context, Evidence, Findings, FixAvailability, Rule};
use crate::diagnostic::Severity;
use crate::template;

pub(super) const RULE: Rule =
    Rule { severity: Severity::Error, fix: FixAvailability::Never, by: Evidence::Text, since: "0.1.0", is_on: true, check };

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    for place in cx.manifest.templates() {
        let text = place.node.as_str().unwrap_or_default();
        if let Err(at) = template::parse(text) {
            let span = place.node.span.part(cx.text(), text, at..text.len());
            let diagnostic = out.report(span, "the `{{` of this template has no `}}`: Spin refuses to start");
            diagnostic.component = place.component.map(|component| component.id.clone());
            diagnostic.help = Some("close it with `}}`".to_owned());
        }
    }
}
