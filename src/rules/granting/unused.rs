//! Grants that a component's Wasm proves it never uses.

use super::{is_used, pairs};
use crate::capability::Capability;
use crate::diagnostic::{Edits, Fix, Related, Tag};
use crate::edit;
use crate::facts::WasmFacts;
use crate::grants::Opens;
use crate::manifest::Component;
use crate::rules::{Context, Findings};
use crate::syntax::Value;

/// Reports the grants of a capability that a fresh Wasm proves unused.
pub(in crate::rules) fn unused(cx: &Context<'_>, out: &mut Findings<'_>, capability: Capability) {
    let row = capability.row();
    let misspelled = pairs(cx, capability);
    for component in &cx.manifest.components {
        let facts = cx.facts.component(&component.id);
        let (Some(wasm), Some(grants)) = (facts.wasm.read(), component.grants(row.key)) else { continue };
        let others_may_use_it = cx.manifest.composed_with(component).next().is_some() || component.has_profile_sources();
        let opens = Opens::of(capability, facts);
        if others_may_use_it || !opens.computed.is_empty() {
            continue;
        }
        for (index, label) in grants.labels.iter().enumerate() {
            // What the sources use, a Wasm that was made before proves nothing about.
            if is_used(capability, &opens, &label.value) {
                continue;
            }
            let is_misspelled = misspelled.iter().any(|pair| pair.span == label.span);
            let Some(proof) = proof(capability, wasm, &opens, &label.value).filter(|_| !is_misspelled) else { continue };
            let (id, noun, verb) = (&component.id, row.noun, row.verb);
            let message = format!("component `{id}` never {verb} {noun} \"{}\": its Wasm {proof}", label.value);
            let diagnostic = out.about(component, label.span, message);
            diagnostic.label = Some(label.value.clone());
            diagnostic.related = vec![Related { place: wasm.place.clone(), message: proof }];
            diagnostic.tag = Some(Tag::Unnecessary);
            diagnostic.help = Some("remove the grant if nothing else needs it".to_owned());
            let edits = removal(cx, capability, component, index);
            diagnostic.fix = edits.map(|edits| Fix::risky(format!("remove the grant of \"{}\"", label.value), edits));
        }
    }
}

/// What proves that a grant is never used, if something does.
fn proof(capability: Capability, wasm: &WasmFacts, opens: &Opens, grant: &str) -> Option<String> {
    let row = capability.row();
    let mut imports = wasm.module.imports_of(capability);
    // Hosts are told by what connects to them, and never by what is connected to: an HTTP request shows no address.
    if capability == Capability::Hosts {
        let scheme = grant.split_once("://").map(|(scheme, _)| scheme).filter(|scheme| !scheme.contains("{{"))?;
        let protocols = imports.filter_map(|import| capability.interface(import)?.protocol);
        let mut schemes = protocols.flat_map(|protocol| protocol.schemes().iter().copied());
        return match scheme {
            "*" => schemes.next().is_none().then(|| format!("imports no {}", row.imported)),
            scheme if !crate::hosts::SCHEMES.contains(&scheme) => None,
            scheme => schemes.all(|known| known != scheme).then(|| format!("imports no {} by `{scheme}`", row.imported)),
        };
    }
    if imports.next().is_none() {
        return Some(format!("imports no {}", row.imported));
    }
    // Everything at once can be read there, by no name.
    let reads_all = wasm.module.imports_of(capability).any(|import| import.starts_with("wasi:config/"));
    let shows_all = !wasm.module.is_interpreter && wasm.module.labels_of(capability).is_complete && !reads_all;
    shows_all.then(|| {
        let known: Vec<String> = opens.known.iter().map(|need| format!("\"{}\"", need.label)).collect();
        format!("{} only {}", row.verb, known.join(", "))
    })
}

fn removal(cx: &Context<'_>, capability: Capability, component: &Component<'_>, index: usize) -> Option<Edits> {
    let entry = component.table.entry(capability.row().key)?;
    match &entry.node.value {
        Value::Table(table) => edit::remove_entry(cx.text(), table.entries.get(index)?).and_then(|edit| Edits::new(vec![edit])),
        _ => edit::remove_item(cx.text(), &entry.node, index),
    }
}
