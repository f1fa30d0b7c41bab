//! The file has nothing of a Spin manifest.
//!
//! ## Why
//!
//! Spin refuses a file without `spin_manifest_version`, and this one has no table of a manifest either. It is told only
//! about a file that was named on the command line; a walk passes over other programs' files in silence.
//!
//! ## Example
//!
//! ```toml
//! # <- this is no Spin manifest: it has neither `spin_manifest_version` nor a table that Spin knows
//! [gate]
//! url = "https://spin.example.com"
//! ```

use super::{Context, Evidence, Findings, FixAvailability, Rule};
use crate::diagnostic::Severity;
use crate::manifest::Nature;
use crate::text::{Span, bom_len};

pub(super) const RULE: Rule =
    Rule { severity: Severity::Error, fix: FixAvailability::Never, by: Evidence::Text, since: "0.1.0", is_on: true, check };

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    if cx.is_configuration() {
        return;
    }
    if cx.nature != Nature::Foreign || !cx.settings.is_named {
        return;
    }
    let message = "this is no Spin manifest: it has neither `spin_manifest_version` nor a table that Spin knows";
    let diagnostic = out.report(Span::at(bom_len(cx.text())), message);
    diagnostic.help = Some("name the manifest of a Spin application, usually `spin.toml`".to_owned());
}
