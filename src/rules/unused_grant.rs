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

use super::{Context, Evidence, Findings, FixAvailability, Rule, granting};
use crate::capability::Capability;
use crate::diagnostic::{Safety, Severity};

pub(super) const RULE: Rule = Rule {
    severity: Severity::Info,
    fix: FixAvailability::Sometimes(Safety::Unsafe),
    by: Evidence::Code,
    since: "0.1.0",
    is_on: true,
    check,
};

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    for capability in Capability::ALL.into_iter().filter(|capability| *capability != Capability::KeyValue) {
        granting::unused(cx, out, capability);
    }
}

#[cfg(test)]
mod tests {
    use crate::harness::{APP, findings, silent_facts, silent_with};

    #[test]
    fn what_is_not_known_is_not_unused() {
        let app = |grants: &str| format!("{APP}[component.cart]\nsource = \"cart.wasm\"\n{grants}\n");
        let hosts = app("allowed_outbound_hosts = [\"https://a.example\", \"{{ other }}\", \"*://*:*\", \"unheard://of:1\"]");
        silent_facts(&hosts, r#"{ "cart": { "imports": ["wasi:http/client@0.3.0"] } }"#, "unused-grant");
        silent_facts(&hosts, r#"{ "cart": { "missing": true } }"#, "unused-grant");
        let variables = app("variables = { token = \"x\" }");
        silent_facts(&variables, r#"{ "cart": { "imports": ["wasi:config/store@0.2.0-draft-2024-09-27"] } }"#, "unused-grant");
        silent_facts(&variables, r#"{ "cart": { "imports": ["fermyon:spin/variables@2.0.0"], "labels": ["token"] } }"#, "unused-grant");
    }
    #[test]
    fn what_the_sources_use_is_used_whatever_an_older_wasm_says() {
        let text =
            format!("{APP}[component.cart]\nsource = \"cart.wasm\"\nvariables = {{ token = \"x\" }}\nbuild.command = \"cargo build\"\n");
        let code = [
            ("Cargo.toml", "[package]\nname = \"cart\"\n"),
            ("src/lib.rs", "pub fn f() { spin_sdk::variables::get(\"token\"); }\n"),
            ("cart.wasm", "\0asm\u{1}\0\0\0"),
        ];
        silent_with(&text, &code, "unused-grant");
        assert_eq!(findings(&text, &[code[0], ("src/lib.rs", ""), code[2]], "unused-grant").len(), 1);
    }
}
