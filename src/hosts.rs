//! The grammar of network grants: `allowed_outbound_hosts`, and the deprecated `allowed_http_hosts`.

mod destination;
mod redis_address;

pub use destination::{Destination, Protocol};
use ip_network::IpNetwork;
pub use redis_address::{is_redis_address, is_redis_url};
use url::{Host, Url};

/// The domain of the components of an app among themselves.
pub const INTERNAL_SUFFIX: &str = ".spin.internal";

/// The entry of `allowed_http_hosts` that grants everything and makes Spin look at no other.
pub const ALLOW_ALL: &str = "insecure:allow-all";

/// The schemes of `allowed_outbound_hosts` that have a port of their own.
pub const DEFAULT_PORTS: &[(&str, u16)] =
    &[("https", 443), ("http", 80), ("redis", 6379), ("postgres", 5432), ("mysql", 3306), ("mqtt", 1883)];

/// What Spin grants the components of a version 1 manifest that name no `allowed_outbound_hosts`.
pub const VERSION_1_DATABASES: &[&str] = &["redis://*:*", "mysql://*:*", "postgres://*:*"];

/// What Spin makes of an entry of `allowed_http_hosts`, which is a host with an optional port, or its `http` or `https` URL without a
/// path: entries of `allowed_outbound_hosts`. The error says what about it is wrong.
pub fn expand_http_host(entry: &str) -> Result<Vec<String>, String> {
    if entry == ALLOW_ALL {
        return Ok(["http://*:*", "https://*:*", "http://self"].map(str::to_owned).to_vec());
    }
    // `localhost:3000` would pass for a URL with the scheme `localhost`.
    let has_scheme = entry.contains("//");
    let url = if has_scheme { Url::parse(entry) } else { Url::parse(&format!("http://{entry}")) };
    let url = url.map_err(|error| format!("it is no host ({error})"))?;
    if has_scheme && !matches!(url.scheme(), "http" | "https") {
        return Err(format!("its scheme is `{}`, only `http` and `https` are taken here", url.scheme()));
    }
    let host = url.host_str().ok_or("it names no host")?;
    if url.path().len() > 1 {
        return Err("it has a path".to_owned());
    }
    // The app itself is asked by `http` alone, whatever the port.
    if host == "self" {
        return Ok(vec!["http://self".to_owned()]);
    }
    // The port of the entry's own scheme is none, and so each scheme has its own.
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    Ok(["http", "https"].map(|scheme| format!("{scheme}://{host}{port}")).to_vec())
}

/// What Spin makes of a whole `allowed_http_hosts`, without entries that are no host: of no other beside the one that grants everything.
pub fn expand_http_hosts<'e>(entries: impl Iterator<Item = &'e str> + Clone) -> Vec<String> {
    let is_all = entries.clone().any(|entry| entry == ALLOW_ALL);
    let counts = entries.filter(|entry| !is_all || *entry == ALLOW_ALL);
    counts.filter_map(|entry| expand_http_host(entry).ok()).flatten().collect()
}

/// An entry of `allowed_outbound_hosts`: `scheme://host[:port]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllowedHost {
    /// None for `*`. Compared as written: schemes of requests are in lower case.
    pub scheme: Option<String>,
    /// The hosts.
    pub host: HostPattern,
    /// The ports.
    pub ports: Ports,
}

/// Which hosts an entry grants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HostPattern {
    /// `*`
    Any,
    /// `self` and `self.alt`: the app's own routes.
    Own,
    /// `*.example.com`, here with its dot and without its star.
    Subdomains(String),
    /// A range of addresses.
    Network(IpNetwork),
    /// A domain or an address.
    One(Host),
}

/// Which ports an entry grants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ports {
    /// `*`
    Any,
    /// From the first up to the one before the second.
    Range(u16, u16),
    /// One port.
    One(u16),
}

/// The schemes that components connect by.
pub const SCHEMES: &[&str] = &["http", "https", "redis", "rediss", "mysql", "postgres", "mqtt", "mqtts", "tcp", "udp", "ws", "wss"];

impl AllowedHost {
    /// Reads an entry as Spin does. The error says what is wrong with it, as the end of a sentence that begins with the entry.
    pub fn parse(entry: &str) -> Result<AllowedHost, String> {
        let Some((scheme, rest)) = entry.trim().split_once("://") else {
            return Err("has no scheme, such as `https://` or `*://`".to_owned());
        };
        if rest.split('/').next().is_some_and(|authority| authority.contains('@')) {
            return Err("has no valid host (it begins with a user, and a grant is for the host alone)".to_owned());
        }
        let (host, port) = match rest.rsplit_once(':') {
            None => (rest, ""),
            // The colon may be one of an address.
            Some((_, tail)) if !tail.is_empty() && HostPattern::parse(rest).is_ok() => (rest, ""),
            Some((host, tail)) => match tail.split_once('/') {
                Some((_, path)) if !path.is_empty() => return Err("has a path".to_owned()),
                Some((port, _)) => (host, port),
                None => (host, tail),
            },
        };
        let ports = Ports::parse(port, scheme)?;
        if scheme != "*" && !scheme.chars().all(char::is_alphabetic) {
            return Err(format!("has the scheme `{scheme}`, and schemes are one name of letters or `*`"));
        }
        Ok(AllowedHost { scheme: (scheme != "*").then(|| scheme.to_owned()), host: HostPattern::parse(host)?, ports })
    }

