//! A component is granted a database, host, model or variable that its Wasm proves it never uses.
//!
//! ## Why
//!
//! A grant that nothing uses is a permission too many. Only a fresh Wasm proves absence: it imports no interface of that kind, or every
//! name that it uses is known. Of hosts only the interface counts: a Wasm without one for Redis needs no `redis://` entry.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/...", component = "cart" }]
//! [component.cart]
//! source = "cart.wasm"
//! allowed_outbound_hosts = ["https://api.example.com", "redis://cache"]
//! #                                                    ^^^^^^^^^^^^^^^ component `cart` never connects to host "redis://cache": its Wasm imports no interface that connects by `redis`
//! ```
//!
//! ```facts
//! { "cart": { "imports": ["wasi:http/outgoing-handler@0.2.0"] } }
//! ```

use super::{Context, Findings, FixAvailability, Rule, granting};
use crate::capability::Capability;
use crate::diagnostic::{Safety, Severity};

pub(super) const RULE: Rule =
    Rule { severity: Severity::Info, fix: FixAvailability::Sometimes(Safety::Unsafe), since: "0.1.0", is_on: true, check };

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    for capability in Capability::ALL.into_iter().filter(|capability| *capability != Capability::KeyValue) {
        granting::unused(cx, out, capability);
    }
}
