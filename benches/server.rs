//! What an editor waits for: `cargo bench --bench server` starts the program as editors do, and tombi beside it where it is on
//! PATH (`pip install tombi==1.9.6`), or the program that `SLIM` names, built without the runtime. Prints the table of the README.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

mod manifest;

const STARTS: usize = 40;
const KEYSTROKES: usize = 600;

/// A server to measure, by the name of its program and its arguments.
struct Server {
    name: &'static str,
    command: Vec<String>,
}

/// A session with it.
struct Session {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    next_id: i64,
}

/// A figure of a server.
struct Row {
    what: String,
    value: f64,
    unit: &'static str,
}

/// Milliseconds of many rounds, in order of size.
struct Times(Vec<f64>);

fn main() {
    let other = match std::env::var("SLIM") {
        Ok(slim) => Server { name: "without the runtime", command: vec![slim, "lsp".to_owned()] },
        Err(_) => Server { name: "tombi", command: vec!["tombi".to_owned(), "lsp".to_owned(), "--offline".to_owned()] },
    };
    let servers = [Server { name: "spinlint", command: vec![env!("CARGO_BIN_EXE_spinlint").to_owned(), "lsp".to_owned()] }, other];
    let folder = tempfile::tempdir().expect("a temporary folder");
    write(folder.path(), "manifest.schema.json", include_str!("../schema/spin-manifest-2.schema.json"));
    let measured: Vec<(&str, Vec<Row>)> = servers
        .iter()
        .filter(|server| Command::new(&server.command[0]).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok())
        .map(|server| (server.name, server.measure(folder.path())))
        .collect();
    let names: Vec<&str> = measured.iter().map(|(name, _)| *name).collect();
    let mut table = format!("| what | {} | ratio |\n|---|{}\n", names.join(" | "), "--:|".repeat(names.len() + 1));
    for (index, row) in measured[0].1.iter().enumerate() {
        let values: Vec<String> = measured.iter().map(|(_, rows)| format!("{:.2} {}", rows[index].value, row.unit)).collect();
        let ratio = measured.get(1).map(|(_, rows)| format!("{:.1}", rows[index].value / row.value)).unwrap_or_default();
        table.push_str(&format!("| {} | {} | {ratio} |\n", row.what, values.join(" | ")));
    }
    std::io::stdout().write_all(table.as_bytes()).expect("somebody reads the table");
}

impl Server {
    /// Every row of the table.
    fn measure(&self, folder: &Path) -> Vec<Row> {
        let milliseconds = |what: String, value| Row { what, value, unit: "ms" };
        let starts = Times::of(STARTS, || {
            let start = Instant::now();
            let session = Session::start(self, folder);
            let took = start.elapsed();
            drop(session);
            took
        });
        let mut rows = vec![milliseconds("start to the answer to `initialize`".to_owned(), starts.quantile(0.5))];
        for components in [20, 200] {
            let mut session = Session::start(self, folder);
            let mut document = Typed::open(&mut session, folder, components);
            if components == 20 {
                let what = "resident memory, a manifest of 20 components open".to_owned();
                rows.push(Row { what, value: session.resident_megabytes(), unit: "MB" });
            }
            let keystrokes = Times::of(KEYSTROKES, || {
                let start = Instant::now();
                document.keystroke(&mut session);
                session.published(&document.uri, document.version);
                start.elapsed()
            });
            let what = format!("a keystroke to its diagnostics, {components} components");
            rows.push(milliseconds(format!("{what}, median"), keystrokes.quantile(0.5)));
            rows.push(milliseconds(format!("{what}, 99 of 100"), keystrokes.quantile(0.99)));
            let completions = Times::of(KEYSTROKES, || {
                document.keystroke(&mut session);
                session.published(&document.uri, document.version);
                let start = Instant::now();
                let id = session.ask("textDocument/completion", document.place());
                let answer = session.wait(|message| message["id"] == id && message.get("method").is_none());
                let took = start.elapsed();
                assert!(answer.to_string().contains("key_value_stores"), "{} completes nothing: {answer}", self.name);
                took
            });
            rows.push(milliseconds(format!("completion of a key, {components} components, median"), completions.quantile(0.5)));
        }
        rows
    }
}

/// A manifest in which somebody types a key letter by letter, and takes it back.
struct Typed {
    uri: String,
    version: i64,
    line: usize,
    typed: usize,
}

const KEY: &str = "key_value";

impl Typed {
    fn open(session: &mut Session, folder: &Path, components: usize) -> Typed {
        // With an empty line in the middle, in a component, where the key goes.
        let mut text = format!("#:schema ../manifest.schema.json\n{}", manifest::manifest(components));
        let middle = text[..text.len() / 2].rfind("\nkey_value_stores").expect("every component has the line");
        text.replace_range(middle + 1..middle + 1 + text[middle + 1..].find('\n').expect("the line ends"), "");
        let line = text[..=middle].matches('\n').count();
        let name = format!("of-{components}/spin.toml");
        write(folder, &name, &text);
        let uri = format!("file://{}", folder.join(&name).display());
        session.notify("textDocument/didOpen", json!({ "textDocument": { "uri": uri, "languageId": "toml", "version": 1, "text": text } }));
        let mut document = Typed { uri, version: 1, line, typed: 0 };
        // Facts and schemas are at hand when a keystroke has been answered after a while.
        std::thread::sleep(Duration::from_millis(500));
        for _ in 0..2 * KEY.len() {
            document.keystroke(session);
            session.published(&document.uri, document.version);
        }
        document
    }

