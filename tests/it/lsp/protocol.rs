//! What the protocol asks for: order, cancellation, garbage, panics, folders, clients with little.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::client::{Client, Workspace, modern, uri};

const BROKEN: &str = "spin_manifest_version = 2\napplication.name = \"a\"\ntrigger.http = [{ route = \"/\", component = \"a\" }]\n\n[component.a]\nsuorce = \"a.wasm\"\n";

/// The code of the answer to a request that was taken back.
const CANCELLED: i64 = -32800;

fn errors(found: &[Value]) -> Vec<&str> {
    found.iter().filter(|diagnostic| diagnostic["severity"] == 1).map(|diagnostic| diagnostic["code"].as_str().unwrap()).collect()
}

#[test]
fn a_session_survives_garbage_and_panics() {
    let mut client = Client::start(None, modern(), Value::Null);
    let is_error = |code: i64| move |message: &Value| message["error"]["code"] == code && message["id"].is_null();
    client.raw(b"GET / HTTP/1.1\r\nContent-Length: 2\r\n\r\n[]");
    client.wait("a parse error", is_error(-32700));
    client.raw(b"Content-Length: 5\r\n\r\n{\"a\":");
    client.wait("an invalid request", |message| message["error"]["code"] == -32700);
    client.send(&json!({ "jsonrpc": "2.0", "id": 900, "method": 7 }));
    assert_eq!(client.answer(900)["error"]["code"], -32600);
    client.send(&json!({ "jsonrpc": "2.0", "id": 901, "method": "textDocument/hover", "params": { "position": "x" } }));
    assert_eq!(client.answer(901)["error"]["code"], -32602);
    assert_eq!(client.request("spinlint/unknown", json!({}))["error"]["code"], -32601);
    assert_eq!(client.request("spinlint/panic", Value::Null)["error"]["code"], -32603);
    client.notify("textDocument/didChange", json!({ "textDocument": 1 }));
    // Documents that nobody opened, and places past the end.
    assert_eq!(client.at("textDocument/hover", "untitled:nothing", 0, 0), Value::Null);
    client.open("untitled:1", "toml", BROKEN);
    assert_eq!(client.at("textDocument/hover", "untitled:1", 9999, 9999), Value::Null);
    client.diagnostics("untitled:1", |found| errors(found) == ["unknown-key"]);
    assert_eq!(client.end(), 0);
}

#[test]
fn requests_before_initialize_and_after_shutdown_are_refused() {
    let mut client = Client::spawn();
    assert_eq!(client.request("textDocument/hover", json!({}))["error"]["code"], -32002);
    client.request("initialize", json!({ "capabilities": {} }));
    assert_eq!(client.request("$/unheardOf", json!({}))["error"]["code"], -32601);
    client.request("shutdown", Value::Null);
    assert_eq!(client.request("textDocument/hover", json!({}))["error"]["code"], -32600);
    client.notify("exit", Value::Null);
    assert_eq!(client.wait_for_exit(), 0);
    let mut client = Client::start(None, json!({}), Value::Null);
    assert_eq!(client.wait_for_exit(), 1, "the client went away without a word");
}

