//! No template names a variable of the app.
//!
//! ## Why
//!
//! Components see a variable only through their own `variables`, by a template: `token = "{{ api_token }}"`. One that is required has to be given a
//! value at every start all the same.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/...", component = "cart" }]
//! [variables]
//! api_token = { required = true }
//! # <- nothing uses variable `api_token`
//! [component.cart]
//! source = "cart.wasm"
//! ```

use super::{Context, Evidence, Findings, FixAvailability, Rule};
use crate::diagnostic::{Severity, Tag};
use crate::template;

pub(super) const RULE: Rule =
    Rule { severity: Severity::Info, fix: FixAvailability::Never, by: Evidence::Text, since: "0.1.0", is_on: true, check };

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    if cx.manifest.variables.is_empty() {
        return;
    }
    // Where a plugin expands templates only the plugin knows: any string counts.
    let strings: Vec<&str> = cx.tree.root.entries.iter().flat_map(|entry| entry.node.strings()).map(|(_, text)| text).collect();
    let used: Vec<&str> = strings.into_iter().flat_map(template::variables).map(|(name, _)| name).collect();
    for variable in &cx.manifest.variables {
        let name = &variable.name.value;
        if !used.contains(&name.as_str()) {
            let diagnostic = out.report(variable.name.span, format!("nothing uses variable `{name}`"));
            diagnostic.tag = Some(Tag::Unnecessary);
            diagnostic.help = Some(format!("give it to a component: `{name} = \"{{{{ {name} }}}}\"` in its `variables`"));
        }
    }
}
