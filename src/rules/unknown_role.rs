//! A trigger's dependency has a role that its trigger does not know.
//!
//! ## Why
//!
//! The role of an http trigger's dependencies is `middleware`. Beside it Spin refuses any other; alone another one is ignored without a word, and
//! requests pass it by.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! [[trigger.http]]
//! route = "/..."
//! component = "cart"
//! dependencies.middlewares = [{ path = "auth.wasm" }]
//! #            ^^^^^^^^^^^ an http trigger knows no role `middlewares`: Spin starts, and requests never meet it
//! [component.cart]
//! source = "cart.wasm"
//! ```
//!
//! ## Fixed
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! [[trigger.http]]
//! route = "/..."
//! component = "cart"
//! dependencies.middleware = [{ path = "auth.wasm" }]
//! [component.cart]
//! source = "cart.wasm"
//! ```

use super::{Context, Evidence, Findings, FixAvailability, Rule};
use crate::diagnostic::{Edits, Fix, Safety, Severity};
use crate::edit;
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

const MIDDLEWARE: &str = "middleware";

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    for trigger in cx.manifest.triggers.iter().filter(|trigger| trigger.kind == "http") {
        let roles = trigger.settings.and_then(|table| table.get("dependencies")).and_then(Node::as_table);
        let Some(roles) = roles else { continue };
        // Without a component there is nothing that Spin would put them before, and it does not look at them.
        let is_read = trigger.settings.is_some_and(|table| table.get("component").is_some());
        let has_middleware = is_read && roles.get(MIDDLEWARE).is_some();
        for role in roles.entries.iter().filter(|role| role.key.value != MIDDLEWARE) {
            let name = &role.key.value;
            let then = if has_middleware { "Spin refuses to start" } else { "Spin starts, and requests never meet it" };
            let diagnostic = out.report(role.key.span, format!("an http trigger knows no role `{name}`: {then}"));
            diagnostic.help = Some(format!("its role is `{MIDDLEWARE}`"));
            if has_middleware {
                diagnostic.severity = Severity::Error;
            } else if nearest(name, [MIDDLEWARE]).is_some() {
                let edits = Edits::new(vec![edit::rename_key(role.key.span, MIDDLEWARE)]);
                diagnostic.fix = edits.map(|edits| Fix::risky(format!("rename `{name}` to `{MIDDLEWARE}`"), edits));
            }
        }
    }
}
