//! What a user sees: squiggles, quick fixes, completion, hover, navigation.

use serde_json::{Value, json};

use super::client::{Client, Workspace, edited, modern};

const MANIFEST: &str = "\
spin_manifest_version = 2

[application]
name = \"shop\"

[variables]
token = { default = \"t\" }

[[trigger.http]]
route = \"/...\"
component = \"cart\"

[component.cart]
source = \"cart.wasm\"
allowed_outbound_hosts = [\"https://{{ token }}.example\", \"http://cart.spin.internal\"]
[component.cart.build]
command = \"cargo build --target wasm32-wasip1\"
";

const CODE: &str = "\
use spin_sdk::key_value::Store;
pub fn add() {
    Store::open_default();
    Store::open(\"carts\");
}
";

fn shop() -> Workspace {
    Workspace::new(&[("spin.toml", MANIFEST), ("Cargo.toml", "[package]\nname = \"cart\"\n"), ("src/lib.rs", CODE)])
}

/// A session with the shop's manifest open and its facts at hand.
fn open_shop(options: Value) -> (Workspace, Client, String) {
    let shop = shop();
    let mut client = Client::start(Some(&shop), modern(), options);
    let uri = shop.uri("spin.toml");
    client.open(&uri, "toml", MANIFEST);
    client.diagnostics(&uri, |found| rules(found) == ["undeclared-store", "undeclared-store", "missing-wasm"]);
    (shop, client, uri)
}

fn rules(found: &[Value]) -> Vec<&str> {
    found.iter().map(|diagnostic| diagnostic["code"].as_str().unwrap()).collect()
}

/// The place of a text in another: line and column.
fn place(text: &str, what: &str) -> (usize, usize) {
    let at = text.find(what).unwrap_or_else(|| panic!("{what} is not there"));
    let line = text[..at].matches('\n').count();
    (line, at - text[..at].rfind('\n').map_or(0, |newline| newline + 1))
}

fn actions(client: &mut Client, uri: &str, (line, character): (usize, usize), only: Option<&str>) -> Vec<Value> {
    let position = json!({ "line": line, "character": character });
    let mut context = json!({ "diagnostics": [] });
    if let Some(only) = only {
        context["only"] = json!([only]);
    }
    let params = json!({ "textDocument": { "uri": uri }, "range": { "start": position, "end": position }, "context": context });
    client.request("textDocument/codeAction", params)["result"].as_array().unwrap().clone()
}

fn titles(actions: &[Value]) -> Vec<&str> {
    actions.iter().map(|action| action["title"].as_str().unwrap()).collect()
}

fn edits(action: &Value, uri: &str) -> Vec<Value> {
    let changes = action["edit"]["documentChanges"].as_array().unwrap();
    assert_eq!(changes.len(), 1);
    assert_eq!(changes[0]["textDocument"]["uri"], uri);
    changes[0]["edits"].as_array().unwrap().clone()
}

#[test]
fn the_missing_line_is_told_fixed_and_gone() {
    let (_shop, mut client, uri) = open_shop(Value::Null);
    let found = actions(&mut client, &uri, place(MANIFEST, "cart]"), None);
    assert_eq!(
        titles(&found),
        [
            "grant store \"default\" to `cart`",
            "grant store \"carts\" to `cart` (may change a permission or the start-up)",
            "grant `cart` the stores that its code opens: \"default\", \"carts\"",
            "allow `undeclared-store` here",
        ]
    );
    assert_eq!(found[0]["isPreferred"], true);
    assert_eq!(found[1]["edit"]["changeAnnotations"]["spinlint"]["needsConfirmation"], true);
    let fixed = edited(MANIFEST, &edits(&found[0], &uri));
    assert!(fixed.contains("\"http://cart.spin.internal\"]\nkey_value_stores = [\"default\"]\n[component.cart.build]"), "{fixed}");
    client.replace(&uri, 2, &fixed);
    client.diagnostics(&uri, |found| rules(found) == ["missing-wasm", "undeclared-store"]);
    // The action for both is worked out when it is chosen.
    let resolved = client.request("codeAction/resolve", found[2].clone())["result"].clone();
    let fixed = edited(&fixed, &edits(&resolved, &uri));
    assert!(fixed.contains("key_value_stores = [\"default\", \"carts\"]"), "{fixed}");
    client.replace(&uri, 3, &fixed);
    client.diagnostics(&uri, |found| rules(found) == ["missing-wasm", "undefined-store"]);
    assert_eq!(client.end(), 0);
}

#[test]
fn a_fix_is_offered_on_the_whole_line_of_its_finding() {
    let (_shop, mut client, uri) = open_shop(Value::Null);
    let (line, column) = place(MANIFEST, "[component.cart]");
    assert_eq!(titles(&actions(&mut client, &uri, (line, column), None)).len(), 4);
    assert_eq!(actions(&mut client, &uri, (line - 1, 0), None), [Value::Null; 0]);
}

#[test]
fn everything_safe_is_fixed_at_once() {
    let (_shop, mut client, uri) = open_shop(Value::Null);
    let found = actions(&mut client, &uri, (0, 0), Some("source.fixAll"));
    assert_eq!(titles(&found), ["fix all that has one safe answer"]);
    let resolved = client.request("codeAction/resolve", found[0].clone())["result"].clone();
    assert!(edited(MANIFEST, &edits(&resolved, &uri)).contains("key_value_stores = [\"default\"]"));
    assert_eq!(actions(&mut client, &uri, (0, 0), Some("refactor")), [Value::Null; 0]);
}

#[test]
fn what_is_ignored_is_not_fixed_either() {
    let shop = shop();
    let mut client = Client::start(Some(&shop), modern(), json!({ "ignore": ["undeclared-store"] }));
    let uri = shop.uri("spin.toml");
    let text = format!("{MANIFEST}wacth = []\n");
    client.open(&uri, "toml", &text);
    client.diagnostics(&uri, |found| rules(found) == ["missing-wasm", "unknown-key"]);
    let found = actions(&mut client, &uri, (0, 0), Some("source.fixAll"));
    let resolved = client.request("codeAction/resolve", found[0].clone())["result"].clone();
    assert_eq!(edited(&text, &edits(&resolved, &uri)), text.replace("wacth", "watch"));
}

#[test]
fn a_call_in_the_code_is_told_and_mended_in_the_manifest() {
    let (shop, mut client, manifest) = open_shop(Value::Null);
    let uri = shop.uri("src/lib.rs");
    client.open(&uri, "rust", CODE);
    let found = client.diagnostics(&uri, |found| found.len() == 2);
    assert_eq!(found[0]["message"], "component `cart` is not granted store \"default\" (spin.toml:13)");
    let (line, character) = place(CODE, "Store::open_default");
    assert_eq!(found[0]["range"]["start"], json!({ "line": line, "character": character }));
    let found = actions(&mut client, &uri, (line, character + 3), None);
    assert_eq!(titles(&found), ["grant store \"default\" to `cart`", "allow `undeclared-store` here"]);
    assert!(edited(MANIFEST, &edits(&found[0], &manifest)).contains("key_value_stores = [\"default\"]"));
    // The manifest is mended: the call has nothing to tell any more.
    let mended = edited(MANIFEST, &edits(&found[0], &manifest));
    client.replace(&manifest, 2, &mended);
    client.diagnostics(&uri, |found| found.len() == 1);
    client.replace(&manifest, 3, MANIFEST);
    client.diagnostics(&uri, |found| found.len() == 2);
    // A buffer that is not saved wins over the file.
    let typed = CODE.replace("    Store::open_default();\n", "");
    client.replace(&uri, 2, &typed);
    client.diagnostics(&uri, |found| found.len() == 1);
    client.diagnostics(&manifest, |found| rules(found) == ["undeclared-store", "missing-wasm"]);
}

#[test]
fn labels_in_code_lead_to_their_grants() {
    let (shop, mut client, manifest) = open_shop(Value::Null);
    let granted = MANIFEST.replace("source = ", "key_value_stores = [\"carts\", \"default\"]\nsource = ");
    client.replace(&manifest, 2, &granted);
    let uri = shop.uri("src/lib.rs");
    client.open(&uri, "rust", CODE);
    client.diagnostics(&uri, |found| found.is_empty());
    let (line, character) = place(CODE, "carts\"");
    let labels = client.at("textDocument/completion", &uri, line, character + 2);
    let labels: Vec<&str> = labels["items"].as_array().unwrap().iter().map(|item| item["label"].as_str().unwrap()).collect();
    assert_eq!(labels, ["carts", "default"]);
    let found = client.at("textDocument/definition", &uri, line, character + 2);
    assert_eq!(found[0]["uri"], manifest.as_str());
    assert_eq!(found[0]["range"]["start"]["line"], place(&granted, "\"carts\"").0);
    assert_eq!(client.at("textDocument/hover", &uri, line, character), Value::Null);
}

#[test]
fn keys_and_values_are_completed_in_half_typed_text() {
    let (_shop, mut client, uri) = open_shop(Value::Null);
    let mut version = 1;
    let mut complete = |before: &str, after: &str| -> Vec<String> {
        version += 1;
        let text = format!("{MANIFEST}{before}{after}");
        client.replace(&uri, version, &text);
        let at = MANIFEST.len() + before.len();
        let line = text[..at].matches('\n').count();
        let character = at - text[..at].rfind('\n').map_or(0, |newline| newline + 1);
        let found = client.at("textDocument/completion", &uri, line, character);
        let mut items: Vec<(String, String)> = found["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| (item["sortText"].as_str().unwrap().to_owned(), item["label"].as_str().unwrap().to_owned()))
            .collect();
        items.sort();
        items.into_iter().map(|(_, label)| label).collect()
    };
    let keys = complete("[[trigger.http]]\n", "");
    assert_eq!(keys[..3], ["route", "id", "component"].map(str::to_owned), "what is missing comes first");
    assert_eq!(complete("[component.", ""), ["cart"]);
    assert_eq!(complete("[[trigger.http]]\nroute = \"/a\"\ncomponent = \"", "\n"), ["cart"]);
    assert_eq!(complete("[component.cart.variables]\nx = \"{{ to", "\n"), ["token"]);
    let stores = complete("[component.b]\nkey_value_stores = [\"", "\n");
    assert!(stores.contains(&"default".to_owned()), "{stores:?}");
    let hosts = complete("[component.b]\nallowed_outbound_hosts = [\"", "\"]\n");
    assert_eq!(hosts[0], "http://cart.spin.internal");
    let files = complete("[component.b]\nfiles = [\"", "\"]\n");
    assert!(files.contains(&"src/".to_owned()), "{files:?}");
    assert!(complete("[component.b]\ndependencies_inherit_configuration = ", "\n").contains(&"true".to_owned()));
}

#[test]
fn hovers_say_what_is_known() {
    let (_shop, mut client, uri) = open_shop(Value::Null);
    let mut hover = |what: &str, inside: usize| {
        let (line, character) = place(MANIFEST, what);
        client.at("textDocument/hover", &uri, line, character + inside)["contents"]["value"].as_str().unwrap().to_owned()
    };
    let component = hover("cart]", 1);
    for line in ["Answers `/...`", "opens \"default\" (src/lib.rs:3)", "opens \"carts\" (src/lib.rs:4)", "is granted no store"] {
        assert!(component.contains(line), "{component}");
    }
    assert!(hover("route", 1).contains("The path that is answered"));
    assert!(hover("token }}", 1).contains("default \"t\""));
    assert!(hover("\"/...\"", 2).contains("every path"));
}

#[test]
fn a_route_says_who_else_matches() {
    let text = "\
spin_manifest_version = 2
application.name = \"a\"
[[trigger.http]]
route = \"/api/:id\"
component = \"item\"
[[trigger.http]]
route = \"/...\"
component = \"pages\"
[[trigger.http]]
route = \"/api/list\"
component = \"list\"
[[trigger.http]]
route = \"/other/:x\"
component = \"other\"
";
    let mut client = Client::start(None, modern(), Value::Null);
    client.open("untitled:1", "toml", text);
    let (line, character) = place(text, "/api/:id");
    let hover = client.at("textDocument/hover", "untitled:1", line, character)["contents"]["value"].clone();
    assert_eq!(
        hover.as_str().unwrap(),
        "**`/api/:id`**: paths of this form, with `:id` for any one segment (header `spin-path-match-id`)\n\n\
         - `/...` of `pages` matches some of these paths too, and leaves them to this route\n\
         - `/api/list` of `list` takes those of these paths that it matches"
    );
}

#[test]
fn ids_and_variables_are_found_and_renamed() {
    let (_shop, mut client, uri) = open_shop(Value::Null);
    let (line, character) = place(MANIFEST, "cart\"\n");
    let definition = client.at("textDocument/definition", &uri, line, character);
    assert_eq!(definition[0]["range"]["start"]["line"], place(MANIFEST, "[component.cart]").0);
    let references = client.at("textDocument/references", &uri, line, character);
    assert_eq!(references.as_array().unwrap().len(), 4, "{references}");
    let mut rename = |what: &str, name: &str| {
        let (line, character) = place(MANIFEST, what);
        let position = json!({ "line": line, "character": character });
        client.request("textDocument/rename", json!({ "textDocument": { "uri": uri }, "position": position, "newName": name }))
    };
    let renamed = rename("cart\"\n", "basket");
    let renamed = edited(MANIFEST, renamed["result"]["documentChanges"][0]["edits"].as_array().unwrap());
    assert_eq!(
        renamed,
        MANIFEST.replace("\"cart\"", "\"basket\"").replace("component.cart", "component.basket").replace("cart.spin", "basket.spin")
    );
    let renamed = rename("token }}", "key");
    let renamed = edited(MANIFEST, renamed["result"]["documentChanges"][0]["edits"].as_array().unwrap());
    assert_eq!(renamed, MANIFEST.replace("token", "key"));
    let refused = rename("cart\"\n", "My Cart");
    assert!(refused["error"]["message"].as_str().unwrap().contains("no id that Spin accepts"), "{refused}");
}

#[test]
fn structure_links_lenses_and_hints() {
    let (_shop, mut client, uri) = open_shop(json!({ "inlayHints": true }));
    let document = json!({ "textDocument": { "uri": uri } });
    let symbols = client.request("textDocument/documentSymbol", document.clone())["result"].clone();
    let names: Vec<&str> = symbols.as_array().unwrap().iter().map(|symbol| symbol["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["spin_manifest_version", "application", "variables", "http /...", "cart"]);
    let found = client.request("workspace/symbol", json!({ "query": "crt" }))["result"].clone();
    assert_eq!(found[0]["name"], "cart");
    let folds = client.request("textDocument/foldingRange", document.clone())["result"].clone();
    assert!(folds.as_array().unwrap().iter().any(|fold| fold["startLine"] == place(MANIFEST, "[[trigger").0), "{folds}");
    let (line, character) = place(MANIFEST, "/...");
    let positions = json!({ "textDocument": { "uri": uri }, "positions": [{ "line": line, "character": character }] });
    let selection = client.request("textDocument/selectionRange", positions)["result"][0].clone();
    assert_eq!(selection["range"]["start"], json!({ "line": line, "character": character }));
    assert_eq!(selection["parent"]["range"]["start"]["character"], character - 1);
    let lenses = client.request("textDocument/codeLens", document.clone())["result"].clone();
    assert_eq!(lenses[0]["command"]["title"], "opens default, carts; granted none");
    let range = json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 99, "character": 0 } });
    let hints = client.request("textDocument/inlayHint", json!({ "textDocument": { "uri": uri }, "range": range }))["result"].clone();
    assert_eq!(hints, json!([]));
    let links = client.request("textDocument/documentLink", document)["result"].clone();
    assert_eq!(links, json!([]), "a Wasm that is not built is no link");
}

#[test]
fn features_are_switched_on_live_and_wrong_settings_told() {
    let (_shop, mut client, uri) = open_shop(json!({ "hover": false, "completion": "yes" }));
    let told = client.wait("a complaint", |message| message["method"] == "window/showMessage");
    assert!(told["params"]["message"].as_str().unwrap().contains("the setting `completion` is not used"), "{told}");
    let (line, character) = place(MANIFEST, "route");
    assert_eq!(client.at("textDocument/hover", &uri, line, character), Value::Null);
    client.notify("workspace/didChangeConfiguration", json!({ "settings": { "spinlint": { "hover": true } } }));
    assert!(client.at("textDocument/hover", &uri, line, character).is_object());
    // What is taken back is as it was at the start.
    client.notify("workspace/didChangeConfiguration", json!({ "settings": { "spinlint": {} } }));
    assert_eq!(client.at("textDocument/hover", &uri, line, character), Value::Null);
}

#[test]
fn features_are_switched_off_live() {
    let (_shop, mut client, uri) = open_shop(Value::Null);
    client.notify(
        "workspace/didChangeConfiguration",
        json!({ "settings": { "spinlint": { "hover": false, "ignore": ["undeclared-store"] } } }),
    );
    client.diagnostics(&uri, |found| rules(found) == ["missing-wasm"]);
    let (line, character) = place(MANIFEST, "route");
    assert_eq!(client.at("textDocument/hover", &uri, line, character), Value::Null);
    // Syntax errors are another server's, where the client says that one is there.
    client.replace(&uri, 2, &format!("{MANIFEST}source = \n"));
    client.diagnostics(&uri, |found| rules(found) == ["syntax"]);
    client.notify("workspace/didChangeConfiguration", json!({ "settings": { "otherTomlServer": true } }));
    client.diagnostics(&uri, |found| found.is_empty());
}
