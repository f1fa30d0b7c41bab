//! An allowed host can never be what a component connects to.
//!
//! ## Why
//!
//! Schemes are compared letter by letter, and those that components use are in lower case. Postgres is always asked for as `postgres`, however the
//! address in the code begins. A range of ports ends before its second number. Spin accepts all of these, and refuses every connection.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/...", component = "cart" }]
//! [component.cart]
//! source = "cart.wasm"
//! allowed_outbound_hosts = ["postgresql://db:5432"]
//! #                         ^^^^^^^^^^^^^^^^^^^^^^ nothing ever connects by `postgresql`: this allows nothing
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
//! allowed_outbound_hosts = ["postgres://db:5432"]
//! ```

use super::{Allowed, Context, Evidence, Findings, FixAvailability, Rule};
use crate::diagnostic::{Edits, Fix, Safety, Severity};
use crate::edit;
use crate::hosts::{self, Ports};
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
        for Allowed { node, entry, host, .. } in cx.allowed_hosts(component) {
            if let Ports::Range(first, end) = host.ports
                && first >= end
            {
                let message = format!("the ports from {first} to before {end} are none: this allows nothing");
                out.about(component, node.span, message).help =
                    Some("the second number is that of the first port that is not meant".to_owned());
                continue;
            }
            let Some(scheme) = host.scheme.as_deref().filter(|scheme| !hosts::SCHEMES.contains(scheme)) else { continue };
            let diagnostic = out.about(component, node.span, format!("nothing ever connects by `{scheme}`: this allows nothing"));
            let meant = match scheme {
                "postgresql" | "pg" => Some("postgres"),
                "mariadb" => Some("mysql"),
                _ => nearest(scheme, hosts::SCHEMES.iter().copied()),
            };
            let Some(written) = meant.map(|meant| entry.replacen(scheme, meant, 1)) else {
                diagnostic.help = Some(format!("the schemes are {}", hosts::SCHEMES.join(", ")));
                continue;
            };
            diagnostic.help = Some(format!("write \"{written}\""));
            let edits = Edits::new(vec![edit::rename(cx.text(), node.span, &written)]);
            diagnostic.fix = edits.map(|edits| Fix::risky(format!("write \"{written}\""), edits));
        }
    }
}