#[test]
fn answers_come_in_the_order_of_the_wire_and_see_what_was_typed_before() {
    let mut client = Client::start(None, modern(), Value::Null);
    client.open("untitled:1", "toml", BROKEN);
    let mut asked = Vec::new();
    let is_cancelled = |id: i64| id % 2 == 0;
    for round in 0..500 {
        let text = format!("{BROKEN}# {round}\n[component.c{}]\nsource = \"x\"\n", "c".repeat(round % 7));
        client.replace("untitled:1", round as i64 + 2, &text);
        let id = client.ask("textDocument/documentSymbol", json!({ "textDocument": { "uri": "untitled:1" } }));
        if is_cancelled(id) {
            client.notify("$/cancelRequest", json!({ "id": id }));
        }
        asked.push((id, format!("c{}", "c".repeat(round % 7))));
    }
    let (last, _) = asked[asked.len() - 1];
    client.answer(last);
    let answers: Vec<&Value> = client.received.iter().filter(|message| asked.iter().any(|(id, _)| message["id"] == *id)).collect();
    let missing: Vec<i64> = asked.iter().map(|(id, _)| *id).filter(|id| !answers.iter().any(|answer| answer["id"] == *id)).collect();
    assert_eq!(missing, [0; 0]);
    for (answer, (id, component)) in answers.iter().zip(&asked) {
        assert_eq!(answer["id"], *id);
        // What is answered before the cancellation comes cannot be cancelled any more.
        if is_cancelled(*id) && answer["error"]["code"] == CANCELLED {
            continue;
        }
        let names: Vec<&str> = answer["result"].as_array().unwrap().iter().map(|symbol| symbol["name"].as_str().unwrap()).collect();
        assert!(names.contains(&component.as_str()), "{names:?} lacks {component}");
    }
}

/// An editor takes back what the next keystroke makes useless: none of it may hold up what is still wanted.
#[test]
fn what_is_cancelled_while_it_waits_is_not_worked_out() {
    let mut client = Client::start(None, modern(), Value::Null);
    client.open("untitled:1", "toml", BROKEN);
    client.diagnostics("untitled:1", |found| !found.is_empty());
    let document = json!({ "textDocument": { "uri": "untitled:1" } });
    let frame = |message: Value| format!("Content-Length: {}\r\n\r\n{message}", message.to_string().len());
    let request = |id: i64| frame(json!({ "jsonrpc": "2.0", "id": id, "method": "textDocument/documentSymbol", "params": document }));
    let cancel = |id: i64| frame(json!({ "jsonrpc": "2.0", "method": "$/cancelRequest", "params": { "id": id } }));
    let burst: String = (1000..1030).map(request).chain((1000..1029).map(cancel)).collect();
    client.raw(burst.as_bytes());
    assert!(client.answer(1029)["result"].is_array());
    let is_cancelled = |id: &i64| client.received.iter().any(|answer| answer["id"] == *id && answer["error"]["code"] == CANCELLED);
    // The first may have been answered before the others had arrived.
    let cancelled: Vec<i64> = (1000..1029).filter(is_cancelled).collect();
    assert!(cancelled.len() > 20, "{cancelled:?}");
    assert_eq!(client.end(), 0);
}

#[test]
fn findings_carry_their_version_page_and_places() {
    let mut client = Client::start(None, modern(), Value::Null);
    client.open("untitled:1", "toml", BROKEN);
    let found = client.diagnostics("untitled:1", |found| !found.is_empty());
    assert_eq!(found[0]["source"], "spinlint");
    assert!(found[0]["codeDescription"]["href"].as_str().unwrap().ends_with("#unknown-key"));
    client.replace("untitled:1", 7, BROKEN);
    client.wait("version 7", |message| message["params"]["version"] == 7);
}

#[test]
fn manifests_that_are_not_open_are_told_and_watched() {
    let workspace = Workspace::new(&[("a/spin.toml", BROKEN), ("b/deep/spin.toml", BROKEN), ("node_modules/x/spin.toml", BROKEN)]);
    let mut client = Client::start(Some(&workspace), modern(), Value::Null);
    let watchers = client.wait("a registration", |message| message["method"] == "client/registerCapability");
    assert!(watchers["params"]["registrations"][0]["registerOptions"]["watchers"].to_string().contains("**/spin.toml"));
    for path in ["a/spin.toml", "b/deep/spin.toml"] {
        client.diagnostics(&workspace.uri(path), |found| errors(found) == ["unknown-key"]);
    }
    assert!(!client.received.iter().any(|message| message.to_string().contains("node_modules")));
    workspace.write("a/spin.toml", &BROKEN.replace("suorce", "source"));
    let change = |path: &str, kind: u8| json!({ "changes": [{ "uri": workspace.uri(path), "type": kind }] });
    client.notify("workspace/didChangeWatchedFiles", change("a/spin.toml", 2));
    client.diagnostics(&workspace.uri("a/spin.toml"), |found| errors(found).is_empty());
    std::fs::remove_file(workspace.path("b/deep/spin.toml")).unwrap();
    client.notify("workspace/didChangeWatchedFiles", change("b/deep/spin.toml", 3));
    client.diagnostics(&workspace.uri("b/deep/spin.toml"), <[Value]>::is_empty);
}

