//! What a check costs: `cargo bench --bench check`.

mod manifest;

use std::path::Path;
use std::sync::Arc;

use divan::Bencher;
use spinlint::facts::wasm::Wasm;
use spinlint::facts::{Facts, Gatherer, Options};
use spinlint::files::Memory;
use spinlint::text::SourceFile;
use spinlint::{Document, Settings, check};

use manifest::manifest;

fn main() {
    divan::main();
}

/// Parse, shape and rules: what a keystroke costs.
#[divan::bench(args = [1, 20, 200])]
fn text_alone(bencher: Bencher, components: usize) {
    let text: Arc<str> = manifest(components).into();
    bencher.bench(|| {
        let document = Document::parse(Arc::new(SourceFile::new("spin.toml", Arc::clone(&text))));
        check(&document, &Facts::default(), &Settings::default())
    });
}

/// A component with this many source files beside it, one of which opens a store.
#[divan::bench(args = [10, 1000])]
fn sources(bencher: Bencher, files: usize) {
    let mut memory = Memory::default();
    memory.insert("Cargo.toml", "[package]\nname = \"part-a\"\n");
    let modules: String = (0..files).map(|n| format!("mod m{n};\n")).collect();
    memory.insert("src/lib.rs", format!("{modules}pub fn handle() {{ m0::run(); }}\n"));
    for n in 0..files {
        let store = if n == 0 { "spin_sdk::key_value::Store::open_default();" } else { "" };
        memory.insert(format!("src/m{n}.rs"), format!("//! One of many.\npub fn run() {{\n    {store}\n}}\n{}", "// filler\n".repeat(40)));
    }
    let document = Document::parse(Arc::new(SourceFile::new("spin.toml", manifest(1))));
    bencher.bench(|| document.facts(&Gatherer::new(&memory, Options::default())));
}

/// The labels of real binaries.
#[divan::bench(args = ["c/c-e.component.wasm", "rust5/rust5-a.wasm", "rust5/rust5-f.component.wasm"])]
fn wasm(bencher: Bencher, name: &str) {
    let bytes = read(name);
    bencher.bench(|| Wasm::read(&bytes));
}

#[expect(clippy::disallowed_methods, reason = "a benchmark reads its own input, or does not run")]
fn read(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/components").join(name)).expect("the tests' binaries are committed")
}
