//! `--watch`: checks again when something has changed that the check has asked for. It writes nothing, anywhere: what a `spin watch`
//! beside it looks at stays as it is.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use super::once;
use crate::cli::{Check, Failure, Global, complain, discover};
use crate::files::{Disk, Files, Listed};

/// How often files are looked at, at the most.
const LOOKING: Duration = Duration::from_millis(300);

/// For every moment of looking there are so many of rest: the larger the tree, the rarer the looks.
const REST: u32 = 20;

/// Clears a terminal.
const CLEAR: &[u8] = b"\x1b[2J\x1b[3J\x1b[H";

/// Checks until somebody ends it.
pub(super) fn run(arguments: &Check, global: Global, is_terminal: bool, out: &mut dyn Write) -> Result<u8, Failure> {
    let mut shown = Vec::new();
    loop {
        let noted = Noted::default();
        let targets = targets(arguments);
        let mut text = Vec::new();
        match once(arguments, global, is_terminal, &noted, &mut text) {
            Ok(_) => {}
            // What cannot be checked now may be in a moment.
            Err(Failure::Told(message)) => complain(&message),
            Err(failure) => return Err(failure),
        }
        if text != shown {
            if is_terminal {
                out.write_all(CLEAR)?;
            } else if !shown.is_empty() {
                writeln!(out)?;
            }
            out.write_all(&text)?;
            out.flush()?;
            shown = text;
        }
        let mut took = Duration::ZERO;
        loop {
            std::thread::sleep(LOOKING.max(took * REST));
            let began = Instant::now();
            if noted.has_changed() || self::targets(arguments) != targets {
                break;
            }
            took = began.elapsed();
        }
    }
}

/// The manifests that there are now.
fn targets(arguments: &Check) -> Vec<PathBuf> {
    discover::targets(arguments).map(|found| found.targets.into_iter().map(|target| target.path).collect()).unwrap_or_default()
}

/// What a check has asked of the disk, with the answers.
#[derive(Default)]
struct Noted {
    answers: Mutex<Answers>,
}

#[derive(Default)]
struct Answers {
    written: BTreeMap<PathBuf, Option<SystemTime>>,
    listed: BTreeMap<PathBuf, Vec<Listed>>,
}

impl Noted {
    fn answers(&self) -> MutexGuard<'_, Answers> {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether some answer is another now.
    fn has_changed(&self) -> bool {
        let answers = self.answers();
        answers.written.iter().any(|(path, time)| Disk.modified(path) != *time)
            || answers.listed.iter().any(|(folder, entries)| Disk.list(folder) != *entries)
    }
}

impl Files for Noted {
    fn read(&self, path: &Path) -> io::Result<Arc<[u8]>> {
        // The time comes first: what is written meanwhile is read again.
        self.modified(path);
        Disk.read(path)
    }

    fn modified(&self, path: &Path) -> Option<SystemTime> {
        let time = Disk.modified(path);
        self.answers().written.entry(path.to_path_buf()).or_insert(time);
        time
    }

    fn list(&self, folder: &Path) -> Vec<Listed> {
        let entries = Disk.list(folder);
        self.answers().listed.entry(folder.to_path_buf()).or_insert_with(|| entries.clone());
        entries
    }
}
