//! A static response has a status code that HTTP does not have.
//!
//! ## Why
//!
//! Spin accepts any number up to 65535 when it starts, and fails at the request.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! [[trigger.http]]
//! route = "/old"
//! static_response = { status_code = 42 }
//! #                                 ^^ 42 is no status code of HTTP: every request to this route fails
//! ```

use super::{Context, Evidence, Findings, FixAvailability, Rule};
use crate::diagnostic::Severity;
use crate::syntax::{Node, Value};

pub(super) const RULE: Rule =
    Rule { severity: Severity::Warning, fix: FixAvailability::Never, by: Evidence::Text, since: "0.1.0", is_on: true, check };

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    for trigger in cx.manifest.triggers.iter().filter(|trigger| trigger.kind == "http") {
        let response = trigger.settings.and_then(|table| table.get("static_response")).and_then(Node::as_table);
        let Some(node) = response.and_then(|table| table.get("status_code")) else { continue };
        if let Value::Integer(code) = node.value
            && !(100..=999).contains(&code)
            && u16::try_from(code).is_ok()
        {
            out.report(node.span, format!("{code} is no status code of HTTP: every request to this route fails"));
        }
    }
}
