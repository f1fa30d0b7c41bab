//! What has to hold for any text at all: nothing panics, every place is in the text, every fix leaves TOML, and fixing comes to an end. The fuzz
//! target feeds it, and so do bounded tests (`tests/it/abuse.rs`).

use std::sync::Arc;

use spinlint::capability::Capability;
use spinlint::diagnostic::Place;
use spinlint::facts::wasm::{Labels, Wasm, World};
use spinlint::facts::{Certainty, ComponentFacts, Facts, SourcesState, Use, WasmFacts, WasmState};
use spinlint::text::{SourceFile, Span};
use spinlint::{Document, Settings, fix, rules, syntax};

/// Parses a text as a manifest.
pub fn document(text: &str) -> Document {
    Document::parse(Arc::new(SourceFile::new("spin.toml", text)))
}

/// What would be known of a manifest whose components use everything, by their sources, and every second of them nothing by its Wasm.
fn facts(document: &Document) -> Facts {
    let mut facts = Facts::default();
    if !document.tree.errors.is_empty() {
        return facts;
    }
    let place = || Place { file: Arc::new(SourceFile::new("src/lib.rs", "f()")), span: Span::new(0, 3) };
    for (index, component) in document.manifest().components.iter().enumerate() {
        let uses = Capability::ALL.into_iter().map(|capability| {
            let label = match capability {
                Capability::Hosts => "https://api.example.com",
                Capability::Variables => "api_token",
                Capability::KeyValue | Capability::Sqlite | Capability::Models => "default",
            };
            Use {
                capability,
                label: Some(label.to_owned()),
                certainty: [Certainty::Made, Certainty::Proved, Certainty::Unreached][index % 3],
                place: place(),
            }
        });
        let all = Capability::ALL.into_iter().flat_map(|capability| capability.row().interfaces).map(|interface| interface.name.to_owned());
        let known = Labels { known: vec!["default".to_owned()], has_unknown: index % 3 == 0, is_complete: index % 3 > 0 };
        let wasm = Wasm {
            imports: if index % 2 == 0 { all.collect() } else { Vec::new() },
            is_interpreter: false,
            labels: Capability::ALL.into_iter().map(|capability| (capability, known.clone())).collect(),
            world: (index % 2 == 0).then(|| World { imports: vec!["shop:prices/list@1.0.0".to_owned()], exports: Vec::new() }),
        };
        let known = ComponentFacts {
            wasm: WasmState::Read(WasmFacts { place: place(), module: Arc::new(wasm) }),
            sources: if index % 2 == 0 { SourcesState::Read(uses.collect()) } else { SourcesState::None },
            idle_globs: component.files().into_iter().map(|file| file.path).chain(component.watch()).map(|glob| glob.value).collect(),
            written_to: (index % 2 == 0).then(|| "../target/wasm32-wasip1/release/x.wasm".to_owned()),
            ..ComponentFacts::default()
        };
        facts.components.insert(component.id.clone(), known);
    }
    facts
}

/// Checks and fixes a text by every rule, of whose components nothing is known, and asserts what has to hold.
pub fn check(text: &str) {
    assert_whole(text, &|document| spinlint::check(document, &Facts::default(), &every_rule()));
}

/// Does the same with components that use everything.
pub fn check_with_facts(text: &str) {
    assert_whole(text, &|document| spinlint::check(document, &facts(document), &every_rule()));
}

fn every_rule() -> Settings {
    let selected = rules::ALL.iter().map(|entry| entry.name.to_owned()).collect();
    Settings { is_named: true, is_built: true, selected, ..Settings::default() }
}

fn assert_whole(text: &str, judge: &dyn Fn(&Document) -> Vec<spinlint::diagnostic::Diagnostic>) {
    let found = judge(&document(text));
    for diagnostic in &found {
        assert!(diagnostic.place.span.start <= diagnostic.place.span.end && diagnostic.place.span.end <= text.len(), "{diagnostic:?}");
        diagnostic.place.file.position(diagnostic.place.span.end);
        if let Some(fix) = &diagnostic.fix {
            let fixed = fix.edits.apply(text);
            let tree = syntax::parse(&fixed);
            assert!(tree.errors.is_empty(), "{}: {:?}\n{fixed}", diagnostic.rule, tree.errors);
        }
    }
    let before = found.iter().filter(|diagnostic| diagnostic.fix.is_some()).count();
    let outcome = fix::apply(document(text), true, judge);
    let after = outcome.diagnostics.iter().filter(|diagnostic| diagnostic.fix.is_some()).count();
    assert!(after == 0 || after < before, "fixing ends with {after} of {before} fixes left:\n{}", outcome.document.file.text());
}