    /// Whether a request to a host is granted; without a port it goes to that of its scheme.
    pub fn allows(&self, scheme: &str, host: &str, port: Option<u16>) -> bool {
        self.has_scheme(scheme) && self.host.allows(host) && self.ports.allows(port.or_else(|| default_port(scheme)))
    }

    /// Whether a request to the app's own routes is granted.
    pub fn allows_own(&self, scheme: &str) -> bool {
        self.has_scheme(scheme) && matches!(self.host, HostPattern::Any | HostPattern::Own)
    }

    /// The domain or address, if it grants just one.
    pub fn one(&self) -> Option<String> {
        match &self.host {
            HostPattern::One(host) => Some(host.to_string()),
            _ => None,
        }
    }

    /// Whether it grants names and no addresses.
    pub fn is_domain(&self) -> bool {
        matches!(&self.host, HostPattern::One(Host::Domain(_)) | HostPattern::Subdomains(_))
    }

    /// Whether it grants everything that another entry grants.
    pub fn covers(&self, other: &AllowedHost) -> bool {
        let scheme = self.scheme.is_none() || self.scheme == other.scheme;
        let host = match (&self.host, &other.host) {
            (HostPattern::Any, _) => true,
            (HostPattern::Subdomains(wide), HostPattern::Subdomains(narrow)) => narrow.ends_with(wide),
            (HostPattern::Subdomains(_) | HostPattern::Network(_), HostPattern::One(host)) => self.host.allows(&host.to_string()),
            (own, other) => own == other,
        };
        let ports = match (&self.ports, &other.ports) {
            (Ports::Any, _) => true,
            (Ports::Range(..), Ports::One(port)) => self.ports.allows(Some(*port)),
            (own, other) => own == other,
        };
        scheme && host && ports
    }

    /// Whether it grants requests to components of the app, by their names.
    pub fn is_internal(&self) -> bool {
        match &self.host {
            HostPattern::One(Host::Domain(domain)) => domain.ends_with(INTERNAL_SUFFIX),
            HostPattern::Subdomains(suffix) => suffix == INTERNAL_SUFFIX,
            _ => false,
        }
    }

    fn has_scheme(&self, scheme: &str) -> bool {
        self.scheme.as_deref().is_none_or(|own| own == scheme)
    }
}

impl HostPattern {
    fn parse(host: &str) -> Result<HostPattern, String> {
        let host = host.trim();
        match host {
            "*" => return Ok(HostPattern::Any),
            "self" | "self.alt" => return Ok(HostPattern::Own),
            _ if host.starts_with('{') => return Err("has a list of hosts, which Spin does not read: one entry for each".to_owned()),
            _ => {}
        }
        // Bits behind the prefix are dropped, not refused.
        if let Ok(network) = IpNetwork::from_str_truncate(host) {
            return Ok(HostPattern::Network(network));
        }
        let host = host.strip_suffix('/').unwrap_or(host);
        if host.contains('/') {
            return Err("has a path".to_owned());
        }
        let invalid = |error| format!("has no valid host ({error})");
        match host.strip_prefix("*.") {
            Some(domain) if domain.contains('*') => Err("has a `*` that is not at the beginning of its host".to_owned()),
            Some(domain) => match Host::parse(domain).map_err(invalid)? {
                Host::Domain(domain) => Ok(HostPattern::Subdomains(format!(".{domain}"))),
                _ => Err("has a `*` before an address".to_owned()),
            },
            None if host.contains('*') => Err("has a `*` that stands for a part of a name".to_owned()),
            None => Host::parse(host).map(HostPattern::One).map_err(invalid),
        }
    }

    fn allows(&self, host: &str) -> bool {
        let Ok(host) = Host::parse(host) else { return false };
        match (self, host) {
            (HostPattern::Any, _) => true,
            (HostPattern::One(own), host) => *own == host,
            (HostPattern::Subdomains(suffix), Host::Domain(domain)) => domain.ends_with(suffix),
            (HostPattern::Network(network), Host::Ipv4(address)) => network.contains(address),
            (HostPattern::Network(network), Host::Ipv6(address)) => network.contains(address),
            _ => false,
        }
    }
}

