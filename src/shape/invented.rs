//! Keys that people invent, and what they mean. A plain near miss needs no entry: the edit distance finds it.

/// What an invented key of a table means, if this is known.
pub(super) fn meant(path: &[String], name: &str) -> Option<&'static str> {
    let name = name.to_lowercase();
    let table = match path.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => ROOT,
        ["application"] => APPLICATION,
        ["variables", _] => VARIABLE,
        ["trigger", "http", ..] if !path.iter().any(|part| part == "component") => HTTP,
        ["trigger", "redis", ..] => REDIS,
        [.., "build"] => BUILD,
        [.., "source"] => SOURCE,
        [.., "files"] => FILES,
        _ => COMPONENT,
    };
    table.iter().find(|(invented, _)| *invented == name).map(|(_, meant)| *meant)
}

type Meanings = &'static [(&'static str, &'static str)];

const ROOT: Meanings = &[
    ("app", "application"),
    ("package", "application"),
    ("components", "component"),
    ("spin_version", "spin_manifest_version"),
    ("manifest_version", "spin_manifest_version"),
    ("version", "spin_manifest_version"),
    ("triggers", "trigger"),
    ("variable", "variables"),
    ("config", "variables"),
];

const APPLICATION: Meanings = &[("author", "authors"), ("title", "name"), ("id", "name"), ("tools", "tool"), ("triggers", "trigger")];

const VARIABLE: Meanings = &[("value", "default"), ("sensitive", "secret"), ("optional", "default")];

const HTTP: Meanings = &[("path", "route"), ("routes", "route"), ("url", "route"), ("static", "static_response")];

const REDIS: Meanings = &[("topic", "channel"), ("channels", "channel"), ("url", "address"), ("server", "address")];

const BUILD: Meanings = &[
    ("cmd", "command"),
    ("run", "command"),
    ("script", "command"),
    ("commands", "command"),
    ("steps", "command"),
    ("cwd", "workdir"),
    ("dir", "workdir"),
    ("working_dir", "workdir"),
    ("working_directory", "workdir"),
];

const SOURCE: Meanings = &[("sha256", "digest"), ("checksum", "digest"), ("name", "package"), ("file", "path")];

const FILES: Meanings = &[
    ("src", "source"),
    ("from", "source"),
    ("dest", "destination"),
    ("dst", "destination"),
    ("to", "destination"),
    ("target", "destination"),
];

const COMPONENT: Meanings = &[
    ("allowed_hosts", "allowed_outbound_hosts"),
    ("hosts", "allowed_outbound_hosts"),
    ("outbound_hosts", "allowed_outbound_hosts"),
    ("allowed_models", "ai_models"),
    ("models", "ai_models"),
    ("llm_models", "ai_models"),
    ("config", "variables"),
    ("env", "environment"),
    ("exclude", "exclude_files"),
    ("kv", "key_value_stores"),
    ("kv_store", "key_value_stores"),
    ("kv_stores", "key_value_stores"),
    ("stores", "key_value_stores"),
    ("keyvalue_stores", "key_value_stores"),
    ("allowed_key_value_stores", "key_value_stores"),
    ("databases", "sqlite_databases"),
    ("sqlite", "sqlite_databases"),
    ("sqlite_stores", "sqlite_databases"),
    ("module", "source"),
    ("mounts", "files"),
    ("path", "source"),
    ("wasm", "source"),
];
