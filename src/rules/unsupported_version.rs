//! The manifest names a version of the format that does not exist.
//!
//! ## Why
//!
//! Spin knows two: the number `2` and, for manifests of Spin 1, the string `"1"`. It refuses all others, `"2"` and `1`
//! among them.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = "2"
//! #                       ^^^ there is no manifest version "2", Spin refuses to load the manifest
//! [application]
//! name = "shop"
//! [[trigger.http]]
//! route = "/"
//! component = "cart"
//! ```
//!
//! ## Fixed
//!
//! ```toml
//! spin_manifest_version = 2
//! [application]
//! name = "shop"
//! [[trigger.http]]
//! route = "/"
//! component = "cart"
//! ```

use super::{Context, Evidence, Findings, FixAvailability, Rule};
use crate::diagnostic::{Edit, Edits, Fix, Place, Related, Safety, Severity};
use crate::manifest::{Nature, Version, version_entry};
use crate::schema::{OLD_VERSION_KEY, VERSION_KEY};
use crate::syntax::Value;

pub(super) const RULE: Rule = Rule {
    severity: Severity::Error,
    fix: FixAvailability::Sometimes(Safety::Safe),
    by: Evidence::Text,
    since: "0.1.0",
    is_on: true,
    check,
};

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    let root = &cx.tree.root;
    if let (Some(new), Some(old)) = (root.entry(VERSION_KEY), root.entry(OLD_VERSION_KEY)) {
        let message =
            format!("`{OLD_VERSION_KEY}` is the old name of `{VERSION_KEY}`, which is there too; Spin refuses to load the manifest");
        let diagnostic = out.report(old.key.span, message);
        let place = Place { file: cx.file.clone(), span: new.key.span };
        diagnostic.related.push(Related { place, message: "the new name".to_owned() });
        diagnostic.help = Some("remove the line".to_owned());
    }
    let (Nature::UnsupportedVersion(version), Some(entry)) = (cx.nature, version_entry(root)) else { return };
    let written = entry.node.span.of(cx.text());
    let diagnostic = out.report(entry.node.span, format!("there is no manifest version {written}, Spin refuses to load the manifest"));
    // What the number says and what the layout shows have to agree before a fix is offered.
    let right = match (&entry.node.value, version) {
        (Value::String(text), Version::Two) if text == "2" => Some("2"),
        (Value::Integer(1), Version::One) => Some("\"1\""),
        (Value::Integer(1), Version::Two) => {
            diagnostic.help = Some("the layout is that of version 2: write `2`".to_owned());
            None
        }
        _ => {
            diagnostic.help = Some("write `2`, or `\"1\"` for a manifest of Spin 1".to_owned());
            None
        }
    };
    if let Some(right) = right {
        diagnostic.help = Some(format!("write `{right}`"));
        let edits = Edits::new(vec![Edit::replace(entry.node.span, right)]);
        diagnostic.fix = edits.map(|edits| Fix::safe(format!("write `{right}`"), edits));
    }
}
