//! Requests on their way to a component: the headers that Spin adds and takes away.

use std::net::SocketAddr;

use http::header::{CONNECTION, HOST, HeaderName, HeaderValue};
use http::{Request, Uri};

use crate::hosts::internal_component;

/// How a request came to its component.
pub(super) struct Matched<'a> {
    /// The route, as the manifest has it.
    pub route: &'a str,
    /// The names in it with what stands in their places.
    pub params: &'a [(String, String)],
    /// What its end takes.
    pub rest: &'a str,
}

/// Takes away what is the server's business alone.
pub(super) fn strip<B>(request: &mut Request<B>) {
    let headers = request.headers_mut();
    let is_internal = headers.get(HOST).and_then(|host| host.to_str().ok()).is_some_and(|host| {
        let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
        internal_component(name).is_some()
    });
    if is_internal {
        headers.remove(HOST);
    }
    headers.remove(CONNECTION);
}

/// Gives a request the whole address that it was sent to. None if it does not say which host it means.
pub(super) fn complete<B>(request: &mut Request<B>) -> Option<()> {
    let mut parts = request.uri().clone().into_parts();
    let host = match request.headers().get(HOST) {
        Some(host) => Some(host.to_str().ok()?.parse().ok()?),
        None => None,
    };
    if let (Some(named), Some(known)) = (&host, &parts.authority)
        && named != known
    {
        return None;
    }
    parts.authority = Some(host.or(parts.authority)?);
    parts.scheme = Some(http::uri::Scheme::HTTP);
    if parts.path_and_query.is_none() {
        parts.path_and_query = Some("/".parse().ok()?);
    }
    *request.uri_mut() = Uri::from_parts(parts).ok()?;
    Some(())
}

/// Adds what Spin tells a component about its request. None if the request has a header that is not UTF-8: Spin passes it to no component.
pub(super) fn add_headers<B>(request: &mut Request<B>, matched: &Matched<'_>, client: SocketAddr) -> Option<()> {
    if request.headers().values().any(|value| str::from_utf8(value.as_bytes()).is_err()) {
        return None;
    }
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    let host = request.headers().get(HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    let full_url = format!("{}://{host}{path}", request.uri().scheme_str().unwrap_or("http"));
    let route = matched.route;
    let based = format!("/{}", route.strip_prefix('/').unwrap_or(route));
    let based = based.strip_suffix('/').unwrap_or(&based);
    let client = client.to_string();
    let mut add = |name: HeaderName, value: &str| {
        // What cannot be a header is left out, as in Spin.
        if let Ok(value) = HeaderValue::from_bytes(value.as_bytes()) {
            // Behind what a client sends under the same name, as in Spin.
            request.headers_mut().append(name, value);
        }
    };
    add(HeaderName::from_static("spin-path-info"), matched.rest);
    add(HeaderName::from_static("spin-full-url"), &full_url);
    add(HeaderName::from_static("spin-matched-route"), based);
    add(HeaderName::from_static("spin-base-path"), "/");
    add(HeaderName::from_static("spin-raw-component-route"), route);
    add(HeaderName::from_static("spin-component-route"), route.strip_suffix("/...").unwrap_or(route));
    add(HeaderName::from_static("spin-client-addr"), &client);
    for (name, value) in matched.params {
        let name = format!("spin-path-match-{}", name.to_ascii_lowercase().replace('_', "-"));
        if let Ok(name) = HeaderName::try_from(name) {
            add(name, value);
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_client_sends_under_a_name_of_spins_stays_before_it() {
        let request = Request::builder().uri("/a").header("host", "a.example").header("spin-path-info", "/forged");
        let mut request = request.body(()).unwrap();
        complete(&mut request).unwrap();
        let matched = Matched { route: "/...", params: &[], rest: "/a" };
        add_headers(&mut request, &matched, "127.0.0.1:4000".parse().unwrap()).unwrap();
        let values: Vec<_> = request.headers().get_all("spin-path-info").iter().collect();
        assert_eq!(values, ["/forged", "/a"]);
    }

    #[test]
    fn a_header_that_is_not_utf_8_goes_to_no_component() {
        let mut request = Request::builder().uri("/a").header("x-name", &b"\xff"[..]).body(()).unwrap();
        let matched = Matched { route: "/...", params: &[], rest: "/a" };
        assert!(add_headers(&mut request, &matched, "127.0.0.1:4000".parse().unwrap()).is_none());
    }

    #[test]
    fn components_are_told_what_spin_tells_them() {
        let request = Request::builder().uri("/shop/ann/items/3?x=1").header("host", "a.example").header("connection", "close");
        let mut request = request.body(()).unwrap();
        strip(&mut request);
        complete(&mut request).unwrap();
        let params = [("user_name".to_owned(), "ann".to_owned())];
        let matched = Matched { route: "/shop/:user_name/...", params: &params, rest: "/items/3" };
        add_headers(&mut request, &matched, "127.0.0.1:4000".parse().unwrap()).unwrap();
        let header = |name: &str| request.headers().get(name).map(|value| value.to_str().unwrap());
        let expected = [
            ("spin-path-info", "/items/3"),
            ("spin-full-url", "http://a.example/shop/ann/items/3?x=1"),
            ("spin-matched-route", "/shop/:user_name/..."),
            ("spin-base-path", "/"),
            ("spin-raw-component-route", "/shop/:user_name/..."),
            ("spin-component-route", "/shop/:user_name"),
            ("spin-client-addr", "127.0.0.1:4000"),
            ("spin-path-match-user-name", "ann"),
        ];
        for (name, value) in expected {
            assert_eq!(header(name), Some(value), "{name}");
        }
        assert_eq!(header("connection"), None);
        assert_eq!(request.uri(), "http://a.example/shop/ann/items/3?x=1");
    }

    #[test]
    fn a_request_has_to_say_which_host_it_means() {
        let of = |uri: &str, host: Option<&str>| {
            let builder = Request::builder().uri(uri);
            let mut request = host.into_iter().fold(builder, |builder, host| builder.header("host", host)).body(()).unwrap();
            strip(&mut request);
            complete(&mut request).map(|()| request.uri().to_string())
        };
        assert_eq!(of("/x", None), None);
        assert_eq!(of("http://a/x", Some("b")), None);
        assert_eq!(of("http://a/x", Some("a")).as_deref(), Some("http://a/x"));
        // Nobody outside is a component of the app.
        assert_eq!(of("/x", Some("cart.spin.internal")), None);
    }
}
