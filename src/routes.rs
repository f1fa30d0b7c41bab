//! The grammar of HTTP routes: which paths a trigger answers, and which of several triggers does.
//!
//! Spin's router is the crate routefinder with a syntax of its own in front ([crates/routes] of Spin); so is this.

use std::collections::BTreeMap;

use routefinder::{RouteSpec, Router, Segment};

/// A route that Spin can match requests against.
#[derive(Clone, Debug)]
pub struct Route {
    spec: RouteSpec,
}

/// Why a route is none that Spin starts with all the same: its router panics at the first request that meets it.
pub const WILDCARD_INSIDE: &str = "has a `*` that is not at its end";

/// Another reason of that kind: where a name ends, the router looks for a byte, and the next part begins with none that it finds.
pub const UNMATCHABLE: &str = "cannot be matched by Spin's router";

impl Route {
    /// Reads a `route`. The error says what is wrong with it, as the end of a sentence that begins with the route.
    pub fn parse(source: &str) -> Result<Route, String> {
        // Spin adds a leading slash and drops a trailing one; routefinder trims both.
        let trimmed = source.trim_end_matches('/');
        let spec = match trimmed.strip_suffix("/...") {
            Some(prefix) => format!("{prefix}/*").parse::<RouteSpec>(),
            None if trimmed == "..." => "*".parse(),
            None => trimmed.parse(),
        };
        let spec = spec.map_err(|_| match trimmed.contains("/:/") || trimmed.ends_with("/:") || trimmed == ":" {
            true => "has a `:` without a name".to_owned(),
            false => "has a name behind its `*`".to_owned(),
        })?;
        let mut rest = spec.segments().iter().peekable();
        while let Some(segment) = rest.next() {
            match (segment, rest.peek()) {
                (Segment::Wildcard, Some(_)) => return Err(WILDCARD_INSIDE.to_owned()),
                (Segment::Param(_), Some(Segment::Exact(_) | Segment::Param(_) | Segment::Wildcard)) => {
                    return Err(UNMATCHABLE.to_owned());
                }
                _ => {}
            }
        }
        Ok(Route { spec })
    }

    /// Whether the route matches a path.
    pub fn matches(&self, path: &str) -> bool {
        self.spec.matches(path).is_some()
    }

    /// What stands before a final `/...`, with its slash; none for a route that has no such end.
    pub fn prefix(&self) -> Option<String> {
        let (last, before) = self.spec.segments().split_last()?;
        let text: String = before.iter().map(text).collect();
        (*last == Segment::Wildcard).then(|| format!("/{text}"))
    }

    /// The names of the `:name` segments.
    pub fn params(&self) -> impl Iterator<Item = &str> {
        self.spec.segments().iter().filter_map(|segment| match segment {
            Segment::Param(name) => Some(name.as_str()),
            _ => None,
        })
    }

    /// A path that the route matches, with a name for each `:name` and for what `/...` stands for.
    pub fn example(&self, name: &str) -> String {
        let segments = self.spec.segments().iter().map(|segment| match segment {
            Segment::Param(_) | Segment::Wildcard => name.to_owned(),
            other => text(other),
        });
        format!("/{}", segments.collect::<String>())
    }

    /// A path that both routes match. None is no proof that there is none.
    pub fn common(&self, other: &Route) -> Option<String> {
        let (mut mine, mut others) = (self.spec.segments(), other.spec.segments());
        let mut path = "/".to_owned();
        loop {
            match (mine, others) {
                // A final wildcard matches nothing, too.
                ([], rest) | (rest, []) if matches!(rest, [] | [Segment::Wildcard] | [Segment::Slash, Segment::Wildcard]) => break,
                ([] | [Segment::Wildcard], rest) | (rest, [] | [Segment::Wildcard]) => {
                    path.extend(rest.iter().map(text));
                    break;
                }
                ([Segment::Param(_), my_rest @ ..], [segment, their_rest @ ..]) | ([segment, my_rest @ ..], [_, their_rest @ ..]) => {
                    path.push_str(&text(segment));
                    (mine, others) = (my_rest, their_rest);
                }
            }
        }
        (self.matches(&path) && other.matches(&path)).then_some(path)
    }
}

/// A segment as a path has it: whatever stands for a parameter is a name that no route has.
fn text(segment: &Segment) -> String {
    match segment {
        Segment::Slash => "/".to_owned(),
        Segment::Dot => ".".to_owned(),
        Segment::Exact(text) => text.to_string(),
        Segment::Param(name) => format!(":{name}"),
        Segment::Wildcard => "*".to_owned(),
    }
}

/// The routes of an app.
pub struct Routes<T>(Router<T>);

