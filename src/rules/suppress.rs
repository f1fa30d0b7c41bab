//! Takes out what comments allow, and keeps account of the comments that allow nothing.

use super::{Context, Evidence};
use crate::diagnostic::{Diagnostic, Place};
use crate::facts::{SourcesState, WasmState, is_source};
use crate::suppression::{self, Suppression};

/// Rules of a comment that it is not needed for.
pub struct Unused {
    /// The comment.
    pub suppression: Suppression,
    /// The indexes of the rules.
    pub rules: Vec<usize>,
}

/// A comment with a flag for each of its rules: whether something was found that it allows.
struct Counted {
    suppression: Suppression,
    is_used: Vec<bool>,
}

impl Context<'_> {
    /// Takes out what comments allow: in the manifest, in the file that a finding is in, and at the calls that prove it.
    pub(super) fn suppress(&self, found: &mut Vec<Diagnostic>) {
        let mut counted: Vec<Counted> = Vec::new();
        let configuration = self.settings.runtime_config.as_ref().map(|config| &config.file);
        let own = self.config_file.map(|config| &config.file);
        let files = [Some(self.file), configuration.filter(|_| !self.is_configuration()), own];
        let in_files = files.into_iter().flatten().flat_map(suppression::in_toml);
        let in_sources = self.facts.components.values().flat_map(|facts| &facts.suppressions).cloned();
        for suppression in in_files.chain(in_sources) {
            let is_known = |other: &Counted| {
                other.suppression.place.span == suppression.place.span
                    && other.suppression.place.file.path() == suppression.place.file.path()
            };
            if !counted.iter().any(is_known) {
                counted.push(Counted { is_used: vec![false; suppression.rules.len()], suppression });
            }
        }
        if counted.is_empty() {
            return;
        }
        found.retain_mut(|diagnostic| !is_allowed(diagnostic, &mut counted));
        let unused = counted.into_iter().filter_map(|Counted { suppression, is_used }| {
            let is_idle = |(index, name): (usize, &crate::text::Spanned<String>)| {
                let entry = super::find(&name.value);
                (!is_used[index] && entry.is_none_or(|entry| self.is_judged(entry))).then_some(index)
            };
            let rules: Vec<usize> = suppression.rules.iter().enumerate().filter_map(is_idle).collect();
            (!rules.is_empty() || suppression.rules.is_empty()).then_some(Unused { suppression, rules })
        });
        // Nobody has asked for them before.
        let _ = self.unused.set(unused.collect());
    }

    /// Whether a rule had all that it goes by, so that its silence means that nothing is wrong.
    fn is_judged(&self, entry: &super::Entry) -> bool {
        let is_off = !self.runs(entry) || self.config.level(entry.name, None) == Some(crate::config::Level::Off);
        let is_whole = || {
            let is_known = |facts: &crate::facts::ComponentFacts| {
                matches!(facts.wasm, WasmState::Read(_) | WasmState::Remote) && !matches!(facts.sources, SourcesState::Skipped)
            };
            self.manifest.components.iter().all(|component| is_known(self.facts.component(&component.id)))
        };
        !is_off
            && match entry.rule.by {
                Evidence::Text => true,
                Evidence::Code => is_whole(),
                Evidence::Configuration => self.settings.runtime_config.is_some(),
                Evidence::Asked => false,
            }
    }
}

/// Whether comments allow a finding: where it stands, or at every call that proves it. A call that is allowed is no proof any more.
fn is_allowed(diagnostic: &mut Diagnostic, counted: &mut [Counted]) -> bool {
    let rule = diagnostic.rule;
    let mut allows = |place: &Place| {
        let mut is_allowed = false;
        for counted in counted.iter_mut().filter(|counted| counted.suppression.allows(rule, place)) {
            is_allowed = true;
            for (name, is_used) in counted.suppression.rules.iter().zip(&mut counted.is_used) {
                *is_used |= name.value == rule;
            }
        }
        is_allowed
    };
    if allows(&diagnostic.place) {
        return true;
    }
    let is_call = |place: &Place| is_source(place.file.path());
    let calls = diagnostic.related.iter().filter(|related| is_call(&related.place)).count();
    diagnostic.related.retain(|related| !(is_call(&related.place) && allows(&related.place)));
    calls > 0 && !diagnostic.related.iter().any(|related| is_call(&related.place))
}
