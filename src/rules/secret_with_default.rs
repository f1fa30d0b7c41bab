//! A secret variable has a default, which everybody can read who reads the manifest.
//!
//! ## Why
//!
//! What is secret is given at the start: by `SPIN_VARIABLE_<NAME>`, by `--variable`, or by a provider such as Vault.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/...", component = "cart" }]
//! variables.api_token = { default = "abc123", secret = true }
//! #                                 ^^^^^^^^ secret `api_token` stands in the manifest
//! [component.cart]
//! source = "cart.wasm"
//! variables.token = "{{ api_token }}"
//! ```

use super::{Context, Evidence, Findings, FixAvailability, Rule};
use crate::diagnostic::Severity;

pub(super) const RULE: Rule =
    Rule { severity: Severity::Info, fix: FixAvailability::Never, by: Evidence::Text, since: "0.1.0", is_on: true, check };

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    for variable in cx.manifest.variables.iter().filter(|variable| variable.is_secret()) {
        // An empty default is none that anybody could use.
        let Some(node) = variable.get("default").filter(|node| node.as_str().is_some_and(|text| !text.is_empty())) else { continue };
        let message = format!("secret `{}` stands in the manifest", variable.name.value);
        out.report(node.span, message).help = Some("write `required = true` in place of the default".to_owned());
    }
}
