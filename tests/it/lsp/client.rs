//! A client that speaks to the program as an editor does: over its standard input and output.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::metamodel::metamodel;

/// No answer takes this long, however slow the machine is.
const PATIENCE: Duration = Duration::from_secs(60);

/// A session with the server.
pub struct Client {
    child: Child,
    input: Option<ChildStdin>,
    incoming: Receiver<Value>,
    next_id: i64,
    /// The methods of the requests, by id.
    asked: HashMap<i64, String>,
    /// Every message of the server, in its order.
    pub received: Vec<Value>,
}

/// A workspace on disk.
pub struct Workspace {
    folder: tempfile::TempDir,
}

impl Workspace {
    /// Writes files, by path and text.
    pub fn new(files: &[(&str, &str)]) -> Workspace {
        let workspace = Workspace { folder: tempfile::tempdir().unwrap() };
        files.iter().for_each(|(path, text)| workspace.write(path, text));
        workspace
    }

    /// Writes a file.
    pub fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// A file's path.
    pub fn path(&self, path: &str) -> PathBuf {
        self.folder.path().canonicalize().unwrap().join(path)
    }

    /// A file's URI.
    pub fn uri(&self, path: &str) -> String {
        uri(&self.path(path))
    }
}

/// The URI of a path that needs no escapes.
pub fn uri(path: &Path) -> String {
    format!("file://{}", path.display())
}

/// What a modern editor can do; push in place of pull, so that a test sees what is published.
pub fn modern() -> Value {
    json!({
        "general": { "positionEncodings": ["utf-16", "utf-8"] },
        "workspace": {
            "workspaceEdit": { "documentChanges": true, "changeAnnotationSupport": {} },
            "didChangeWatchedFiles": { "dynamicRegistration": true },
            "configuration": true, "workspaceFolders": true,
            "codeLens": { "refreshSupport": true }, "inlayHint": { "refreshSupport": true },
        },
        "window": { "workDoneProgress": true },
        "textDocument": {
            "publishDiagnostics": { "relatedInformation": true, "versionSupport": true },
            "codeAction": {
                "codeActionLiteralSupport": { "codeActionKind": { "valueSet": ["quickfix", "source.fixAll"] } },
                "isPreferredSupport": true, "dataSupport": true, "resolveSupport": { "properties": ["edit"] },
            },
            "completion": { "completionItem": { "snippetSupport": true } },
            "hover": { "contentFormat": ["markdown"] },
            "documentSymbol": { "hierarchicalDocumentSymbolSupport": true },
        },
    })
}

impl Client {
    /// Starts the program without a word.
    pub fn spawn() -> Client {
        let mut child = Command::new(env!("CARGO_BIN_EXE_spinlint"))
            .arg("lsp")
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let input = child.stdin.take();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let (sender, incoming) = channel();
        std::thread::spawn(move || {
            while let Some(message) = read(&mut output) {
                if sender.send(message).is_err() {
                    return;
                }
            }
        });
        Client { child, input, incoming, next_id: 1, asked: HashMap::new(), received: Vec::new() }
    }

    /// Starts the program and initializes it.
    pub fn start(workspace: Option<&Workspace>, capabilities: Value, options: Value) -> Client {
        let mut client = Client::spawn();
        let folders = workspace.map(|workspace| json!([{ "uri": workspace.uri("").trim_end_matches('/'), "name": "w" }]));
        let params = json!({
            "processId": std::process::id(), "rootUri": null, "capabilities": capabilities,
            "workspaceFolders": folders, "initializationOptions": options,
        });
        let answer = client.request("initialize", params);
        assert!(answer.get("result").is_some(), "{answer}");
        client.notify("initialized", json!({}));
        client
    }

    /// The id of the server's process.
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// Sends bytes as they are.
    pub fn raw(&mut self, bytes: &[u8]) {
        let input = self.input.as_mut().unwrap();
        input.write_all(bytes).unwrap();
        input.flush().unwrap();
    }

    /// Sends a message.
    pub fn send(&mut self, message: &Value) {
        let body = message.to_string();
        self.raw(format!("Content-Length: {}\r\n\r\n{body}", body.len()).as_bytes());
    }

