//! What accepting a completion makes of the text, with whatever stands behind the cursor.

use serde_json::{Value, json};

use super::client::{Client, Workspace, edited, modern};

const HEAD: &str = "spin_manifest_version = 2\napplication.name = \"a\"\n";

/// The text after a proposal is taken at `|`; none if it is not offered. Without snippets, so that what is typed is plain.
fn taken(client: &mut Client, uri: &str, language: &str, marked: &str, label: &str) -> Option<String> {
    let offset = marked.find('|').unwrap();
    let text = marked.replace('|', "");
    client.open(uri, language, &text);
    let (line, character) = (text[..offset].matches('\n').count(), offset - text[..offset].rfind('\n').map_or(0, |newline| newline + 1));
    let items = client.at("textDocument/completion", uri, line, character)["items"].as_array().cloned().unwrap_or_default();
    client.notify("textDocument/didClose", json!({ "textDocument": { "uri": uri } }));
    let item = items.iter().find(|item| item["label"] == label)?;
    let edit = json!({ "range": item["textEdit"]["range"], "newText": item["textEdit"]["newText"] });
    Some(edited(&text, &[edit]))
}

fn plain() -> Value {
    let mut capabilities = modern();
    capabilities["textDocument"]["completion"] = json!({});
    capabilities
}

#[test]
fn what_stands_behind_the_cursor_is_replaced_or_kept() {
    let mut client = Client::start(None, plain(), Value::Null);
    let rows = [
        ("[component.x]\nsou|", "source", "[component.x]\nsource = \"\""),
        ("[component.x]\nsou| = \"x\"\n", "source", "[component.x]\nsource = \"x\"\n"),
        ("[component.x]\nsou|rce = \"x\"\n", "source", "[component.x]\nsource = \"x\"\n"),
        ("[component.x]\n\"sou|\"\n", "source", "[component.x]\nsource = \"\"\n"),
        ("[component.x]\nbu|.command = \"x\"\n", "build", "[component.x]\nbuild.command = \"x\"\n"),
        ("[component.x]\nfiles = [{ dest| = \"/\" }]\n", "destination", "[component.x]\nfiles = [{ destination = \"/\" }]\n"),
        ("[component.x.bu|ild]\n", "build", "[component.x.build]\n"),
        ("[[trigger.http]]\ncomponent = x|y\n[component.xyz]\n", "xyz", "[[trigger.http]]\ncomponent = \"xyz\"\n[component.xyz]\n"),
        (
            "[[trigger.http]]\ncomponent = \"| # note\n[component.xyz]\n",
            "xyz",
            "[[trigger.http]]\ncomponent = \"xyz\" # note\n[component.xyz]\n",
        ),
        ("[component.x]\nkey_value_stores = [\"de|]\n", "default", "[component.x]\nkey_value_stores = [\"default\"]\n"),
        ("[component.x]\nkey_value_stores = [\"|, \"x\"]\n", "default", "[component.x]\nkey_value_stores = [\"default\", \"x\"]\n"),
        ("[component.x]\nkey_value_stores = [ |\n", "default", "[component.x]\nkey_value_stores = [ \"default\"\n"),
        (
            "[variables]\ntoken = {}\n[component.x.variables]\na = \"{{ to|k }}\"\n",
            "token",
            "[variables]\ntoken = {}\n[component.x.variables]\na = \"{{ token }}\"\n",
        ),
        (
            "[variables]\ntoken = {}\n[component.x.variables]\nto|",
            "token",
            "[variables]\ntoken = {}\n[component.x.variables]\ntoken = \"{{ token }}\"",
        ),
    ];
    for (marked, label, expected) in rows {
        let found = taken(&mut client, "untitled:spin.toml", "toml", &format!("{HEAD}{marked}"), label);
        assert_eq!(found, Some(format!("{HEAD}{expected}")), "{marked}");
    }
}

#[test]
fn what_is_being_typed_is_no_proposal() {
    let mut client = Client::start(None, plain(), Value::Null);
    let rows = [
        ("[component.x]\nkey_value_stores = [\"de|\"]\n", "de"),
        ("[component.x]\nkey_value_stores = [\"|\"]\n", ""),
        ("[component.x]\nsqlite_databases = [\"de|\"]\n", "de"),
        ("[component.ca|]\n[component.cart]\n", "ca"),
        ("[component.x]\nsource |\n", "url"),
        ("spin_manifest|", "spin_manifest"),
    ];
    for (marked, label) in rows {
        assert_eq!(taken(&mut client, "untitled:spin.toml", "toml", &format!("{HEAD}{marked}"), label), None, "{marked}");
    }
}

#[test]
fn labels_in_code_keep_what_follows() {
    let manifest = format!(
        "{HEAD}[[trigger.http]]\nroute = \"/\"\ncomponent = \"x\"\n[component.x]\nsource = \"x.wasm\"\nkey_value_stores = [\"users\"]\n[component.x.build]\ncommand = \"cargo build\"\n"
    );
    let code = "use spin_sdk::key_value::Store;\npub fn f() { Store::open(\"|\").await?; }\n";
    let workspace =
        Workspace::new(&[("spin.toml", &manifest), ("Cargo.toml", "[package]\nname = \"x\"\n"), ("src/lib.rs", &code.replace('|', ""))]);
    let mut client = Client::start(Some(&workspace), plain(), Value::Null);
    client.open(&workspace.uri("spin.toml"), "toml", &manifest);
    client.diagnostics(&workspace.uri("spin.toml"), |found| found.iter().any(|one| one["code"] == "missing-wasm"));
    for marked in [code, &code.replace("|\")", "|)")] {
        let found = taken(&mut client, &workspace.uri("src/lib.rs"), "rust", marked, "users");
        assert_eq!(found, Some(code.replace('|', "users")), "{marked}");
    }
}
