//! A component says for all its dependencies whether they inherit, and for one of them too.
//!
//! ## Why
//!
//! `dependencies_inherit_configuration`, even `false`, and a dependency's own `inherit_configuration` exclude each other. Spin refuses to
//! start.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/...", component = "cart" }]
//! [component.cart]
//! source = "cart.wasm"
//! dependencies_inherit_configuration = false
//! # <- component `cart` says for all dependencies whether they inherit, and for `shop:prices` too: Spin refuses to start
//! dependencies."shop:prices" = { path = "prices.wasm", inherit_configuration = ["key_value_stores"] }
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
//! dependencies."shop:prices" = { path = "prices.wasm", inherit_configuration = ["key_value_stores"] }
//! ```

use super::{Context, Evidence, Findings, FixAvailability, Rule};
use crate::diagnostic::{Edits, Fix, Place, Related, Safety, Severity};
use crate::edit;
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
    for component in &cx.manifest.components {
        let Some(all) = component.table.entry("dependencies_inherit_configuration") else { continue };
        let of_one = component.dependencies().into_iter().find_map(|dependency| {
            let entry = dependency.node.as_table()?.entry("inherit_configuration")?;
            Some((dependency.name.value.clone(), entry.key.span))
        });
        let Some((name, span)) = of_one else { continue };
        let id = &component.id;
        let message =
            format!("component `{id}` says for all dependencies whether they inherit, and for `{name}` too: Spin refuses to start");
        let diagnostic = out.about(component, all.key.span, message);
        diagnostic.related.push(Related { place: Place { file: cx.file.clone(), span }, message: format!("for `{name}`") });
        diagnostic.help = Some("keep what each dependency says, and remove this line".to_owned());
        // Without the line the dependencies inherit what they say themselves, which is nothing more than `false` lets them.
        let edits = edit::remove_entry(cx.text(), all).and_then(|edit| Edits::new(vec![edit]));
        let is_false = matches!(all.node.value, Value::Boolean(false));
        diagnostic.fix = edits.map(|edits| {
            let title = "remove `dependencies_inherit_configuration`";
            if is_false { Fix::safe(title, edits) } else { Fix::risky(title, edits) }
        });
    }
}
