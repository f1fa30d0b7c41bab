//! What Spin refuses of a runtime configuration's settings though each of them has its type.

use std::net::IpAddr;

use crate::capability::Capability;
use crate::hosts;
use crate::runtime_config::{RuntimeConfig, text};
use crate::syntax::{Node, Table, Value};
use crate::text::Span;

/// Something that Spin refuses.
pub(super) struct Refused {
    /// What is wrong.
    pub span: Span,
    /// Why, as the beginning of a sentence.
    pub reason: String,
    /// What helps.
    pub help: String,
    /// Whether Spin finds it only as the setting is used.
    pub is_late: bool,
}

/// Everything that Spin refuses of a configuration's settings.
pub(super) fn refused(config: &RuntimeConfig) -> Vec<Refused> {
    let root = &config.tree.root;
    let mut found = Vec::new();
    let mut refuse = |span: Span, reason: String, help: &str| found.push(Refused { span, reason, help: help.to_owned(), is_late: false });

    if let (Some(_), Some(old)) = (root.get("variables_provider"), root.entry("config_provider")) {
        let reason = "`config_provider` is the old name of `variables_provider`, which is there too";
        refuse(old.key.span, reason.to_owned(), "keep one of them");
    }
    for provider in tables(root, "variables_provider").chain(tables(root, "config_provider")) {
        let principal = ["client_id", "client_secret", "tenant_id"];
        let (there, missing): (Vec<&str>, Vec<&str>) = principal.into_iter().partition(|key| provider.get(key).is_some());
        if let (Some(first), Some(lacking)) = (there.first().and_then(|key| provider.entry(key)), missing.first()) {
            let reason = format!("a service principal has {}, and no `{lacking}`", quoted(&there));
            refuse(first.key.span, reason, "write all three, or none for the environment's credentials");
        }
    }
    if let Some(http) = root.get("outbound_http").and_then(Node::as_table)
        && let (Some(_), Some(old)) = (http.get("max_connections"), http.entry("max_concurrent_requests"))
    {
        let reason = "`max_concurrent_requests` is the old name of `max_connections`, which is there too";
        refuse(old.key.span, reason.to_owned(), "remove it");
    }
    let networks = root.get("outbound_networking").and_then(Node::as_table).and_then(|table| table.get("block_networks"));
    for (span, network) in texts(networks) {
        if network != "private" && !is_network(network) {
            let help = "write an address with the length of its prefix, such as `10.0.0.0/8`, or `private`";
            refuse(span, format!("\"{network}\" is no network"), help);
        }
    }
    for tls in tables(root, "client_tls") {
        client_tls(tls, &mut refuse);
    }
    for database in config.definitions(Capability::Sqlite).iter().filter(|database| text(database, "type") == Some("libsql")) {
        let is_http = |url: &str| url.starts_with("https://") || url.starts_with("http://");
        if let Some((span, url)) = url_of(database.node.as_table()).filter(|(_, url)| !is_http(url)) {
            refuse(span, format!("\"{url}\" begins with neither `https://` nor `http://`"), "Spin speaks to libSQL by HTTP alone");
        }
    }
    let models = root.get("llm_compute").and_then(Node::as_table);
    if let Some((span, url)) = url_of(models).filter(|(_, url)| url::Url::parse(url).is_err()) {
        refuse(span, format!("\"{url}\" is no URL"), "write `https://host`");
    }
    for store in config.definitions(Capability::KeyValue).iter().filter(|store| text(store, "type") == Some("redis")) {
        if let Some((span, url)) = url_of(store.node.as_table()).filter(|(_, url)| !hosts::is_redis_address(url)) {
            let reason = format!("\"{url}\" is no address of a Redis server");
            found.push(Refused { span, reason, help: "write `redis://host:port`".to_owned(), is_late: hosts::is_redis_url(url) });
        }
    }
    found
}

fn client_tls(tls: &Table, refuse: &mut impl FnMut(Span, String, &str)) {
    for key in ["component_ids", "hosts"] {
        if let Some(entry) = tls.entry(key).filter(|entry| matches!(&entry.node.value, Value::Array(array) if array.items.is_empty())) {
            refuse(entry.node.span, format!("`{key}` is empty"), "name one, or remove the whole table");
        }
    }
    for (span, host) in texts(tls.get("hosts")) {
        if !host.parse::<http::uri::Authority>().is_ok_and(|authority| authority.port().is_none()) {
            refuse(span, format!("\"{host}\" is no host alone"), "write it without scheme, port and path");
        }
    }
    for (there, missing) in [("client_cert_file", "client_private_key_file"), ("client_private_key_file", "client_cert_file")] {
        if let (Some(entry), None) = (tls.entry(there), tls.get(missing)) {
            refuse(entry.key.span, format!("`{there}` goes with a `{missing}`"), "write both, or none");
        }
    }
    let is = |key: &str| match tls.get(key).map(|node| &node.value) {
        Some(Value::Boolean(value)) => Some(*value),
        _ => None,
    };
    let (platform, webpki) = (is("ca_use_platform_roots"), is("ca_use_webpki_roots"));
    let trusts_none = platform != Some(true) && webpki != Some(true) && (platform, webpki) != (None, None);
    if let Some(entry) = tls.entry("ca_use_platform_roots").or_else(|| tls.entry("ca_use_webpki_roots"))
        && trusts_none
        && tls.get("ca_roots_file").is_none()
    {
        refuse(
            entry.key.span,
            "nobody's certificates are trusted".to_owned(),
            "name authorities by `ca_roots_file`, or trust the machine's or Mozilla's",
        );
    }
}

/// The `url` of a table, with its place.
fn url_of(table: Option<&Table>) -> Option<(Span, &str)> {
    let node = table?.get("url")?;
    Some((node.span, node.as_str()?))
}

/// The texts of an array of them, with their places.
fn texts(list: Option<&Node>) -> impl Iterator<Item = (Span, &str)> {
    list.map(Node::items).unwrap_or_default().iter().filter_map(|node| Some((node.span, node.as_str()?)))
}

/// The tables of an array of them.
fn tables<'t>(root: &'t Table, key: &str) -> impl Iterator<Item = &'t Table> {
    root.get(key).map(Node::items).unwrap_or_default().iter().filter_map(Node::as_table)
}

fn quoted(keys: &[&str]) -> String {
    keys.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(" and ")
}

/// Whether a text is an address with the length of a prefix.
fn is_network(text: &str) -> bool {
    let Some((address, length)) = text.split_once('/') else { return false };
    let longest = match address.parse::<IpAddr>() {
        Ok(IpAddr::V4(_)) => 32,
        Ok(IpAddr::V6(_)) => 128,
        Err(_) => return false,
    };
    length.parse::<u8>().is_ok_and(|length| length <= longest)
}
