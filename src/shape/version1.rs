//! Triggers of version 1, whose types are named far from their settings: those of all in `trigger`, those of one in its component.

use super::Checker;
use crate::schema::{self, Field, TableShape};
use crate::syntax::{Node, Table};

/// What a trigger of version 2 has that in version 1 stands elsewhere.
const ELSEWHERE: &[&str] = &["id", "component", "components", "dependencies"];

impl<'t> Checker<'t> {
    /// Checks the settings of triggers as Spin does when it starts them.
    pub(super) fn version_1_triggers(&mut self) {
        let root = self.root;
        let Some(shared) = root.get("trigger").and_then(Node::as_table) else { return };
        let Some(kind) = shared.get("type").and_then(Node::as_str).filter(|kind| schema::is_own_trigger(kind)) else { return };
        let components: Vec<&Table> =
            root.get("component").map(Node::items).unwrap_or_default().iter().filter_map(Node::as_table).collect();
        // Without a trigger nobody reads what all of them share.
        if components.is_empty() {
            return;
        }
        if let Some(shape) = schema::shared_settings_shape(kind) {
            self.path = vec!["application".to_owned(), "trigger".to_owned(), kind.to_owned()];
            self.settings(shared, shape, &["type"]);
        }
        self.path = vec!["trigger".to_owned(), kind.to_owned()];
        if let Some(shape) = schema::trigger_shape(kind) {
            for table in components.into_iter().filter_map(|component| component.get("trigger")?.as_table()) {
                // Spin writes the component's own id over what stands here.
                self.settings(table, shape, &["component"]);
            }
        }
        self.path.clear();
    }

    /// Checks a table against a shape without what stands elsewhere, and with keys that may be anything.
    fn settings(&mut self, table: &'t Table, shape: &TableShape, free: &[&str]) {
        let mut own = shape.clone();
        own.fields.retain(|field| !ELSEWHERE.contains(&field.name.as_str()));
        let any = |name: &&str| Field {
            name: (*name).to_owned(),
            required: false,
            nullable: false,
            passed_over: false,
            doc: String::new(),
            shape: schema::Shape::Any.into(),
            since: None,
        };
        own.fields.extend(free.iter().map(any));
        self.table(table, &own, table.span);
    }
}
