//! Two dependencies of a component satisfy the same import.
//!
//! ## Why
//!
//! Two names of one package have to differ in their interfaces, or in versions that are not compatible. Spin refuses to start otherwise.
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
//! "shop:prices" = "1.0"
//! "shop:prices/list@1.2.0" = { path = "list.wasm" }
//! # <- `shop:prices/list@1.2.0` overlaps with `shop:prices`: Spin refuses to start
//! ```

use super::{Context, Evidence, Findings, FixAvailability, Rule};
use crate::diagnostic::{Place, Related, Severity};
use crate::manifest::DependencyName;

pub(super) const RULE: Rule =
    Rule { severity: Severity::Error, fix: FixAvailability::Never, by: Evidence::Text, since: "0.1.0", is_on: true, check };

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    for component in &cx.manifest.components {
        let dependencies = component.dependencies();
        for (index, later) in dependencies.iter().enumerate() {
            let Some(name) = DependencyName::of(&later.name.value) else { continue };
            let earlier = dependencies[..index]
                .iter()
                .find(|earlier| DependencyName::of(&earlier.name.value).is_some_and(|other| name.overlaps(&other)));
            if let Some(earlier) = earlier {
                let message = format!("`{}` overlaps with `{}`: Spin refuses to start", later.name.value, earlier.name.value);
                let diagnostic = out.about(component, later.name.span, message);
                let place = Place { file: cx.file.clone(), span: earlier.name.span };
                diagnostic.related.push(Related { place, message: "the other one".to_owned() });
            }
        }
    }
}
