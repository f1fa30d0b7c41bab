//! Manifests that come and go: nothing that was told of one may outlive it.

use std::time::Duration;

use serde_json::{Value, json};

use super::client::{Client, Workspace, modern};

const MANIFEST: &str = "spin_manifest_version = 2\napplication.name = \"a\"\n[[trigger.http]]\nroute = \"/\"\ncomponent = \"x\"\n[component.x]\nsource = \"target/x.wasm\"\n[component.x.build]\ncommand = \"cargo build\"\n";
const CODE: &str = "pub fn f() { spin_sdk::key_value::Store::open_default(); }\n";

fn app() -> Workspace {
    Workspace::new(&[("spin.toml", MANIFEST), ("Cargo.toml", "[package]\nname = \"x\"\n"), ("src/lib.rs", CODE)])
}

fn has(code: &str) -> impl Fn(&[Value]) -> bool + '_ {
    move |found| found.iter().any(|diagnostic| diagnostic["code"] == code)
}

fn told(client: &mut Client, workspace: &Workspace, path: &str, kind: u8) {
    client.notify("workspace/didChangeWatchedFiles", json!({ "changes": [{ "uri": workspace.uri(path), "type": kind }] }));
}

#[test]
fn a_source_forgets_a_manifest_that_is_deleted() {
    let workspace = app();
    let mut client = Client::start(Some(&workspace), modern(), Value::Null);
    let source = workspace.uri("src/lib.rs");
    client.open(&source, "rust", CODE);
    client.diagnostics(&source, has("undeclared-store"));
    std::fs::remove_file(workspace.path("spin.toml")).unwrap();
    told(&mut client, &workspace, "spin.toml", 3);
    client.diagnostics(&source, <[Value]>::is_empty);
    workspace.write("spin.toml", MANIFEST);
    told(&mut client, &workspace, "spin.toml", 1);
    client.diagnostics(&source, has("undeclared-store"));
}

#[test]
fn a_manifest_outside_of_every_folder_is_known_as_long_as_a_source_of_it_is_open() {
    let workspace = app();
    let mut client = Client::start(None, modern(), Value::Null);
    let (manifest, source) = (workspace.uri("spin.toml"), workspace.uri("src/lib.rs"));
    client.open(&source, "rust", CODE);
    client.diagnostics(&source, has("undeclared-store"));
    client.diagnostics(&manifest, has("undeclared-store"));
    // Opened and closed again it is still above the source.
    let granted = MANIFEST.replace("source =", "key_value_stores = [\"default\"]\nsource =");
    client.open(&manifest, "toml", &granted);
    client.diagnostics(&source, <[Value]>::is_empty);
    client.notify("textDocument/didClose", json!({ "textDocument": { "uri": manifest } }));
    client.diagnostics(&source, has("undeclared-store"));
    client.notify("textDocument/didClose", json!({ "textDocument": { "uri": source } }));
    client.diagnostics(&manifest, <[Value]>::is_empty);
}

/// Whoever opens a stranger's repository has not agreed to run it.
#[test]
fn opening_a_workspace_runs_nothing_of_it() {
    let workspace = app();
    let touch = format!("touch {}", workspace.path("ran").display());
    let manifest = MANIFEST.replace("cargo build", &touch);
    workspace.write("spin.toml", &manifest);
    workspace
        .write("build.rs", &format!("fn main() {{ std::process::Command::new(\"sh\").args([\"-c\", \"{touch}\"]).status().unwrap(); }}\n"));
    workspace.write("package.json", &format!("{{ \"scripts\": {{ \"install\": \"{touch}\", \"build\": \"{touch}\" }} }}\n"));
    workspace.write(".cargo/config.toml", &format!("[build]\nrustc-wrapper = \"{touch}\"\n"));
    let mut client = Client::start(Some(&workspace), modern(), Value::Null);
    client.open(&workspace.uri("spin.toml"), "toml", &manifest);
    client.diagnostics(&workspace.uri("spin.toml"), has("undeclared-store"));
    #[cfg(target_os = "linux")]
    {
        let tasks = std::fs::read_dir(format!("/proc/{}/task", client.process())).unwrap();
        let children = tasks.map(|task| std::fs::read_to_string(task.unwrap().path().join("children")).unwrap_or_default());
        assert_eq!(children.collect::<String>(), "");
    }
    assert_eq!(client.end(), 0);
    assert!(!workspace.path("ran").exists());
}

