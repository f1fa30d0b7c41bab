//! Names in every place that has them, and ranges that tell places apart.

use serde_json::{Value, json};

use super::client::{Client, edited, modern};

#[test]
fn a_variable_is_renamed_in_the_fields_of_plugins_too() {
    let text = "spin_manifest_version = 2\napplication.name = \"a\"\n[variables]\nhost = { default = \"x\" }\n[[trigger.mqtt]]\ncomponent = \"c\"\ntopic = \"{{ host }}/a\"\nqos = \"1\"\n[[trigger.http]]\nroute = \"/{{ host }}\"\ncomponent = \"c\"\n[component.c]\nsource = \"c.wasm\"\n";
    let mut client = Client::start(None, modern(), Value::Null);
    client.open("untitled:1", "toml", text);
    let params = json!({ "textDocument": { "uri": "untitled:1" }, "position": { "line": 3, "character": 1 }, "newName": "broker" });
    let edits = client.request("textDocument/rename", params)["result"]["documentChanges"][0]["edits"].clone();
    // A route is no template: Spin takes it as it is.
    let expected = text.replace("host = {", "broker = {").replace("{{ host }}/a", "{{ broker }}/a");
    assert_eq!(edited(text, edits.as_array().unwrap()), expected);
}

#[test]
fn components_written_in_several_places_do_not_overlap() {
    let text = "spin_manifest_version = 2\napplication.name = \"x\"\n[component.a.build]\ncommand = \"x\"\n[component.b]\nsource = \"b.wasm\"\n[component.a]\nsource = \"a.wasm\"\n";
    let mut client = Client::start(None, modern(), Value::Null);
    client.open("untitled:1", "toml", text);
    let symbols = client.request("textDocument/documentSymbol", json!({ "textDocument": { "uri": "untitled:1" } }))["result"].clone();
    let place = |position: &Value| (position["line"].as_u64().unwrap(), position["character"].as_u64().unwrap());
    let mut ranges: Vec<_> = symbols
        .as_array()
        .unwrap()
        .iter()
        .map(|symbol| &symbol["range"])
        .map(|range| (place(&range["start"]), place(&range["end"])))
        .collect();
    ranges.sort();
    assert!(ranges.windows(2).all(|pair| pair[0].1 <= pair[1].0), "{ranges:?}");
}

#[test]
fn a_default_port_stands_before_every_kind_of_quote() {
    let text = "spin_manifest_version = 2\napplication.name = \"x\"\n[component.a]\nsource = \"a\"\nallowed_outbound_hosts = [\"https://a\", \"\"\"https://b\"\"\"]\n";
    let mut client = Client::start(None, modern(), json!({ "inlayHints": true }));
    client.open("untitled:1", "toml", text);
    let range = json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 9, "character": 0 } });
    let hints =
        client.request("textDocument/inlayHint", json!({ "textDocument": { "uri": "untitled:1" }, "range": range }))["result"].clone();
    let line = text.lines().nth(4).unwrap();
    let columns: Vec<usize> =
        hints.as_array().unwrap().iter().map(|hint| usize::try_from(hint["position"]["character"].as_u64().unwrap()).unwrap()).collect();
    assert_eq!(columns, [line.find("a\", ").unwrap() + 1, line.find("b\"\"\"").unwrap() + 1]);
}
