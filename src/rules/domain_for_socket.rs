//! A host for raw sockets is a domain.
//!
//! ## Why
//!
//! Sockets connect to addresses, whatever name they were looked up by: an entry for `tcp` or `udp` with a domain never matches. Off by default.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/...", component = "cart" }]
//! [component.cart]
//! source = "cart.wasm"
//! allowed_outbound_hosts = ["tcp://db.example.com:5432"]
//! #                         ^^^^^^^^^^^^^^^^^^^^^^^^^^^ sockets connect to addresses: this allows nothing
//! ```

use super::{Allowed, Context, Evidence, Findings, FixAvailability, Rule};
use crate::diagnostic::Severity;

pub(super) const RULE: Rule =
    Rule { severity: Severity::Warning, fix: FixAvailability::Never, by: Evidence::Text, since: "0.1.0", is_on: false, check };

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    for component in &cx.manifest.components {
        for Allowed { node, host, .. } in cx.allowed_hosts(component) {
            if matches!(host.scheme.as_deref(), Some("tcp" | "udp")) && host.is_domain() {
                out.about(component, node.span, "sockets connect to addresses: this allows nothing").help =
                    Some("write the address, a range of addresses such as `tcp://10.0.0.0/8:5432`, or `*`".to_owned());
            }
        }
    }
}
