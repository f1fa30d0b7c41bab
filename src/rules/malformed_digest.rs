//! The digest of a Wasm file on the web is not one.
//!
//! ## Why
//!
//! A digest is `sha256:` and the 64 hexadecimal digits of the file's SHA-256. Without the prefix Spin refuses to start; with other digits it
//! downloads the file, and finds that it is not the one.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/...", component = "cart" }]
//! [component.cart]
//! source = { url = "https://example.com/cart.wasm", digest = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef" }
//! #                                                          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ a digest begins with `sha256:`: Spin refuses to start
//! ```
//!
//! ## Fixed
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/...", component = "cart" }]
//! [component.cart]
//! source = { url = "https://example.com/cart.wasm", digest = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef" }
//! ```

use super::{Context, Evidence, Findings, FixAvailability, Rule};
use crate::diagnostic::{Edits, Fix, Safety, Severity};
use crate::edit;
use crate::syntax::Node;

pub(super) const RULE: Rule = Rule {
    severity: Severity::Error,
    fix: FixAvailability::Sometimes(Safety::Safe),
    by: Evidence::Text,
    since: "0.1.0",
    is_on: true,
    check,
};

const PREFIX: &str = "sha256:";

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    for component in &cx.manifest.components {
        let own = component.source_node().into_iter();
        let dependencies = cx.manifest.composed_with(component).map(|dependency| dependency.node).collect::<Vec<_>>();
        for node in own.chain(dependencies).filter_map(|node| node.as_table()?.get("digest")) {
            digest(cx, out, node);
        }
    }
}

fn digest(cx: &Context<'_>, out: &mut Findings<'_>, node: &Node) {
    let Some(text) = node.as_str() else { return };
    let is_hash = |text: &str| text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    match text.strip_prefix(PREFIX) {
        // Spin compares what it has computed, in lower case, with what is written.
        Some(hash) if is_hash(hash) && hash.contains(|digit: char| digit.is_ascii_uppercase()) => {
            let message = "the digits of a digest are compared in lower case: Spin downloads the file and takes it for another";
            let diagnostic = out.report(node.span, message);
            diagnostic.severity = Severity::Warning;
            let edits = Edits::new(vec![edit::rename(cx.text(), node.span, &text.to_ascii_lowercase())]);
            diagnostic.fix = edits.map(|edits| Fix::safe("write the digits in lower case", edits));
        }
        Some(hash) if is_hash(hash) => {}
        Some(_) => {
            let message = "a digest is `sha256:` and 64 hexadecimal digits: Spin downloads the file and finds that it is another";
            out.report(node.span, message).severity = Severity::Warning;
        }
        None => {
            let diagnostic = out.report(node.span, "a digest begins with `sha256:`: Spin refuses to start");
            diagnostic.help = Some("`sha256sum FILE` prints the digits".to_owned());
            if is_hash(text) {
                let edits = Edits::new(vec![edit::rename(cx.text(), node.span, &format!("{PREFIX}{}", text.to_ascii_lowercase()))]);
                diagnostic.fix = edits.map(|edits| Fix::safe("add `sha256:`", edits));
            }
        }
    }
}
