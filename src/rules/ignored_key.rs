//! A key of a static response, or of an executor, is not one that Spin reads.
//!
//! ## Why
//!
//! In these two tables Spin takes any key and ignores those that it does not know: a misspelt `status_code` means 200. Keys of the component that
//! slipped below `executor` are lost in the same way.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! [[trigger.http]]
//! route = "/old"
//! static_response = { status = 410, body = "gone" }
//! #                   ^^^^^^ Spin ignores `status` here
//! ```
//!
//! ## Fixed
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! [[trigger.http]]
//! route = "/old"
//! static_response = { status_code = 410, body = "gone" }
//! ```

use super::{Context, Evidence, Findings, FixAvailability, Rule};
use crate::diagnostic::{Edits, Fix, Safety, Severity};
use crate::edit;
use crate::schema::{self, Shape, TableShape};
use crate::syntax::{Node, Table};
use crate::text::nearest;

pub(super) const RULE: Rule = Rule {
    severity: Severity::Warning,
    fix: FixAvailability::Sometimes(Safety::Unsafe),
    by: Evidence::Text,
    since: "0.1.0",
    is_on: true,
    check,
};

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    let Some(http) = schema::trigger_shape("http") else { return };
    for trigger in cx.manifest.triggers.iter().filter(|trigger| trigger.kind == "http") {
        for key in ["static_response", "executor"] {
            let table = trigger.settings.and_then(|table| table.get(key)).and_then(Node::as_table);
            let shape = http.field(key).and_then(|field| lenient(&field.shape, table?));
            let (Some(table), Some(shape)) = (table, shape) else { continue };
            for entry in table.entries.iter().filter(|entry| shape.field(&entry.key.value).is_none()) {
                let name = &entry.key.value;
                let diagnostic = out.report(entry.key.span, format!("Spin ignores `{name}` here"));
                let known = || shape.fields.iter().map(|field| field.name.as_str());
                let by_habit = (name == "status").then_some("status_code").or_else(|| (name == "content").then_some("body"));
                let meant = by_habit.filter(|_| key == "static_response").or_else(|| nearest(name, known()));
                match meant.filter(|meant| table.get(meant).is_none()) {
                    Some(meant) => {
                        diagnostic.help = Some(format!("did you mean `{meant}`?"));
                        let edits = Edits::new(vec![edit::rename_key(entry.key.span, meant)]);
                        diagnostic.fix = edits.map(|edits| Fix::risky(format!("rename `{name}` to `{meant}`"), edits));
                    }
                    None => diagnostic.help = Some(format!("its keys are {}", known().collect::<Vec<_>>().join(", "))),
                }
            }
        }
    }
}

/// The table that Spin reads, if it takes keys that it does not know.
fn lenient<'s>(shape: &'s Shape, table: &Table) -> Option<&'s TableShape> {
    let shape = match shape {
        Shape::Table(shape) => Some(shape),
        // Of several forms it is the one whose `type` this is.
        forms => forms.table_with("type", table.get("type").and_then(Node::as_str)),
    };
    shape.filter(|shape| !shape.strict)
}
