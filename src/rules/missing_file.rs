//! A file or folder that `files` names does not exist, or a certificate that the runtime configuration names.
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
use crate::facts::Named;

pub(super) const RULE: Rule =
    Rule { severity: Severity::Info, fix: FixAvailability::Never, by: Evidence::Code, since: "0.1.0", is_on: true, check };

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    if let Some(config) = &cx.settings.runtime_config {
        for missing in &config.missing_files {
            let message = format!("\"{}\" does not exist: Spin refuses to start", missing.value);
            let diagnostic = out.elsewhere(&config.file, missing.span, message);
            diagnostic.help = Some("put it there, or correct the path, which is relative to this configuration".to_owned());
            // Secrets are seldom where manifests are checked.
            diagnostic.severity = cx.until_built(RULE.severity, true);
        }
    }
    for component in &cx.manifest.components {
        let named = &cx.facts.component(&component.id).named_files;
        for entry in component.files().into_iter().filter(|entry| !entry.is_glob()) {
            if named.get(&entry.path.value) != Some(&Named::Nothing) {
                continue;
            }
            let (path, span) = (&entry.path.value, entry.path.span);
            let is_meant_as_glob = path.contains('*');
            let why = if is_meant_as_glob { ", a table takes no glob" } else { "" };
            let diagnostic = out.report(span, format!("\"{path}\" does not exist{why}: `spin up` refuses to start"));
            diagnostic.component = Some(component.id.clone());
            diagnostic.help = Some(match is_meant_as_glob {
                true => format!("name a folder, which is taken whole, or write \"{path}\" alone, for the same paths in the guest"),
                false => "create it, or correct the path, which is relative to the manifest".to_owned(),
            });
            // No build makes a file with a star in its name, nor what lies outside of the project.
            let is_final = is_meant_as_glob || Path::new(path).is_absolute();
            diagnostic.severity = if is_final { Severity::Error } else { cx.until_built(RULE.severity, true) };
        }
    }
}
