//! The manifest has something that the version of Spin it is for does not know.
//!
//! ## Why
//!
//! `--spin-version 3.4`, or `SPIN_VERSION`, says which Spin is to start the app; without it the newest is meant. An older one refuses the manifest, and
//! calls the key unknown.
//!
//! ## Example
//!
//! With `--spin-version 3.4`:
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/...", component = "cart" }]
//! [component.cart]
//! source = "cart.wasm"
//! [component.cart.profile.debug]
//! #               ^^^^^^^ Spin 3.4.0 does not know this: it came with Spin 4.0.0
//! source = "cart-debug.wasm"
//! ```

use super::{Context, Evidence, Findings, FixAvailability, Rule};
use crate::diagnostic::Severity;
use crate::manifest::{Manifest, Version};
use crate::shape;

pub(super) const RULE: Rule =
    Rule { severity: Severity::Error, fix: FixAvailability::Never, by: Evidence::Asked, since: "0.1.0", is_on: true, check };

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    let Some(version) = cx.spin_version().filter(|_| cx.manifest.version == Version::Two) else { return };
    for (span, since) in shape::introduced(&cx.tree.root, Manifest::shape(cx.manifest.version)) {
        if semver::Version::parse(since).is_ok_and(|since| version < since) {
            let message = format!("Spin {version} does not know this: it came with Spin {since}");
            out.report(span, message).help = Some(format!("remove it, or use Spin {since} or newer"));
        }
    }
}