impl Ports {
    fn parse(port: &str, scheme: &str) -> Result<Ports, String> {
        let number = |text: &str| text.parse::<u16>().map_err(|_| format!("has the port `{port}`, which is no number up to 65535"));
        match port.split_once("..") {
            _ if port.is_empty() => {
                default_port(scheme).map(Ports::One).ok_or_else(|| format!("has no port, and `{scheme}` stands for none: `:*` grants all"))
            }
            _ if port == "*" => Ok(Ports::Any),
            _ if port.starts_with('{') => Err("has a list of ports, which Spin does not read: one entry for each".to_owned()),
            Some((first, end)) => Ok(Ports::Range(number(first)?, number(end)?)),
            None => number(port).map(Ports::One),
        }
    }

    fn allows(&self, port: Option<u16>) -> bool {
        match (self, port) {
            (Ports::Any, _) => true,
            (Ports::Range(first, end), Some(port)) => (*first..*end).contains(&port),
            (Ports::One(own), port) => Some(*own) == port,
            (Ports::Range(..), None) => false,
        }
    }
}

fn default_port(scheme: &str) -> Option<u16> {
    DEFAULT_PORTS.iter().find(|(known, _)| *known == scheme).map(|(_, port)| *port)
}

/// The component that a host of the app itself names: `cart` for `cart.spin.internal`.
pub fn internal_component(host: &str) -> Option<&str> {
    host.strip_suffix(INTERNAL_SUFFIX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_with_ports_and_urls_without_paths_are_taken() {
        let rows: [(&str, &[&str]); 8] = [
            ("example.com", &["http://example.com", "https://example.com"]),
            ("https://a.example:8080/", &["http://a.example:8080", "https://a.example:8080"]),
            ("example.com:80", &["http://example.com", "https://example.com"]),
            ("https://example.com:443", &["http://example.com", "https://example.com"]),
            ("user:password@Example.com?x=1#y", &["http://example.com", "https://example.com"]),
            ("http://[::1]:80", &["http://[::1]", "https://[::1]"]),
            ("SELF:3000", &["http://self"]),
            (ALLOW_ALL, &["http://*:*", "https://*:*", "http://self"]),
        ];
        for (entry, expected) in rows {
            assert_eq!(expand_http_host(entry).unwrap(), expected, "{entry}");
        }
        for bad in ["a b", "example.com/path", "ftp://example.com", ""] {
            assert!(expand_http_host(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn entries_grant_what_spin_grants() {
        let rows = [
            ("https://example.com", "https example.com 443", true),
            ("https://example.com", "http example.com 80", false),
            ("https://example.com", "https example.com 8443", false),
            ("https://example.com/", "https EXAMPLE.com 443", true),
            ("*://*:*", "gopher x 70", true),
            ("http://*.example.com", "http a.b.example.com 80", true),
            ("http://*.example.com", "http example.com 80", false),
            ("tcp://10.1.2.3/8:5432", "tcp 10.9.9.9 5432", true),
            ("tcp://[::1]:80", "tcp [::1] 80", true),
            ("redis://cache:6380..6382", "redis cache 6381", true),
            ("redis://cache:6380..6382", "redis cache 6382", false),
            ("http://1.2.3", "http 1.2.0.3 80", true),
            ("HTTPS://x:443", "https x 443", false),
            ("http://self", "http self 80", false),
            (" https://trimmed.example ", "https trimmed.example 443", true),
        ];
        for (entry, request, expected) in rows {
            let words: Vec<&str> = request.split(' ').collect();
            let allowed = AllowedHost::parse(entry).unwrap();
            assert_eq!(allowed.allows(words[0], words[1], words[2].parse().ok()), expected, "{entry} {request}");
        }
        assert!(AllowedHost::parse("http://self.alt").unwrap().allows_own("http"));
        assert!(!AllowedHost::parse("http://self").unwrap().allows_own("https"));
    }

    #[test]
    fn entries_are_refused_with_the_reason() {
        let rows = [
            ("*", "has no scheme"),
            ("example.com", "has no scheme"),
            ("*://example.com", "has no port"),
            ("postgresql://db", "has no port"),
            ("http://x/path", "has a path"),
            ("http://x:80/path", "has a path"),
            ("http://x:99999", "has the port"),
            ("https://user:password@x", "begins with a user"),
            ("postgres://user@x/shop", "begins with a user"),
            ("http://x:{80,81}", "has a list of ports"),
            ("http://{a,b}.com", "has a list of hosts"),
            ("http2://x:80", "has the scheme"),
            ("http://a*.com", "stands for a part"),
            ("http://*.a.*.b", "not at the beginning"),
            ("http://*.10.0.0.1", "before an address"),
            ("postgres://user:pw@db:5432", "has no valid host"),
        ];
        for (entry, reason) in rows {
            let refused = AllowedHost::parse(entry).unwrap_err();
            assert!(refused.starts_with("has ") && refused.contains(reason), "{entry}: {refused}");
        }
    }
}
