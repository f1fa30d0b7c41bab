//! Where code connects to: what an entry of `allowed_outbound_hosts` has to grant for an address.

use url::{Host, Url};

use super::{HostPattern, default_port};

/// What a component connects by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Protocol {
    /// HTTP, by URL.
    Http,
    /// Redis, by URL.
    Redis,
    /// MySQL, by URL.
    Mysql,
    /// PostgreSQL, by URL or by `host=... port=...`.
    Postgres,
    /// MQTT, by URL.
    Mqtt,
    /// TCP and UDP, by address.
    Sockets,
}

/// Where an address leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    /// To what this entry grants: `https://example.com`, `redis://cache:6380`.
    Granted(String),
    /// To the app itself, or nowhere: nothing has to be granted by name.
    Nowhere,
    /// The text does not tell.
    Unknown,
}

impl Protocol {
    /// The schemes of the entries that grant it.
    pub const fn schemes(self) -> &'static [&'static str] {
        match self {
            Protocol::Http => &["http", "https"],
            Protocol::Redis => &["redis", "rediss"],
            Protocol::Mysql => &["mysql"],
            Protocol::Postgres => &["postgres"],
            Protocol::Mqtt => &["mqtt", "mqtts"],
            Protocol::Sockets => &["tcp", "udp"],
        }
    }

    /// Where an address leads, of which `is_whole` says whether it is known to its end.
    pub fn destination(self, address: &str, is_whole: bool) -> Destination {
        if self == Protocol::Postgres && is_whole && !address.contains("://") {
            return of_settings(address);
        }
        let Some((scheme, rest)) = address.split_once("://") else {
            // A path leads to the app itself, and other kinds of URLs lead nowhere.
            let is_url = address.starts_with('/') || self == Protocol::Http && is_whole;
            return if is_url { Destination::Nowhere } else { Destination::Unknown };
        };
        // The host may go on where the text ends.
        if !is_whole && !rest.contains(['/', '?', '#']) {
            return Destination::Unknown;
        }
        let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
        let Ok(url) = Url::parse(&format!("{scheme}://{authority}")) else { return Destination::Unknown };
        let scheme = match (self, url.scheme()) {
            // Spin asks for `postgres`, whatever the address is written with.
            (Protocol::Postgres, "postgres" | "postgresql") => "postgres",
            (Protocol::Http, "http" | "https") => url.scheme(),
            (Protocol::Http, _) => return Destination::Nowhere,
            (Protocol::Postgres | Protocol::Sockets, _) => return Destination::Unknown,
            _ => url.scheme(),
        };
        match url.host_str() {
            Some("self.alt") => Destination::Nowhere,
            Some(host) if !host.is_empty() => granted(scheme, host, url.port()),
            _ => Destination::Unknown,
        }
    }
}

/// `host=db port='5433' user=...`, as [libpq](https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING) reads it.
fn of_settings(settings: &str) -> Destination {
    let value = |key: &str| pairs(settings).find(|(name, _)| name == key).map(|(_, value)| value);
    match value("host") {
        Some(host) => granted("postgres", &host, value("port").and_then(|port| port.parse().ok())),
        None => Destination::Unknown,
    }
}

/// The keys of connection settings with their values.
fn pairs(settings: &str) -> impl Iterator<Item = (String, String)> {
    let mut rest = settings.chars().peekable();
    std::iter::from_fn(move || {
        let name = rest.by_ref().take_while(|c| *c != '=').filter(|c| !c.is_whitespace()).collect::<String>();
        while rest.next_if(|c| c.is_whitespace()).is_some() {}
        let is_quoted = rest.next_if_eq(&'\'').is_some();
        let mut value = String::new();
        while let Some(c) = rest.next() {
            match c {
                '\\' => value.extend(rest.next()),
                '\'' if is_quoted => break,
                c if c.is_whitespace() && !is_quoted => break,
                c => value.push(c),
            }
        }
        (!name.is_empty()).then_some((name, value))
    })
}

fn granted(scheme: &str, host: &str, port: Option<u16>) -> Destination {
    let Ok(host) = Host::parse(host) else { return Destination::Unknown };
    let port = port.filter(|port| default_port(scheme) != Some(*port)).map(|port| format!(":{port}")).unwrap_or_default();
    let entry = format!("{scheme}://{host}{port}");
    // What no entry can name is nothing to ask for.
    match super::AllowedHost::parse(&entry) {
        Ok(allowed) if matches!(allowed.host, HostPattern::One(_) | HostPattern::Network(_)) => Destination::Granted(entry),
        _ => Destination::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_lead_where_spin_asks_for_a_grant() {
        let rows = [
            (Protocol::Http, "https://api.example.com/v1?x=1", true, "https://api.example.com"),
            (Protocol::Http, "HTTP://Example.com:8080", true, "http://example.com:8080"),
            (Protocol::Http, "https://user:pw@example.com:443/x", true, "https://example.com"),
            (Protocol::Http, "http://cart.spin.internal/x", true, "http://cart.spin.internal"),
            (Protocol::Http, "https://api.example.com/", false, "https://api.example.com"),
            (Protocol::Http, "http://[::1]:3000/", true, "http://[::1]:3000"),
            (Protocol::Redis, "redis://:pw@cache:6379/1", true, "redis://cache"),
            (Protocol::Redis, "rediss://cache:6380", true, "rediss://cache:6380"),
            (Protocol::Mysql, "mysql://root:pw@127.0.0.1/shop", true, "mysql://127.0.0.1"),
            (Protocol::Postgres, "postgresql://u:p@db:5433/shop", true, "postgres://db:5433"),
            (Protocol::Postgres, "host=db user=u port=5432", true, "postgres://db"),
            (Protocol::Postgres, "user = 'a \\' host=x' host = 'db.example.com' port='5433'", true, "postgres://db.example.com:5433"),
            (Protocol::Mqtt, "mqtt://localhost:1883?client_id=x", true, "mqtt://localhost"),
        ];
        for (protocol, address, is_whole, entry) in rows {
            assert_eq!(protocol.destination(address, is_whole), Destination::Granted(entry.to_owned()), "{address}");
        }
    }

    #[test]
    fn what_the_text_does_not_tell_is_not_guessed() {
        for (protocol, address, is_whole) in [
            (Protocol::Http, "https://api.exam", false),
            (Protocol::Http, "https://", false),
            (Protocol::Http, "https:", false),
            (Protocol::Postgres, "user=u", true),
            (Protocol::Postgres, "host='' user='u'", true),
            (Protocol::Postgres, "host=", false),
            (Protocol::Redis, "cache:6379", true),
            (Protocol::Redis, "rediss://cache", true),
            (Protocol::Http, "https://{host}/x", true),
        ] {
            assert_eq!(protocol.destination(address, is_whole), Destination::Unknown, "{address}");
        }
        for address in ["/cart", "http://self.alt/cart", "data:text/plain,x", "cart/1"] {
            assert_eq!(Protocol::Http.destination(address, true), Destination::Nowhere, "{address}");
        }
    }
}
