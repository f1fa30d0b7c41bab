//! `spinlint up`, and `spinlint test -- COMMAND`: what a client gets, what is printed, what stays on the disk.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// A program that takes a while gets this long.
const PATIENCE: Duration = Duration::from_secs(60);

fn component(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/components").join(name)
}

/// An app of one component in a folder of its own.
pub(super) struct App(tempfile::TempDir);

impl App {
    pub(super) fn new(wasm: &str, keys: &str) -> App {
        let app = App(tempfile::tempdir().unwrap());
        std::fs::copy(component(wasm), app.path("x.wasm")).unwrap();
        app.write("spin.toml", &manifest(keys));
        app
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(super) fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    pub(super) fn spinlint(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_spinlint"));
        // One cache for all tests: what is compiled once need not be compiled again.
        let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cache");
        command.args(arguments).current_dir(self.0.path()).env("XDG_CACHE_HOME", cache);
        command
    }
}

fn manifest(keys: &str) -> String {
    format!(
        "spin_manifest_version = 2\n\n[application]\nname = \"shop\"\n\n[[trigger.http]]\nroute = \"/...\"\ncomponent = \"x\"\n\n\
         [component.x]\nsource = \"x.wasm\"\n{keys}"
    )
}

pub(super) const GRANTED: &str = "key_value_stores = [\"default\"]\n";

/// A server, and what it prints.
struct Up {
    child: Child,
    url: String,
    printed: Arc<Mutex<String>>,
}

impl Up {
    fn start(app: &App, arguments: &[&str]) -> Up {
        let mut command = app.spinlint(&["up", "--listen", "127.0.0.1:0"]);
        let mut child = command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let first = lines.next().expect("it says where it serves").unwrap();
        let url = first.strip_prefix("Serving ").unwrap_or_else(|| panic!("{first}")).to_owned();
        let printed = Arc::new(Mutex::new(String::new()));
        let text = Arc::clone(&printed);
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(|line| text.lock().unwrap().push_str(&(line + "\n"))));
        Up { child, url, printed }
    }

    fn ask(&self, method: &str, path: &str, body: &str) -> Option<(u16, String)> {
        ask(&format!("{}{path}", self.url), method, body)
    }

    /// Waits until something was printed.
    fn prints(&self, part: &str) {
        let start = Instant::now();
        while !self.printed.lock().unwrap().contains(part) {
            assert!(start.elapsed() < PATIENCE, "{part:?} is not in {}", self.printed.lock().unwrap());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn signal(&self, name: &str) {
        let sent = Command::new("kill").arg(format!("-{name}")).arg(self.child.id().to_string()).status().unwrap();
        assert!(sent.success());
    }
}

impl Drop for Up {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Status and body of an answer; none if nobody answers.
pub(super) fn ask(url: &str, method: &str, body: &str) -> Option<(u16, String)> {
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).timeout_global(Some(PATIENCE)).build().into();
    let request = http::Request::builder().method(method).uri(url).body(body.to_owned()).unwrap();
    let mut answer = agent.run(request).ok()?;
    Some((answer.status().as_u16(), answer.body_mut().read_to_string().ok()?))
}

#[test]
fn a_refusal_is_marked_and_gone_when_the_manifest_is_mended() {
    let app = App::new("rust5/rust5-t.wasm", "");
    let mut up = Up::start(&app, &[]);
    assert_eq!(up.ask("POST", "/test", "hello"), Some((500, "Error::AccessDenied".to_owned())));
    up.prints("500 POST /test (x): open \"default\" access-denied [refused]");
    up.prints("component `x` opens store \"default\", which it is not granted");
    app.write("spin.toml", &manifest(GRANTED));
    up.prints("Loaded anew: 1 route");
    let statuses: Vec<_> = [("POST", "hello"), ("HEAD", ""), ("GET", ""), ("DELETE", ""), ("HEAD", "")]
        .iter()
        .map(|(method, body)| up.ask(method, "/test", body).unwrap())
        .collect();
    assert_eq!(statuses.iter().map(|(status, _)| *status).collect::<Vec<_>>(), [200, 200, 200, 200, 404]);
    assert_eq!(statuses[2].1, "hello");
    up.prints("200 GET /test (x): open \"default\", get \"default\" /test");
    // A manifest that Spin refuses changes nothing.
    app.write("spin.toml", &manifest("key_value_store = [\"default\"]\n"));
    up.prints("error[unknown-key]");
    assert_eq!(up.ask("GET", "/test", "").unwrap().0, 404);
    up.signal("TERM");
    assert_eq!(up.child.wait().unwrap().code(), Some(0));
}

/// A component that the manifest names before it is built is loaded as soon as it is.
#[test]
fn what_a_manifest_waits_for_is_loaded_when_it_comes() {
    let app = App::new("rust5/rust5-c.wasm", "");
    let up = Up::start(&app, &[]);
    app.write("spin.toml", &manifest(GRANTED).replace("x.wasm", "new.wasm"));
    std::thread::sleep(Duration::from_secs(1));
    std::fs::copy(component("rust5/rust5-t.wasm"), app.path("new.wasm")).unwrap();
    up.prints("Loaded anew: 1 route");
    assert_eq!(up.ask("POST", "/a", "1").unwrap().0, 200);
}

#[test]
fn ctrl_c_ends_in_order_and_the_store_is_where_spin_has_it() {
    let app = App::new("rust7/rust7-t.wasm", GRANTED);
    let mut up = Up::start(&app, &[]);
    assert_eq!(up.ask("POST", "/a", "1").unwrap().0, 200);
    up.signal("INT");
    assert_eq!(up.child.wait().unwrap().code(), Some(0));
    // Everything is in the file itself.
    assert_eq!(std::fs::metadata(app.path(".spin/sqlite_key_value.db-wal")).map_or(0, |log| log.len()), 0);
    assert_eq!(rows(&app.path(".spin/sqlite_key_value.db")), [("/a".to_owned(), "1".to_owned())]);
    let up = Up::start(&app, &[]);
    assert_eq!(up.ask("GET", "/a", ""), Some((200, "1".to_owned())));
}

fn rows(database: &Path) -> Vec<(String, String)> {
    let database = rusqlite::Connection::open(database).unwrap();
    let check: String = database.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(check, "ok");
    let mut statement =
        database.prepare("SELECT key, CAST(value AS TEXT) FROM spin_key_value WHERE store = 'default' ORDER BY key").unwrap();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    rows.map(Result::unwrap).collect()
}

/// What was acknowledged is there after the hardest end.
#[test]
fn no_acknowledged_write_is_lost_when_the_server_is_killed_under_load() {
    let app = App::new("rust5/rust5-t.wasm", GRANTED);
    let up = Up::start(&app, &[]);
    let acknowledged = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for client in 0..4 {
            let (url, acknowledged) = (&up.url, &acknowledged);
            scope.spawn(move || {
                for number in 0.. {
                    let key = format!("/{client}/{number}");
                    match ask(&format!("{url}{key}"), "POST", &key) {
                        Some((200, _)) => acknowledged.lock().unwrap().push(key),
                        _ => break,
                    }
                }
            });
        }
        std::thread::sleep(Duration::from_secs(2));
        up.signal("KILL");
    });
    let written = rows(&app.path(".spin/sqlite_key_value.db"));
    let acknowledged = acknowledged.into_inner().unwrap();
    assert!(acknowledged.len() > 20, "{} writes were no load", acknowledged.len());
    for key in &acknowledged {
        assert!(written.contains(&(key.clone(), key.clone())), "{key} is lost");
    }
}

