//! A component is built for `wasm32-wasi`, which Rust no longer has.
//!
//! ## Why
//!
//! Rust 1.84 removed the target, which had been renamed to `wasm32-wasip1` before. The folder that Cargo writes to is named after it.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/...", component = "cart" }]
//! [component.cart]
//! source = "target/wasm32-wasi/release/cart.wasm"
//! [component.cart.build]
//! command = "cargo build --target wasm32-wasi --release"
//! #                               ^^^^^^^^^^^ Rust has no target `wasm32-wasi` since version 1.84
//! ```
//!
//! ## Fixed
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/...", component = "cart" }]
//! [component.cart]
//! source = "target/wasm32-wasip1/release/cart.wasm"
//! [component.cart.build]
//! command = "cargo build --target wasm32-wasip1 --release"
//! ```

use super::{Context, Evidence, Findings, FixAvailability, Rule};
use crate::diagnostic::{Edit, Edits, Fix, Safety, Severity, Tag};
use crate::manifest::Source;
use crate::syntax::Node;

pub(super) const RULE: Rule = Rule {
    severity: Severity::Warning,
    fix: FixAvailability::Sometimes(Safety::Unsafe),
    by: Evidence::Text,
    since: "0.1.0",
    is_on: true,
    check,
};

const OLD: &str = "wasm32-wasi";
const NEW: &str = "wasm32-wasip1";

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    for component in &cx.manifest.components {
        let command = component.table.get("build").and_then(Node::as_table).and_then(|table| table.get("command"));
        for (node, text) in command.map(Node::strings).unwrap_or_default() {
            let Some(at) = named(text).filter(|_| text.split_whitespace().next().is_some_and(|word| word == "cargo")) else { continue };
            let span = node.span.part(cx.text(), text, at..at + OLD.len());
            let diagnostic = out.about(component, span, format!("Rust has no target `{OLD}` since version 1.84"));
            diagnostic.tag = Some(Tag::Deprecated);
            diagnostic.help = Some(format!("build for `{NEW}`, here and in `source`"));
            if span == node.span {
                continue;
            }
            let mut edits = vec![Edit::replace(span, NEW)];
            if let Some(source) = component.source()
                && let Source::Path(path) = &source.value
                && let Some(at) = named(path)
            {
                let part = source.span.part(cx.text(), path, at..at + OLD.len());
                edits.extend((part != source.span).then(|| Edit::replace(part, NEW)));
            }
            diagnostic.fix = Edits::new(edits).map(|edits| Fix::risky(format!("build for `{NEW}`"), edits));
        }
    }
}

/// Where a text names the target, and not a longer one.
fn named(text: &str) -> Option<usize> {
    text.match_indices(OLD).map(|(at, _)| at).find(|at| !text[at + OLD.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '-'))
}
