//! Changes on disk: the client watches where it can, `notify` where it cannot. And the end of the parent process.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use notify::{RecursiveMode, Watcher};
use serde_json::json;
use tokio::sync::mpsc::unbounded_channel;
use tower_lsp::ls_types::Registration;

use super::refresh::Shared;
use super::session::Session;
use crate::discover::MANIFEST;
use crate::facts::{is_source, source_endings};
use crate::syntax::Node;
use crate::text::join_lexically;

/// What says something about a component, beside its sources: binaries, and the files that projects are described by.
const PATTERNS: &[&str] = &[
    "**/spin.toml",
    "**/*.wasm",
    "**/{Cargo.toml,go.mod,package.json,tsconfig.json,pyproject.toml}",
    "**/runtime-config*.toml",
    "**/spinlint.toml",
];

/// How often our own watcher looks whether there are new folders to watch.
const PERIOD: Duration = Duration::from_secs(2);

/// Of the folders that come while the server runs, no more are watched.
const MOST_NEW_FOLDERS: usize = 1_000;

/// How often the parent process is looked for.
const PARENT_PERIOD: Duration = Duration::from_secs(3);

/// Has changed files reported.
pub(super) fn start(shared: &Shared) {
    if !shared.session().client.watches {
        tokio::spawn(watch(shared.clone()));
        return;
    }
    let sources = source_endings().map(|ending| format!("**/*.{ending}"));
    let patterns = PATTERNS.iter().map(|pattern| (*pattern).to_owned()).chain(sources);
    let watchers: Vec<_> = patterns.map(|pattern| json!({ "globPattern": pattern })).collect();
    let registration = Registration {
        id: "spinlint/watch".to_owned(),
        method: "workspace/didChangeWatchedFiles".to_owned(),
        register_options: Some(json!({ "watchers": watchers })),
    };
    let client = shared.client.clone();
    tokio::spawn(async move { client.register_capability(vec![registration]).await });
}

/// Takes note of a file that was written, made or deleted.
pub(super) fn changed(session: &mut Session, path: &Path) {
    // What is in a buffer counts, whatever is written beneath it.
    if session.configures(path) && !session.buffers.contains_key(path) {
        session.reconfigure();
    }
    if path.file_name().is_some_and(|name| name == MANIFEST) && !session.buffers.contains_key(path) {
        session.reload(path);
    }
    session.outdate_apps_of(path);
}

/// Watches the folders that manifests, sources and binaries are in, one by one: a whole workspace may hold more folders
/// than the system watches.
async fn watch(shared: Shared) {
    let (sender, mut events) = unbounded_channel::<PathBuf>();
    let watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        let Ok(event) = event else { return };
        if event.kind.is_access() {
            return;
        }
        for path in event.paths {
            let _ = sender.send(path);
        }
    });
    // Where the system watches nothing, open and save still refresh.
    let Ok(mut watcher) = watcher else { return };
    let mut watched = BTreeSet::new();
    let mut made: BTreeSet<PathBuf> = BTreeSet::new();
    loop {
        let mut wanted = folders(&shared.session());
        wanted.extend(made.iter().cloned());
        for folder in wanted.difference(&watched) {
            let _ = watcher.watch(folder, RecursiveMode::NonRecursive);
        }
        for folder in watched.difference(&wanted) {
            let _ = watcher.unwatch(folder);
        }
        watched = wanted;
        let Ok(event) = tokio::time::timeout(PERIOD, events.recv()).await else { continue };
        let Some(first) = event else { return };
        let mut paths = BTreeSet::from([first]);
        while let Ok(path) = events.try_recv() {
            paths.insert(path);
        }
        // A folder that comes or goes takes along what is in it; of a new one more is to be heard.
        let new: Vec<PathBuf> = paths.iter().filter(|path| may_hold_manifests(path)).cloned().collect();
        {
            let mut session = shared.session();
            paths.iter().filter(|path| matters(path) || path.extension().is_none()).for_each(|path| changed(&mut session, path));
        }
        if !new.is_empty() {
            made.extend(new.into_iter().take(MOST_NEW_FOLDERS.saturating_sub(made.len())));
            shared.find_manifests().await;
        }
        shared.settle();
    }
}

/// Whether a path is a folder that a person has made, and no build.
fn may_hold_manifests(path: &Path) -> bool {
    let is_made_by_tools = |part: std::path::Component<'_>| matches!(part.as_os_str().to_str(), Some("target" | "node_modules" | ".git"));
    path.is_dir() && !path.components().any(is_made_by_tools)
}

/// Whether a file says something about an app.
fn matters(path: &Path) -> bool {
    is_source(path) || path.extension().is_some_and(|ending| matches!(ending.to_str(), Some("toml" | "wasm" | "json" | "mod")))
}

fn folders(session: &Session) -> BTreeSet<PathBuf> {
    let mut folders: BTreeSet<PathBuf> = session.roots.clone();
    for (manifest, app) in &session.apps {
        // A configuration may come anywhere between the manifest and the folder of the workspace.
        let is_ours = |folder: &&Path| session.roots.iter().any(|root| folder.starts_with(root));
        folders.extend(
            manifest
                .ancestors()
                .skip(1)
                .enumerate()
                .filter(|(index, folder)| *index == 0 || is_ours(folder))
                .map(|(_, folder)| folder.to_path_buf()),
        );
        folders.extend(app.beside().filter_map(|file| file.path().parent()).map(Path::to_path_buf));
        for component in app.facts.components.values() {
            folders.extend(component.source_files.iter().filter_map(|file| file.parent()).map(Path::to_path_buf));
        }
        // Where a build puts its Wasm, or as far as the folders there are lead there.
        let folder = manifest.parent().unwrap_or(Path::new(""));
        for component in &app.manifest().components {
            let Some(source) = component.table.get("source").and_then(Node::as_str) else { continue };
            let wasm = join_lexically(folder, Path::new(source));
            folders.extend(wasm.ancestors().skip(1).find(|folder| folder.is_dir()).map(Path::to_path_buf));
        }
    }
    folders
}

/// Ends the process when the one that started it is gone: an editor that crashed closes nothing.
pub(super) fn end_with_parent(process: Option<u32>) {
    #[cfg(unix)]
    if let Some(process) = process.and_then(|process| rustix::process::Pid::from_raw(i32::try_from(process).ok()?)) {
        std::thread::spawn(move || {
            while rustix::process::test_kill_process(process) != Err(rustix::io::Errno::SRCH) {
                std::thread::sleep(PARENT_PERIOD);
            }
            // Nothing of the user's is held that could be lost, and the reading thread waits for input that never comes.
            #[expect(clippy::disallowed_methods, reason = "the thread that would return an exit code waits for input")]
            std::process::exit(1);
        });
    }
    #[cfg(not(unix))]
    let _ = (process, PARENT_PERIOD);
}
