//! Thousands of random edits in every encoding: the server ends with the text that the client has.

use serde_json::{Value, json};

use super::client::{Client, modern};

/// What is typed and pasted: names, brackets, characters of every width, line ends of every kind.
const FRAGMENTS: &[&str] = &[
    "a",
    "key_value_stores = [\"default\"]\n",
    "[component.x]\n",
    "source = \"x.wasm\"\r\n",
    "ü",
    "😀",
    "漢",
    "\"",
    "{ ",
    " }",
    "[",
    "]",
    "\n",
    "\r\n",
    "# c 😀\n",
    "{{ token }}",
    " = ",
    "[[trigger.http]]\nroute = \"/ä\"\ncomponent = \"x\"\n",
    "\u{301}",
    "'",
    "\t",
];

const START: &str = "spin_manifest_version = 2\r\n[application]\nname = \"ü😀\"\n[[trigger.http]]\nroute = \"/...\"\ncomponent = \"x\"\n[component.x]\nsource = \"x\"\n";

/// Texts are cut when they are longer, in bytes.
const MOST: usize = 1200;

/// A generator whose numbers are the same every time.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end.max(1)
    }
}

/// A position as LSP defines it, worked out anew from the text.
fn position(text: &str, offset: usize, encoding: &str) -> Value {
    let mut line = 0;
    let mut start = 0;
    let bytes = text.as_bytes();
    for at in 0..offset {
        let ends = bytes[at] == b'\n' || (bytes[at] == b'\r' && bytes.get(at + 1) != Some(&b'\n'));
        if ends {
            line += 1;
            start = at + 1;
        }
    }
    let before = &text[start..offset];
    let character = match encoding {
        "utf-8" => before.len(),
        "utf-16" => before.encode_utf16().count(),
        _ => before.chars().count(),
    };
    json!({ "line": line, "character": character })
}

fn boundary(text: &str, offset: usize) -> usize {
    let offset = text.floor_char_boundary(offset);
    // No editor has a place between the two characters of a line's end.
    if text[offset..].starts_with('\n') && text[..offset].ends_with('\r') { offset - 1 } else { offset }
}

fn start(encoding: &str) -> Client {
    let mut capabilities = modern();
    capabilities["general"]["positionEncodings"] = json!([encoding]);
    Client::start(None, capabilities, Value::Null)
}

/// What the server makes of a document: its outline, its folds and the selection at its end.
fn view(client: &mut Client, uri: &str) -> Vec<Value> {
    let document = json!({ "textDocument": { "uri": uri } });
    let end = json!({ "textDocument": { "uri": uri }, "positions": [{ "line": 999_999, "character": 0 }] });
    vec![
        client.request("textDocument/documentSymbol", document.clone())["result"].clone(),
        client.request("textDocument/foldingRange", document)["result"].clone(),
        client.request("textDocument/selectionRange", end)["result"].clone(),
    ]
}

fn edit_at_random(encoding: &str, rounds: usize, seed: u64) {
    let mut random = Random(seed);
    let mut client = start(encoding);
    let uri = "file:///nowhere/spin.toml";
    let mut text = START.to_owned();
    client.open(uri, "toml", &text);
    let mut asked = Vec::new();
    for round in 0..rounds {
        let mut changes = Vec::new();
        for _ in 0..=random.below(3) {
            // The head stays, so that the text stays a manifest.
            let from = boundary(&text, START.len() + random.below(text.len() + 1 - START.len()));
            let length = if random.below(3) == 0 { random.below(40) } else { 0 };
            let to = boundary(&text, (from + length).min(text.len())).max(from);
            // The text is kept at a size at which it has all kinds of things in it.
            let fragment = if text.len() > MOST { "" } else { FRAGMENTS[random.below(FRAGMENTS.len())] };
            let to = if text.len() > MOST { boundary(&text, (from + MOST / 4).min(text.len())).max(from) } else { to };
            changes.push(json!({
                "range": { "start": position(&text, from, encoding), "end": position(&text, to, encoding) }, "text": fragment,
            }));
            text.replace_range(from..to, fragment);
        }
        client.notify("textDocument/didChange", json!({ "textDocument": { "uri": uri, "version": round + 2 }, "contentChanges": changes }));
        if random.below(4) == 0 {
            let method = ["completion", "hover", "definition", "documentHighlight", "prepareRename"][random.below(5)];
            let offset = boundary(&text, random.below(text.len() + 1));
            let params = json!({ "textDocument": { "uri": uri }, "position": position(&text, offset, encoding) });
            let id = client.ask(&format!("textDocument/{method}"), params);
            let is_cancelled = random.below(2) == 0;
            if is_cancelled {
                client.notify("$/cancelRequest", json!({ "id": id }));
            }
            asked.push((id, is_cancelled));
        }
    }
    let seen = view(&mut client, uri);
    for (id, is_cancelled) in asked {
        let answer = client.answer(id);
        assert!(answer.get("error").is_none() || is_cancelled && answer["error"]["code"] == -32800, "{answer}");
    }
    let mut fresh = start(encoding);
    fresh.open(uri, "toml", &text);
    assert_eq!(seen, view(&mut fresh, uri), "{text}");
    let expected = fresh.diagnostics(uri, |_| true);
    client.diagnostics(uri, |found| *found == *expected);
    let last = client.received.iter().rev().find(|message| message["params"]["uri"] == uri).unwrap();
    assert_eq!(last["params"]["version"], rounds + 1);
}

#[test]
fn random_edits_in_utf_8() {
    edit_at_random("utf-8", 3_400, 1);
}

#[test]
fn random_edits_in_utf_16() {
    edit_at_random("utf-16", 3_400, 2);
}

#[test]
fn random_edits_in_utf_32() {
    edit_at_random("utf-32", 3_400, 3);
}
