//! Every file of `tests/cli` is a scenario: files in fenced blocks, then commands with what they print. The README in
//! that folder is one too, and says how they are written. `BLESS=1 cargo test` accepts what the commands print now.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::wasm;

struct Scenario {
    folder: tempfile::TempDir,
}

impl Scenario {
    /// Runs the commands of a block and returns the block as it should read.
    fn console(&self, block: &str) -> String {
        let commands = block.lines().filter(|line| line.starts_with("$ "));
        commands.map(|line| format!("{line}\n{}", self.command(&line[2..]))).collect()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn command(&self, line: &str) -> String {
        let (line, input) = line.split_once(" < ").map_or((line, None), |(line, input)| (line, Some(input)));
        let words: Vec<&str> = words(line);
        match words.as_slice() {
            ["spinlint", arguments @ ..] => self.spinlint(env!("CARGO_BIN_EXE_spinlint").as_ref(), arguments, input),
            // Spin runs a plugin by its own name, and tells it its version.
            ["spin", "lint", arguments @ ..] => {
                let plugins = tempfile::tempdir().unwrap();
                let plugin = plugins.path().join("lint");
                std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_spinlint"), &plugin).unwrap();
                self.spinlint(&plugin, arguments, input)
            }
            ["cat", name] => std::fs::read_to_string(self.path(name)).unwrap().replace('\r', "\\r").replace('\u{feff}', "\\u{feff}"),
            ["component", name, target] => {
                std::fs::write(self.path(target), wasm::component(name)).unwrap();
                String::new()
            }
            ["sed", arguments @ ..] => {
                assert!(Command::new("sed").args(arguments).current_dir(self.folder.path()).status().unwrap().success());
                String::new()
            }
            ["truncate", name, length] => {
                let bytes = std::fs::read(self.path(name)).unwrap();
                std::fs::write(self.path(name), &bytes[..length.parse().unwrap()]).unwrap();
                String::new()
            }
            ["age", name] => {
                let file = std::fs::File::options().write(true).open(self.path(name)).unwrap();
                file.set_modified(std::time::SystemTime::UNIX_EPOCH).unwrap();
                String::new()
            }
            ["link", target, name] => {
                std::os::unix::fs::symlink(target, self.path(name)).unwrap();
                String::new()
            }
            ["mode", mode, name] => {
                use std::os::unix::fs::PermissionsExt;
                let mode = u32::from_str_radix(mode, 8).unwrap();
                std::fs::set_permissions(self.path(name), std::fs::Permissions::from_mode(mode)).unwrap();
                String::new()
            }
            ["list"] => {
                let mut names: Vec<String> = std::fs::read_dir(self.folder.path())
                    .unwrap()
                    .map(|entry| {
                        use std::os::unix::fs::PermissionsExt;
                        let entry = entry.unwrap();
                        let metadata = entry.path().symlink_metadata().unwrap();
                        let kind = if metadata.is_symlink() {
                            " (link)".to_owned()
                        } else {
                            format!(" {:o}", metadata.permissions().mode() & 0o777)
                        };
                        let kind = if metadata.is_dir() { "/".to_owned() } else { kind };
                        format!("{}{kind}\n", entry.file_name().to_string_lossy())
                    })
                    .collect();
                names.sort();
                names.concat()
            }
            _ => panic!("no command of the harness: {line}"),
        }
    }

    fn spinlint(&self, program: &Path, arguments: &[&str], input: Option<&str>) -> String {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(self.folder.path()).env_clear().stdin(Stdio::null());
        if program.ends_with("lint") {
            command.env("SPIN_VERSION", "3.6.0");
        }
        if let Some(input) = input {
            command.stdin(std::fs::File::open(self.path(input)).unwrap());
        }
        let output = command.output().unwrap();
        let mut text = String::from_utf8(output.stdout).unwrap();
        if !text.is_empty() && !text.ends_with('\n') {
            text.push_str(" (no line end)\n");
        }
        for line in String::from_utf8(output.stderr).unwrap().lines() {
            text.push_str(&format!("! {line}\n"));
        }
        match output.status.code() {
            Some(0) => {}
            Some(code) => text.push_str(&format!("[exit {code}]\n")),
            None => panic!("{arguments:?} was killed"),
        }
        text.lines().map(|line| format!("{}\n", line.trim_end())).collect()
    }
}

/// The words of a line; quotes hold one together.
fn words(line: &str) -> Vec<&str> {
    let parts = line.split('"').enumerate();
    parts.flat_map(|(index, part)| if index % 2 == 1 { vec![part] } else { part.split_whitespace().collect() }).collect()
}

/// Runs a scenario and returns its text with what the commands print now.
fn run(text: &str) -> String {
    let scenario = Scenario { folder: tempfile::tempdir().unwrap() };
    let mut result = String::new();
    let mut lines = text.split_inclusive('\n');
    while let Some(line) = lines.next() {
        result.push_str(line);
        let Some(words) = line.trim_end().strip_prefix("```") else { continue };
        let block: String = lines.by_ref().take_while(|line| line.trim_end() != "```").collect();
        match words.split_once(' ') {
            Some((_, name)) => {
                let path = scenario.path(name);
                std::fs::create_dir_all(path.parent().unwrap_or(Path::new(""))).unwrap();
                let content = block.replace("\\r\n", "\r\n").replace("\\u{feff}", "\u{feff}");
                std::fs::write(path, content).unwrap();
                result.push_str(&block);
            }
            None if words == "console" => result.push_str(&scenario.console(&block)),
            None => result.push_str(&block),
        }
        result.push_str("```\n");
    }
    result
}

#[test]
fn every_scenario_prints_what_it_says() {
    check("tests/cli", |_| true);
}

/// The pages for users are scenarios, too: what they show is what there is.
#[test]
fn every_page_of_the_documentation_is_true() {
    check("docs", |name| name != "rules.md");
}

fn check(folder: &str, is_scenario: impl Fn(&str) -> bool) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let mut failures = Vec::new();
    for path in paths {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        // What is run needs the runtime.
        let needs_runtime = name.starts_with("run-") || name == "runtime.md";
        if !is_scenario(&name) || needs_runtime && !cfg!(feature = "runtime") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let now = run(&text);
        if now == text {
            continue;
        }
        if std::env::var_os("BLESS").is_some() {
            std::fs::write(&path, now).unwrap();
        } else {
            failures.push(spinlint::fix::diff(&path.file_name().unwrap().to_string_lossy(), &text, &now));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// `--fix` that is killed at any moment leaves the old bytes or the new ones.
#[test]
fn an_interrupted_fix_leaves_a_whole_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("spin.toml");
    let filler = format!("description = \"{}\"\n", "x".repeat(200_000));
    let old = format!(
        "spin_manifest_version = 2\n[application]\nname = \"a\"\n{filler}[[trigger.http]]\nroute = \"/\"\ncomponent = \"a\"\n[component.a]\nsource = \"a.wasm\"\nkey_value_stores = \"default\"\n"
    );
    let new = old.replace("\"default\"", "[\"default\"]");
    let mut fixed = 0;
    for delay in 0..40 {
        std::fs::write(&path, &old).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_spinlint"))
            .args(["check", "--fix", "--quiet", "spin.toml"])
            .current_dir(folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(std::time::Duration::from_micros(delay * 700));
        let _ = child.kill();
        child.wait().unwrap();
        let now = std::fs::read_to_string(&path).unwrap();
        assert!(now == old || now == new, "after {delay}: {} bytes", now.len());
        fixed += usize::from(now == new);
    }
    assert!(fixed < 40, "no run was interrupted");
}

/// What is found may be no file, and whoever reads may stop: neither changes what is told of the rest, nor the exit code.
#[cfg(unix)]
#[test]
fn pipes_are_no_manifests_and_a_closed_pipe_is_no_success() {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| std::fs::write(folder.path().join(path), text).unwrap();
    std::fs::create_dir(folder.path().join("pipe")).unwrap();
    assert!(Command::new("mkfifo").arg(folder.path().join("pipe/spin.toml")).status().unwrap().success());
    write("spin.toml", "spin_manifest_version = 2\n");
    let check = |arguments: &[&str], stdout: Stdio| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_spinlint"));
        command.args(["check", "--format", "concise"]).args(arguments).current_dir(folder.path());
        command.stdin(Stdio::null()).stdout(stdout).stderr(Stdio::piped()).spawn().unwrap()
    };
    let output = check(&["."], Stdio::piped()).wait_with_output().unwrap();
    let (told, complaint) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(told.contains("spin.toml:1:1: error[missing-key]"), "{told}");
    assert_eq!((output.status.code(), complaint.trim()), (Some(2), "spinlint: cannot read pipe/spin.toml: it is no regular file"));
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = check(&["spin.toml"], writer.into()).wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(1), b"".as_slice()));
}
