//! A variable has neither `required = true` nor a `default`, or both.
//!
//! ## Why
//!
//! Spin wants exactly one of the two, says so when it starts, and does not say of which variable.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! [variables]
//! api_key = {}
//! # <- variable `api_key` is neither required nor has it a default: Spin refuses to start
//! region = { required = true, default = "eu" }
//! # <- variable `region` is required and has a default: Spin refuses to start
//! ```

use super::{Context, Evidence, Findings, FixAvailability, Rule};
use crate::diagnostic::{Edits, Fix, Safety, Severity};
use crate::edit;
use crate::text::nearest;

pub(super) const RULE: Rule = Rule {
    severity: Severity::Error,
    fix: FixAvailability::Sometimes(Safety::Unsafe),
    by: Evidence::Text,
    since: "0.1.0",
    is_on: true,
    check,
};

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    for variable in &cx.manifest.variables {
        let name = &variable.name.value;
        let settled = (variable.is_required(), variable.get("default").is_some());
        let (state, help) = match settled {
            (false, false) => ("is neither required nor has it a default", "add `required = true`, or a `default`"),
            (true, true) => ("is required and has a default", "remove one of the two"),
            _ => continue,
        };
        let diagnostic = out.report(variable.name.span, format!("variable `{name}` {state}: Spin refuses to start"));
        diagnostic.help = Some(help.to_owned());
        if let (false, false, Some(table)) =
            (settled.0, settled.1, variable.node.as_table().filter(|table| table.get("required").is_none()))
        {
            // A misspelt key is mended by its own name.
            if table.entries.iter().any(|entry| nearest(&entry.key.value, ["default", "required"]).is_some()) {
                continue;
            }
            let edit = edit::insert_key(cx.text(), table, "required", "true");
            diagnostic.fix = edit.and_then(|edit| Edits::new(vec![edit])).map(|edits| Fix::risky(format!("require `{name}`"), edits));
        }
    }
}
