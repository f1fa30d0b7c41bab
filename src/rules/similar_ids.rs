//! Two component ids differ in letter case or in a separator only.
//!
//! ## Why
//!
//! They are two components for Spin. Who writes the one and means the other gets no error.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! trigger.http = [{ route = "/...", component = "cart" }]
//! [component.cart]
//! source = "cart.wasm"
//! [component.CART]
//! #          ^^^^ `CART` differs from `cart` in its spelling only
//! source = "CART.wasm"
//! ```

use std::collections::HashMap;

use super::{Context, Evidence, Findings, FixAvailability, Rule};
use crate::diagnostic::{Place, Related, Severity};
use crate::manifest::Component;

pub(super) const RULE: Rule =
    Rule { severity: Severity::Info, fix: FixAvailability::Never, by: Evidence::Text, since: "0.1.0", is_on: true, check };

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    let plain = |id: &str| id.to_lowercase().replace(['-', '_'], "");
    let mut known: HashMap<String, &Component<'_>> = HashMap::new();
    for component in &cx.manifest.components {
        let id = &component.id;
        let first = *known.entry(plain(id)).or_insert(component);
        if let Some(other) = Some(first).filter(|other| other.id != *id) {
            let diagnostic = out.about(component, component.place, format!("`{id}` differs from `{}` in its spelling only", other.id));
            let place = Place { file: cx.file.clone(), span: other.place };
            diagnostic.related.push(Related { place, message: "the other one".to_owned() });
        }
    }
}
