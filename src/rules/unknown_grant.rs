//! A component uses a database, host, model or variable that is not known before it runs, and is granted none.
//!
//! ## Why
//!
//! Whatever it turns out to be, Spin refuses it. What names it is computed in the code (from a request, a variable, the environment), or the
//! compiled component imports an interface and its code does not show by which name; an HTTP request never does.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/...", component = "cart" }]
//! [component.cart]
//! #          ^^^^ component `cart` connects to a host by an address that its Wasm does not show, and is granted none: Spin refuses the connection whatever it is
//! source = "cart.wasm"
//! ```
//!
//! ```facts
//! { "cart": { "imports": ["wasi:http/outgoing-handler@0.2.0"], "unknown": true } }
//! ```

use super::{Context, Evidence, Findings, FixAvailability, Rule, granting};
use crate::capability::Capability;
use crate::diagnostic::Severity;

pub(super) const RULE: Rule =
    Rule { severity: Severity::Warning, fix: FixAvailability::Never, by: Evidence::Code, since: "0.1.0", is_on: true, check };

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    for capability in Capability::ALL.into_iter().filter(|capability| *capability != Capability::KeyValue) {
        granting::unknown(cx, out, capability);
    }
}

#[cfg(test)]
mod tests {
    use crate::harness::{APP, silent_facts};

    #[test]
    fn a_program_may_live_without_its_variable() {
        let text = format!("{APP}[component.cart]\nsource = \"redirect.wasm\"\nenvironment = {{ DESTINATION = \"/\" }}\n");
        silent_facts(&text, r#"{ "cart": { "imports": ["fermyon:spin/variables@2.0.0"], "unknown": true } }"#, "unknown-grant");
    }
}
