//! An app in a folder of its own, the programs that serve it, and a client that waits for every answer.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

/// How long a server is asked at a time.
const ROUND: Duration = Duration::from_secs(2);

/// As long as it takes to compile the largest component for good.
const COMPILATION: Duration = Duration::from_secs(20);

/// How spinlint and Spin serve on a free port.
const UP: [&str; 3] = ["up", "--listen", "127.0.0.1:0"];

/// The runtime configuration in which the default store has no file.
const IN_MEMORY: &str = "in-memory.toml";

/// Who serves the app.
#[derive(Clone, Copy)]
pub enum Program<'p> {
    /// `spinlint up`, with the file of Spin's default store.
    Spinlint,
    /// `spinlint up`, with a store in memory.
    InMemory,
    /// The server of the module `bare`.
    Bare,
    /// `spin up`, by its executable.
    Spin(&'p Path),
}

/// The tutorial in a folder of its own.
pub struct App {
    folder: tempfile::TempDir,
    wasm: PathBuf,
}

/// A server that listens.
pub struct Server {
    child: Child,
    address: String,
}

impl App {
    /// Of a file below `tests/components`; `None` where it is not built.
    pub fn new(wasm: &str) -> Option<App> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let wasm = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/components").join(wasm);
        let manifest = format!(
            "spin_manifest_version = 2\napplication.name = \"bench\"\ntrigger.http = [{{ route = \"/...\", component = \"x\" }}]\n\
             [component.x]\nsource = {wasm:?}\nkey_value_stores = [\"default\"]\n"
        );
        for (name, text) in [("spin.toml", manifest.as_str()), (IN_MEMORY, "[key_value_store.default]\ntype = \"spin\"\n")] {
            let mut file = std::fs::File::create(folder.path().join(name)).expect("a file of the app");
            file.write_all(text.as_bytes()).expect("a file of the app");
        }
        wasm.exists().then_some(App { folder, wasm })
    }

    /// Serves it, and waits until the component is compiled for good.
    pub fn served(&self, by: Program) -> Server {
        let server = self.start(by);
        std::thread::sleep(COMPILATION);
        server
    }

    /// Milliseconds from the start to the first answer, and the server that gave it.
    pub fn first_answer(&self, by: Program, is_cold: bool) -> (f64, Server) {
        if is_cold {
            // There may be none yet.
            let _ = std::fs::remove_dir_all(self.cache());
        }
        let begun = Instant::now();
        let server = self.start(by);
        Connection::open(&server.address).ask("GET", 0);
        (begun.elapsed().as_secs_f64() * 1e3, server)
    }

    /// Where both programs keep compiled code.
    fn cache(&self) -> PathBuf {
        self.folder.path().join("cache")
    }

    fn start(&self, by: Program) -> Server {
        let own = || {
            let mut command = Command::new(env!("CARGO_BIN_EXE_spinlint"));
            command.args(UP).arg("--cache-dir").arg(self.cache());
            command
        };
        let mut command = match by {
            Program::Spinlint => own(),
            Program::InMemory => {
                let mut command = own();
                command.args(["--runtime-config-file", IN_MEMORY]);
                command
            }
            Program::Bare => {
                let mut command = Command::new(std::env::current_exe().expect("a program"));
                command.arg("bare").arg(&self.wasm);
                command
            }
            Program::Spin(executable) => {
                let mut command = Command::new(executable);
                command.args(UP).env("XDG_CACHE_HOME", self.cache());
                command
            }
        };
        Server::start(command.current_dir(self.folder.path()))
    }
}

impl Server {
    /// Starts a server that prints its address.
    fn start(command: &mut Command) -> Server {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("a server");
        let mut output = BufReader::new(child.stdout.take().expect("its output"));
        let mut line = String::new();
        let address = loop {
            line.clear();
            assert_ne!(output.read_line(&mut line).expect("its output"), 0, "the server ended without an address");
            if let Some((_, address)) = line.split_once("http://") {
                break address.trim().to_owned();
            }
        };
        std::thread::spawn(move || std::io::copy(&mut output, &mut std::io::sink()));
        Server { child, address }
    }

    /// Answers per second on so many connections that are kept; what a POST stores is different each time.
    pub fn rate(&self, method: &'static str, connections: usize) -> f64 {
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

    /// Megabytes that the program and what it started have in memory.
    pub fn memory(&self) -> f64 {
        self.processes().iter().filter_map(|&id| status(id, "VmRSS")).sum::<f64>() / 1024.0
    }

    /// The program, and what it started: Spin serves from a process of its own.
    #[expect(clippy::disallowed_methods, reason = "the processes of Linux are no files of an app")]
    fn processes(&self) -> Vec<u32> {
        let parents: Vec<(u32, u32)> = std::fs::read_dir("/proc")
            .expect("the processes of Linux")
            .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
            .filter_map(|id| Some((id, status(id, "PPid")? as u32)))
            .collect();
        let mut found = vec![self.child.id()];
        let mut at = 0;
        while let Some(&parent) = found.get(at) {
            found.extend(parents.iter().filter(|&&(_, of)| of == parent).map(|&(id, _)| id));
            at += 1;
        }
        found
    }
}

/// A number that Linux knows of a process.
fn status(id: u32, field: &str) -> Option<f64> {
    let mut status = String::new();
    std::fs::File::open(format!("/proc/{id}/status")).ok()?.read_to_string(&mut status).ok()?;
    let value = status.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(':'))?;
    value.trim().trim_end_matches(" kB").parse().ok()
}

impl Drop for Server {
    fn drop(&mut self) {
        for id in self.processes() {
            // It may be gone already.
            let _ = Pid::from_raw(id as i32).map(|id| kill_process(id, Signal::KILL));
        }
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
