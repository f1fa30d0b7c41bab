//! `check --watch` tells what is new when something has changed, and writes nothing.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, SystemTime};

/// Longer than any look takes; a test that waits as long has failed.
const LONG: Duration = Duration::from_secs(30);

const MANIFEST: &str = "spin_manifest_version = 2\napplication.name = \"shop\"\n\
    trigger.http = [{ route = \"/...\", component = \"cart\" }]\n[component.cart]\nsource = \"cart.wasm\"\n";

struct Watch {
    child: Child,
    lines: Receiver<String>,
}

impl Watch {
    fn start(folder: &Path) -> Watch {
        let mut command = Command::new(env!("CARGO_BIN_EXE_spinlint"));
        command.args(["check", ".", "--watch", "--format", "concise"]).current_dir(folder).env_clear();
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let (sender, lines) = channel();
        let output = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || output.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
        Watch { child, lines }
    }

    /// Waits for a line that holds a text.
    fn wait_for(&self, text: &str) {
        let deadline = SystemTime::now() + LONG;
        while let Ok(left) = deadline.duration_since(SystemTime::now()) {
            match self.lines.recv_timeout(left) {
                Ok(line) if line.contains(text) => return,
                Ok(_) => {}
                Err(_) => break,
            }
        }
        panic!("nothing was said of {text}");
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn times(folder: &Path) -> BTreeMap<String, SystemTime> {
    let entries = std::fs::read_dir(folder).unwrap().map(Result::unwrap);
    entries.map(|entry| (entry.file_name().into_string().unwrap(), entry.metadata().unwrap().modified().unwrap())).collect()
}

#[test]
fn what_changes_is_told_and_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let write = |name: &str, text: &str| std::fs::write(path(name), text).unwrap();
    write("spin.toml", MANIFEST);
    let watch = Watch::start(folder.path());
    watch.wait_for("info[missing-wasm]");

    write("spin.toml", &format!("{MANIFEST}unknown = 1\n"));
    watch.wait_for("error[unknown-key]");
    // The configuration was looked for, and comes now.
    write("spinlint.toml", "[rules]\nunknown-key = \"warning\"\n");
    watch.wait_for("warning[unknown-key]");
    std::fs::remove_file(path("spinlint.toml")).unwrap();
    watch.wait_for("error[unknown-key]");
    write("spin.toml", &format!("{MANIFEST}[\n"));
    watch.wait_for("error[syntax]");
    write("spin.toml", MANIFEST);
    watch.wait_for("info[missing-wasm]");
    // A Wasm that is built is one that is missing no more.
    std::fs::write(path("cart.wasm"), wat::parse_str("(component)").unwrap()).unwrap();
    watch.wait_for("nothing found");
    let before = times(folder.path());
    std::fs::create_dir(path("new")).unwrap();
    std::fs::write(path("new/spin.toml"), format!("{MANIFEST}other = 1\n")).unwrap();
    watch.wait_for("new/spin.toml:6:1: error[unknown-key]");
    let mut after = times(folder.path());
    after.remove("new");
    assert_eq!(after, before);
    assert_eq!(times(&path("new")).len(), 1);
}
