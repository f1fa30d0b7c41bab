//! The addresses of Redis servers, as the client that Spin uses reads them.

use url::Url;

/// Whether a Redis client takes this for a URL of its own; what else is wrong with it, it finds as it connects.
pub fn is_redis_url(address: &str) -> bool {
    Url::parse(address).is_ok_and(|url| is_known(url.scheme()))
}

fn is_known(scheme: &str) -> bool {
    matches!(scheme, "redis" | "rediss" | "valkey" | "valkeys" | "unix" | "redis+unix" | "valkey+unix")
}

/// Whether a Redis client takes this for the address of a server: `redis://host:port/database`, or a socket.
pub fn is_redis_address(address: &str) -> bool {
    let Ok(url) = Url::parse(address) else { return false };
    let of_query = |wanted: &str| url.query_pairs().filter(|(key, _)| key == wanted).last().map(|(_, value)| value);
    let is_number = |text: &str| text.parse::<i64>().is_ok();
    let is_text = |part: &str| percent_encoding::percent_decode_str(part).decode_utf8().is_ok();
    let is_protocol_known = of_query("protocol").is_none_or(|version| ["2", "resp2", "3", "resp3"].contains(&&*version));
    if !is_known(url.scheme()) || !is_protocol_known {
        return false;
    }
    if url.scheme().contains("unix") {
        return url.to_file_path().is_ok() && of_query("db").is_none_or(|database| is_number(&database));
    }
    let database = url.path().trim_matches('/');
    let is_secure = ["rediss", "valkeys"].contains(&url.scheme());
    url.host_str().is_some_and(|host| !host.is_empty())
        && (database.is_empty() || is_number(database))
        && is_text(url.username())
        && url.password().is_none_or(is_text)
        && (!is_secure || url.fragment().is_none_or(|fragment| fragment == "insecure"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_the_client_reads_them() {
        for good in ["redis://h", "redis://h/1", "redis://h/1/", "rediss://u:p%20@h:7000#insecure", "unix:///run/redis?db=1", "redis://h#x"]
        {
            assert!(is_redis_address(good), "{good}");
        }
        let bad = ["h", "http://h", "redis://", "redis://h/x", "redis://h/1/2", "redis://:%ff@h", "rediss://h#x", "redis://h?protocol=4"];
        for bad in bad.into_iter().chain(["unix:///run/redis?db=x", "unix:run?db=0"]) {
            assert!(!is_redis_address(bad), "{bad}");
        }
    }
}
