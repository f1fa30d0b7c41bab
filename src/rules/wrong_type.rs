//! A value has a type that Spin does not take there.
//!
//! ## Why
//!
//! Spin refuses the manifest. Where the value can have only one meaning (a single label for a list of labels, a number
//! for a string, `[trigger.http]` for `[[trigger.http]]`) the fix writes it. A setting of a trigger that may be absent is taken for absent if it
//! is `nan` or `inf`: a warning.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/", component = "cart" }]
//! [component.cart]
//! source = "cart.wasm"
//! key_value_stores = "default"
//! #                  ^^^^^^^^^ `key_value_stores` is a string, Spin expects an array of strings and refuses the manifest
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
//! key_value_stores = ["default"]
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
    out.shape(cx, Kind::WrongType);
}

#[cfg(test)]
mod tests {
    use crate::harness::{findings, silent};

    #[test]
    fn dates_are_strings_where_spin_reads_generic_values() {
        let app = |kind: &str, shared: &str, own: &str| {
            format!(
                "spin_manifest_version = \"1\"\nname = \"a\"\ntrigger = {{ type = {kind}, {shared} }}\n[[component]]\nid = \"c\"\nsource = \"c.wasm\"\ntrigger = {{ {own} }}\n"
            )
        };
        silent(&app("\"http\"", "base = \"/\"", "route = 1979-05-27"), "wrong-type");
        for text in [app("1979-05-27", "base = \"/\"", "route = \"/\""), app("\"http\"", "base = 1979-05-27", "route = \"/\"")] {
            assert_eq!(findings(&text, &[], "wrong-type").len(), 1, "{text}");
        }
    }
}
