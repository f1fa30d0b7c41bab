//! Gives findings the severities that are configured, and takes out those that are not wanted.

use std::sync::Arc;

use super::{Context, SYNTAX, find};
use crate::config::{ALL_RULES, Level};
use crate::diagnostic::Diagnostic;
use crate::text::SourceFile;

/// What is configured for findings.
pub(super) struct Grading<'c, 'a> {
    cx: &'c Context<'a>,
    /// The rules that are left out in a file, for the few files that findings are in.
    ignored: Vec<(Arc<SourceFile>, Vec<&'a str>)>,
}

impl<'c, 'a> Grading<'c, 'a> {
    /// What is configured for the findings of a check.
    pub(super) fn new(cx: &'c Context<'a>) -> Grading<'c, 'a> {
        Grading { cx, ignored: Vec::new() }
    }

    /// Gives a finding its severity; false for one that is not wanted.
    pub(super) fn grade(&mut self, diagnostic: &mut Diagnostic) -> bool {
        let (config, selected) = (self.cx.config, &self.cx.settings.selected);
        if config.is_empty() || diagnostic.rule == SYNTAX {
            return true;
        }
        let is_on = || find(diagnostic.rule).is_some_and(|entry| entry.rule.is_on);
        let is_selected = selected.iter().any(|name| name == diagnostic.rule);
        let is_wanted = match config.level(diagnostic.rule, diagnostic.component.as_deref()) {
            Some(Level::Off) => is_selected,
            Some(Level::On(severity)) => {
                diagnostic.severity = severity;
                true
            }
            None => is_selected || is_on(),
        };
        is_wanted && !self.ignored(&diagnostic.place.file).iter().any(|name| *name == diagnostic.rule || *name == ALL_RULES)
    }

    fn ignored(&mut self, file: &Arc<SourceFile>) -> &[&'a str] {
        let index = self.ignored.iter().position(|(known, _)| Arc::ptr_eq(known, file)).unwrap_or_else(|| {
            self.ignored.push((Arc::clone(file), self.cx.config.ignored(file.path())));
            self.ignored.len() - 1
        });
        &self.ignored[index].1
    }
}
