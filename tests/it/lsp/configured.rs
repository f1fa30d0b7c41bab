//! `spinlint.toml` and runtime configurations in an editor: what they say holds at once, and they are checked, completed and explained.

use serde_json::{Value, json};

use super::client::{Client, Workspace, edited, modern};

const MANIFEST: &str = "spin_manifest_version = 2\napplication.name = \"a\"\ntrigger.http = [{ route = \"/...\", component = \"x\" }]\n\
    [component.x]\nsource = \"x.wasm\"\nkey_value_stores = [\"carts\"]\n";

fn codes(found: &[Value]) -> Vec<String> {
    found.iter().map(|one| format!("{}:{}", one["severity"], one["code"].as_str().unwrap())).collect()
}

fn are(expected: &'static [&str]) -> impl Fn(&[Value]) -> bool {
    move |found| codes(found) == expected
}

fn labels(answer: &Value) -> Vec<&str> {
    answer["items"].as_array().unwrap().iter().map(|item| item["label"].as_str().unwrap()).collect()
}

#[test]
fn what_is_configured_holds_while_it_is_typed() {
    let workspace = Workspace::new(&[("app/spin.toml", MANIFEST), ("spinlint.toml", "")]);
    let mut client = Client::start(Some(&workspace), modern(), Value::Null);
    let (manifest, config) = (workspace.uri("app/spin.toml"), workspace.uri("spinlint.toml"));
    client.diagnostics(&manifest, are(&["3:missing-wasm", "3:undefined-store"]));
    client.open(&config, "toml", "[rules]\nmissing-wasm = \"off\"\n");
    client.diagnostics(&manifest, are(&["3:undefined-store"]));
    client.replace(&config, 2, "[rules]\nmissing-wasm = \"error\"\nundefined-stor = \"off\"\n");
    client.diagnostics(&manifest, are(&["1:missing-wasm", "3:undefined-store"]));
    let told = client.diagnostics(&config, are(&["2:misconfiguration"]));
    assert!(told[0]["message"].as_str().unwrap().contains("did you mean `undefined-store`?"), "{told:#?}");
    client.replace(&config, 3, "editor.diagnostics = false\n");
    client.diagnostics(&manifest, <[Value]>::is_empty);
    client.diagnostics(&config, <[Value]>::is_empty);
    client.notify("textDocument/didClose", json!({ "textDocument": { "uri": config } }));
    client.diagnostics(&manifest, are(&["3:missing-wasm", "3:undefined-store"]));
    // On disk, too.
    workspace.write("app/spinlint.toml", "ignore.'*' = ['all']\n");
    client.notify("workspace/didChangeWatchedFiles", json!({ "changes": [{ "uri": workspace.uri("app/spinlint.toml"), "type": 1 }] }));
    client.diagnostics(&manifest, <[Value]>::is_empty);
}

#[test]
fn a_runtime_configuration_is_followed_and_checked() {
    let started = "[key_value_store.carts]\ntype = \"spin\"\npath = \"carts.db\"\n";
    let files = [
        ("spin.toml", MANIFEST),
        ("spinlint.toml", "runtime_config_file = \"rc.toml\"\nrules.missing-wasm = \"off\"\n"),
        ("rc.toml", started),
    ];
    let workspace = Workspace::new(&files);
    let mut client = Client::start(Some(&workspace), modern(), Value::Null);
    let (manifest, runtime) = (workspace.uri("spin.toml"), workspace.uri("rc.toml"));
    client.diagnostics(&manifest, <[Value]>::is_empty);
    client.open(&runtime, "toml", &started.replace("carts]", "cart]"));
    client.diagnostics(&manifest, are(&["1:undefined-store"]));
    client.diagnostics(&runtime, |found| found.iter().any(|one| one["code"] == "ungranted-store" || one["code"] == "unused-definition"));
    client.replace(&runtime, 2, &started.replace("path", "paht"));
    client.diagnostics(&runtime, |found| found.iter().any(|one| one["message"].as_str().unwrap().contains("paht")));
    client.replace(&runtime, 3, started);
    client.diagnostics(&manifest, <[Value]>::is_empty);
    client.diagnostics(&runtime, <[Value]>::is_empty);
}

