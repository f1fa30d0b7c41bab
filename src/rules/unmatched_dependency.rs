//! A dependency satisfies no import of its component, or its Wasm exports nothing that could.
//!
//! ## Why
//!
//! Spin composes a component with its dependencies as it starts: each has to be named as the Wasm imports it, and has to export what is
//! imported, under the same name unless `export` says another. Spin refuses to start otherwise. A build may change what the Wasm imports, so this
//! is a warning; with `--built` it is an error. Of a core module, which Spin makes a component first, nothing is said.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/...", component = "cart" }]
//! [component.cart]
//! source = "cart.wasm"
//! [component.cart.dependencies]
//! "shop:price/list" = { component = "prices" }
//! # <- the Wasm of component `cart` imports no `shop:price/list`: Spin refuses to start
//! "shop:taxes/rate" = { component = "prices" }
//! #                   ^^^^^^^^^^^^^^^^^^^^^^^^ this dependency exports no `shop:taxes/rate@1.0.0`: Spin refuses to start
//! [component.prices]
//! source = "prices.wasm"
//! ```
//!
//! ```facts
//! {
//!   "cart": { "imports": ["shop:prices/list@1.0.0", "shop:taxes/rate@1.0.0", "wasi:io/poll@0.2.0"], "exports": [] },
//!   "prices": { "imports": [], "exports": ["shop:prices/list@1.0.0"] }
//! }
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
//! [component.cart.dependencies]
//! "shop:prices/list@1.0.0" = { component = "prices" }
//! "shop:taxes/rate" = { component = "prices" }
//! [component.prices]
//! source = "prices.wasm"
//! ```

use super::{Context, Evidence, Findings, FixAvailability, Rule};
use crate::capability;
use crate::diagnostic::{Diagnostic, Edits, Fix, Safety, Severity};
use crate::edit;
use crate::facts::wasm::World;
use crate::grants;
use crate::manifest::{Component, Dependency, DependencyName, Version, means_import};
use crate::schema::format::Format;
use crate::syntax::Node;
use crate::text::nearest;

pub(super) const RULE: Rule = Rule {
    severity: Severity::Warning,
    fix: FixAvailability::Sometimes(Safety::Unsafe),
    by: Evidence::Code,
    since: "0.1.0",
    is_on: true,
    check,
};

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    // What is composed into others can have no dependencies, and version 1 has none.
    let may_have_some =
        |component: &&Component<'_>| cx.manifest.version == Version::Two && cx.manifest.parents(&component.id).next().is_none();
    for component in cx.manifest.components.iter().filter(may_have_some) {
        let world = cx.facts.component(&component.id).wasm.read().and_then(|wasm| wasm.module.world.as_ref());
        let Some(world) = world else { continue };
        // What nothing runs, Spin does not compose.
        let severity = cx.until_built(RULE.severity, cx.manifest.is_reached(component));
        let dependencies = component.dependencies();
        for dependency in dependencies.iter().filter(|dependency| is_readable(dependency)) {
            let mut matched = world.imports.iter().filter(|import| means_import(&dependency.name.value, import)).peekable();
            if matched.peek().is_none() {
                let diagnostic = unmatched(out, component, dependency, &dependencies, world);
                diagnostic.severity = severity;
                continue;
            }
            let Some(wasm) = grants::wasm_of_dependency(cx.facts, dependency) else { continue };
            let Some(exports) = wasm.module.world.as_ref().map(|world| &world.exports) else { continue };
            let named = dependency.node.as_table().and_then(|table| table.get("export")).and_then(Node::as_str);
            if let Some(import) = matched.find(|import| !exports.iter().any(|export| export == named.unwrap_or(import))) {
                let wanted = named.unwrap_or(import);
                let message = format!("this dependency exports no `{wanted}`: Spin refuses to start");
                let diagnostic = out.about(component, dependency.node.span, message);
                diagnostic.help = Some(match exports.as_slice() {
                    [] => "its Wasm exports nothing".to_owned(),
                    exports => format!("its Wasm exports {}; name one by `export`", quoted(exports)),
                });
                diagnostic.severity = severity;
            }
        }
    }
}