#[test]
fn folders_come_and_go() {
    let (first, second) = (Workspace::new(&[("spin.toml", BROKEN)]), Workspace::new(&[("spin.toml", BROKEN)]));
    let mut client = Client::start(Some(&first), modern(), Value::Null);
    client.diagnostics(&first.uri("spin.toml"), |found| !found.is_empty());
    let folder = |workspace: &Workspace| json!([{ "uri": uri(workspace.path("").as_path()).trim_end_matches('/'), "name": "w" }]);
    let event = json!({ "event": { "added": folder(&second), "removed": folder(&first) } });
    client.notify("workspace/didChangeWorkspaceFolders", event);
    client.diagnostics(&first.uri("spin.toml"), <[Value]>::is_empty);
    client.diagnostics(&second.uri("spin.toml"), |found| !found.is_empty());
}

#[test]
fn a_client_without_anything_is_served_and_our_own_watcher_looks() {
    let code = "use spin_sdk::key_value::Store;\npub fn f() { Store::open_default(); }\n";
    let manifest = BROKEN.replace("suorce", "source") + "[component.a.build]\ncommand = \"cargo build\"\n";
    let workspace =
        Workspace::new(&[("spin.toml", &manifest), ("Cargo.toml", "[package]\nname = \"a\"\n"), ("src/lib.rs", "pub fn f() {}\n")]);
    let mut client = Client::start(Some(&workspace), json!({}), Value::Null);
    let manifest = workspace.uri("spin.toml");
    client.diagnostics(&manifest, |found| found.iter().all(|diagnostic| diagnostic["code"] == "missing-wasm") && !found.is_empty());
    // Time for the watcher to look at the folders of the sources.
    std::thread::sleep(Duration::from_millis(2500));
    workspace.write("src/lib.rs", code);
    let found = client.diagnostics(&manifest, |found| found.iter().any(|diagnostic| diagnostic["code"] == "undeclared-store"));
    assert!(found.iter().all(|diagnostic| diagnostic.get("relatedInformation").is_none()));
}

#[test]
fn a_client_that_pulls_is_not_pushed_to() {
    let workspace = Workspace::new(&[("spin.toml", BROKEN), ("b/spin.toml", BROKEN)]);
    let mut capabilities = modern();
    capabilities["textDocument"]["diagnostic"] = json!({});
    capabilities["workspace"]["diagnostics"] = json!({ "refreshSupport": true });
    let mut client = Client::start(Some(&workspace), capabilities, Value::Null);
    let uri = workspace.uri("spin.toml");
    client.open(&uri, "toml", BROKEN);
    client.wait("a refresh", |message| message["method"] == "workspace/diagnostic/refresh");
    let report = client.request("textDocument/diagnostic", json!({ "textDocument": { "uri": uri } }))["result"].clone();
    assert_eq!(errors(report["items"].as_array().unwrap()), ["unknown-key"]);
    let again = json!({ "textDocument": { "uri": uri }, "previousResultId": report["resultId"] });
    assert_eq!(client.request("textDocument/diagnostic", again)["result"]["kind"], "unchanged");
    // The other manifest may be found only now: whoever is told to ask again, does.
    let refreshes = |client: &Client| client.received.iter().filter(|message| message["method"] == "workspace/diagnostic/refresh").count();
    let all = loop {
        let known = refreshes(&client);
        let all = client.request("workspace/diagnostic", json!({ "previousResultIds": [] }))["result"].clone();
        if all["items"].as_array().unwrap().len() == 2 {
            break all;
        }
        while refreshes(&client) == known {
            assert!(client.next(Instant::now() + Duration::from_secs(30)).is_some(), "no further refresh came");
        }
    };
    let told: Vec<_> =
        all["items"].as_array().unwrap().iter().map(|report| (report["uri"].as_str().unwrap(), &report["version"])).collect();
    assert_eq!(told, [(&*workspace.uri("b/spin.toml"), &Value::Null), (&*uri, &json!(1))]);
    assert_eq!(all["items"][1]["items"], report["items"]);
    assert!(!client.received.iter().any(|message| message["method"] == "textDocument/publishDiagnostics"));
}

