//! What a person with curl waits for: `cargo bench --bench runtime` serves the tutorial's component by `spinlint up`, and by a bare server of
//! wasmtime-wasi-http whose store is a hash map, and asks both in turns. Prints the table of the README.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

mod bare;

const CONNECTIONS: [usize; 2] = [8, 64];

/// How long a server is asked at a time, and how many times.
const ROUND: Duration = Duration::from_secs(2);
const ROUNDS: usize = 3;

const STARTS: usize = 10;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, mode, wasm] = arguments.as_slice()
        && mode == "bare"
    {
        bare::serve(Path::new(wasm)).expect("the bare server serves");
        return;
    }
    let mut table = "| what | spinlint | bare wasmtime | ratio |\n|---|--:|--:|--:|\n".to_owned();
    let app = App::new("rust5/rust5-t.wasm");
    for connections in CONNECTIONS {
        let (mut own, mut others) = (Vec::new(), Vec::new());
        let (up, bare) = (app.up(), app.bare());
        for method in ["POST", "GET"] {
            own.clear();
            others.clear();
            for _ in 0..ROUNDS {
                own.push(up.rate(method, connections));
                others.push(bare.rate(method, connections));
            }
            let (own, other) = (median(&mut own), median(&mut others));
            let kind =
                if method == "GET" { "GET, a read" } else { "POST, a write (durable in spinlint's SQLite, a hash map in the other)" };
            table.push_str(&format!("| {kind}, {connections} connections, per second | {own:.0} | {other:.0} | {:.2} |\n", own / other));
        }
    }
    for (name, wasm) in [("spin-sdk 5", "rust5/rust5-t.wasm"), ("spin-sdk 7", "rust7/rust7-t.wasm")] {
        let app = App::new(wasm);
        let mut cold: Vec<f64> = (0..STARTS).map(|_| app.start(true).0).collect();
        let mut warm: Vec<f64> = (0..STARTS).map(|_| app.start(false).0).collect();
        let memory = app.start(false).1;
        let (cold, warm) = (median(&mut cold), median(&mut warm));
        table.push_str(&format!("| process start to first answer, {name}, never compiled before | {cold:.0} ms | | |\n"));
        table.push_str(&format!("| process start to first answer, {name} | {warm:.0} ms | | |\n"));
        table.push_str(&format!("| resident memory, {name} | {memory:.1} MB | | |\n"));
    }
    std::io::stdout().write_all(table.as_bytes()).expect("somebody reads the table");
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// The tutorial in a folder of its own.
struct App {
    folder: tempfile::TempDir,
    wasm: PathBuf,
}

/// A server that listens.
struct Server {
    child: Child,
    address: String,
}

impl App {
    fn new(wasm: &str) -> App {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let wasm = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/components").join(wasm);
        let manifest = format!(
            "spin_manifest_version = 2\napplication.name = \"bench\"\ntrigger.http = [{{ route = \"/...\", component = \"x\" }}]\n\
             [component.x]\nsource = {wasm:?}\nkey_value_stores = [\"default\"]\n"
        );
        let mut file = std::fs::File::create(folder.path().join("spin.toml")).expect("a manifest");
        file.write_all(manifest.as_bytes()).expect("a manifest");
        App { folder, wasm }
    }

    fn up(&self) -> Server {
        let mut command = Command::new(env!("CARGO_BIN_EXE_spinlint"));
        command.args(["up", "--listen", "127.0.0.1:0", "--cache-dir"]).arg(self.folder.path().join("cache"));
        let server = Server::start(command.current_dir(self.folder.path()));
        // As long as it takes to compile the component well.
        std::thread::sleep(Duration::from_secs(3));
        server
    }

    fn bare(&self) -> Server {
        let mut command = Command::new(std::env::current_exe().expect("a program"));
        Server::start(command.arg("bare").arg(&self.wasm))
    }

