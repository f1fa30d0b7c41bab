//! The lens that runs the app: what a run shows is a finding, as if it had been read.

use std::path::Path;

use serde_json::{Value, json};

use super::client::{Client, Workspace, modern};

const MANIFEST: &str = "\
spin_manifest_version = 2
application.name = \"shop\"
trigger.http = [{ route = \"/...\", component = \"cart\" }]
[component.cart]
source = \"cart.wasm\"
";

#[test]
fn the_lens_runs_the_app_and_what_it_shows_is_told() {
    // A component whose label its Wasm does not show.
    let shop = Workspace::new(&[("spin.toml", MANIFEST)]);
    let wasm = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/components/rust7/rust7-t.wasm");
    std::fs::copy(wasm, shop.path("cart.wasm")).unwrap();
    let mut client = Client::start(Some(&shop), modern(), Value::Null);
    let uri = shop.uri("spin.toml");
    client.open(&uri, "toml", MANIFEST);
    client.diagnostics(&uri, |found| found.iter().any(|diagnostic| diagnostic["code"] == "unknown-store-label"));
    let lenses = client.request("textDocument/codeLens", json!({ "textDocument": { "uri": uri } }))["result"].clone();
    let lens = lenses.as_array().unwrap().iter().find(|lens| lens["command"]["title"] == "run store test").unwrap();
    let command = json!({ "command": lens["command"]["command"], "arguments": lens["command"]["arguments"] });
    assert!(client.request("workspace/executeCommand", command)["error"].is_null());
    let told = client.wait("what came of it", |message| message["method"] == "window/showMessage");
    assert_eq!(told["params"]["message"], "6 requests: `cart` was refused a store at `POST /spinlint-test`");
    client.diagnostics(&uri, |found| found.iter().any(|diagnostic| diagnostic["code"] == "undeclared-store"));
}

#[test]
fn what_cannot_be_run_is_told() {
    let run = |argument: Value| json!({ "command": "spinlint.runTest", "arguments": [argument] });
    let told = |files: &[(&str, &str)]| {
        let shop = Workspace::new(files);
        let mut client = Client::start(Some(&shop), modern(), Value::Null);
        assert!(client.request("workspace/executeCommand", run(shop.uri("spin.toml").into()))["error"].is_null());
        client.wait("why not", |message| message["method"] == "window/showMessage")["params"]["message"].as_str().unwrap().to_owned()
    };
    assert_eq!(told(&[("spin.toml", MANIFEST)]), "nothing was run: no http trigger has a component that is built");
    let message = told(&[("spin.toml", MANIFEST), ("cart.wasm", "no Wasm")]);
    let told = message.strip_prefix("the app cannot be run: component `cart` cannot be run: ");
    assert!(told.is_some_and(|told| told.ends_with("cart.wasm: it is not Wasm")), "{message}");
    let mut client = Client::start(None, modern(), Value::Null);
    for wrong in [run(Value::Null), json!({ "command": "spinlint.absent" })] {
        assert_eq!(client.request("workspace/executeCommand", wrong)["error"]["code"], -32602);
    }
}