/// Neovim 0.12 pulls, and does not ask again for open documents.
#[test]
fn neovim_is_pushed_to() {
    let workspace = Workspace::new(&[("spin.toml", BROKEN)]);
    let mut capabilities = modern();
    capabilities["textDocument"]["diagnostic"] = json!({});
    capabilities["workspace"]["diagnostics"] = json!({ "refreshSupport": true });
    let mut client = Client::spawn();
    let info = json!({ "name": "Neovim", "version": "0.12.4" });
    let answer = client.request("initialize", json!({ "processId": null, "capabilities": capabilities, "clientInfo": info }));
    assert!(answer["result"]["capabilities"].get("diagnosticProvider").is_none());
    client.notify("initialized", json!({}));
    client.open(&workspace.uri("spin.toml"), "toml", BROKEN);
    client.diagnostics(&workspace.uri("spin.toml"), |found| errors(found) == ["unknown-key"]);
}

#[test]
fn a_client_that_pulls_is_told_to_ask_again_for_sources() {
    let manifest = BROKEN.replace("suorce", "source") + "[component.a.build]\ncommand = \"cargo build\"\n";
    let code = "pub fn f() { spin_sdk::key_value::Store::open_default(); }\n";
    let workspace = Workspace::new(&[("spin.toml", &manifest), ("Cargo.toml", "[package]\nname = \"a\"\n"), ("src/lib.rs", code)]);
    let mut capabilities = modern();
    capabilities["textDocument"]["diagnostic"] = json!({});
    capabilities["workspace"]["diagnostics"] = json!({ "refreshSupport": true });
    let mut client = Client::start(Some(&workspace), capabilities, Value::Null);
    let (uri, source) = (workspace.uri("spin.toml"), workspace.uri("src/lib.rs"));
    client.open(&uri, "toml", &manifest);
    client.open(&source, "rust", code);
    let document = json!({ "textDocument": { "uri": source } });
    let wait_for = |client: &mut Client, count: usize| {
        for _ in 0..50 {
            client.received.retain(|message| message["method"] != "workspace/diagnostic/refresh");
            let report = client.request("textDocument/diagnostic", document.clone());
            if report["result"]["items"].as_array().unwrap().len() == count {
                return;
            }
            client.wait("a refresh", |message| message["method"] == "workspace/diagnostic/refresh");
        }
        panic!("never {count}");
    };
    wait_for(&mut client, 1);
    client.replace(&uri, 2, &manifest.replace("source = ", "key_value_stores = [\"default\"]\nsource = "));
    wait_for(&mut client, 0);
}

#[test]
fn the_server_ends_with_the_editor_that_started_it() {
    let mut parent = std::process::Command::new("sleep").arg("1000").spawn().unwrap();
    let mut client = Client::spawn();
    client.request("initialize", json!({ "processId": parent.id(), "capabilities": {} }));
    parent.kill().unwrap();
    parent.wait().unwrap();
    assert!(client.next(Instant::now() + Duration::from_secs(20)).is_none());
    assert_eq!(client.wait_for_exit(), 1);
}