    /// Sends a notification.
    pub fn notify(&mut self, method: &str, params: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    /// Sends a request without waiting for its answer, and returns its id.
    pub fn ask(&mut self, method: &str, params: Value) -> i64 {
        let id = self.next_id;
        self.next_id += 1;
        self.asked.insert(id, method.to_owned());
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        id
    }

    /// Sends a request and waits for its answer.
    pub fn request(&mut self, method: &str, params: Value) -> Value {
        let id = self.ask(method, params);
        self.answer(id)
    }

    /// Waits for the answer to a request.
    pub fn answer(&mut self, id: i64) -> Value {
        self.wait(&format!("the answer to request {id}"), |message| message["id"] == id && message.get("method").is_none())
    }

    /// The result of a request about a place in a document.
    pub fn at(&mut self, method: &str, uri: &str, line: usize, character: usize) -> Value {
        let position = json!({ "line": line, "character": character });
        let mut params = json!({ "textDocument": { "uri": uri }, "position": position });
        if method == "textDocument/references" {
            params["context"] = json!({ "includeDeclaration": true });
        }
        let answer = self.request(method, params);
        assert!(answer.get("error").is_none(), "{answer}");
        answer["result"].clone()
    }

    /// Waits for a message, the oldest first, and answers the server's own requests on the way.
    pub fn wait(&mut self, what: &str, is_it: impl Fn(&Value) -> bool) -> Value {
        if let Some(known) = self.received.iter().find(|message| is_it(message)) {
            return known.clone();
        }
        let deadline = Instant::now() + PATIENCE;
        loop {
            let message = self.next(deadline).unwrap_or_else(|| panic!("{what} did not come; what came: {:#?}", self.received));
            if is_it(&message) {
                return message;
            }
        }
    }

    /// The next message, if one comes in time.
    pub fn next(&mut self, deadline: Instant) -> Option<Value> {
        let message = match self.incoming.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(message) => message,
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return None,
        };
        self.received.push(message.clone());
        if let (Some(id), Some(method)) = (message.get("id"), message["method"].as_str()) {
            let result = if method == "workspace/configuration" { json!([null]) } else { Value::Null };
            self.send(&json!({ "jsonrpc": "2.0", "id": id, "result": result }));
        }
        Some(message)
    }

    /// Opens a document.
    pub fn open(&mut self, uri: &str, language: &str, text: &str) {
        let document = json!({ "uri": uri, "languageId": language, "version": 1, "text": text });
        self.notify("textDocument/didOpen", json!({ "textDocument": document }));
    }

    /// Replaces a document's whole text.
    pub fn replace(&mut self, uri: &str, version: i64, text: &str) {
        let document = json!({ "uri": uri, "version": version });
        self.notify("textDocument/didChange", json!({ "textDocument": document, "contentChanges": [{ "text": text }] }));
    }

    /// Waits until the latest diagnostics of a document are as wanted, and returns them.
    pub fn diagnostics(&mut self, uri: &str, is_it: impl Fn(&[Value]) -> bool) -> Vec<Value> {
        let deadline = Instant::now() + PATIENCE;
        let is_of_document = |message: &&Value| message["method"] == "textDocument/publishDiagnostics" && message["params"]["uri"] == uri;
        loop {
            if let Some(latest) = self.received.iter().rev().find(is_of_document) {
                let found = latest["params"]["diagnostics"].as_array().unwrap();
                if is_it(found) {
                    return found.clone();
                }
            }
            assert!(self.next(deadline).is_some(), "no such diagnostics of {uri}; what came: {:#?}", self.received);
        }
    }

    /// Ends the session as clients do, and returns the exit code.
    pub fn end(mut self) -> i32 {
        self.request("shutdown", Value::Null);
        self.notify("exit", Value::Null);
        self.wait_for_exit()
    }

    /// Closes the input and waits for the program's end.
    pub fn wait_for_exit(&mut self) -> i32 {
        self.input = None;
        self.child.wait().unwrap().code().unwrap()
    }
}

impl Client {
    /// Judges everything that the server sent by the metamodel.
    fn judge(&self) {
        let Some(model) = metamodel() else { return };
        for message in &self.received {
            let judged = match (message.get("method"), message["id"].as_i64().and_then(|id| self.asked.get(&id))) {
                (Some(_), _) => model.judge_call(message),
                (None, Some(method)) => model.judge_answer(method, message),
                (None, None) => Ok(()),
            };
            assert_eq!(judged, Ok(()), "{message:#}");
        }
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if !std::thread::panicking() {
            self.judge();
        }
    }
}

fn read(output: &mut impl BufRead) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if output.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim_end().split_once(": ") {
            Some((_, value)) => length = value.parse().ok()?,
            None => break,
        }
    }
    let mut body = vec![0; length];
    output.by_ref().read_exact(&mut body).ok()?;
    serde_json::from_slice(&body).ok()
}

/// A text with an LSP edit made, in UTF-16 positions of an ASCII text.
pub fn edited(text: &str, edits: &[Value]) -> String {
    let offset = |position: &Value| {
        let line = position["line"].as_u64().unwrap() as usize;
        let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
        start + position["character"].as_u64().unwrap() as usize
    };
    let mut edits: Vec<(usize, usize, &str)> = edits
        .iter()
        .map(|edit| (offset(&edit["range"]["start"]), offset(&edit["range"]["end"]), edit["newText"].as_str().unwrap()))
        .collect();
    edits.sort_by_key(|edit| std::cmp::Reverse(edit.0));
    let mut text = text.to_owned();
    for (start, end, new) in edits {
        text.replace_range(start..end, new);
    }
    text
}
