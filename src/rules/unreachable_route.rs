//! A route is never reached, because another one takes all its requests.
//!
//! ## Why
//!
//! `/a` and `/a/`, and `/:id` and `/:name`, are the same route for Spin, and only one of them ever answers; of two that are spelled alike it is the
//! last. Paths below `/.well-known/spin/` Spin answers itself. A route below a wildcard is none of these: the more exact one answers.
//!
//! ## Example
//!
//! ```toml
//! spin_manifest_version = 2
//! application.name = "shop"
//! [[trigger.http]]
//! route = "/items/:id"
//! component = "cart"
//! [[trigger.http]]
//! route = "/items/:name"
//! #       ^^^^^^^^^^^^^^ route "/items/:name" is never reached: "/items/:id" takes its requests
//! component = "prices"
//! [[trigger.http]]
//! route = "/.well-known/spin/cart"
//! #       ^^^^^^^^^^^^^^^^^^^^^^^^ route "/.well-known/spin/cart" is never reached: Spin itself answers below "/.well-known/spin/"
//! component = "cart"
//! [component.cart]
//! source = "cart.wasm"
//! [component.prices]
//! source = "prices.wasm"
//! ```

use std::cell::LazyCell;
use std::collections::HashMap;

use super::{Context, Evidence, Findings, FixAvailability, Rule};
use crate::diagnostic::{Place, Related, Severity, Tag};
use crate::routes::{Route, Routes};
use crate::syntax::Node;

pub(super) const RULE: Rule =
    Rule { severity: Severity::Warning, fix: FixAvailability::Never, by: Evidence::Text, since: "0.1.0", is_on: true, check };

/// What Spin itself answers.
const RESERVED: &str = "/.well-known/spin/";

/// A name that no route has by itself.
const SAMPLE: &str = "spinlint-1";

fn check(cx: &Context<'_>, out: &mut Findings<'_>) {
    let named = cx.manifest.triggers.iter().filter_map(|trigger| trigger.route);
    let routes: Vec<(&Node, &str, Route)> =
        named.filter_map(|node| node.as_str().and_then(|source| Some((node, source, Route::parse(source).ok()?)))).collect();
    // Only a route that is the same but for the names of its parameters takes all of another's requests.
    let keys: Vec<_> = routes.iter().map(|(_, _, route)| (route.example(SAMPLE), route.prefix())).collect();
    let mut alike: HashMap<_, usize> = HashMap::new();
    keys.iter().for_each(|key| *alike.entry(key).or_default() += 1);
    let router = LazyCell::new(|| Routes::of(routes.iter().map(|(node, source, route)| (*source, route.clone(), *node))));
    for ((node, source, route), key) in routes.iter().zip(&keys) {
        if route.example("x").starts_with(RESERVED) {
            let message = format!("route \"{source}\" is never reached: Spin itself answers below \"{RESERVED}\"");
            out.report(node.span, message).tag = Some(Tag::Unnecessary);
            continue;
        }
        if alike.get(key).is_none_or(|count| *count < 2) {
            continue;
        }
        let winners = samples(route).into_iter().map(|path| router.answering(&path).map(|found| *found.owner));
        let Some(winners) = winners.collect::<Option<Vec<&Node>>>() else { continue };
        let first = winners[0];
        if winners.iter().any(|winner| winner.span == node.span || winner.span != first.span) {
            continue;
        }
        let other = first.as_str().unwrap_or_default();
        let message = format!("route \"{source}\" is never reached: \"{other}\" takes its requests");
        let diagnostic = out.report(node.span, message);
        diagnostic.tag = Some(Tag::Unnecessary);
        diagnostic
            .related
            .push(Related { place: Place { file: cx.file.clone(), span: first.span }, message: "the route that answers".to_owned() });
        diagnostic.help = Some("give the two different routes, or remove one".to_owned());
    }
}

/// Paths that stand for all that a route matches: names that no route has by itself, and of what `/...` stands for nothing, little and much.
fn samples(route: &Route) -> Vec<String> {
    let named = [SAMPLE, "spinlint-2"].map(|name| route.example(name));
    match route.prefix() {
        Some(prefix) => {
            let deep = format!("{}/spinlint-3/4", named[0]);
            Vec::from(named).into_iter().chain([prefix, deep]).collect()
        }
        None => named.into(),
    }
}

#[cfg(test)]
mod tests {
    use crate::harness::{findings, silent};

    fn with(routes: &[&str]) -> String {
        let triggers: String = routes.iter().map(|route| format!("[[trigger.http]]\nroute = \"{route}\"\ncomponent = \"a\"\n")).collect();
        format!("spin_manifest_version = 2\napplication.name = \"a\"\n{triggers}[component.a]\nsource = \"a.wasm\"\n")
    }

    #[test]
    fn what_is_more_exact_answers_and_the_rest_is_reached() {
        silent(&with(&["/...", "/a", "/a/...", "/a/:id", "/:x", "/:x/...", "/:x/b"]), "unreachable-route");
    }

    #[test]
    fn equal_routes_are_told_once() {
        for pair in [["/a", "/a/"], ["/a", "/a"], ["/a/...", "/a/*"], ["a", "/a"], ["/...", "..."]] {
            assert_eq!(findings(&with(&pair), &[], "unreachable-route").len(), 1, "{pair:?}");
        }
    }
}
