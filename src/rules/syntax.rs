//! The file is not TOML as Spin reads it.
//!
//! ## Why
//!
//! Spin reads nothing of a manifest with a TOML error, and says only the first. It reads TOML 1.0: inline tables over
//! several lines, commas before `}`, `\e` and `\x` escapes and times without seconds came with TOML 1.1. While a file
//! has such errors nothing else is said about it and nothing is fixed.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! [application]
//! name = shop
//! #      ^^^^ text without quotes, a string is written "shop"; Spin reads nothing of a manifest with a TOML error
//! ```

use super::{Context, Evidence, Findings, FixAvailability, Rule};
use crate::diagnostic::{Place, Related, Severity};

pub(super) const RULE: Rule =
    Rule { severity: Severity::Error, fix: FixAvailability::Never, by: Evidence::Text, since: "0.1.0", is_on: true, check };

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    for error in &cx.tree.errors {
        let message = format!("{}; Spin reads nothing of a manifest with a TOML error", error.message);
        let diagnostic = out.report(error.span, message);
        if let Some((span, message)) = &error.related {
            let place = Place { file: cx.file.clone(), span: *span };
            diagnostic.related.push(Related { place, message: message.clone() });
        }
    }
}