#[test]
fn a_source_belongs_to_the_nearest_manifest() {
    let workspace = app();
    workspace.write("examples/b/spin.toml", MANIFEST);
    workspace.write("examples/b/Cargo.toml", "[package]\nname = \"x\"\n");
    workspace.write("examples/b/src/lib.rs", CODE);
    let mut client = Client::start(None, modern(), Value::Null);
    client.open(&workspace.uri("spin.toml"), "toml", MANIFEST);
    client.diagnostics(&workspace.uri("spin.toml"), has("undeclared-store"));
    client.open(&workspace.uri("examples/b/src/lib.rs"), "rust", CODE);
    client.diagnostics(&workspace.uri("examples/b/src/lib.rs"), has("undeclared-store"));
}

#[test]
fn our_own_watcher_sees_builds_and_new_folders() {
    let workspace = app();
    let mut client = Client::start(Some(&workspace), json!({}), Value::Null);
    let manifest = workspace.uri("spin.toml");
    client.diagnostics(&manifest, has("missing-wasm"));
    // Time for the watcher to look at the folders.
    std::thread::sleep(Duration::from_millis(2500));
    workspace.write("target/x.wasm", "no wasm, but there");
    client.diagnostics(&manifest, |found| !has("missing-wasm")(found));
    workspace.write("more/note.txt", "");
    std::thread::sleep(Duration::from_millis(2500));
    workspace.write("more/spin.toml", MANIFEST);
    client.diagnostics(&workspace.uri("more/spin.toml"), has("missing-wasm"));
}

#[test]
fn a_manifest_that_is_hardly_begun_or_full_of_errors_says_so() {
    let mut client = Client::start(None, modern(), Value::Null);
    let twice = format!("{MANIFEST}{}", "[component.x]\nsource = \"x\"\n".repeat(150));
    for text in ["spin_manifest_version = \n", "spin_manifest_version 2\n[variables]\n", "[application\nname = \"a\"\n", &twice] {
        client.open("file:///nowhere/spin.toml", "toml", text);
        client.diagnostics("file:///nowhere/spin.toml", has("syntax"));
        client.notify("textDocument/didClose", json!({ "textDocument": { "uri": "file:///nowhere/spin.toml" } }));
        client.diagnostics("file:///nowhere/spin.toml", <[Value]>::is_empty);
    }
}

#[test]
fn version_1_has_its_ids_as_values() {
    let text = "spin_version = \"1\"\nname = \"a\"\ntrigger = { type = \"http\" }\n[variables]\ntoken = { default = \"t\" }\n[[component]]\nid = \"h\"\nsource = \"x.wasm\"\n[component.trigger]\nroute = \"/\"\n[component.config]\na = \"{{ token }}\"\n";
    let mut client = Client::start(None, modern(), Value::Null);
    client.open("file:///nowhere/spin.toml", "toml", text);
    let renamed = |client: &mut Client, line: usize, character: usize, name: &str| {
        let params = json!({ "textDocument": { "uri": "file:///nowhere/spin.toml" }, "position": { "line": line, "character": character }, "newName": name });
        let changes = client.request("textDocument/rename", params)["result"]["documentChanges"][0]["edits"].clone();
        changes.as_array().map(|edits| super::client::edited(text, edits))
    };
    assert_eq!(renamed(&mut client, 6, 7, "home"), Some(text.replace("\"h\"", "\"home\"")));
    assert_eq!(renamed(&mut client, 4, 1, "secret"), Some(text.replace("token", "secret")));
    assert_eq!(client.at("textDocument/prepareRename", "file:///nowhere/spin.toml", 7, 2), Value::Null);
    let symbols =
        client.request("textDocument/documentSymbol", json!({ "textDocument": { "uri": "file:///nowhere/spin.toml" } }))["result"].clone();
    assert!(symbols.as_array().unwrap().iter().any(|symbol| symbol["name"] == "h"), "{symbols}");
}