    fn keystroke(&mut self, session: &mut Session) {
        self.version += 1;
        let at = |character: usize| json!({ "line": self.line, "character": character });
        let (start, end, text, typed) = match KEY.get(self.typed..=self.typed) {
            Some(letter) => (self.typed, self.typed, letter, self.typed + 1),
            // The first letter stays, so that there always is something to tell, and to complete.
            None => (1, self.typed, "", 1),
        };
        session.notify(
            "textDocument/didChange",
            json!({
                "textDocument": { "uri": self.uri, "version": self.version },
                "contentChanges": [{ "range": { "start": at(start), "end": at(end) }, "text": text }],
            }),
        );
        self.typed = typed;
    }

    fn place(&self) -> Value {
        json!({ "textDocument": { "uri": self.uri }, "position": { "line": self.line, "character": self.typed } })
    }
}

impl Session {
    fn start(server: &Server, folder: &Path) -> Session {
        let mut child = Command::new(&server.command[0])
            .args(&server.command[1..])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the server starts");
        let input = child.stdin.take().expect("its input is a pipe");
        let output = BufReader::new(child.stdout.take().expect("its output is a pipe"));
        let mut session = Session { child, input, output, next_id: 0 };
        let capabilities = json!({
            "textDocument": {
                "publishDiagnostics": { "relatedInformation": true, "versionSupport": true },
                "completion": { "completionItem": { "snippetSupport": true } },
            },
        });
        let root = format!("file://{}", folder.display());
        let id = session.ask(
            "initialize",
            json!({
                "processId": std::process::id(), "rootUri": root, "capabilities": capabilities,
                "workspaceFolders": [{ "uri": root, "name": "bench" }],
            }),
        );
        session.wait(|message| message["id"] == id && message.get("method").is_none());
        session.notify("initialized", json!({}));
        session
    }

    fn send(&mut self, message: &Value) {
        let body = message.to_string();
        write!(self.input, "Content-Length: {}\r\n\r\n{body}", body.len()).expect("the server listens");
    }

    fn notify(&mut self, method: &str, params: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    fn ask(&mut self, method: &str, params: Value) -> i64 {
        self.next_id += 1;
        self.send(&json!({ "jsonrpc": "2.0", "id": self.next_id, "method": method, "params": params }));
        self.next_id
    }

    /// Waits for a message, and answers what the server asks on the way.
    fn wait(&mut self, is_it: impl Fn(&Value) -> bool) -> Value {
        loop {
            let message = self.receive();
            if is_it(&message) {
                return message;
            }
            if let (Some(id), Some(_)) = (message.get("id"), message.get("method")) {
                self.send(&json!({ "jsonrpc": "2.0", "id": id, "result": null }));
            }
        }
    }

    fn receive(&mut self) -> Value {
        let mut length = 0;
        loop {
            let mut line = String::new();
            assert!(self.output.read_line(&mut line).expect("the server's output can be read") > 0, "the server has gone");
            match line.trim_end().split_once(": ") {
                Some(("Content-Length", value)) => length = value.parse().expect("a length is a number"),
                Some(_) => {}
                None => break,
            }
        }
        let mut body = vec![0; length];
        self.output.read_exact(&mut body).expect("the body is whole");
        serde_json::from_slice(&body).expect("messages are JSON")
    }

    /// Waits for the diagnostics of this version.
    fn published(&mut self, uri: &str, version: i64) {
        self.wait(|message| {
            message["method"] == "textDocument/publishDiagnostics"
                && message["params"]["uri"] == uri
                && message["params"]["version"] == version
        });
    }

    fn resident_megabytes(&self) -> f64 {
        let status = read(&format!("/proc/{}/status", self.child.id()));
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("Linux says so");
        let kilobytes = line.split_whitespace().nth(1).and_then(|number| number.parse::<f64>().ok());
        kilobytes.expect("a number of kB") / 1024.0
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Times {
    fn of(rounds: usize, mut round: impl FnMut() -> Duration) -> Times {
        let mut times: Vec<f64> = (0..rounds).map(|_| round().as_secs_f64() * 1000.0).collect();
        times.sort_by(f64::total_cmp);
        Times(times)
    }

    fn quantile(&self, part: f64) -> f64 {
        self.0[((self.0.len() - 1) as f64 * part).round() as usize]
    }
}

#[expect(clippy::disallowed_methods, reason = "a benchmark writes its own input, or does not run")]
fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().expect("a file is in a folder")).expect("the folder can be made");
    std::fs::write(path, text).expect("the file can be written");
}

#[expect(clippy::disallowed_methods, reason = "what Linux knows of a process is a file")]
fn read(path: &str) -> String {
    std::fs::read_to_string(path).expect("the process runs")
}
