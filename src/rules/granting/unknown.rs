//! What components use without that anything tells by which name, and are granted none of.

use crate::capability::Capability;
use crate::diagnostic::Related;
use crate::grants::{self, Opens, opens_of_dependency};
use crate::rules::{Context, Findings};

/// Reports the components that are granted nothing of a capability and use something of it that is not known by name.
pub(in crate::rules) fn unknown(cx: &Context<'_>, out: &mut Findings<'_>, capability: Capability) {
    let row = capability.row();
    for component in &cx.manifest.components {
        let is_composed = cx.manifest.parents(&component.id).next().is_some();
        let has_old_hosts = capability == Capability::Hosts && component.grants("allowed_http_hosts").is_some();
        let is_meant = cx.shape.iter().any(|problem| problem.component.as_ref() == Some(&component.id) && !problem.grants.is_empty());
        let has_databases = capability == Capability::Hosts && grants::has_all_databases(cx.manifest, component);
        if is_composed || has_old_hosts || has_databases || is_meant || !grants::granted(capability, component).is_empty() {
            continue;
        }
        let own = Opens::of(capability, cx.facts.component(&component.id));
        let composed = cx.manifest.composed_with(component).map(|dependency| opens_of_dependency(capability, cx.facts, &dependency));
        let all: Vec<Opens> = std::iter::once(own).chain(composed).collect();
        let is_computed = all.iter().any(|opens| !opens.computed.is_empty());
        let related: Vec<Related> = all
            .into_iter()
            // A program may well live without a variable, and take what its environment has instead.
            .flat_map(|opens| opens.computed.into_iter().chain(opens.unclear_wasm.filter(|_| capability != Capability::Variables)))
            .collect();
        if related.is_empty() {
            continue;
        }
        let (id, verb, noun, named) = (&component.id, row.verb, row.noun, row.named);
        let article = if named.starts_with('a') { "an" } else { "a" };
        let what = if is_computed { "is known only at run time" } else { "its Wasm does not show" };
        let refusal = row.refusal;
        let message =
            format!("component `{id}` {verb} a {noun} by {article} {named} that {what}, and is granted none: {refusal} whatever it is");
        let diagnostic = out.about(component, grants::place_of(capability, component, cx.file).span, message);
        diagnostic.related = related;
        diagnostic.help = Some(format!("add `{}` with every {noun} that it may turn out to be", row.key));
    }
}
