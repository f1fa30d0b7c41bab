//! What a trigger's tables become before Spin reads them: generic values, in which dates are strings, and what is the trigger's own becomes
//! JSON, in which `nan` and `inf` are `null`. And what of a runtime configuration Spin asks for by its type, and else passes over.

use super::owner::Owner;
use super::{Checker, Kind};
use crate::diagnostic::Severity;
use crate::schema::{Field, Shape};
use crate::syntax::{Entry, Value};

impl<'t> Checker<'t> {
    /// Whether Spin reads the place at hand through a generic value, where a date passes for a string.
    pub(super) fn reads_dates_as_strings(&self) -> bool {
        // The type of version 1's only trigger, `trigger.type`, is a string from the start, and so is an id.
        matches!(self.path.as_slice(), [first, _, .., last] if first == "trigger" && last != "id")
    }

    /// Tells of a value that Spin takes for the absence of its key; returns whether it is that.
    pub(super) fn reads_as_absent(&mut self, entry: &'t Entry, field: &Field) -> bool {
        let written = entry.node.span.of(self.text);
        let is_null = field.nullable && matches!(entry.node.value, Value::Float) && (written.ends_with("nan") || written.ends_with("inf"));
        let is_passed_over = field.passed_over
            && match &*field.shape {
                Shape::Integer(..) => !matches!(entry.node.value, Value::Integer(_)),
                _ => !matches!(entry.node.value, Value::String(_)),
            };
        if !is_null && !is_passed_over {
            return false;
        }
        self.path.push(entry.key.value.clone());
        let is_null = is_null && self.reads_dates_as_strings() && self.owner() != Owner::Manifest;
        if is_null || is_passed_over {
            let value = if is_null { written } else { entry.node.value.kind() };
            let message = format!("`{}` is {value}, which Spin takes as if the key were absent", entry.key.value);
            let problem = self.report(Kind::WrongType, entry.node.span, message);
            problem.severity = Severity::Warning;
            problem.help = Some(format!("write {}, or remove the key", field.shape.noun()));
        }
        self.path.pop();
        is_null || is_passed_over
    }
}
