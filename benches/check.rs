//! What a check costs: `cargo bench --bench check`.

mod manifest;

use std::path::Path;
use std::sync::Arc;

use divan::Bencher;
use spinlint::baseline::Baseline;
use spinlint::config::ConfigFile;
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
    whole(bencher, manifest(components), || None);
}

/// The same with a `spinlint.toml` that is read each time: what configuration adds. A version of Spin is left out, for it has one more rule
/// look, however it is told.
#[divan::bench(args = [20])]
fn configured(bencher: Bencher, components: usize) {
    let config = "[rules]\nunused-store = \"off\"\nbroad-host = \"warning\"\n[ignore]\n\"examples/**\" = [\"all\"]\n";
    let parse = || ConfigFile::parse(Arc::new(SourceFile::new("spinlint.toml", config)));
    whole(bencher, manifest(components), || Some(Arc::new(parse())));
}

/// The same with a comment for every component, each of which allows something.
#[divan::bench(args = [20])]
fn suppressed(bencher: Bencher, components: usize) {
    whole(bencher, allowed(components), || None);
}

/// The same comments without the word that makes them count: what a text of that length costs.
#[divan::bench(args = [20])]
fn commented(bencher: Bencher, components: usize) {
    whole(bencher, disallowed(components), || None);
}

/// A whole check of a text, with what configures it.
fn whole(bencher: Bencher, text: String, config: impl Fn() -> Option<Arc<ConfigFile>> + Sync) {
    let text: Arc<str> = text.into();
    bencher.bench(|| {
        let document = parse(&text).with_config(config());
        check(&document, &Facts::default(), &Settings::default())
    });
}

fn parse(text: &Arc<str>) -> Document {
    Document::parse(Arc::new(SourceFile::new("spin.toml", Arc::clone(text))))
}

fn disallowed(components: usize) -> String {
    allowed(components).replace("spinlint: allow", "a comment with")
}

fn allowed(components: usize) -> String {
    let allow = |line: &str| match line.starts_with("allowed_outbound_hosts") {
        true => format!("{line} # spinlint: allow(unmatchable-host) a reason\n"),
        false => format!("{line}\n"),
    };
    let text = manifest(components);
    let text = text.replace("allowed_outbound_hosts = [", "allowed_outbound_hosts = [\"HTTPS://example.com:443\", ");
    text.lines().map(allow).collect()
}

/// The same with a baseline that holds all that is found.
#[divan::bench(args = [20])]
fn with_baseline(bencher: Bencher, components: usize) {
    let text: Arc<str> = disallowed(components).into();
    let document = parse(&text);
    let found = check(&document, &Facts::default(), &Settings::default());
    let mut baseline = Baseline::new(Path::new("baseline.json"));
    baseline.add(&document.tree.root, &document.file, &found);
    assert!(baseline.len() >= components, "{} findings", baseline.len());
    bencher.bench(|| {
        let document = parse(&text);
        let mut found = check(&document, &Facts::default(), &Settings::default());
        baseline.leave_out(&document.tree.root, &document.file, &mut found)
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

/// Facts of a crate in which every module opens a store of its own through a wrapper, and calls the next: all of it is linked.
#[divan::bench(args = [50, 400])]
fn wrappers(bencher: Bencher, modules: usize) {
    let mut memory = Memory::default();
    memory.insert("Cargo.toml", "[package]\nname = \"part-a\"\n");
    let declared: String = (0..modules).map(|n| format!("mod m{n};\n")).collect();
    memory.insert("src/lib.rs", format!("{declared}#[spin_sdk::http_component]\nfn handle(_: ()) {{ m0::run(); }}\n"));
    for n in 0..modules {
        let next = if n + 1 < modules { format!("crate::m{}::run();", n + 1) } else { String::new() };
        let text = format!(
            "use spin_sdk::key_value::Store;\nfn open(label: &str) -> Store {{ Store::open(label).unwrap() }}\n\
             pub fn run() {{ open(\"store-{n}\"); {next} }}\n"
        );
        memory.insert(format!("src/m{n}.rs"), text);
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
