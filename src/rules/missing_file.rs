//! A file or folder that `files` names does not exist.
//!
//! ## Why
//!
//! Spin refuses to start the app. Files that a build makes are missing before it, so this is worth no more than a word;
//! with `--built` it is an error. A glob that matches nothing is none of this rule's business.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/...", component = "cart" }]
//! [component.cart]
//! source = { package = "shop:cart", version = "1.0.0" }
//! files = ["prices.json"]
//! #        ^^^^^^^^^^^^^ "prices.json" does not exist: `spin up` refuses to start
//! ```

use std::path::Path;

use super::{Context, Evidence, Findings, FixAvailability, Rule};
use crate::diagnostic::Severity;

pub(super) const RULE: Rule =
    Rule { severity: Severity::Info, fix: FixAvailability::Never, by: Evidence::Code, since: "0.1.0", is_on: true, check };

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    for component in &cx.manifest.components {
        let missing = &cx.facts.component(&component.id).missing_files;
        for file in component.files().into_iter().filter(|file| missing.contains(&file.value)) {
            let message = format!("\"{}\" does not exist: `spin up` refuses to start", file.value);
            let diagnostic = out.report(file.span, message);
            diagnostic.component = Some(component.id.clone());
            diagnostic.help = Some("create it, or correct the path, which is relative to the manifest".to_owned());
            // What lies outside of the project no build of it makes.
            if cx.settings.is_built || Path::new(&file.value).is_absolute() {
                diagnostic.severity = Severity::Error;
            }
        }
    }
}