#[test]
fn what_spin_refuses_is_not_served() {
    let refused = |app: &App, arguments: &[&str]| {
        let output = app.spinlint(&["up", "--listen", "127.0.0.1:0"]).args(arguments).output().unwrap();
        (output.status.code(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
    };
    let (code, text) = refused(&App::new("rust5/rust5-t.wasm", "key_value_stores = [\"cache\"]\n"), &[]);
    assert!(code == Some(1) && text.contains("error[undefined-store]") && text.contains("[spin.toml:"), "{text}");
    let (code, text) = refused(&App::new("rust5/rust5-t.wasm", "key_value_store = []\n"), &[]);
    assert!(code == Some(1) && text.contains("error[unknown-key]"), "{text}");
    let app = App::new("rust5/rust5-t.wasm", "");
    std::fs::rename(app.path("x.wasm"), app.path("y.wasm")).unwrap();
    let (code, text) = refused(&app, &[]);
    assert!(code == Some(1) && text.contains("error[missing-wasm]"), "{text}");
    std::fs::rename(app.path("y.wasm"), app.path("x.wasm")).unwrap();
    app.write("runtime-config.toml", "[key_value_store.x]\ntype = \"aws_dynamo\"\n");
    let (code, text) = refused(&app, &["--runtime-config-file", "runtime-config.toml"]);
    assert!(code == Some(1) && text.contains("error[malformed-configuration]") && text.contains("has no `region`"), "{text}");
    app.write("runtime-config.toml", "[key_value_store.x]\ntype = \"aws_dynamo\"\nregion = \"r\"\ntable = \"t\"\n");
    let (code, text) = refused(&app, &["--runtime-config-file", "runtime-config.toml"]);
    assert!(code == Some(2) && text.contains("in `aws_dynamo`, which spinlint cannot open"), "{text}");
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let (code, text) = refused(&app, &["--listen", &taken.local_addr().unwrap().to_string()]);
    assert!(code == Some(2) && text.contains("is in use already"), "{text}");
}

/// A client may take longer for an answer than the component has for a request.
#[test]
fn a_slow_client_gets_the_whole_answer() {
    use std::io::Read;
    for wasm in ["rust5/rust5-t.wasm", "rust7/rust7-t.wasm"] {
        let app = App::new(wasm, GRANTED);
        let up = Up::start(&app, &["--timeout", "5"]);
        let large = "x".repeat(30 << 20);
        assert_eq!(up.ask("POST", "/large", &large).unwrap().0, 200, "{wasm}");
        let agent: ureq::Agent = ureq::Agent::config_builder().build().into();
        let mut answer = agent.get(format!("{}/large", up.url)).call().unwrap();
        let mut reader = answer.body_mut().as_reader();
        let (mut part, mut length) = (vec![0; 3 << 20], 0);
        let start = Instant::now();
        loop {
            let read = reader.read(&mut part).unwrap();
            length += read;
            if read == 0 {
                break;
            }
            if start.elapsed() < Duration::from_secs(7) {
                std::thread::sleep(Duration::from_millis(100));
            }
        }
        assert_eq!(length, large.len(), "{wasm}");
    }
}

/// A redis-server on a port of its own; none where there is none.
struct RedisServer {
    child: Child,
    port: u16,
}

impl RedisServer {
    fn start(port: Option<u16>) -> Option<RedisServer> {
        let port = port.unwrap_or_else(|| TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port());
        let arguments = ["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
        let child = Command::new("redis-server").args(arguments).stdout(Stdio::null()).spawn().ok();
        if child.is_none() {
            assert!(std::env::var_os("SPINLINT_TESTS").is_none(), "all tests were asked for, and redis-server does not start");
            println!("skipped: there is no redis-server here");
        }
        let server = RedisServer { child: child?, port };
        let start = Instant::now();
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(start.elapsed() < PATIENCE, "redis-server does not answer");
            std::thread::sleep(Duration::from_millis(20));
        }
        Some(server)
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_store_in_redis_is_used_and_its_end_is_survived() {
    let Some(server) = RedisServer::start(None) else { return };
    let app = App::new("rust5/rust5-t.wasm", GRANTED);
    let port = server.port;
    app.write("redis.toml", &format!("[key_value_store.default]\ntype = \"redis\"\nurl = \"redis://127.0.0.1:{port}\"\n"));
    let up = Up::start(&app, &["--runtime-config-file", "redis.toml"]);
    assert_eq!(up.ask("POST", "/a", "1").unwrap().0, 200);
    assert_eq!(up.ask("GET", "/a", ""), Some((200, "1".to_owned())));
    assert_eq!(up.ask("DELETE", "/a", "").unwrap().0, 200);
    assert_eq!(up.ask("HEAD", "/a", "").unwrap().0, 404);
    drop(server);
    let (status, body) = up.ask("GET", "/a", "").unwrap();
    assert!(status == 500 && body.starts_with("Error::Other("), "{status} {body}");
    up.prints("500 GET /a (x): open \"default\", get \"default\" /a other: ");
    let Some(_server) = RedisServer::start(Some(port)) else { return };
    assert_eq!(up.ask("POST", "/a", "2").unwrap().0, 200);
    assert_eq!(up.ask("GET", "/a", ""), Some((200, "2".to_owned())));
    assert!(!app.path(".spin").exists(), "nothing is written where nothing is stored");
}

/// A file that somebody else holds, that cannot be written to or that is no database: the component is told what Spin tells it.
#[test]
fn trouble_with_the_file_is_told_to_the_component() {
    let app = App::new("rust5/rust5-t.wasm", GRANTED);
    app.write(".spin", "a file where a folder has to be");
    let (status, body) = Up::start(&app, &[]).ask("GET", "/a", "").unwrap();
    assert!(status == 500 && body.contains("CannotOpen"), "{status} {body}");
    std::fs::remove_file(app.path(".spin")).unwrap();
    std::fs::create_dir(app.path(".spin")).unwrap();
    let database = app.path(".spin/sqlite_key_value.db");
    std::fs::write(&database, "this is no database, and long enough to be taken for a broken one").unwrap();
    let up = Up::start(&app, &[]);
    let (status, body) = up.ask("GET", "/a", "").unwrap();
    assert!(status == 500 && body.contains("NotADatabase"), "{status} {body}");
    std::fs::remove_file(&database).unwrap();
    assert_eq!(up.ask("POST", "/a", "1").unwrap().0, 200, "the next request is served");
    let locker = rusqlite::Connection::open(&database).unwrap();
    locker.execute_batch("BEGIN IMMEDIATE").unwrap();
    let (refused, other) = std::thread::scope(|scope| {
        let waiting: Vec<_> = (0..3).map(|_| scope.spawn(|| up.ask("POST", "/a", "2").unwrap())).collect();
        std::thread::sleep(Duration::from_millis(500));
        let start = Instant::now();
        assert_eq!(up.ask("GET", "/.well-known/spin/health", ""), Some((200, "OK".to_owned())));
        let other = start.elapsed();
        (waiting.into_iter().map(|waiting| waiting.join().unwrap()).collect::<Vec<_>>(), other)
    });
    for (status, body) in &refused {
        assert!(*status == 500 && body.contains("DatabaseBusy"), "{status} {body}");
    }
    assert!(other < Duration::from_secs(3), "who needs no store waits for none: {other:?}");
    locker.execute_batch("ROLLBACK").unwrap();
    assert_eq!(up.ask("GET", "/a", ""), Some((200, "1".to_owned())));
}
