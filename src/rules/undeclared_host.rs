//! A component connects to a host that its manifest does not grant.
//!
//! ## Why
//!
//! Spin starts the app and refuses the connection when a request comes to it. What it prints then names the host and no component, and
//! the program usually answers HTTP 500. Only addresses that the code spells out are judged: literals and constants, up to where they
//! are put together with something else.
//!
//! A request that is made in one place and sent in another is likely sent, and no more: a warning.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/...", component = "cart" }]
//! [component.cart]
//! source = "cart.wasm"
//! allowed_outbound_hosts = ["https://api.example.com"]
//! # <- component `cart` connects to host "redis://cache:6380", which it is not granted: Spin refuses the connection when a request comes to it
//! [component.cart.build]
//! command = "cargo build --target wasm32-wasip1"
//! ```
//!
//! ```toml Cargo.toml
//! [package]
//! name = "cart"
//! ```
//!
//! ```rust src/lib.rs
//! use spin_sdk::{http, redis};
//! pub async fn add(id: u32) {
//!     http::get(format!("https://api.example.com/carts/{id}")).await.unwrap();
//!     redis::Connection::open("redis://cache:6380/1").await.unwrap();
//! }
//! ```
//!
//! ## Fixed
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/...", component = "cart" }]
//! [component.cart]
//! source = "cart.wasm"
//! allowed_outbound_hosts = ["https://api.example.com", "redis://cache:6380"]
//! [component.cart.build]
//! command = "cargo build --target wasm32-wasip1"
//! ```

use super::{Context, Evidence, Findings, FixAvailability, Rule, granting};
use crate::capability::Capability;
use crate::diagnostic::{Safety, Severity};

pub(super) const RULE: Rule = Rule {
    severity: Severity::Error,
    fix: FixAvailability::Sometimes(Safety::Unsafe),
    by: Evidence::Code,
    since: "0.1.0",
    is_on: true,
    check,
};

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    granting::undeclared(cx, out, Capability::Hosts);
}

#[cfg(test)]
mod tests {
    use crate::diagnostic::{Safety, Severity};
    use crate::harness::{APP, check_fix_with, findings, silent_with};

    fn app(hosts: &str) -> String {
        format!("{APP}[component.cart]\nsource = \"x.wasm\"\n{hosts}\n")
    }

    fn code(code: &str) -> Vec<(&str, &str)> {
        vec![("Cargo.toml", "[package]\nname = \"cart\"\n"), ("src/lib.rs", code)]
    }

    const GETS: &str = "pub async fn f() { spin_sdk::http::get(\"https://api.example.com/v1\").await; }\n";

    #[test]
    fn a_host_can_be_granted_in_many_ways() {
        for hosts in [
            "allowed_outbound_hosts = [\"https://api.example.com\"]",
            "allowed_outbound_hosts = [\"https://api.example.com:443/\"]",
            "allowed_outbound_hosts = [\"https://*.example.com\"]",
            "allowed_outbound_hosts = [\"*://*:*\"]",
            "allowed_outbound_hosts = [\"https://{{ api }}\"]",
            "allowed_outbound_hosts = [\"{{ api }}\"]",
            "allowed_http_hosts = [\"api.example.com\"]",
            "allowed_http_hosts = [\"insecure:allow-all\"]",
            // Spin refuses what is misspelt or stands elsewhere, and that is told.
            "allowed_outbound_host = [\"https://api.example.com\"]",
            "build = { command = \"x\", allowed_outbound_hosts = [\"https://api.example.com\"] }",
        ] {
            silent_with(&app(hosts), &code(GETS), "undeclared-host");
        }
        for hosts in ["", "allowed_outbound_hosts = [\"http://*.example.org:*\", \"redis://{{ cache }}\"]"] {
            let found = findings(&app(hosts), &code(GETS), "undeclared-host");
            assert_eq!(found.len(), 1, "{hosts}");
            assert_eq!((found[0].severity, found[0].label.as_deref()), (Severity::Error, Some("https://api.example.com")));
            assert_eq!(found[0].fix.as_ref().unwrap().safety, Safety::Unsafe, "a network grant is never widened unasked");
        }
    }

    #[test]
    fn a_request_that_is_sent_elsewhere_is_a_warning() {
        let made = "pub fn f() -> Request { spin_sdk::http::Request::get(\"https://api.example.com\").build() }\n";
        let found = findings(&app(""), &code(made), "undeclared-host");
        assert_eq!(found[0].severity, Severity::Warning);
        assert!(found[0].message.contains("makes requests to host"), "{}", found[0].message);
    }

    #[test]
    fn version_1_grants_databases_by_itself() {
        let text = "spin_manifest_version = \"1\"\nname = \"a\"\ntrigger = { type = \"http\" }\n[[component]]\nid = \"cart\"\nsource = \"x.wasm\"\n[component.trigger]\nroute = \"/\"\n";
        let redis = "pub fn f() { spin_sdk::redis::Connection::open(\"redis://cache\"); }\n";
        silent_with(text, &code(redis), "undeclared-host");
        let named = text.replace("[component.trigger]", "allowed_outbound_hosts = []\n[component.trigger]");
        assert_eq!(findings(&named, &code(redis), "undeclared-host").len(), 1);
        // A list of hosts would take the databases away, the old key does not.
        let fixed = text.replace("source = \"x.wasm\"\n", "source = \"x.wasm\"\nallowed_http_hosts = [\"https://api.example.com\"]\n");
        check_fix_with(text, &code(GETS), "undeclared-host", &fixed);
    }

    #[test]
    fn a_host_of_another_scheme_was_meant_for_this_one() {
        let text = app("allowed_outbound_hosts = [\"http://api.example.com\"]");
        silent_with(&text, &code(GETS), "undeclared-host");
        let found = findings(&text, &code(GETS), "misspelled-grant");
        assert_eq!(found[0].fix.as_ref().unwrap().safety, Safety::Unsafe);
        assert!(found[0].fix.as_ref().unwrap().edits.apply(&text).contains("[\"https://api.example.com\"]"));
    }
}
