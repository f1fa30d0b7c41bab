//! Two components of a version 1 manifest have ids that become one.
//!
//! ## Why
//!
//! Spin makes version 1 ids into version 2 ids: `_` becomes `-`, and capitals small letters. Of two that are the same then the last one takes the
//! other's place, without a word.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = "1"
//! name = "shop"
//! trigger = { type = "http" }
//! [[component]]
//! id = "price_list"
//! #    ^^^^^^^^^^^^ this and "price-list" are one component for Spin: the last takes its place
//! source = "a.wasm"
//! trigger = { route = "/a" }
//! [[component]]
//! id = "price-list"
//! source = "b.wasm"
//! trigger = { route = "/b" }
//! ```

use super::{Context, Evidence, Findings, FixAvailability, Rule};
use crate::diagnostic::{Place, Related, Severity};
use crate::manifest::Version;
use crate::schema::format::Format;

pub(super) const RULE: Rule =
    Rule { severity: Severity::Warning, fix: FixAvailability::Never, by: Evidence::Text, since: "0.1.0", is_on: true, check };

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    if cx.manifest.version == Version::Two {
        return;
    }
    for (index, component) in cx.manifest.components.iter().enumerate() {
        let later = cx.manifest.components[index + 1..]
            .iter()
            .rfind(|later| Format::normalized_id(&later.id) == Format::normalized_id(&component.id));
        if let Some(later) = later {
            let message = format!("this and \"{}\" are one component for Spin: the last takes its place", later.id);
            let diagnostic = out.about(component, component.place, message);
            let place = Place { file: cx.file.clone(), span: later.place };
            diagnostic.related.push(Related { place, message: "the last".to_owned() });
        }
    }
}
