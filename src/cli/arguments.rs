//! What can be typed: the subcommands and their flags, without a word of what they do.

#[cfg(feature = "runtime")]
mod running;

use std::path::PathBuf;

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};

use crate::config::spin_version;
use crate::diagnostic::Severity;
use crate::report::Format;
#[cfg(feature = "runtime")]
pub(super) use running::{Compile, Running, Test, Up};

/// The linter for Spin apps: what Spin refuses, and the stores that code opens and the manifest does not grant.
#[derive(Parser, Debug)]
#[command(name = "spinlint", version, propagate_version = true, max_term_width = 100)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub command: Command,
    #[command(flatten)]
    pub global: Global,
}

/// What holds for every subcommand.
#[derive(Args, Debug, Clone, Copy)]
pub(super) struct Global {
    /// Whether to use colours
    #[arg(long, value_name = "WHEN", default_value = "auto", global = true)]
    pub color: When,
    /// Print findings only, without notes and summary
    #[arg(short, long, global = true)]
    pub quiet: bool,
}

/// Whether to use colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum When {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

#[derive(Subcommand, Debug)]
pub(super) enum Command {
    /// Check manifests, and fix what has one safe answer
    Check(Box<Check>),
    /// Run the components, and check which stores they open
    #[cfg(feature = "runtime")]
    Test(Test),
    /// Serve the app, and print what each request does with stores
    #[cfg(feature = "runtime")]
    Up(Up),
    /// Compile Wasm files as well as can be, into the cache: what `up` has done beside it
    #[cfg(feature = "runtime")]
    #[command(hide = true)]
    Compile(Compile),
    /// Tell what an app needs: the version of Spin, stores, databases, models, variables, hosts, and what has to be defined
    Info(Info),
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
    /// Print what completes commands in a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    Man {
        /// Write the pages of all subcommands into this folder
        #[arg(long, value_name = "DIR")]
        all: Option<PathBuf>,
    },
    /// Serve an editor: the language server, on standard input and output
    Lsp {
        /// Accepted because editors pass it; there is no other way
        #[arg(long, hide = true)]
        stdio: bool,
    },
}

/// How a list is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ListFormat {
    /// A table
    Human,
    /// JSON
    Json,
}

#[derive(Args, Debug)]
pub(super) struct Info {
    /// The manifest, or its folder, as Spin's own commands take it [default: the manifest that Spin would find]
    #[arg(short, long, value_name = "FILE")]
    pub from: Option<PathBuf>,
    /// How to print it
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub format: ListFormat,
    /// Print a runtime configuration to start with, which defines what the manifest grants
    #[arg(long, conflicts_with = "format")]
    pub runtime_config: bool,
    /// Read the manifest by this profile, as `spin build` and `spin up` do
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
    /// The runtime configuration that the app is started with: what does it define already?
    #[arg(long, value_name = "FILE", env = "RUNTIME_CONFIG_FILE", hide_env_values = true)]
    pub runtime_config_file: Option<PathBuf>,
    #[command(flatten)]
    pub configured: Configured,
}

