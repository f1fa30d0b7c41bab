//! Above each component: which stores it opens, and which it is granted.

use tower_lsp::ls_types::{CodeLens, Command};

use super::app::App;
use super::convert;
use super::session::Session;
use crate::facts::{ComponentFacts, SourcesState};
use crate::grants::{self, Opens};

/// The lenses of a manifest. A component that uses no store, or of which nothing is known, has none.
pub(super) fn lenses(session: &Session, app: &App) -> Vec<CodeLens> {
    let mut lenses = Vec::new();
    for component in &app.manifest().components {
        let facts = app.facts.component(&component.id);
        let opened: Vec<String> = Opens::of(facts).known.into_iter().map(|need| need.label).collect();
        let granted = grants::granted(component);
        if !is_known(facts) || opened.is_empty() && granted.is_empty() {
            continue;
        }
        let list = |labels: &[String], none: &str| if labels.is_empty() { none.to_owned() } else { labels.join(", ") };
        let title = format!("opens {}; granted {}", list(&opened, "no store"), list(&granted, "none"));
        lenses.push(CodeLens {
            range: convert::range(app.file(), component.place, session.encoding),
            // A command without a name is text that cannot be clicked.
            command: Some(Command { title, command: String::new(), arguments: None }),
            data: None,
        });
    }
    lenses
}

fn is_known(facts: &ComponentFacts) -> bool {
    matches!(facts.sources, SourcesState::Read(_)) || facts.wasm.read().is_some()
}
