//! The server says what the command line says: the same findings at the same places in the same words.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use spinlint::text::{Encoding, LineIndex};

use super::client::{Client, modern};
use crate::conformance::shared;

/// Findings by file, each as one line that has all of it.
type Findings = BTreeMap<String, Vec<String>>;

fn by_command_line(folder: &Path) -> Findings {
    let output = Command::new(env!("CARGO_BIN_EXE_spinlint")).args(["check", "--format", "json"]).arg(folder).env_clear().output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let mut found = Findings::new();
    for diagnostic in report["diagnostics"].as_array().unwrap() {
        let path = diagnostic["path"].as_str().unwrap();
        // Editors keep a byte order mark to themselves.
        let bom = bom(&std::fs::read_to_string(path).unwrap()) as u64;
        let offset = |end: &str| diagnostic["range"][end]["offset"].as_u64().unwrap().max(bom) - bom;
        let severity = match diagnostic["severity"].as_str().unwrap() {
            "error" => 1,
            "warning" => 2,
            _ => 3,
        };
        let help = diagnostic["help"].as_str().map(|help| format!("\nhelp: {help}")).unwrap_or_default();
        let related = diagnostic["related"].as_array().unwrap().len();
        let line = format!(
            "{}..{} {severity} {} {}{help} ({related})",
            offset("start"),
            offset("end"),
            diagnostic["rule"].as_str().unwrap(),
            diagnostic["message"].as_str().unwrap(),
        );
        found.entry(path.to_owned()).or_default().push(line);
    }
    found
}

/// The length of a byte order mark; of two, the second is text, and so the first is too.
fn bom(text: &str) -> usize {
    let has_one = text.strip_prefix('\u{feff}').is_some_and(|rest| !rest.starts_with('\u{feff}'));
    if has_one { 3 } else { 0 }
}

fn by_server(folder: &Path, expected: &Findings) -> Findings {
    let mut capabilities = modern();
    capabilities["general"]["positionEncodings"] = json!(["utf-8"]);
    let uri = super::client::uri(folder);
    let mut client = Client::spawn();
    let params = json!({ "processId": null, "rootUri": uri, "capabilities": capabilities });
    client.request("initialize", params);
    client.notify("initialized", json!({}));
    let mut found = Findings::new();
    for path in expected.keys() {
        let lines = expected[path].len();
        let diagnostics = client.diagnostics(&super::client::uri(Path::new(path)), |found| found.len() == lines);
        found.insert(path.clone(), diagnostics.iter().map(|diagnostic| shown(path, diagnostic)).collect());
    }
    // What the command line is silent about, the server is too.
    for message in client.received.iter().filter(|message| message["method"] == "textDocument/publishDiagnostics") {
        let path = message["params"]["uri"].as_str().unwrap().trim_start_matches("file://");
        let is_silent = message["params"]["diagnostics"].as_array().unwrap().is_empty();
        assert!(is_silent || expected.contains_key(path), "{message:#}");
    }
    found
}

fn shown(path: &str, diagnostic: &Value) -> String {
    let text = std::fs::read_to_string(path).unwrap();
    let text = &text[bom(&text)..];
    let lines = LineIndex::new(text);
    let offset = |end: &str| {
        let position = &diagnostic["range"][end];
        let number = |key: &str| u32::try_from(position[key].as_u64().unwrap()).unwrap();
        lines.offset(text, number("line"), number("character"), Encoding::Utf8)
    };
    let related = diagnostic["relatedInformation"].as_array().map_or(0, Vec::len);
    format!(
        "{}..{} {} {} {} ({related})",
        offset("start"),
        offset("end"),
        diagnostic["severity"],
        diagnostic["code"].as_str().unwrap(),
        diagnostic["message"].as_str().unwrap(),
    )
}

fn assert_agreement(folder: &Path) {
    let expected = by_command_line(folder);
    assert!(!expected.is_empty());
    let found = by_server(folder, &expected);
    for (path, lines) in &expected {
        assert_eq!(found[path], *lines, "{path}");
    }
}

#[test]
fn about_the_examples() {
    assert_agreement(&Path::new(env!("CARGO_MANIFEST_DIR")).join("examples"));
}

#[test]
fn about_the_manifests_of_the_tests_and_every_case() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    let write = |name: &str, text: &str| {
        std::fs::create_dir_all(root.join(name)).unwrap();
        std::fs::write(root.join(name).join("spin.toml"), text).unwrap();
    };
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/manifests");
    for entry in std::fs::read_dir(fixtures).unwrap() {
        let path = entry.unwrap().path();
        write(&path.file_stem().unwrap().to_string_lossy(), &std::fs::read_to_string(&path).unwrap());
    }
    if let Some(cases) = shared("conformance/cases.jsonl") {
        for (number, line) in std::fs::read_to_string(cases).unwrap().lines().enumerate() {
            let row: Value = serde_json::from_str(line).unwrap();
            write(&format!("case{number:04}"), row["toml"].as_str().unwrap());
        }
    }
    assert_agreement(&root);
}

/// The folders of the command line's scenarios, with every configuration and comment in them.
#[test]
fn under_every_configuration_of_the_scenarios() {
    let scenarios = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli");
    let mut configured = 0;
    for entry in std::fs::read_dir(scenarios).unwrap() {
        let name = entry.unwrap().path();
        let text = std::fs::read_to_string(&name).unwrap();
        // The files as they are before the first command.
        let files = text.split("```console").next().unwrap();
        let mut blocks = files.split("\n```").skip(1).step_by(2).filter_map(|block| block.split_once('\n')).peekable();
        let is_one = |head: &str| head.contains(' ');
        if blocks.peek().is_none() || files.contains("\\r\n") || files.contains("\\u{") {
            continue;
        }
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        for (head, content) in blocks.filter(|(head, _)| is_one(head)) {
            let path = root.join(head.split_once(' ').unwrap().1);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, format!("{content}\n")).unwrap();
        }
        if by_command_line(&root).is_empty() {
            continue;
        }
        configured += usize::from(files.contains("spinlint.toml") || files.contains("tool.spinlint") || files.contains("spinlint: allow"));
        println!("{}", name.display());
        assert_agreement(&root);
    }
    assert!(configured >= 3, "only {configured} scenarios configure anything");
}
