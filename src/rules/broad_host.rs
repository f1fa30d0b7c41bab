//! A component may connect to every host.
//!
//! ## Why
//!
//! An app that is given bad input, or a dependency with bad intentions, can then send anything anywhere. The hosts that are meant are usually few.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/...", component = "cart" }]
//! [component.cart]
//! source = "cart.wasm"
//! allowed_outbound_hosts = ["https://*"]
//! #                         ^^^^^^^^^^^ component `cart` may connect to every host by `https`
//! ```

use super::{Context, Evidence, Findings, FixAvailability, Rule};
use crate::diagnostic::Severity;
use crate::hosts::{ALLOW_ALL, HostPattern};

pub(super) const RULE: Rule =
    Rule { severity: Severity::Info, fix: FixAvailability::Never, by: Evidence::Text, since: "0.1.0", is_on: true, check };

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    for component in &cx.manifest.components {
        for any in cx.allowed_hosts(component).iter().filter(|allowed| allowed.host.host == HostPattern::Any) {
            let scheme = any.host.scheme.as_ref().filter(|_| any.node.as_str() != Some(ALLOW_ALL));
            let by = scheme.map(|scheme| format!(" by `{scheme}`")).unwrap_or_default();
            let message = format!("component `{}` may connect to every host{by}", component.id);
            out.about(component, any.node.span, message).help = Some("name the hosts that it talks to".to_owned());
        }
    }
}
