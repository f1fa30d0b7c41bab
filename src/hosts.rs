//! The grammar of network grants. So far that of the deprecated `allowed_http_hosts`, and the ports that schemes stand for.

use url::Url;

/// The entry of `allowed_http_hosts` that grants everything and makes Spin look at no other.
pub const ALLOW_ALL: &str = "insecure:allow-all";

/// The schemes of `allowed_outbound_hosts` that have a port of their own.
pub const DEFAULT_PORTS: &[(&str, u16)] =
    &[("https", 443), ("http", 80), ("redis", 6379), ("postgres", 5432), ("mysql", 3306), ("mqtt", 1883)];

/// Checks an entry of `allowed_http_hosts`: a host with an optional port, or its `http` or `https` URL without a path.
/// The error says what about it is wrong.
pub fn check_http_host(entry: &str) -> Result<(), String> {
    // `localhost:3000` would pass for a URL with the scheme `localhost`.
    let has_scheme = entry.contains("//");
    let url = if has_scheme { Url::parse(entry) } else { Url::parse(&format!("http://{entry}")) };
    let url = url.map_err(|error| format!("it is no host ({error})"))?;
    if has_scheme && !matches!(url.scheme(), "http" | "https") {
        return Err(format!("its scheme is `{}`, only `http` and `https` are taken here", url.scheme()));
    }
    match url.host_str() {
        None => Err("it names no host".to_owned()),
        Some(_) if url.path().len() > 1 => Err("it has a path".to_owned()),
        Some(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_with_ports_and_urls_without_paths_are_taken() {
        for good in ["example.com", "localhost:3000", "https://example.com/", "http://[::1]:80"] {
            assert_eq!(check_http_host(good), Ok(()), "{good}");
        }
        for bad in ["a b", "example.com/path", "ftp://example.com", ""] {
            assert!(check_http_host(bad).is_err(), "{bad}");
        }
    }
}
