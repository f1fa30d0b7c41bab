//! Runs a scenario: asks what it asks, and tells what did not come of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;

use super::app::App;
use super::exercise::{Answer, ask};
use super::stores::Stores;
use super::witness::Notebook;
use crate::diagnostic::Place;
use crate::facts::trace::{self, Access, Operation};
use crate::scenario::{self, ExpectedAccess, Scenario};

/// What came of a scenario.
#[derive(Default)]
pub struct Performed {
    /// What was seen.
    pub requests: Vec<trace::Request>,
    /// What was expected and did not come, each with its place.
    pub unmet: Vec<(Place, String)>,
}

/// Runs a scenario on an app with these stores. The error says why it cannot be run.
pub async fn perform(app: &Arc<App>, scenario: &Scenario, stores: &Stores, notebook: &Notebook) -> Result<Performed, String> {
    for (label, contents) in &scenario.store {
        if !stores.forget_one(label) {
            return Err(format!(
                "the scenario fills the store \"{label}\", which is not in memory: it would write into what somebody keeps"
            ));
        }
        let store = stores.open(label).and_then(Result::ok).ok_or_else(|| format!("the store \"{label}\" cannot be opened"))?;
        for (key, value) in contents {
            store.set(key, value.as_bytes()).map_err(|failure| failure.0)?;
        }
    }
    let mut performed = Performed::default();
    for (index, request) in scenario.request.iter().enumerate() {
        let index = index.to_string();
        if !request.path.starts_with('/') {
            return Err(scenario.told(&["request", &index, "path"], "a path begins with `/`"));
        }
        let builder = http::Request::builder().method(request.method.as_str()).uri(&request.path);
        let builder = request.headers.iter().fold(builder, |builder, (name, value)| builder.header(name, value));
        let body = Bytes::copy_from_slice(request.body.as_bytes());
        let answer = ask(app, builder.body(body)).await.map_err(|reason| scenario.told(&["request", &index], &reason))?;
        let mut seen = notebook.take().await;
        // What it set off in other components was answered before it.
        let accesses = seen.last().map(|request| request.accesses.clone()).unwrap_or_default();
        let name = format!("{} {}", request.method, request.path);
        let unmet = unmet_by(&name, &request.expect, &answer, &accesses);
        for (path, told) in &unmet {
            let place = scenario.place(&[&["request", index.as_str(), "expect"], path.as_slice()].concat());
            performed.unmet.extend(place.map(|place| (place, told.clone())));
        }
        if let Some(request) = seen.last_mut() {
            request.unmet = unmet.into_iter().map(|(_, told)| told).collect();
        }
        performed.requests.append(&mut seen);
    }
    for (label, expected) in &scenario.expect.store {
        let found = contents(stores, label)?;
        for (key, told) in differences(label, expected, &found) {
            let place = scenario.place(&["expect", "store", label, key]);
            performed.unmet.extend(place.map(|place| (place, told)));
        }
    }
    Ok(performed)
}

/// What an answer lacks of what is expected, each with the names that lead to the expectation.
fn unmet_by<'s>(name: &str, expected: &'s scenario::Answer, answer: &Answer, accesses: &[Access]) -> Vec<(Vec<&'s str>, String)> {
    let mut unmet = Vec::new();
    let status = answer.head.status.as_u16();
    if let Some(expected) = expected.status.filter(|expected| *expected != status) {
        unmet.push((vec!["status"], format!("the answer to `{name}` has the status {status}, expected is {expected}")));
    }
    for (header, expected) in &expected.headers {
        let mut values = answer.head.headers.get_all(header.as_str()).iter().map(|value| String::from_utf8_lossy(value.as_bytes()));
        if !values.any(|value| value == *expected) {
            let found = answer.head.headers.get(header.as_str());
            let found = found.map_or_else(
                || format!("no header `{header}`"),
                |value| format!("the header `{header}` with `{}`", String::from_utf8_lossy(value.as_bytes())),
            );
            let told = format!("the answer to `{name}` has {found}, expected is `{expected}`");
            unmet.push((vec!["headers", header], told));
        }
    }
    if let Some(expected) = expected.body.as_ref().filter(|expected| expected.as_bytes() != answer.body) {
        let (found, expected) = (quoted(&answer.body), quoted(expected.as_bytes()));
        unmet.push((vec!["body"], format!("the answer to `{name}` is {found}, expected is {expected}")));
    }
    let others = expected.accesses.as_ref().and_then(|expected| other_accesses(name, expected, accesses));
    unmet.extend(others.map(|told| (vec!["accesses"], told)));
    unmet
}

fn other_accesses(name: &str, expected: &[ExpectedAccess], accesses: &[Access]) -> Option<String> {
    let counts_opens = expected.iter().any(|access| access.operation == Operation::Open);
    let done: Vec<&Access> = accesses.iter().filter(|access| counts_opens || access.operation != Operation::Open).collect();
    let is_met = done.len() == expected.len() && expected.iter().zip(&done).all(|(expected, access)| expected.is(access));
    if is_met {
        return None;
    }
    let listed = |accesses: Vec<String>| if accesses.is_empty() { "nothing".to_owned() } else { accesses.join(", ") };
    let wanted = expected.iter().map(|expected| {
        Access {
            store: expected.store.clone(),
            operation: expected.operation,
            key: expected.key.clone(),
            result: expected.result.clone().unwrap_or_else(|| trace::OK.to_owned()),
        }
        .to_string()
    });
    let done = done.into_iter().map(ToString::to_string);
    Some(format!("at `{name}` the stores saw {}, expected is {}", listed(done.collect()), listed(wanted.collect())))
}

fn contents(stores: &Stores, label: &str) -> Result<BTreeMap<String, Vec<u8>>, String> {
    let failed = |reason: String| format!("the store \"{label}\" cannot be looked into: {reason}");
    let store = stores.open(label).ok_or_else(|| failed("it is not defined".to_owned()))?.map_err(|failure| failed(failure.0))?;
    let keys = store.keys().map_err(|failure| failed(failure.0))?;
    let value = |key: String| store.get(&key).map(|value| (key, value.unwrap_or_default()));
    keys.into_iter().map(value).collect::<Result<_, _>>().map_err(|failure| failed(failure.0))
}

/// What a store holds other than expected, each with its key.
fn differences<'f>(label: &str, expected: &'f BTreeMap<String, String>, found: &'f BTreeMap<String, Vec<u8>>) -> Vec<(&'f str, String)> {
    let mut told = Vec::new();
    for (key, value) in expected {
        match found.get(key) {
            None => told.push((key.as_str(), format!("the store \"{label}\" does not hold `{key}` afterwards"))),
            Some(other) if other != value.as_bytes() => {
                let (found, expected) = (quoted(other), quoted(value.as_bytes()));
                told.push((key, format!("the store \"{label}\" holds {found} as `{key}` afterwards, expected is {expected}")));
            }
            Some(_) => {}
        }
    }
    let more = found.keys().filter(|key| !expected.contains_key(*key));
    told.extend(more.map(|key| (key.as_str(), format!("the store \"{label}\" holds `{key}` afterwards, too"))));
    told
}

/// Bytes as a person reads them, not too many of them.
fn quoted(bytes: &[u8]) -> String {
    const SHOWN: usize = 200;
    let text: String = String::from_utf8_lossy(bytes).chars().take(SHOWN).collect();
    let more = if bytes.len() > text.len() { "..." } else { "" };
    format!("{text:?}{more}")
}
