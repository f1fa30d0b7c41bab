//! A comment allows what no rule finds, or names a rule that does not exist.
//!
//! ## Why
//!
//! It hides the next mistake in its place, and readers believe that there is one.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/...", component = "cart" }]
//! [component.cart]
//! source = "cart.wasm"
//! # spinlint: allow(unmatchable-host) the proxy of the cluster
//! #                 ^^^^^^^^^^^^^^^^ nothing here breaks the rule `unmatchable-host`
//! allowed_outbound_hosts = ["https://example.com"]
//! ```
//!
//! ## Fixed
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/...", component = "cart" }]
//! [component.cart]
//! source = "cart.wasm"
//! allowed_outbound_hosts = ["https://example.com"]
//! ```

use std::sync::Arc;

use super::{Context, Evidence, Findings, FixAvailability, Rule};
use crate::diagnostic::{Edit, Edits, Fix, Safety, Severity};
use crate::text::nearest;

pub(super) const RULE: Rule = Rule {
    severity: Severity::Warning,
    fix: FixAvailability::Sometimes(Safety::Safe),
    by: Evidence::Text,
    since: "0.1.0",
    is_on: true,
    check,
};

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    for unused in cx.unused.get().into_iter().flatten() {
        let suppression = &unused.suppression;
        let file = &suppression.place.file;
        // A fix is one of the manifest's text.
        let is_manifest = Arc::ptr_eq(file, cx.file);
        let edits = |edit: Edit| is_manifest.then(|| Edits::new(vec![edit])).flatten();
        if unused.rules.is_empty() {
            let diagnostic = out.elsewhere(file, suppression.place.span, "this comment allows nothing: it names no rule");
            diagnostic.help = Some("name the rules: `spinlint: allow(rule-a, rule-b) reason`".to_owned());
            continue;
        }
        let names: Vec<&str> = super::ALL.iter().map(|entry| entry.name).collect();
        for (position, &index) in unused.rules.iter().enumerate() {
            let name = &suppression.rules[index];
            let rule = &name.value;
            let meant = nearest(rule, names.iter().copied()).filter(|_| !names.contains(&rule.as_str()));
            let message = match names.contains(&rule.as_str()) {
                true => format!("nothing here breaks the rule `{rule}`"),
                false => format!("there is no rule `{rule}`: this allows nothing"),
            };
            let diagnostic = out.elsewhere(file, name.span, message);
            let remove = "remove what is not needed of the comment";
            diagnostic.help = Some(match meant {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => remove.to_owned(),
            });
            // What is not needed goes in one edit, with the comment if nothing is left.
            diagnostic.fix = match meant {
                Some(meant) => edits(Edit::replace(name.span, meant)).map(|edits| Fix::safe(format!("write `{meant}`"), edits)),
                None if position == 0 => edits(suppression.without(&unused.rules)).map(|edits| Fix::safe(remove, edits)),
                None => None,
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::harness::{APP, check_fix, findings, silent};

    const HOSTS: &str = "[component.cart]\nsource = \"cart.wasm\"\nallowed_outbound_hosts = [\"postgresql://a.org:5432\"]";

    #[test]
    fn what_is_needed_is_no_mistake() {
        silent(&format!("{APP}{HOSTS} # spinlint: allow(unmatchable-host) soon\n"), "unused-suppression");
        silent(&format!("{APP}# spinlint: allow(unmatchable-host)\n{HOSTS}\n"), "unused-suppression");
    }

    #[test]
    fn what_needs_more_than_the_text_is_not_judged_without() {
        silent(&format!("{APP}# spinlint: allow(undeclared-store)\n{HOSTS}\n"), "unused-suppression");
    }

    #[test]
    fn a_misspelt_rule_is_mended_and_the_rest_taken_out() {
        let misspelt = format!("{APP}{HOSTS} # spinlint: allow(unmachable-host)\n");
        assert_eq!(findings(&misspelt, &[], "unused-suppression")[0].help.as_deref(), Some("did you mean `unmatchable-host`?"));
        let half = format!("{APP}{HOSTS} # spinlint: allow(unmatchable-host, missing-file, xyz) why\n");
        check_fix(&half, "unused-suppression", &half.replace(", missing-file, xyz", ", missing-file"));
    }
}
