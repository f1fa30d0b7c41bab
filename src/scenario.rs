//! A scenario for `spinlint test`: what an app is asked, what it has to answer, and what its stores have to hold then.
//!
//! It is written in `spinlint-test.toml` beside the manifest, or in the manifest as `[application.tool.spinlint.test]`.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::diagnostic::Place;
use crate::facts::trace::{Access, Operation};
use crate::files::Files;
use crate::syntax::{self, Node, Table, Value};
use crate::text::{SourceFile, Span};

/// The file that holds a scenario, beside the manifest.
pub const FILE: &str = "spinlint-test.toml";

/// Stores by their labels, each with its keys and values.
type Contents = BTreeMap<String, BTreeMap<String, String>>;

/// What an app is asked, and what has to come of it.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "A scenario of spinlint test")]
pub struct Scenario {
    /// What stores hold before the first request, by label. They have to be stores in memory.
    #[serde(default)]
    pub store: Contents,
    /// The requests, in their order.
    #[serde(default)]
    pub request: Vec<Request>,
    /// What has to hold when all requests are answered.
    #[serde(default)]
    pub expect: Afterwards,
    /// Where each value stands, by the names and numbers that lead to it.
    #[serde(skip)]
    places: BTreeMap<Vec<String>, Place>,
}

/// A request, and what is expected of its answer.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The method.
    #[serde(default = "get")]
    pub method: String,
    /// The path, with a query where there is one.
    pub path: String,
    /// The headers.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// The body.
    #[serde(default)]
    pub body: String,
    /// What the answer has to be.
    #[serde(default)]
    pub expect: Answer,
}

fn get() -> String {
    "GET".to_owned()
}

/// What an answer has to be. What is not named may be anything.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// The status.
    pub status: Option<u16>,
    /// Headers with their values; there may be others.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// The whole body.
    pub body: Option<String>,
    /// What was done with stores: this, in this order, and nothing else. Opening a store counts only if an opening is named.
    pub accesses: Option<Vec<ExpectedAccess>>,
}

/// Something that has to be done with a store.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExpectedAccess {
    /// The label.
    pub store: String,
    /// What is done.
    pub operation: Operation,
    /// The key; any, where it is not named.
    pub key: Option<String>,
    /// `ok`, `absent`, or the name of an error; any, where it is not named.
    pub result: Option<String>,
}

/// What has to hold when all requests are answered.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Afterwards {
    /// What stores hold, by label: these keys with these values, and no others.
    #[serde(default)]
    pub store: Contents,
}

impl ExpectedAccess {
    /// Whether this was done.
    pub fn is(&self, access: &Access) -> bool {
        self.store == access.store
            && self.operation == access.operation
            && self.key.as_ref().is_none_or(|key| access.key.as_ref() == Some(key))
            && self.result.as_ref().is_none_or(|result| *result == access.result)
    }
}

impl Scenario {
    /// Reads a file of its own. None if there is none; the error is a sentence with its place.
    pub fn read(files: &dyn Files, path: &Path) -> Result<Option<Scenario>, String> {
        let bytes = match files.read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(format!("cannot read the scenario {}: {error}", path.display())),
        };
        let text = String::from_utf8(bytes.to_vec()).map_err(|_| format!("the scenario {} is not UTF-8", path.display()))?;
        let file = Arc::new(SourceFile::new(path, text));
        let tree = syntax::parse(file.text());
        if let Some(error) = tree.errors.first() {
            return Err(located(&file, error.span, &error.message));
        }
        Scenario::of(&file, &tree.root).map(Some)
    }

    /// The scenario in a manifest; none if it has none.
    pub fn in_manifest(file: &Arc<SourceFile>, root: &Table) -> Result<Option<Scenario>, String> {
        let path = ["application", "tool", "spinlint", "test"];
        let table = path.iter().try_fold(root, |table, key| table.get(key)?.as_table());
        table.map(|table| Scenario::of(file, table)).transpose()
    }

    fn of(file: &Arc<SourceFile>, table: &Table) -> Result<Scenario, String> {
        let mut places = BTreeMap::new();
        for entry in &table.entries {
            if !matches!(entry.key.value.as_str(), "store" | "request" | "expect") {
                let reason = format!("a scenario has `store`, `request` and `expect`, and no `{}`", entry.key.value);
                return Err(located(file, entry.key.span, &reason));
            }
            if entry.key.value == "request" && !matches!(entry.node.value, Value::Array(_)) {
                return Err(located(file, entry.node.span, "expected requests as `[[request]]`"));
            }
            locate(file, &entry.node, std::slice::from_ref(&entry.key.value), &mut places);
        }
        let values = table.entries.iter().map(|entry| (entry.key.value.clone(), json(&entry.node)));
        let values = serde_json::Value::Object(values.collect());
        let scenario = serde_path_to_error::deserialize(values).map_err(|error| {
            let path: Vec<String> = error.path().iter().map(ToString::to_string).collect();
            let path: Vec<&str> = path.iter().map(|name| name.trim_matches(['[', ']'])).collect();
            let span = nearest(&places, &path).map_or(Span::at(0), |place| place.span);
            located(file, span, &error.inner().to_string())
        })?;
        Ok(Scenario { places, ..scenario })
    }

    /// A sentence about a value, behind its place.
    pub fn told(&self, path: &[&str], reason: &str) -> String {
        self.place(path).map_or_else(|| reason.to_owned(), |place| located(&place.file, place.span, reason))
    }

    /// Where a value stands, or what it would stand in.
    pub fn place(&self, path: &[&str]) -> Option<Place> {
        nearest(&self.places, path).cloned()
    }
}

