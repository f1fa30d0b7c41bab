//! The manifest does not say which version of the format it has.
//!
//! ## Why
//!
//! Spin reads `spin_manifest_version` before anything else and refuses a manifest without it.
//!
//! ## Example
//!
//! ```toml
//! # <- `spin_manifest_version` is missing, Spin refuses to load the manifest
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
use crate::diagnostic::{Edits, Fix, Safety, Severity};
use crate::edit;
use crate::manifest::{Nature, Version};
use crate::schema::VERSION_KEY;
use crate::text::{Span, bom_len, nearest};

pub(super) const RULE: Rule = Rule {
    severity: Severity::Error,
    fix: FixAvailability::Sometimes(Safety::Safe),
    by: Evidence::Text,
    since: "0.1.0",
    is_on: true,
    check,
};

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    let Nature::WithoutVersion(version) = cx.nature else { return };
    let root = &cx.tree.root;
    let meant =
        root.entries.iter().find(|entry| entry.key.value == "manifest_version" || nearest(&entry.key.value, [VERSION_KEY]).is_some());
    let value = match version {
        Version::One => "\"1\"",
        Version::Two => "2",
    };
    let start = bom_len(cx.text());
    let line = format!("{VERSION_KEY} = {value}");
    let (help, title, edit) = match meant {
        Some(entry) => (
            format!("did you mean it by `{}`?", entry.key.value),
            format!("rename `{}` to `{VERSION_KEY}`", entry.key.value),
            edit::rename_key(entry.key.span, VERSION_KEY),
        ),
        None => (
            format!("add `{line}` as the first line"),
            format!("add `{line}`"),
            crate::diagnostic::Edit::insert(start, format!("{line}{}", edit::newline(cx.text()))),
        ),
    };
    // Where the line only stands in the wrong table, that is told with its fix.
    let is_misplaced = root.entries.iter().filter_map(|entry| entry.node.as_table()).any(|table| table.entry(VERSION_KEY).is_some());
    let diagnostic = out.report(Span::at(start), format!("`{VERSION_KEY}` is missing, Spin refuses to load the manifest"));
    diagnostic.help = Some(help);
    diagnostic.fix = Edits::new(vec![edit]).filter(|_| !is_misplaced).map(|edits| Fix::safe(title, edits));
}

#[cfg(test)]
mod tests {
    use crate::harness::{check_fix, silent};

    #[test]
    fn a_misspelt_version_is_renamed() {
        check_fix(
            "spin_manifest_versoin = 2\n[application]\nname = \"a\"\n[[trigger.http]]\nroute = \"/\"\ncomponent = \"b\"\n",
            "missing-version",
            "spin_manifest_version = 2\n[application]\nname = \"a\"\n[[trigger.http]]\nroute = \"/\"\ncomponent = \"b\"\n",
        );
    }

    #[test]
    fn the_old_name_of_the_key_is_a_version() {
        silent("spin_version = \"1\"\nname = \"a\"\ntrigger = { type = \"http\" }\n", "missing-version");
    }
}
