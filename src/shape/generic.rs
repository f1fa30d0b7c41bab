//! What a trigger's tables become before Spin reads them: generic values, in which dates are strings, and what is the trigger's own becomes
//! JSON, in which `nan` and `inf` are `null`.

use super::owner::Owner;
use super::{Checker, Kind};
use crate::diagnostic::Severity;
use crate::syntax::{Entry, Value};

impl<'t> Checker<'t> {
    /// Whether Spin reads the place at hand through a generic value, where a date passes for a string.
    pub(super) fn reads_dates_as_strings(&self) -> bool {
        self.path.first().is_some_and(|first| first == "trigger") && self.path.last().is_some_and(|last| last != "id")
    }

    /// Tells of a value that Spin takes for the absence of an optional one; returns whether it is that.
    pub(super) fn reads_as_absent(&mut self, entry: &'t Entry) -> bool {
        let written = entry.node.span.of(self.text);
        if !matches!(entry.node.value, Value::Float) || !(written.ends_with("nan") || written.ends_with("inf")) {
            return false;
        }
        self.path.push(entry.key.value.clone());
        let is_absent = self.reads_dates_as_strings() && self.owner() != Owner::Manifest;
        if is_absent {
            let message = format!("`{}` is {written}, which Spin reads as if the key were absent", entry.key.value);
            let problem = self.report(Kind::WrongType, entry.node.span, message);
            problem.severity = Severity::Warning;
            problem.help = Some("remove the key".to_owned());
        }
        self.path.pop();
        is_absent
    }
}