impl<T> Routes<T> {
    /// Gathers routes in the order of the manifest. Of several that are spelt the same Spin keeps the last one's owner, in the
    /// place of the first.
    pub fn of<'r>(routes: impl IntoIterator<Item = (&'r str, Route, T)>) -> Routes<T> {
        let mut known: BTreeMap<&str, usize> = BTreeMap::new();
        let mut kept: Vec<(Route, T)> = Vec::new();
        for (source, route, owner) in routes {
            match known.get(source) {
                Some(&index) => kept[index] = (route, owner),
                None => {
                    known.insert(source, kept.len());
                    kept.push((route, owner));
                }
            }
        }
        let mut router = Router::new();
        for (route, owner) in kept {
            // A spec that is parsed already is not refused.
            let _ = router.add(route.spec, owner);
        }
        Routes(router)
    }

    /// The owners of the routes that match a path; the first one answers.
    pub fn matching<'t>(&'t self, path: &'t str) -> impl Iterator<Item = &'t T> {
        self.0.match_iter(path).map(|found| found.handler())
    }

    /// The owners of all routes.
    pub fn owners(&self) -> impl Iterator<Item = &T> {
        self.0.iter().map(|(_, owner)| owner)
    }

    /// The route that answers a path.
    pub fn answering(&self, path: &str) -> Option<Found<'_, T>> {
        let found = self.0.best_match(path)?;
        let captures = found.captures();
        let params = captures.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        // Slashes at the end count for Spin's components, and not for routefinder.
        let rest = captures.wildcard().map(|rest| match (rest.is_empty(), path.ends_with('/')) {
            (true, false) => String::new(),
            (true, true) => "/".to_owned(),
            (false, false) => format!("/{rest}"),
            (false, true) => format!("/{rest}/"),
        });
        Some(Found { owner: found.handler(), params, rest: rest.unwrap_or_default() })
    }
}

/// A route that answers a path, and what it takes of it.
#[derive(Debug, PartialEq, Eq)]
pub struct Found<'r, T> {
    /// Whose route it is.
    pub owner: &'r T,
    /// The names of the route with what stands in their places.
    pub params: Vec<(String, String)>,
    /// What the end of the route takes; empty without such an end.
    pub rest: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(source: &str) -> Route {
        Route::parse(source).unwrap()
    }

    #[test]
    fn slashes_at_both_ends_make_no_difference_and_dots_match_everything_below() {
        for source in ["/a", "a", "/a/"] {
            assert!(route(source).matches("/a") && route(source).matches("/a/") && !route(source).matches("/a/b"), "{source}");
        }
        for source in ["/a/...", "a/*"] {
            assert!(route(source).matches("/a") && route(source).matches("/a/b/c") && !route(source).matches("/ab"), "{source}");
        }
        assert!(route("...").matches("/x/y") && route("/...").matches("/") && route("").matches("/"));
        assert!(!route("/a...").matches("/ab"));
    }

    #[test]
    fn what_spin_refuses_or_dies_of_is_no_route() {
        for bad in ["/a/*/b", "/*/...", "/a/:", "/*a", "/**"] {
            assert!(Route::parse(bad).is_err(), "{bad}");
        }
        for literal in ["/{id}", "/a:x", "/a?q", "/a b", "/.../b", "/a*"] {
            assert!(Route::parse(literal).is_ok(), "{literal}");
            assert!(route(literal).matches(&route(literal).example("x")), "{literal}");
        }
        // Whatever routefinder makes of other alphabets, it does not panic here.
        for odd in ["/é/:a/b", "/日本/:x.json", "/:a.b/:c"] {
            let _ = Route::parse(odd).map(|route| route.matches("/é/x/b"));
        }
    }

    #[test]
    fn common_paths_are_found_at_both_sides() {
        for (a, b) in [("/a/:x", "/:y/b"), ("/...", "/a"), ("/a/...", "/a/b/:c"), ("/a/...", "/a"), ("/:x", "/:y")] {
            assert!(route(a).common(&route(b)).is_some() && route(b).common(&route(a)).is_some(), "{a} {b}");
        }
        for (a, b) in [("/a", "/b"), ("/a/:x", "/b/:x"), ("/a/...", "/ab"), ("/:x", "/a/b")] {
            assert!(route(a).common(&route(b)).is_none(), "{a} {b}");
        }
    }

    #[test]
    fn the_more_exact_route_answers() {
        let all = ["/...", "/api/...", "/api/:id", "/api/list", "/api/list"];
        let routes = Routes::of(all.iter().enumerate().map(|(index, source)| (*source, route(source), index)));
        let matching = |path: &str| routes.matching(path).copied().collect::<Vec<_>>();
        assert_eq!(matching("/api/list"), [4, 2, 1, 0]);
        assert_eq!(matching("/api/7"), [2, 1, 0]);
        assert_eq!(matching("/api/7/x"), [1, 0]);
        assert_eq!(matching("/x"), [0]);
    }

    #[test]
    fn what_a_route_takes_of_a_path_is_known() {
        let all = ["/all/...", "/users/:user/:page"];
        let routes = Routes::of(all.iter().map(|source| (*source, route(source), *source)));
        let rest = |path: &str| routes.answering(path).map(|found| found.rest);
        assert_eq!(["/all", "/all/", "/all/a/b", "/all/a/"].map(rest), ["", "/", "/a/b", "/a/"].map(|rest| Some(rest.to_owned())));
        let found = routes.answering("/users/ann/2").unwrap();
        let params = [("user", "ann"), ("page", "2")].map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!((found.owner, found.params, found.rest), (&all[1], params.to_vec(), String::new()));
        assert_eq!(routes.answering("/elsewhere"), None);
    }
}
