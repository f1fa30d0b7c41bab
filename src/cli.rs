//! The command line: what was typed, and one file for each subcommand.

mod check;
mod discover;
mod explain;
mod progress;
mod schema;
#[cfg(feature = "runtime")]
mod test;
mod write;

use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{ArgAction, Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};

use crate::diagnostic::Severity;
use crate::lsp;
use crate::report::Format;

/// Exit codes: nothing at or above the failing level.
const CLEAN: u8 = 0;
/// Exit codes: findings at or above the failing level.
const FINDINGS: u8 = 1;
/// Exit codes: the tool could not do its work.
const FAILED: u8 = 2;

/// The linter for Spin apps: what Spin refuses, and the stores that code opens and the manifest does not grant.
#[derive(Parser, Debug)]
#[command(name = "spinlint", version, propagate_version = true, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    global: Global,
}

/// What holds for every subcommand.
#[derive(Args, Debug, Clone, Copy)]
struct Global {
    /// Whether to use colours
    #[arg(long, value_name = "WHEN", default_value = "auto", global = true)]
    color: When,
    /// Print findings only, without notes and summary
    #[arg(short, long, global = true)]
    quiet: bool,
}

/// Whether to use colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum When {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Check manifests, and fix what has one safe answer
    Check(Check),
    /// Run the components, and check which stores they open
    #[cfg(feature = "runtime")]
    Test(Test),
    /// Explain a rule
    Explain {
        /// The rule's id, as findings print it
        rule: String,
    },
    /// List the rules
    Rules {
        /// How to print them
        #[arg(long, value_name = "FORMAT", default_value = "human")]
        format: ListFormat,
    },
    /// Print a JSON Schema
    Schema(Schemas),
    /// Serve an editor: the language server, on standard input and output
    Lsp {
        /// Accepted because editors pass it; there is no other way
        #[arg(long, hide = true)]
        stdio: bool,
    },
}

/// How a list is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ListFormat {
    /// A table
    Human,
    /// A JSON array
    Json,
}

#[derive(Args, Debug)]
struct Schemas {
    /// Which schema: manifest, manifest-1, editor-settings or report
    #[arg(default_value = "manifest")]
    name: String,
    /// Write all schemas into this folder
    #[arg(long, value_name = "DIR", conflicts_with = "name")]
    all: Option<PathBuf>,
}

#[derive(Args, Debug)]
struct Check {
    /// Manifests, folders to search, or `-` for standard input [default: the manifest that Spin would find]
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// The manifest, or its folder, as Spin's own commands take it
    #[arg(short, long, value_name = "FILE", conflicts_with = "paths")]
    from: Option<PathBuf>,
    /// Check every manifest below the current folder
    #[arg(long, conflicts_with_all = ["paths", "from"])]
    all: bool,

    /// Apply the safe fixes
    #[arg(long, help_heading = "Fixing")]
    fix: bool,
    /// With --fix or --diff: apply fixes that may change a permission or a behaviour too
    #[arg(long, help_heading = "Fixing")]
    unsafe_fixes: bool,
    /// Print what --fix would change, and change nothing
    #[arg(long, help_heading = "Fixing", conflicts_with = "fix")]
    diff: bool,

    /// How to print the report
    #[arg(long, value_name = "FORMAT", default_value = "human", help_heading = "Report")]
    format: Format,
    /// Hide findings below this severity
    #[arg(long, value_name = "LEVEL", default_value = "info", help_heading = "Report")]
    severity: Level,
    /// Fail on findings of this severity or above
    #[arg(long, value_name = "LEVEL", default_value = "error", help_heading = "Report")]
    fail_on: FailOn,
    /// Never fail on findings; the same as --fail-on never
    #[arg(long, help_heading = "Report", conflicts_with = "fail_on")]
    exit_zero: bool,

    /// Run these rules only
    #[arg(long, value_name = "RULES", value_delimiter = ',', action = ArgAction::Append, help_heading = "What to look at")]
    select: Vec<String>,
    /// Leave these rules out
    #[arg(long, value_name = "RULES", value_delimiter = ',', action = ArgAction::Append, help_heading = "What to look at")]
    ignore: Vec<String>,
    /// Do not read sources
    #[arg(long, help_heading = "What to look at")]
    no_sources: bool,
    /// Do not read Wasm files
    #[arg(long, help_heading = "What to look at")]
    no_wasm: bool,
    /// Everything is built: a missing Wasm or file is an error
    #[arg(long, help_heading = "What to look at")]
    built: bool,
}

/// What components are run with.
#[cfg(feature = "runtime")]
#[derive(Args, Debug)]
struct Test {
    /// The manifest, or its folder, as Spin's own commands take it [default: the manifest that Spin would find]
    #[arg(short, long, value_name = "FILE")]
    from: Option<PathBuf>,
    /// Apply the safe fixes, and run again
    #[arg(long)]
    fix: bool,
    /// Grant every store that is asked for, to see which those are
    #[arg(long)]
    discover: bool,
    /// Keep the default store in this folder, in the file that Spin has there [default: in memory, and gone afterwards]
    #[arg(long, value_name = "DIR")]
    state_dir: Option<PathBuf>,
    /// How long a component may take for a request, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    timeout: u64,
    /// How to print the report
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    format: Format,
    /// Fail on findings of this severity or above
    #[arg(long, value_name = "LEVEL", default_value = "error")]
    fail_on: FailOn,
}

/// A severity on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Level {
    Info,
    Warning,
    Error,
}

/// From which severity on a run fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum FailOn {
    Error,
    Warning,
    Info,
    Never,
}

impl From<Level> for Severity {
    fn from(level: Level) -> Severity {
        match level {
            Level::Info => Severity::Info,
            Level::Warning => Severity::Warning,
            Level::Error => Severity::Error,
        }
    }
}

impl FailOn {
    /// The lowest severity that fails.
    fn severity(self) -> Option<Severity> {
        match self {
            FailOn::Error => Some(Severity::Error),
            FailOn::Warning => Some(Severity::Warning),
            FailOn::Info => Some(Severity::Info),
            FailOn::Never => None,
        }
    }
}

impl Global {
    /// Whether a stream that is a terminal or is not gets colours.
    fn colors(self, is_terminal: bool) -> bool {
        match self.color {
            When::Always => true,
            When::Never => false,
            When::Auto => is_terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
        }
    }
}

/// Why the tool could not do its work.
#[derive(Debug)]
enum Failure {
    /// A sentence for people.
    Told(String),
    /// Whoever reads the output has had enough: `spinlint check | head` is no failure.
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
    let mut out = io::BufWriter::new(stdout.lock());
    let result = match &cli.command {
        Command::Check(arguments) => check::run(arguments, cli.global, is_terminal, &mut out),
        #[cfg(feature = "runtime")]
        Command::Test(arguments) => test::run(arguments, cli.global, is_terminal, &mut out),
        Command::Explain { rule } => explain::one(rule, &mut out),
        Command::Rules { format } => explain::list(*format, &mut out),
        Command::Schema(arguments) => schema::run(arguments, &mut out),
        Command::Lsp { .. } => Ok(serve()),
    };
    let flushed = out.flush();
    match result.and_then(|code| flushed.map(|()| code).map_err(Failure::from)) {
        Ok(code) => ExitCode::from(code),
        Err(Failure::NobodyReads) => ExitCode::from(CLEAN),
        Err(Failure::Told(message)) => {
            complain(&message);
            ExitCode::from(FAILED)
        }
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
    // Where standard error is gone there is nobody to tell.
    let _ = writeln!(io::stderr(), "spinlint: {message}");
}
