//! `spinlint test -- COMMAND`: any end-to-end test becomes a test of store access.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::serve::{App, GRANTED, ask};

/// Plays the end-to-end test of a user, which knows nothing of spinlint: run by the tests below, through `spinlint test -- ...`.
#[test]
#[ignore = "it is the command that other tests run"]
fn a_users_own_test() {
    let url = std::env::var("SPIN_URL").unwrap();
    let (status, _) = ask(&format!("{url}/cart"), "POST", "full").unwrap();
    assert_eq!(status, 200);
    assert_eq!(ask(&format!("{url}/cart"), "GET", ""), Some((200, "full".to_owned())));
}

/// What somebody writes while the app runs is not overwritten by a fix.
#[test]
fn an_edit_during_a_run_is_kept() {
    let app = App::new("rust5/rust5-t.wasm", "");
    let command = std::env::current_exe().unwrap().display().to_string();
    let script = format!("echo '# an edit' >> spin.toml; {command} command::a_users_own_test --exact --ignored");
    let output = app.spinlint(&["test", "--fix", "--", "sh", "-c", &script]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("spin.toml was changed while the app ran"));
    assert!(std::fs::read_to_string(app.path("spin.toml")).unwrap().ends_with("# an edit\n"));
}

#[test]
fn any_end_to_end_test_becomes_a_test_of_store_access() {
    let command = std::env::current_exe().unwrap().display().to_string();
    let run = |app: &App, arguments: &[&str]| {
        let users = ["--", &command, "command::a_users_own_test", "--exact", "--ignored"];
        let output = app.spinlint(&["test"]).args(arguments).args(users).output().unwrap();
        (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let app = App::new("rust5/rust5-t.wasm", "");
    let (code, text) = run(&app, &[]);
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("500 POST /cart (x): open \"default\" access-denied") && text.contains("error[undeclared-store]"), "{text}");
    assert!(!text.contains("running 1 test"), "the command's output is no part of the report: {text}");
    // The fix is written, the test runs again, and passes.
    let (code, text) = run(&app, &["--fix"]);
    assert_eq!(code, Some(0), "{text}");
    assert!(std::fs::read_to_string(app.path("spin.toml")).unwrap().contains(GRANTED));
    let output = app.spinlint(&["test", "--", "false"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "a command that fails fails the test");
    assert!(String::from_utf8_lossy(&output.stderr).contains("`false` has failed"));
    let output = app.spinlint(&["test", "--", "spinlint-has-no-such-command"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
}

/// Whoever stops a run stops its command too, which may have something to clear away.
#[cfg(unix)]
#[test]
fn a_command_is_asked_to_end_when_the_run_is() {
    let app = App::new("rust5/rust5-t.wasm", GRANTED);
    let script = "trap 'echo cleared > cleared; exit 1' TERM; echo there > there; sleep 60 & wait";
    let mut run = app.spinlint(&["test", "--", "sh", "-c", script]);
    let mut child = run.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let end = Instant::now() + Duration::from_secs(60);
    while !app.path("there").exists() && Instant::now() < end {
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(2));
    assert_eq!(std::fs::read_to_string(app.path("cleared")).unwrap(), "cleared\n");
}
