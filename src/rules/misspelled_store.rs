//! A component is granted a label that nothing opens, and opens one that is nearly the same.
//!
//! ## Why
//!
//! Labels are compared letter by letter: `my-store` and `my_store` are two stores. Spin answers `access-denied` at the
//! first request that opens the one that is not granted.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/...", component = "cart" }]
//! [component.cart]
//! source = "cart.wasm"
//! key_value_stores = ["promptstore1"]
//! # <- component `cart` is granted store "promptstore1" and opens "promptstore": Spin answers `access-denied` at the first request that opens it
//! [component.cart.build]
//! command = "cargo build --target wasm32-wasip1"
//! ```
//!
//! ```toml Cargo.toml
//! [package]
//! name = "cart"
//! ```
//!
//! ```rust src/lib.rs
//! pub fn add() { spin_sdk::key_value::Store::open("promptstore").unwrap(); }
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
//! key_value_stores = ["promptstore"]
//! [component.cart.build]
//! command = "cargo build --target wasm32-wasip1"
//! ```

use super::{Context, Findings, FixAvailability, Rule, undeclared_store};
use crate::capability::Capability;
use crate::diagnostic::{Edits, Fix, Safety, Severity};
use crate::edit;
use crate::grants::{self, Missing, Opens};
use crate::schema::format::Format;
use crate::text::{Span, nearest};

pub(super) const RULE: Rule =
    Rule { severity: Severity::Error, fix: FixAvailability::Sometimes(Safety::Safe), since: "0.1.0", is_on: true, check };

/// A missing label and the grant that was meant for it.
pub(super) struct Pair {
    /// The index among the missing labels.
    pub(super) missing: usize,
    /// The granted label, and the others that are as near.
    granted: String,
    /// Where it is granted.
    pub(super) span: Span,
    is_only_one: bool,
}

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    let missing = grants::missing(cx.manifest, cx.facts);
    for pair in pairs(cx, &missing) {
        let missing = &missing[pair.missing];
        let (id, label) = (&missing.component.id, &missing.need.label);
        let without = Capability::KeyValue.row().without;
        let message = format!("component `{id}` is granted store \"{}\" and opens \"{label}\": {without}", pair.granted);
        let diagnostic = out.report(grants::place_of(missing.component, cx.file).span, message);
        undeclared_store::describe(cx, missing, diagnostic);
        let title = format!("grant \"{label}\" in place of \"{}\"", pair.granted);
        let edits = Format::Label.check(label).is_ok().then(|| Edits::new(vec![edit::rename(cx.text(), pair.span, label)]));
        diagnostic.help = Some(match edits {
            Some(_) => format!("rename the grant \"{}\" to \"{label}\", or the label in the code", pair.granted),
            None => "rename the label in the code: no manifest can grant it".to_owned(),
        });
        diagnostic.fix = edits.flatten().map(|edits| match pair.is_only_one {
            true => Fix::safe(title, edits),
            false => Fix::risky(title, edits),
        });
    }
}

/// The missing labels for which a granted label that nothing opens is a near miss.
pub(super) fn pairs(cx: &Context<'_>, missing: &[Missing<'_, '_>]) -> Vec<Pair> {
    let mut pairs: Vec<Pair> = Vec::new();
    for (index, need) in missing.iter().enumerate() {
        if !need.itself || !need.lacks_grant || !need.through.is_empty() {
            continue;
        }
        let opens = Opens::of(cx.facts.component(&need.component.id));
        // A computed label may be the granted one, and so may a dependency's.
        let is_open_ended = !opens.computed.is_empty() || cx.manifest.composed_with(need.component).next().is_some();
        let Some(grants) = need.component.key_value_stores().filter(|_| !is_open_ended) else { continue };
        let idle = grants.labels.iter().filter(|label| {
            let is_taken = pairs.iter().any(|pair| pair.span == label.span);
            !opens.knows(&label.value) && !is_taken && nearest(&need.need.label, [label.value.as_str()]).is_some()
        });
        let idle: Vec<_> = idle.collect();
        let Some(best) = nearest(&need.need.label, idle.iter().map(|label| label.value.as_str())) else { continue };
        let Some(label) = idle.iter().find(|label| label.value == best) else { continue };
        pairs.push(Pair { missing: index, granted: label.value.clone(), span: label.span, is_only_one: idle.len() == 1 });
    }
    pairs
}

#[cfg(test)]
mod tests {
    use crate::harness::{APP, findings, silent_with};

    fn app(grants: &str) -> String {
        format!("{APP}[component.cart]\nsource = \"x.wasm\"\nkey_value_stores = {grants}\n")
    }

    fn opens(code: &str) -> Vec<(&str, &str)> {
        vec![("Cargo.toml", "[package]\nname = \"cart\"\n"), ("src/lib.rs", code)]
    }

    const ORDERS: &str = "use spin_sdk::key_value::Store;\npub fn f() { Store::open(\"my_store\"); Store::open(\"orders\"); }\n";

    #[test]
    fn a_label_that_is_opened_is_no_mistake() {
        silent_with(&app("[\"orders\", \"my_store\"]"), &opens(ORDERS), "misspelled-store");
        silent_with(&app("[\"order\", \"orders\", \"my_store\"]"), &opens(ORDERS), "misspelled-store");
        silent_with(&app("[\"sessions\"]"), &opens(ORDERS), "misspelled-store");
    }

    #[test]
    fn a_computed_label_may_be_the_one_that_is_granted() {
        let code = "use spin_sdk::key_value::Store;\npub fn f(x: &str) { Store::open(\"my_store\"); Store::open(x); }\n";
        silent_with(&app("[\"my-store\"]"), &opens(code), "misspelled-store");
    }

    #[test]
    fn of_two_near_grants_none_is_renamed_without_asking() {
        let found = findings(&app("[\"my-store\", \"my_stores\"]"), &opens(ORDERS), "misspelled-store");
        assert_eq!(found[0].fix.as_ref().unwrap().safety, crate::diagnostic::Safety::Unsafe);
        let found = findings(&app("[\"my-store\"]"), &opens(ORDERS), "misspelled-store");
        assert_eq!(found[0].fix.as_ref().unwrap().safety, crate::diagnostic::Safety::Safe);
    }
}
