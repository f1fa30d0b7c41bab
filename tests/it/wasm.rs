//! `tests/components/expected.tsv` says which labels each binary opens, and `host:`, `database:` and the like, what else it uses.

use std::path::Path;

use spinlint::capability::Capability;
use spinlint::facts::wasm::Wasm;

/// A binary of `tests/components`, assembled if it is text.
pub fn component(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/components").join(name);
    let bytes = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    if name.ends_with(".wat") { wat::parse_bytes(&bytes).unwrap().into_owned() } else { bytes }
}

#[test]
fn labels_are_recovered_and_never_guessed() {
    let expected = include_str!("../components/expected.tsv");
    let mut failures = Vec::new();
    for line in expected.lines() {
        let (name, labels) = line.split_once('\t').unwrap();
        let wasm = Wasm::read(&component(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        let mut found = Vec::new();
        for capability in Capability::ALL {
            let prefix = if capability == Capability::KeyValue { String::new() } else { format!("{}:", capability.row().noun) };
            let shown = wasm.labels_of(capability);
            found.extend(shown.known.iter().map(|label| format!("{prefix}{label}")));
            found.extend(shown.has_unknown.then(|| format!("{prefix}?")));
        }
        let found = if found.is_empty() { "-".to_owned() } else { found.join(" ") };
        if found != labels {
            failures.push(format!("{name}: {found}, not {labels}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn imports_are_found_at_every_depth() {
    let wasm = Wasm::read(&component("wat/nested.wat")).unwrap();
    let imports: Vec<&str> = wasm.imports_of(Capability::KeyValue).collect();
    assert_eq!(imports, ["spin:key-value/key-value@3.0.0"]);
    let wasm = Wasm::read(&component("rust5/rust5-c.wasm")).unwrap();
    assert_eq!(wasm.imports_of(Capability::KeyValue).next(), None, "custom sections are no imports");
}

#[test]
fn what_is_no_wasm_is_told() {
    let whole = component("c/c-a.component.wasm");
    for length in [0, 3, 100, whole.len() / 2, whole.len() - 1] {
        assert!(Wasm::read(&whole[..length]).is_err(), "{length} bytes");
    }
    assert!(Wasm::read(b"<!doctype html>").is_err());
    // Every single byte changed: no panic, whatever comes of it.
    let core = component("c/c-e.core.wasm");
    for index in 0..core.len() {
        let mut broken = core.clone();
        broken[index] ^= 0xff;
        let _ = Wasm::read(&broken);
    }
}
