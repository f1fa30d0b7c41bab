//! A component is given a file that holds secrets.
//!
//! ## Why
//!
//! `.env` holds the values of variables, and private keys are nobody's files but their owner's. Whoever makes the component read a path that it
//! should not then reads them.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/...", component = "cart" }]
//! [component.cart]
//! source = "cart.wasm"
//! files = [".env"]
//! #        ^^^^^^ component `cart` can read `.env`
//! ```

use super::{Context, Evidence, Findings, FixAvailability, Rule};
use crate::diagnostic::Severity;

pub(super) const RULE: Rule =
    Rule { severity: Severity::Warning, fix: FixAvailability::Never, by: Evidence::Text, since: "0.1.0", is_on: true, check };

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    for component in &cx.manifest.components {
        for file in component.files().into_iter().map(|file| file.path) {
            let name = file.value.rsplit('/').next().unwrap_or_default();
            let is_example = [".example", ".sample", ".template"].iter().any(|end| name.ends_with(end));
            if (name == ".env" || name.starts_with(".env.") || name.ends_with(".pem") || name == "id_rsa") && !is_example {
                out.about(component, file.span, format!("component `{}` can read `{name}`", component.id)).help =
                    Some("leave it out, and give the component variables".to_owned());
            }
        }
    }
}
