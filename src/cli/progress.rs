//! A line on the terminal while a long scan runs, and nothing anywhere else.

use std::io::{self, IsTerminal, Write};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::Duration;

/// A scan shorter than this says nothing.
const PATIENCE: Duration = Duration::from_secs(1);

/// Says what takes so long, until it is dropped.
pub(super) struct Progress {
    done: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Progress {
    /// Begins to wait; after a second `message` appears on standard error, if that is a terminal.
    pub(super) fn start(message: String, quiet: bool) -> Progress {
        if quiet || !io::stderr().is_terminal() {
            return Progress { done: None, thread: None };
        }
        let (done, signal) = mpsc::channel::<()>();
        let thread = std::thread::spawn(move || {
            if signal.recv_timeout(PATIENCE) != Err(RecvTimeoutError::Timeout) {
                return;
            }
            // A terminal that cannot be written to needs no picture.
            let _ = write!(io::stderr(), "\r{message} ...");
            let _ = signal.recv();
            let _ = write!(io::stderr(), "\r\x1b[K");
        });
        Progress { done: Some(done), thread: Some(thread) }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.done.take();
        if let Some(thread) = self.thread.take() {
            // A panic there has been printed.
            let _ = thread.join();
        }
    }
}
