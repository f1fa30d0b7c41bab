//! A table has a key that Spin does not know there.
//!
//! ## Why
//!
//! Spin refuses the whole manifest for one unknown key, at `spin up` and at every other command; `spin build` builds
//! first and mentions it afterwards. A misspelt or invented key is renamed by the fix.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/", component = "cart" }]
//! [component.cart]
//! source = "cart.wasm"
//! allowed_models = ["llama2-chat"]
//! # <- `[component.cart]` has no key `allowed_models`, Spin refuses to load the manifest
//! ```
//!
//! ## Fixed
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/", component = "cart" }]
//! [component.cart]
//! source = "cart.wasm"
//! ai_models = ["llama2-chat"]
//! ```

use super::{Context, Evidence, Findings, FixAvailability, Rule};
use crate::diagnostic::{Safety, Severity};
use crate::shape::Kind;

pub(super) const RULE: Rule = Rule {
    severity: Severity::Error,
    fix: FixAvailability::Sometimes(Safety::Safe),
    by: Evidence::Text,
    since: "0.1.0",
    is_on: true,
    check,
};

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    out.shape(cx, Kind::UnknownKey);
}
