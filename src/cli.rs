//! The command line: what was typed, and one file for each subcommand.

mod arguments;
mod baseline;
mod check;
mod discover;
mod evidence;
mod explain;
mod info;
mod manual;
mod progress;
#[cfg(feature = "runtime")]
mod run;
mod schema;
#[cfg(feature = "runtime")]
mod test;
#[cfg(feature = "runtime")]
mod up;
mod write;

use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches};

use crate::lsp;
#[cfg(feature = "runtime")]
use crate::report::ManifestReport;
use crate::text::visible;
use arguments::{Check, Cli, Command, Global, Info, ListFormat, Schemas};
#[cfg(feature = "runtime")]
use arguments::{Compile, Running, Test, Up};

/// Exit codes: nothing at or above the failing level.
const CLEAN: u8 = 0;
/// Exit codes: findings at or above the failing level.
const FINDINGS: u8 = 1;
/// Exit codes: the tool could not do its work.
const FAILED: u8 = 2;

/// Why the tool could not do its work.
#[derive(Debug)]
enum Failure {
    /// A sentence for people.
    Told(String),
    /// Spin refuses to start the app, which findings explain.
    #[cfg(feature = "runtime")]
    Refused(Box<ManifestReport>),
    /// Nobody reads any more what would be written for ever.
    NobodyReads,
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Failure::NobodyReads,
            _ => Failure::Told(error.to_string()),
        }
    }
}

/// Runs the program with these arguments and returns its exit code.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let mut command = Cli::command();
    // As a plugin Spin calls the program `lint`.
    let is_plugin = arguments.first().map(Path::new).and_then(Path::file_stem).is_some_and(|stem| stem == "lint");
    if is_plugin {
        command = command.name("spin lint").bin_name("spin lint");
    }
    let cli = match command.try_get_matches_from(arguments).and_then(|matches| Cli::from_arg_matches(&matches)) {
        Ok(cli) => cli,
        Err(error) => {
            let code = if error.use_stderr() { FAILED } else { CLEAN };
            // Nobody is there to be told that printing failed.
            let _ = error.print();
            return ExitCode::from(code);
        }
    };
    // The language server writes from a thread of its own.
    if let Command::Lsp { .. } = cli.command {
        return ExitCode::from(serve());
    }
    let stdout = io::stdout();
    let is_terminal = stdout.is_terminal();
    let goes_on = match &cli.command {
        Command::Check(arguments) => arguments.watch,
        #[cfg(feature = "runtime")]
        Command::Up(_) => true,
        _ => false,
    };
    let mut out = io::BufWriter::new(Reader { to: stdout.lock(), goes_on });
    let result = match &cli.command {
        Command::Check(arguments) => check::run(arguments, cli.global, is_terminal, &mut out),
        #[cfg(feature = "runtime")]
        Command::Test(arguments) => test::run(arguments, cli.global, is_terminal, &mut out),
        #[cfg(feature = "runtime")]
        Command::Up(arguments) => up::run(arguments, cli.global, is_terminal, &mut out),
        #[cfg(feature = "runtime")]
        Command::Compile(arguments) => up::compile(arguments),
        Command::Info(arguments) => info::run(arguments, &mut out),
        Command::Explain { rule } => explain::one(rule, &mut out),
        Command::Rules { format } => explain::list(*format, &mut out),
        Command::Schema(arguments) => schema::run(arguments, &mut out),
        Command::Completions { shell } => manual::completions(*shell, &mut out),
        Command::Man { all } => manual::run(all.as_deref(), &mut out),
        Command::Lsp { .. } => Ok(serve()),
    };
    let flushed = out.flush();
    match result.and_then(|code| flushed.map(|()| code).map_err(Failure::from)) {
        Ok(code) => ExitCode::from(code),
        Err(Failure::NobodyReads) => ExitCode::from(CLEAN),
        #[cfg(feature = "runtime")]
        Err(Failure::Refused(_)) => ExitCode::from(FINDINGS),
        Err(Failure::Told(message)) => {
            complain(&message);
            ExitCode::from(FAILED)
        }
    }
}

/// Whoever reads the output, and may have had enough: `spinlint check | head` ends with the exit code of its findings.
struct Reader<W> {
    to: W,
    /// Whether the command writes until it is told to end, which then is the end.
    goes_on: bool,
}

impl<W> Reader<W> {
    /// What came of writing, which is enough where nobody reads and the command ends by itself.
    fn outcome<T>(&self, done: io::Result<T>, enough: T) -> io::Result<T> {
        match done {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe && !self.goes_on => Ok(enough),
            done => done,
        }
    }
}

impl<W: Write> Write for Reader<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.to.write(bytes);
        self.outcome(written, bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let flushed = self.to.flush();
        self.outcome(flushed, ())
    }
}

/// Serves an editor and returns the exit code that LSP asks for: 0 if `shutdown` came before the end.
fn serve() -> u8 {
    if io::stdin().is_terminal() {
        complain("`lsp` is meant for editors, which start it themselves: editors/README.md says how");
        return FAILED;
    }
    match lsp::serve(io::stdin(), io::stdout()) {
        Ok(true) => CLEAN,
        Ok(false) => FINDINGS,
        Err(error) => {
            complain(&format!("cannot serve: {error}"));
            FAILED
        }
    }
}

/// Says on standard error what went wrong.
fn complain(message: &str) {
    let lines: Vec<String> = message.lines().map(visible).collect();
    // Where standard error is gone there is nobody to tell.
    let _ = writeln!(io::stderr(), "spinlint: {}", lines.join("\n"));
}
