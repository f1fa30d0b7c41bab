//! A dependency is to inherit something that no component has.
//!
//! ## Why
//!
//! Spin ignores what it does not know in `inherit_configuration`: the dependency inherits nothing, and what it opens is refused.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/...", component = "cart" }]
//! [component.cart]
//! source = "cart.wasm"
//! key_value_stores = ["default"]
//! dependencies."shop:prices" = { path = "prices.wasm", inherit_configuration = ["key_value_store"] }
//! #                                                                             ^^^^^^^^^^^^^^^^^ nothing is called `key_value_store`: Spin ignores it
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
//! key_value_stores = ["default"]
//! dependencies."shop:prices" = { path = "prices.wasm", inherit_configuration = ["key_value_stores"] }
//! ```

use super::{Context, Evidence, Findings, FixAvailability, Rule};
use crate::diagnostic::{Edits, Fix, Safety, Severity};
use crate::edit;
use crate::schema::INHERITABLE;
use crate::syntax::Node;
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
    for component in &cx.manifest.components {
        for dependency in cx.manifest.composed_with(component) {
            let items =
                dependency.node.as_table().and_then(|table| table.get("inherit_configuration")).map(Node::items).unwrap_or_default();
            for (item, name) in items.iter().filter_map(|item| Some((item, item.as_str()?))).filter(|(_, name)| !INHERITABLE.contains(name))
            {
                let diagnostic = out.about(component, item.span, format!("nothing is called `{name}`: Spin ignores it"));
                let Some(meant) = nearest(name, INHERITABLE.iter().copied()) else {
                    diagnostic.help = Some(format!("what can be inherited are {}", INHERITABLE.join(", ")));
                    continue;
                };
                diagnostic.help = Some(format!("did you mean `{meant}`?"));
                // What is inherited then, the dependency could not use before.
                let edits = Edits::new(vec![edit::rename(cx.text(), item.span, meant)]);
                diagnostic.fix = edits.map(|edits| Fix::risky(format!("write `{meant}`"), edits));
            }
        }
    }
}