#[derive(Args, Debug)]
pub(super) struct Schemas {
    /// Which schema: manifest, manifest-1, runtime-config, configuration, editor-settings, scenario, trace, report or info
    #[arg(default_value = "manifest")]
    pub name: String,
    /// Write all schemas into this folder
    #[arg(long, value_name = "DIR", conflicts_with = "name")]
    pub all: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(super) struct Check {
    /// Manifests, folders to search, or `-` for standard input [default: the manifest that Spin would find]
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// The manifest, or its folder, as Spin's own commands take it
    #[arg(short, long, value_name = "FILE", conflicts_with = "paths")]
    pub from: Option<PathBuf>,
    /// Check every manifest below the current folder
    #[arg(long, conflicts_with_all = ["paths", "from"])]
    pub all: bool,

    /// Apply the safe fixes
    #[arg(long, help_heading = "Fixing")]
    pub fix: bool,
    /// With --fix or --diff: apply fixes that may change a permission or a behaviour too
    #[arg(long, help_heading = "Fixing")]
    pub unsafe_fixes: bool,
    /// Print what --fix would change, and change nothing
    #[arg(long, help_heading = "Fixing", conflicts_with = "fix")]
    pub diff: bool,
    /// Write comments that allow what is found, with this reason
    #[arg(long, value_name = "REASON", help_heading = "Fixing", conflicts_with_all = ["fix", "diff"])]
    pub add_allows: Option<String>,

    /// How to print the report
    #[arg(long, value_name = "FORMAT", default_value = "human", help_heading = "Report")]
    pub format: Format,
    #[command(flatten)]
    pub judging: Judging,
    /// Print how often each rule found something, instead of what
    #[arg(long, help_heading = "Report")]
    pub statistics: bool,
    /// Leave out what this file holds, and say what of it is gone
    #[arg(long, value_name = "FILE", help_heading = "Report")]
    pub baseline: Option<PathBuf>,
    /// Write everything that is found into this file, for --baseline
    #[arg(long, value_name = "FILE", help_heading = "Report", conflicts_with_all = ["fix", "diff", "add_allows", "baseline"])]
    pub write_baseline: Option<PathBuf>,
    /// Check again whenever something has changed; nothing is written
    #[arg(long, help_heading = "Report", conflicts_with_all = ["fix", "diff", "add_allows", "write_baseline"])]
    pub watch: bool,

    /// Run these rules only
    #[arg(long, value_name = "RULES", value_delimiter = ',', action = ArgAction::Append, help_heading = "What to look at")]
    pub select: Vec<String>,
    /// Leave these rules out
    #[arg(long, value_name = "RULES", value_delimiter = ',', action = ArgAction::Append, help_heading = "What to look at")]
    pub ignore: Vec<String>,
    /// Do not read sources
    #[arg(long, help_heading = "What to look at")]
    pub no_sources: bool,
    /// Do not read Wasm files
    #[arg(long, help_heading = "What to look at")]
    pub no_wasm: bool,
    /// Look at these components only
    #[arg(short, long, value_name = "ID", action = ArgAction::Append, help_heading = "What to look at")]
    pub component_id: Vec<String>,
    /// Read the manifest by this profile, as `spin build` and `spin up` do
    #[arg(long, value_name = "NAME", help_heading = "What to look at")]
    pub profile: Option<String>,
    /// The runtime configuration that the app is started with: is every store defined?
    #[arg(long, value_name = "FILE", env = "RUNTIME_CONFIG_FILE", hide_env_values = true, help_heading = "What to look at")]
    pub runtime_config_file: Option<PathBuf>,
    /// The version of Spin that starts the app, such as 3.4 [default: SPIN_VERSION, which Spin tells its plugins, or the newest]
    #[arg(long, value_name = "VERSION", value_parser = spin_version, help_heading = "What to look at")]
    pub spin_version: Option<semver::Version>,
    #[command(flatten)]
    pub configured: Configured,
    #[command(flatten)]
    pub showing: Showing,
    /// Take what `spinlint test --trace` saw as evidence, too
    #[arg(long, value_name = "FILE", help_heading = "What to look at")]
    pub trace: Option<PathBuf>,
    /// Everything is built: a missing Wasm or file is an error
    #[arg(long, help_heading = "What to look at")]
    pub built: bool,
}

/// Which findings are shown, and which fail.
#[derive(Args, Debug)]
pub(super) struct Judging {
    /// Hide findings below this severity
    #[arg(long, value_name = "LEVEL", default_value = "info", help_heading = "Report")]
    severity: Level,
    /// Fail on findings of this severity or above
    #[arg(long, value_name = "LEVEL", default_value = "error", help_heading = "Report")]
    fail_on: FailOn,
    /// Never fail on findings; the same as --fail-on never
    #[arg(long, help_heading = "Report", conflicts_with = "fail_on")]
    exit_zero: bool,
}

/// Where the configuration is.
#[derive(Args, Debug, Default)]
pub(super) struct Configured {
    /// Take this configuration for every manifest [default: the nearest spinlint.toml upwards]
    #[arg(long, value_name = "FILE", help_heading = "Configuration", conflicts_with = "no_config")]
    pub config: Option<PathBuf>,
    /// Read no spinlint.toml
    #[arg(long, help_heading = "Configuration")]
    pub no_config: bool,
}

/// What holds, in place of what is found.
#[derive(Args, Debug, Default)]
pub(super) struct Showing {
    /// Print what holds for each manifest, and which file or flag says so
    #[arg(long, help_heading = "Configuration", conflicts_with_all = ["fix", "diff", "watch"])]
    pub show_config: bool,
    /// Print which files are checked, and what each is judged by
    #[arg(long, help_heading = "Configuration", conflicts_with_all = ["fix", "diff", "watch", "show_config"])]
    pub show_files: bool,
}

/// A severity on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Level {
    Info,
    Warning,
    Error,
}

/// From which severity on a run fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum FailOn {
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

impl Judging {
    /// Whether findings of a severity are shown.
    pub(super) fn shows(&self, severity: Severity) -> bool {
        severity >= Severity::from(self.severity)
    }

    /// The lowest severity that fails.
    pub(super) fn failing(&self) -> Option<Severity> {
        match self.fail_on {
            _ if self.exit_zero => None,
            FailOn::Error => Some(Severity::Error),
            FailOn::Warning => Some(Severity::Warning),
            FailOn::Info => Some(Severity::Info),
            FailOn::Never => None,
        }
    }
}

impl Global {
    /// Whether a stream that is a terminal or is not gets colours.
    pub(super) fn colors(self, is_terminal: bool) -> bool {
        match self.color {
            When::Always => true,
            When::Never => false,
            When::Auto => is_terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
        }
    }
}
