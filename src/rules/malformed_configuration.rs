//! The runtime configuration has something that Spin refuses.
//!
//! ## Why
//!
//! Spin reads it as it starts, and stops at a key that it does not know, at a type that it does not have, and at settings that lack something.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/...", component = "cart" }]
//! [component.cart]
//! source = "cart.wasm"
//! ```
//!
//! ```toml runtime-config.toml
//! [key_value_stores.prices]
//! #^^^^^^^^^^^^^^^^ the top of the configuration has no key `key_value_stores`, Spin refuses to start
//! type = "spin"
//! path = "prices.db"
//! ```

mod settings;

use super::{Context, Evidence, Findings, FixAvailability, Rule};
use crate::diagnostic::Severity;

pub(super) const RULE: Rule =
    Rule { severity: Severity::Error, fix: FixAvailability::Never, by: Evidence::Configuration, since: "0.1.0", is_on: true, check };

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    let Some(config) = cx.settings.runtime_config.as_deref() else { return };
    for error in &config.tree.errors {
        out.elsewhere(&config.file, error.span, format!("{}; Spin refuses to start", error.message));
    }
    for problem in &config.shape {
        let diagnostic = out.elsewhere(&config.file, problem.span, problem.message.clone());
        diagnostic.severity = problem.severity;
        diagnostic.help.clone_from(&problem.help);
    }
    for refused in settings::refused(config) {
        let then = if refused.is_late { "Spin starts, and fails at the first use" } else { "Spin refuses to start" };
        let diagnostic = out.elsewhere(&config.file, refused.span, format!("{}: {then}", refused.reason));
        diagnostic.help = Some(refused.help);
        if refused.is_late {
            diagnostic.severity = Severity::Warning;
        }
    }
}
