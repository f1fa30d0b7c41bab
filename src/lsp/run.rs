//! Runs the app of a manifest when a lens is clicked: `spinlint test`, as a process. What it has seen is evidence from then on.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;

use serde_json::Value;
use tower_lsp::ls_types::{MessageType, ShowMessageParams, Uri};

use super::convert;
use super::refresh::Shared;
use crate::facts::trace::Trace;
use crate::files::{Disk, Files};

/// The command, with the manifest's URI as its argument.
pub(super) const COMMAND: &str = "spinlint.runTest";

/// Begins a run; what came of it is shown when it ends. The error says what is wrong with the arguments.
pub(super) fn start(shared: &Shared, arguments: &[Value]) -> Result<(), String> {
    let uri = arguments.first().and_then(Value::as_str).and_then(|uri| uri.parse::<Uri>().ok());
    let path = convert::path(&uri.ok_or_else(|| format!("`{COMMAND}` takes the URI of a manifest"))?);
    let shared = shared.clone();
    tokio::spawn(async move {
        let manifest = path.clone();
        let ran = tokio::task::spawn_blocking(move || run(&manifest)).await;
        let (typ, message) = match ran.unwrap_or_else(|error| Err(error.to_string())) {
            Ok(trace) => {
                let told = told(&trace);
                let mut session = shared.session();
                session.traces.insert(path.clone(), Arc::new(trace));
                session.outdate(&path);
                told
            }
            Err(reason) => (MessageType::ERROR, reason),
        };
        shared.outbox.notify("window/showMessage", ShowMessageParams { typ, message });
        shared.settle();
    });
    Ok(())
}

/// Runs the app as it is on the disk. The error is a sentence for the user.
fn run(manifest: &Path) -> Result<Trace, String> {
    let failed = |error: &dyn std::fmt::Display| format!("the app cannot be run: {error}");
    let folder = tempfile::tempdir().map_err(|error| failed(&error))?;
    let file: PathBuf = folder.path().join("trace.json");
    let program = std::env::current_exe().map_err(|error| failed(&error))?;
    let mut command = Command::new(program);
    command.args(["test", "--quiet", "--fail-on", "never", "--from"]).arg(manifest).arg("--trace").arg(&file);
    // Paths are as the manifest's folder has them.
    command.current_dir(manifest.parent().unwrap_or(Path::new(".")));
    let output = command.stdin(Stdio::null()).output().map_err(|error| failed(&error))?;
    let text = Disk.text(&file).ok_or_else(|| failed(&complaint(&output)))?;
    let trace: Trace = serde_json::from_str(&text).map_err(|error| failed(&error))?;
    // Some components may have been run where others could not.
    match output.status.code() == Some(2) && trace.requests.is_empty() {
        true => Err(failed(&complaint(&output))),
        false => Ok(trace),
    }
}

/// Why the program has failed: what it says last, behind whatever the components have said.
fn complaint(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr);
    text.rsplit_once("spinlint: ").map_or("it said nothing", |(_, complaint)| complaint.trim_end()).to_owned()
}

/// What a run came to, in a sentence.
fn told(trace: &Trace) -> (MessageType, String) {
    if trace.requests.is_empty() {
        return (MessageType::WARNING, "nothing was run: no http trigger has a component that is built".to_owned());
    }
    let count = match trace.requests.len() {
        1 => "1 request".to_owned(),
        many => format!("{many} requests"),
    };
    let refused = trace.requests.iter().find(|request| request.is_refused());
    let failed = trace.requests.iter().find(|request| request.fault.is_some() || !request.unmet.is_empty());
    match (refused, failed) {
        (Some(request), _) => {
            (MessageType::WARNING, format!("{count}: `{}` was refused a store at `{}`", request.component, request.name()))
        }
        (None, Some(request)) => (MessageType::WARNING, format!("{count}: `{}` failed at `{}`", request.component, request.name())),
        (None, None) => (MessageType::INFO, format!("{count}: no store was refused")),
    }
}