#[test]
fn both_files_are_completed_and_explained() {
    let workspace = Workspace::new(&[("spin.toml", MANIFEST)]);
    let mut client = Client::start(Some(&workspace), modern(), Value::Null);
    let config = workspace.uri("spinlint.toml");
    client.open(&config, "toml", "spin_version = \"3.4\"\n\n[rules]\n\nunused-store = \"\"\n[ignore]\n\"a/**\" = [\"\"]\n[editor]\n\n");
    let at = |client: &mut Client, line: usize, column: usize| client.at("textDocument/completion", &config, line, column);
    let answer = at(&mut client, 1, 0);
    assert!(labels(&answer).contains(&"runtime_config_file") && !labels(&answer).contains(&"spin_version"), "{answer:#}");
    let answer = at(&mut client, 3, 0);
    assert!(labels(&answer).contains(&"undeclared-store") && !labels(&answer).contains(&"unused-store"), "{answer:#}");
    assert_eq!(labels(&at(&mut client, 4, 16)), ["off", "info", "warning", "error"]);
    let answer = at(&mut client, 6, 11);
    assert!(labels(&answer).contains(&"all") && labels(&answer).contains(&"missing-wasm"), "{answer:#}");
    let answer = at(&mut client, 8, 0);
    assert!(labels(&answer).contains(&"codeLens"), "{answer:#}");
    let hover = client.at("textDocument/hover", &config, 0, 2).to_string();
    assert!(hover.contains("oldest version of Spin"), "{hover}");
    let hover = client.at("textDocument/hover", &config, 4, 2).to_string();
    assert!(hover.contains("## Why"), "{hover}");

    let runtime = workspace.uri("runtime-config.toml");
    client.open(&runtime, "toml", "[key_value_store.carts]\ntype = \"\"\n\n");
    let answer = client.at("textDocument/completion", &runtime, 1, 8);
    assert!(labels(&answer).contains(&"redis"), "{answer:#}");
    let hover = client.at("textDocument/hover", &runtime, 0, 3).to_string();
    assert!(hover.contains("key_value_store"), "{hover}");
    // What it defines is offered in the manifest.
    let manifest = workspace.uri("spin.toml");
    client.open(&manifest, "toml", &MANIFEST.replace("[\"carts\"]", "[\"\"]"));
    let answer = client.at("textDocument/completion", &manifest, 5, 21);
    assert!(labels(&answer).contains(&"carts"), "{answer:#}");
}

#[test]
fn a_finding_can_be_allowed_where_it_stands_and_at_the_call() {
    const CODE: &str = "pub fn f() {\n    spin_sdk::key_value::Store::open(\"carts\");\n}\n";
    let manifest = MANIFEST.replace("key_value_stores = [\"carts\"]\n", "build.command = \"cargo build\"\n");
    let files = [
        ("spin.toml", manifest.as_str()),
        ("Cargo.toml", "[package]\nname = \"x\"\n[dependencies]\nspin-sdk = \"5\"\n"),
        ("src/lib.rs", CODE),
    ];
    let workspace = Workspace::new(&files);
    let mut client = Client::start(Some(&workspace), modern(), Value::Null);
    let (source, spin) = (workspace.uri("src/lib.rs"), workspace.uri("spin.toml"));
    client.open(&source, "rust", CODE);
    client.open(&spin, "toml", &manifest);
    let found = client.diagnostics(&source, |found| !found.is_empty());
    let allow = |client: &mut Client, uri: &str, range: &Value| -> Vec<Value> {
        let params = json!({ "textDocument": { "uri": uri }, "range": range, "context": { "diagnostics": [] } });
        let actions = client.request("textDocument/codeAction", params)["result"].as_array().unwrap().clone();
        let action = actions.into_iter().find(|action| action["title"] == "allow `undeclared-store` here").unwrap();
        let edits = action["edit"]["documentChanges"][0]["edits"].as_array().unwrap().clone();
        assert_eq!(action["edit"]["documentChanges"][0]["textDocument"]["uri"], uri);
        edits
    };
    let edits = allow(&mut client, &source, &found[0]["range"]);
    let allowed = edited(CODE, &edits);
    assert!(allowed.contains("    // spinlint: allow(undeclared-store)\n    spin_sdk"), "{allowed}");
    let told = client.diagnostics(&spin, |found| found.iter().any(|one| one["code"] == "undeclared-store"));
    let place = told.iter().find(|one| one["code"] == "undeclared-store").unwrap()["range"].clone();
    let in_manifest = edited(&manifest, &allow(&mut client, &spin, &place));
    assert!(in_manifest.contains("[component.x] # spinlint: allow(undeclared-store)\n"), "{in_manifest}");
    client.replace(&source, 2, &allowed);
    client.diagnostics(&source, <[Value]>::is_empty);
    client.diagnostics(&spin, |found| found.iter().all(|one| one["code"] != "undeclared-store"));
    // A comment that allows nothing is a finding where it stands, and can be taken out there.
    let idle = CODE.replace("    spin", "    // spinlint: allow(no-such-rule) why\n    spin").replace("open(\"carts\")", "get()");
    client.replace(&source, 3, &idle);
    let found = client.diagnostics(&source, |found| found.iter().any(|one| one["code"] == "unused-suppression"));
    let params = json!({ "textDocument": { "uri": source }, "range": found[0]["range"], "context": { "diagnostics": [] } });
    let actions = client.request("textDocument/codeAction", params)["result"].as_array().unwrap().clone();
    let edits = actions[0]["edit"]["documentChanges"][0]["edits"].as_array().unwrap().clone();
    assert_eq!(edited(&idle, &edits), idle.replace("    // spinlint: allow(no-such-rule) why\n", ""));
}
