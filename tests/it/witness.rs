//! `spinlint test`: the components of the tests run, and what they do is told and mended.

use std::path::Path;
use std::process::{Command, Output};

/// The example without `key_value_stores`, built: with a Wasm of the tests where its own would be.
fn app(wasm: &str) -> tempfile::TempDir {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = tempfile::tempdir().unwrap();
    for path in ["spin.toml", "Cargo.toml", "src/lib.rs"] {
        let to = folder.path().join(path);
        std::fs::create_dir_all(to.parent().unwrap()).unwrap();
        std::fs::copy(root.join("examples/key-value-rust").join(path), to).unwrap();
    }
    let built = folder.path().join("target/wasm32-wasip2/release");
    std::fs::create_dir_all(&built).unwrap();
    std::fs::copy(root.join("tests/components").join(wasm), built.join("key_value_rust.wasm")).unwrap();
    folder
}

fn spinlint(folder: &Path, arguments: &[&str]) -> Output {
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cache");
    let mut command = Command::new(env!("CARGO_BIN_EXE_spinlint"));
    command.arg("test").args(arguments).current_dir(folder).env("XDG_CACHE_HOME", cache).output().unwrap()
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn the_whole_tutorial_in_one_command() {
    for wasm in ["rust5/rust5-t.wasm", "rust7/rust7-t.wasm"] {
        let app = app(wasm);
        let refused = spinlint(app.path(), &[]);
        assert_eq!(refused.status.code(), Some(1), "{wasm}: {}", text(&refused));
        for part in [
            "500 POST /spinlint-test (key-value-rust)",
            "open \"default\" access-denied",
            "was refused \"default\" at `POST",
            "spin.toml:13:12",
        ] {
            assert!(text(&refused).contains(part), "{wasm}: {part} is not in {}", text(&refused));
        }
        let fixed = spinlint(app.path(), &["--fix"]);
        assert_eq!(fixed.status.code(), Some(0), "{wasm}: {}", text(&fixed));
        let manifest = std::fs::read_to_string(app.path().join("spin.toml")).unwrap();
        assert!(manifest.contains("\nkey_value_stores = [\"default\"]\n"), "{manifest}");
        let json = spinlint(app.path(), &["--format", "json"]);
        let report: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
        let requests = report["requests"].as_array().unwrap();
        let statuses: Vec<u64> = requests.iter().map(|request| request["status"].as_u64().unwrap()).collect();
        assert_eq!(statuses, [200, 200, 200, 200, 404, 404], "{wasm}");
        assert_eq!(
            requests[0]["accesses"][1],
            serde_json::json!({ "store": "default", "operation": "set", "key": "/spinlint-test", "result": "ok" })
        );
    }
}

/// What `tests/components/build-interpreted.sh` builds: 12 and 25 MB, with a script engine in them.
#[test]
fn components_with_an_interpreter_in_them_run() {
    for wasm in ["built/javascript-t.wasm", "built/python-t.wasm"] {
        if !Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/components").join(wasm).exists() {
            assert!(std::env::var_os("SPINLINT_TESTS").is_none(), "all tests were asked for, and {wasm} is not built");
            println!("skipped: {wasm} is not built, tests/components/build-interpreted.sh does it");
            continue;
        }
        let app = app(wasm);
        let refused = spinlint(app.path(), &["--format", "concise"]);
        assert_eq!(refused.status.code(), Some(1), "{wasm}: {}", text(&refused));
        assert!(text(&refused).contains("opens store \"default\""), "{wasm}: {}", text(&refused));
        let fixed = spinlint(app.path(), &["--fix"]);
        assert_eq!(fixed.status.code(), Some(0), "{wasm}: {}", text(&fixed));
        let statuses: Vec<String> =
            text(&fixed).lines().map_while(|line| line.split_once(" /")).map(|(request, _)| request.to_owned()).collect();
        assert_eq!(statuses, ["200 POST", "200 HEAD", "200 GET", "200 DELETE", "404 HEAD", "404 GET"], "{wasm}");
    }
}

/// A label that no source shows is seen when it is opened.
#[test]
fn what_only_a_run_can_show_is_told() {
    let app = app("c/c-b.component.wasm");
    std::fs::remove_file(app.path().join("src/lib.rs")).unwrap();
    let found = spinlint(app.path(), &["--discover", "--format", "concise"]);
    assert_eq!(found.status.code(), Some(1), "{}", text(&found));
    assert!(text(&found).contains("opens store \"cache\""), "{}", text(&found));
}

#[test]
fn what_cannot_be_run_is_said() {
    let app = app("c/c-b.component.wasm");
    std::fs::remove_dir_all(app.path().join("target")).unwrap();
    let missing = spinlint(app.path(), &[]);
    assert_eq!(missing.status.code(), Some(1));
    let told = text(&missing);
    assert!(told.contains("error[missing-wasm]") && told.contains("`cargo build --target wasm32-wasip2 --release`"), "{told}");
    assert!(String::from_utf8_lossy(&missing.stderr).contains("no component was run"));
    std::fs::create_dir_all(app.path().join("target/wasm32-wasip2/release")).unwrap();
    std::fs::write(app.path().join("target/wasm32-wasip2/release/key_value_rust.wasm"), "no wasm").unwrap();
    assert_eq!(spinlint(app.path(), &[]).status.code(), Some(2));
}

/// The paths below a folder, sorted.
fn paths(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut found: Vec<_> = entries.flat_map(|path| if path.is_dir() { paths(&path) } else { vec![path] }).collect();
    found.sort();
    found
}

#[test]
fn the_apps_folder_is_left_alone_and_a_state_is_kept_where_one_is_named() {
    let app = app("rust5/rust5-a.wasm");
    let manifest = app.path().join("spin.toml");
    let granted =
        std::fs::read_to_string(&manifest).unwrap().replace("allowed_outbound", "key_value_stores = [\"default\"]\nallowed_outbound");
    std::fs::write(&manifest, granted).unwrap();
    let before = paths(app.path());
    assert_eq!(spinlint(app.path(), &[]).status.code(), Some(0));
    let state = tempfile::tempdir().unwrap();
    let run = spinlint(app.path(), &["--state-dir", &state.path().to_string_lossy()]);
    assert_eq!(run.status.code(), Some(0), "{}", text(&run));
    assert_eq!(paths(app.path()), before);
    let database = rusqlite::Connection::open(state.path().join("sqlite_key_value.db")).unwrap();
    let row = |sql: &str| database.query_row(sql, [], |row| row.get::<_, String>(0)).unwrap();
    assert_eq!(row("SELECT store || ' ' || key FROM spin_key_value"), "default /spinlint-test");
    // A file that is none: the component is told, and the run goes on.
    std::fs::write(state.path().join("sqlite_key_value.db"), "no database, and long enough to be taken for a broken one").unwrap();
    let run = spinlint(app.path(), &["--state-dir", &state.path().to_string_lossy()]);
    assert!(text(&run).contains("open \"default\" other: "), "{}", text(&run));
    assert_eq!(run.status.code(), Some(0));
}