    /// Milliseconds from the start to the first answer, and megabytes afterwards.
    fn start(&self, is_cold: bool) -> (f64, f64) {
        let cache = self.folder.path().join("cache");
        if is_cold {
            // There may be none yet.
            let _ = std::fs::remove_dir_all(&cache);
        }
        let begun = Instant::now();
        let mut command = Command::new(env!("CARGO_BIN_EXE_spinlint"));
        command.args(["up", "--listen", "127.0.0.1:0", "--cache-dir"]).arg(cache).current_dir(self.folder.path());
        let server = Server::start(&mut command);
        let mut connection = Connection::open(&server.address);
        connection.ask("GET", 0);
        (begun.elapsed().as_secs_f64() * 1e3, server.memory())
    }
}

impl Server {
    /// Starts a server that prints its address in its first line.
    fn start(command: &mut Command) -> Server {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("a server");
        let mut output = BufReader::new(child.stdout.take().expect("its output"));
        let mut line = String::new();
        output.read_line(&mut line).expect("its address");
        std::thread::spawn(move || std::io::copy(&mut output, &mut std::io::sink()));
        let address = line.trim().rsplit('/').next().expect("its address").to_owned();
        Server { child, address }
    }

    /// Requests per second.
    fn rate(&self, method: &'static str, connections: usize) -> f64 {
        let end = Instant::now() + ROUND;
        let clients: Vec<_> = (0..connections)
            .map(|_| {
                let address = self.address.clone();
                std::thread::spawn(move || {
                    let mut connection = Connection::open(&address);
                    let mut answers = 0u64;
                    while Instant::now() < end {
                        connection.ask(method, answers);
                        answers += 1;
                    }
                    answers
                })
            })
            .collect();
        let answers: u64 = clients.into_iter().map(|client| client.join().expect("a client")).sum();
        answers as f64 / ROUND.as_secs_f64()
    }

    fn memory(&self) -> f64 {
        let mut status = String::new();
        let mut file = std::fs::File::open(format!("/proc/{}/status", self.child.id())).expect("what Linux knows of it");
        file.read_to_string(&mut status).expect("what Linux knows of it");
        let fields: HashMap<&str, &str> = status.lines().filter_map(|line| line.split_once(':')).collect();
        let kilobytes = fields["VmRSS"].trim().trim_end_matches(" kB").parse::<f64>().expect("a number");
        kilobytes / 1024.0
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A connection that is kept.
struct Connection(BufReader<TcpStream>);

impl Connection {
    fn open(address: &str) -> Connection {
        let stream = TcpStream::connect(address).expect("a connection");
        stream.set_nodelay(true).expect("a connection");
        Connection(BufReader::new(stream))
    }

    /// Sends a request, and reads its answer to the end.
    fn ask(&mut self, method: &str, number: u64) {
        let body = if method == "POST" { format!("{number:08}") } else { String::new() };
        let request = format!("{method} /test HTTP/1.1\r\nhost: localhost\r\ncontent-length: {}\r\n\r\n{body}", body.len());
        self.0.get_mut().write_all(request.as_bytes()).expect("a request");
        let (mut length, mut is_chunked) = (0, false);
        loop {
            let line = self.line().to_ascii_lowercase();
            if line.is_empty() {
                break;
            }
            is_chunked |= line == "transfer-encoding: chunked";
            length = line.strip_prefix("content-length: ").map_or(length, |length| length.parse().expect("a length"));
        }
        if !is_chunked {
            self.skip(length);
            return;
        }
        loop {
            let size = usize::from_str_radix(&self.line(), 16).expect("a size");
            self.skip(size + 2);
            if size == 0 {
                return;
            }
        }
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.0.read_line(&mut line).expect("an answer");
        line.trim_end().to_owned()
    }

    fn skip(&mut self, length: usize) {
        let mut bytes = vec![0; length];
        self.0.read_exact(&mut bytes).expect("a body");
    }
}