fn unmatched<'o>(
    out: &'o mut Findings<'_>,
    component: &Component<'_>,
    dependency: &Dependency<'_>,
    all: &[Dependency<'_>],
    world: &World,
) -> &'o mut Diagnostic {
    let (id, name) = (&component.id, &dependency.name);
    let message = format!("the Wasm of component `{id}` imports no `{}`: Spin refuses to start", name.value);
    let diagnostic = out.about(component, name.span, message);
    let others: Vec<String> = world.imports.iter().filter(|import| !capability::is_of_hosts(import)).cloned().collect();
    let bare = |import: &String| import.split('@').next().unwrap_or_default().to_owned();
    let names: Vec<String> = others.iter().map(bare).collect();
    let meant = nearest(&bare(&name.value), names.iter().map(String::as_str));
    let meant = meant.and_then(|meant| others.iter().find(|import| bare(import) == meant));
    diagnostic.help = Some(match (meant, others.is_empty()) {
        (Some(meant), _) => format!("did you mean `{meant}`?"),
        (None, true) => "it imports nothing that a dependency could satisfy: build the component with the import".to_owned(),
        (None, false) => format!("it imports {}", quoted(&others)),
    });
    let is_taken = |meant: &str| {
        let mut others = all.iter().filter(|other| other.name.span != name.span);
        others.any(|other| match (DependencyName::of(meant), DependencyName::of(&other.name.value)) {
            (Some(meant), Some(other)) => meant.overlaps(&other),
            _ => meant == other.name.value,
        })
    };
    let edits = meant.filter(|meant| !is_taken(meant)).and_then(|meant| Edits::new(vec![edit::rename_key(name.span, meant)]));
    diagnostic.fix = edits.map(|edits| Fix::risky(format!("name `{}`", meant.map_or("", String::as_str)), edits));
    diagnostic
}

/// Whether Spin gets as far as composing: another rule tells of names and versions that it cannot read.
fn is_readable(dependency: &Dependency<'_>) -> bool {
    let version = dependency.node.as_str();
    Format::DependencyName.check(&dependency.name.value).is_ok() && version.is_none_or(|version| semver::VersionReq::parse(version).is_ok())
}

fn quoted(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use crate::harness::{APP, silent_facts};

    const FACTS: &str =
        r#"{ "cart": { "imports": ["shop:prices/list@1.0.0"], "exports": [] }, "prices": { "imports": [], "exports": [] } }"#;

    fn app(dependencies: &str) -> String {
        format!("{APP}[component.cart]\nsource = \"cart.wasm\"\n{dependencies}\n[component.prices]\nsource = \"prices.wasm\"\n")
    }

    #[test]
    fn what_spin_does_not_come_to_compose_is_another_rules() {
        for dependencies in [
            "dependencies.\"shop:taxes/rate@1.0\" = { component = \"prices\" }",
            "dependencies.\"shop:taxes\" = \"./taxes.wasm\"",
            "dependencies.\"shop:prices\" = \"1.0\"",
        ] {
            silent_facts(&app(dependencies), FACTS, "unmatched-dependency");
        }
    }

    #[test]
    fn what_is_composed_into_others_has_no_dependencies() {
        let text = app("dependencies.\"shop:rates\" = \"1.0\"") + "dependencies.\"shop:taxes\" = { component = \"cart\" }\n";
        silent_facts(&text, r#"{ "cart": { "imports": ["shop:prices/list@1.0.0"], "exports": [] } }"#, "unmatched-dependency");
    }

    #[test]
    fn a_core_module_is_made_a_component_first() {
        let text = app("dependencies.\"shop:taxes\" = \"1.0\"");
        silent_facts(&text, r#"{ "cart": { "imports": ["shop:prices/list@1.0.0"] } }"#, "unmatched-dependency");
    }
}
