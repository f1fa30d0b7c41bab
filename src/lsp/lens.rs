//! Above each component: which stores it opens, which it is granted, and a way to see both while it runs.

use tower_lsp::ls_types::{CodeLens, Command};

use super::app::App;
use super::convert;
use super::session::Session;
use crate::capability::Capability;
use crate::facts::{ComponentFacts, SourcesState};
use crate::grants::{self, Opens};
use crate::manifest::Component;

/// The lenses of a manifest. A component that uses no store, or of which nothing is known, has none about stores.
pub(super) fn lenses(session: &Session, app: &App) -> Vec<CodeLens> {
    let mut lenses = Vec::new();
    for component in &app.manifest().components {
        lenses.extend(stores(session, app, component));
        lenses.extend(run(session, app, component));
    }
    lenses
}

/// The lens that says which stores a component opens, and which it is granted.
fn stores(session: &Session, app: &App, component: &Component<'_>) -> Option<CodeLens> {
    let facts = app.facts.component(&component.id);
    let opened: Vec<String> = Opens::of(Capability::KeyValue, facts).known.into_iter().map(|need| need.label).collect();
    let granted = grants::granted(Capability::KeyValue, component);
    if !is_known(facts) || opened.is_empty() && granted.is_empty() {
        return None;
    }
    let list = |labels: &[String], none: &str| if labels.is_empty() { none.to_owned() } else { labels.join(", ") };
    let title = format!("opens {}; granted {}", list(&opened, "no store"), list(&granted, "none"));
    Some(CodeLens {
        range: convert::range(app.file(), component.place, session.encoding),
        // A command without a name is text that cannot be clicked.
        command: Some(Command { title, command: String::new(), arguments: None }),
        data: None,
    })
}

/// The lens that runs the app, where there is something to run.
fn run(session: &Session, app: &App, component: &Component<'_>) -> Option<CodeLens> {
    let is_offered =
        cfg!(feature = "runtime") && app.manifest().is_reached(component) && app.facts.component(&component.id).wasm.is_built();
    let uri = session.uri(app.file().path()).filter(|_| is_offered)?;
    let arguments = Some(vec![uri.as_str().into()]);
    Some(CodeLens {
        range: convert::range(app.file(), component.place, session.encoding),
        command: Some(Command { title: "run store test".to_owned(), command: super::run::COMMAND.to_owned(), arguments }),
        data: None,
    })
}

fn is_known(facts: &ComponentFacts) -> bool {
    matches!(facts.sources, SourcesState::Read(_)) || facts.wasm.read().is_some()
}
