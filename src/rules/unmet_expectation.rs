//! A scenario expected something that a run of the app did not show.
//!
//! ## Why
//!
//! The scenario, `spinlint-test.toml` or `[application.tool.spinlint.test]`, says what the app has to answer and what its stores have to
//! hold. `spinlint test` ran it.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/...", component = "cart" }]
//! [[application.tool.spinlint.test.request]]
//! path = "/"
//! # <- the answer to `GET /` has the status 500, expected is 200
//! expect.status = 200
//! [component.cart]
//! source = "cart.wasm"
//! ```
//!
//! ```facts
//! { "cart": { "unmet": ["path = \"/\"", "the answer to `GET /` has the status 500, expected is 200"] } }
//! ```

use super::{Context, Evidence, Findings, FixAvailability, Rule};
use crate::diagnostic::Severity;

pub(super) const RULE: Rule =
    Rule { severity: Severity::Error, fix: FixAvailability::Never, by: Evidence::Asked, since: "0.1.0", is_on: true, check };

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    for (place, message) in &cx.facts.unmet {
        out.report(place.span, message.clone()).place = place.clone();
    }
}