/// The place of a value, or of the innermost one around it that is written.
fn nearest<'p>(places: &'p BTreeMap<Vec<String>, Place>, path: &[&str]) -> Option<&'p Place> {
    let path: Vec<String> = path.iter().map(|name| (*name).to_owned()).collect();
    (1..=path.len()).rev().find_map(|length| places.get(&path[..length]))
}

/// Notes where a value and all that is in it stand.
fn locate(file: &Arc<SourceFile>, node: &Node, path: &[String], places: &mut BTreeMap<Vec<String>, Place>) {
    let inner = |name: &str| path.iter().cloned().chain([name.to_owned()]).collect::<Vec<_>>();
    for (index, item) in node.items().iter().enumerate() {
        locate(file, item, &inner(&index.to_string()), places);
    }
    for entry in node.as_table().into_iter().flat_map(|table| &table.entries) {
        locate(file, &entry.node, &inner(&entry.key.value), places);
    }
    places.insert(path.to_vec(), Place { file: Arc::clone(file), span: node.span });
}

/// A sentence behind its place.
fn located(file: &SourceFile, span: Span, reason: &str) -> String {
    let position = file.position(span.start);
    format!("{}:{}:{}: {reason}", file.display_path(), position.line, position.column)
}

fn json(node: &Node) -> serde_json::Value {
    match &node.value {
        Value::String(text) => text.as_str().into(),
        Value::Integer(number) => (*number).into(),
        Value::Boolean(value) => (*value).into(),
        Value::Array(array) => array.items.iter().map(json).collect(),
        Value::Table(table) => table.entries.iter().map(|entry| (entry.key.value.clone(), json(&entry.node))).collect(),
        // Nothing in a scenario is a number with a point or a date, and neither may pass for nothing.
        Value::Float | Value::Datetime => serde_json::json!({ "a number with a point, or a date": 0 }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::Memory;

    fn read(text: &str) -> Result<Scenario, String> {
        let mut files = Memory::default();
        files.insert(FILE, text);
        Scenario::read(&files, Path::new(FILE)).map(Option::unwrap)
    }

    #[test]
    fn a_scenario_is_read_with_its_places() {
        let scenario = read(
            "[store.default]\n\"/a\" = \"1\"\n\n[[request]]\npath = \"/a\"\n\n[[request]]\nmethod = \"POST\"\npath = \"/b\"\nbody = \"2\"\n\
             [request.expect]\nstatus = 200\naccesses = [{ store = \"default\", operation = \"set\", key = \"/b\" }]\n\n\
             [expect.store.default]\n\"/b\" = \"2\"\n",
        );
        let scenario = scenario.unwrap();
        assert_eq!(scenario.request[0].method, "GET");
        assert_eq!(scenario.request[1].expect.status, Some(200));
        let line = |path: &[&str]| scenario.place(path).map(|place| place.file.position(place.span.start).line);
        assert_eq!(["0", "1"].map(|request| line(&["request", request])), [Some(4), Some(7)]);
        assert_eq!(line(&["request", "1", "expect", "status"]), Some(12));
        assert_eq!(line(&["request", "0", "expect", "status"]), Some(4), "what is not written stands nowhere");
        assert_eq!(line(&["expect", "store", "default", "/b"]), Some(16));
        assert_eq!(scenario.expect.store["default"]["/b"], "2");
    }

    #[test]
    fn what_is_no_scenario_is_told_with_its_place() {
        for (text, told) in [
            ("requests = 1", "spinlint-test.toml:1:1: a scenario has `store`, `request` and `expect`, and no `requests`"),
            ("[[request]]\npath = \"/\"\n[[request]]\n", "spinlint-test.toml:3:1: missing field `path`"),
            ("[request]\npath = \"/\"\n", "spinlint-test.toml:1:1: expected requests as `[[request]]`"),
            ("[[request]]\npath = \"/\"\nexpect.status = 200.0\n", "spinlint-test.toml:3:17: invalid type: map, expected u16"),
            ("[[request]]\npath = \"/\"\nexpect.body = 1979-05-27\n", "spinlint-test.toml:3:15: invalid type: map, expected a string"),
            ("[[request]]\npath = 1\n", "spinlint-test.toml:2:8: invalid type: integer `1`, expected a string"),
        ] {
            assert_eq!(read(text).unwrap_err(), told);
        }
    }

    #[test]
    fn a_manifest_may_hold_it() {
        let file = Arc::new(SourceFile::new("spin.toml", "[[application.tool.spinlint.test.request]]\npath = \"/x\"\n"));
        let tree = syntax::parse(file.text());
        assert_eq!(Scenario::in_manifest(&file, &tree.root).unwrap().unwrap().request[0].path, "/x");
        assert!(Scenario::in_manifest(&file, &syntax::parse("").root).unwrap().is_none());
    }
}
