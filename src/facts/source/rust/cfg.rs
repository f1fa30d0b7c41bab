//! `#[cfg(...)]`: whether a build for Spin has what stands behind it.

use std::collections::BTreeSet;

/// Judges a predicate such as `all(feature = "kv", not(test))` for a release build to `wasm32-wasip1` with these
/// features. What no build for Spin sets is off.
pub(super) fn holds(predicate: &str, features: &BTreeSet<String>) -> bool {
    let predicate = predicate.trim();
    if let Some((name, rest)) = predicate.split_once('(') {
        let inner = rest.trim_end().strip_suffix(')').unwrap_or(rest);
        let parts = split(inner);
        return match name.trim() {
            "all" => parts.iter().all(|part| holds(part, features)),
            "any" => parts.iter().any(|part| holds(part, features)),
            "not" => !parts.iter().all(|part| holds(part, features)),
            _ => false,
        };
    }
    match predicate.split_once('=') {
        Some((key, value)) => {
            let value = value.trim().trim_matches('"');
            match key.trim() {
                "feature" => features.contains(value),
                "target_arch" => value == "wasm32",
                "target_family" => value == "wasm",
                "target_os" => value == "wasi",
                "target_env" => value == "p1" || value == "p2",
                "target_pointer_width" => value == "32",
                "target_endian" => value == "little",
                "panic" => value == "abort",
                _ => false,
            }
        }
        None => matches!(predicate, "true" | "target_thread_local"),
    }
}

/// Splits at the commas that stand in no parentheses.
fn split(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut depth, mut start, mut quoted) = (0, 0, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b'(' if !quoted => depth += 1,
            b')' if !quoted => depth -= 1,
            b',' if depth == 0 && !quoted => {
                parts.push(text[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(text[start..].trim());
    parts.retain(|part| !part.is_empty());
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn predicates_are_judged_for_a_build_for_spin() {
        let features = BTreeSet::from(["kv".to_owned()]);
        for on in
            ["feature = \"kv\"", "all(target_arch = \"wasm32\", not(test))", "any(test, feature = \"kv\")", "all()", "target_os = \"wasi\""]
        {
            assert!(holds(on, &features), "{on}");
        }
        for off in ["test", "feature = \"x\"", "not(target_family = \"wasm\")", "any()", "unix", "debug_assertions"] {
            assert!(!holds(off, &features), "{off}");
        }
    }
}
