//! An environment variable in the manifest looks like a secret.
//!
//! ## Why
//!
//! `environment` is taken as it is written, and stands in whatever holds the manifest. A variable of the app with `secret = true` is given at the
//! start. Off by default, because a name proves little.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/...", component = "cart" }]
//! [component.cart]
//! source = "cart.wasm"
//! environment = { API_KEY = "abc123" }
//! #               ^^^^^^^ `API_KEY` looks like a secret and stands in the manifest
//! ```

use super::{Context, Evidence, Findings, FixAvailability, Rule};
use crate::diagnostic::Severity;
use crate::syntax::Node;

pub(super) const RULE: Rule =
    Rule { severity: Severity::Warning, fix: FixAvailability::Never, by: Evidence::Text, since: "0.1.0", is_on: false, check };

/// What names of secrets end with.
const ENDS: &[&str] = &["api_key", "apikey", "credentials", "password", "passwd", "private_key", "secret", "secret_key", "token"];

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    for component in &cx.manifest.components {
        let table = component.table.get("environment").and_then(Node::as_table);
        for entry in table.into_iter().flat_map(|table| &table.entries) {
            let name = entry.key.value.to_lowercase();
            let is_given = entry.node.as_str().is_some_and(|text| !text.is_empty() && !text.contains("{{"));
            if is_given && ENDS.iter().any(|end| name.ends_with(end)) {
                let message = format!("`{}` looks like a secret and stands in the manifest", entry.key.value);
                out.about(component, entry.key.span, message).help =
                    Some("declare a variable with `required = true` and `secret = true`, and read it as one".to_owned());
            }
        }
    }
}
