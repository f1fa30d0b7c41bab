//! No component has the profile that the manifest is read by.
//!
//! ## Why
//!
//! `spin build`, `up` and `watch` with `--profile` refuse to go on, unless at least one component has `[component.<id>.profile.<name>]`; `spinlint check
//! --profile` reads the manifest in the same way.
//!
//! ## Example
//!
//! By the profile `debug`:
//!
//! ```toml
//! # <- no component has a profile `debug`: Spin refuses to start
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/...", component = "cart" }]
//! [component.cart]
//! source = "cart.wasm"
//! ```

use super::{Context, Evidence, Findings, FixAvailability, Rule};
use crate::diagnostic::Severity;
use crate::syntax::Node;
use crate::text::{Span, bom_len, nearest};

pub(super) const RULE: Rule =
    Rule { severity: Severity::Error, fix: FixAvailability::Never, by: Evidence::Asked, since: "0.1.0", is_on: true, check };

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    let Some(name) = cx.profile else { return };
    // Spin looks before it takes the components out of the triggers that they are written in.
    let components = cx.tree.root.get("component").and_then(Node::as_table).into_iter().flat_map(|table| &table.entries);
    let profiles = components.filter_map(|component| component.node.as_table()?.get("profile")?.as_table());
    let names: Vec<&str> = profiles.flat_map(|profiles| &profiles.entries).map(|entry| entry.key.value.as_str()).collect();
    if names.contains(&name) {
        return;
    }
    let message = format!("no component has a profile `{name}`: Spin refuses to start");
    let diagnostic = out.report(Span::at(bom_len(cx.text())), message);
    diagnostic.help = Some(match nearest(name, names.iter().copied()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None if names.is_empty() => "no component has any profile".to_owned(),
        None => format!("there are {}", names.join(", ")),
    });
}
