//! A part of a route looks as if it stood for something, and Spin takes it letter by letter.
//!
//! ## Why
//!
//! In Spin's routes `:name` stands for one segment and `/...` at the end for everything below. `{name}`, `<name>`, dots elsewhere, a query and a star
//! behind other letters match only themselves, so that the route answers next to nothing.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! [[trigger.http]]
//! route = "/items/{id}"
//! #               ^^^^ `{id}` is matched letter by letter
//! component = "cart"
//! [[trigger.http]]
//! route = "/static..."
//! #         ^^^^^^^^^ `static...` is matched letter by letter
//! component = "cart"
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
//! route = "/items/:id"
//! component = "cart"
//! [[trigger.http]]
//! route = "/static/..."
//! component = "cart"
//! [component.cart]
//! source = "cart.wasm"
//! ```

use super::{Context, Evidence, Findings, FixAvailability, Rule};
use crate::diagnostic::{Edit, Edits, Fix, Safety, Severity};
use crate::routes::Route;

pub(super) const RULE: Rule = Rule {
    severity: Severity::Warning,
    fix: FixAvailability::Sometimes(Safety::Unsafe),
    by: Evidence::Text,
    since: "0.1.0",
    is_on: true,
    check,
};

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    for node in cx.manifest.triggers.iter().filter_map(|trigger| trigger.route) {
        let Some(route) = node.as_str().filter(|route| Route::parse(route).is_ok()) else { continue };
        let mut at = 0;
        let segments: Vec<&str> = route.split('/').collect();
        let last = segments.iter().rposition(|segment| !segment.is_empty());
        for (index, segment) in segments.iter().enumerate() {
            let bytes = at..at + segment.len();
            at = bytes.end + 1;
            let Some(meant) = meant(segment, last == Some(index)) else { continue };
            let span = node.span.part(cx.text(), route, bytes);
            let diagnostic = out.report(span, format!("`{segment}` is matched letter by letter"));
            diagnostic.help = Some(match &meant {
                Meant::Other(text) => format!("write `{text}`"),
                Meant::Unclear(told) => (*told).to_owned(),
            });
            if let Meant::Other(text) = meant
                && span != node.span
            {
                let edits = Edits::new(vec![Edit::replace(span, text.as_str())]);
                diagnostic.fix = edits.map(|edits| Fix::risky(format!("write `{text}`"), edits));
            }
        }
    }
}

/// What a segment may have been meant to be.
enum Meant {
    /// This.
    Other(String),
    /// Something that this tells of.
    Unclear(&'static str),
}

fn meant(segment: &str, is_last: bool) -> Option<Meant> {
    let between = |open, close| segment.strip_prefix(open)?.strip_suffix(close);
    let is_name = |name: &&str| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
    if let Some(name) = between('{', '}').or_else(|| between('<', '>')).or_else(|| between('[', ']')).filter(is_name) {
        return Some(Meant::Other(format!(":{name}")));
    }
    match segment {
        "..." if is_last => None,
        "..." => Some(Meant::Unclear("`...` stands for everything below only at the end of a route")),
        _ if is_last && (segment.ends_with("...") || segment.ends_with('*')) && !segment.starts_with([':', '*']) => {
            Some(Meant::Other(format!("{}/...", segment.trim_end_matches(['.', '*']))))
        }
        _ if segment.contains('?') => Some(Meant::Unclear("a route says nothing about the query")),
        _ => None,
    }
}
