//! What can be typed to run an app.

use std::path::PathBuf;

use clap::Args;
use clap::builder::{OsStringValueParser, TypedValueParser};

use super::{Configured, Judging};
use crate::report::Format;

/// What an app is run with.
#[derive(Args, Debug)]
pub(in crate::cli) struct Running {
    /// The manifest, or its folder, as Spin's own commands take it [default: the manifest that Spin would find]
    #[arg(short, long, value_name = "FILE")]
    pub from: Option<PathBuf>,
    /// Run the build commands first
    #[arg(long)]
    pub build: bool,
    /// Where stores are and variables come from, as Spin reads it
    #[arg(long, value_name = "FILE", env = "RUNTIME_CONFIG_FILE", hide_env_values = true, help_heading = "The app")]
    pub runtime_config_file: Option<PathBuf>,
    #[command(flatten)]
    pub configured: Configured,
    /// Give a variable a value: NAME=VALUE, NAME=@FILE, or many with @FILE.json or @FILE.toml
    #[arg(long, value_name = "NAME=VALUE", help_heading = "The app")]
    pub variable: Vec<String>,
    /// Keep the default store in this folder, in the file that Spin has there; in memory, if it is empty
    #[arg(long, value_name = "DIR", value_parser = OsStringValueParser::new().map(PathBuf::from), help_heading = "The app")]
    pub state_dir: Option<PathBuf>,
    /// How long a component may take for a request, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=86_400), help_heading = "The app")]
    pub timeout: u64,
    /// Keep compiled components in this folder, which has to be yours alone [default: in your cache folder]
    #[arg(long, value_name = "DIR", help_heading = "The app")]
    pub cache_dir: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(in crate::cli) struct Test {
    #[command(flatten)]
    pub running: Running,
    /// Apply the safe fixes, and run again
    #[arg(long)]
    pub fix: bool,
    /// With --fix: apply fixes that may change a permission or a behaviour too
    #[arg(long)]
    pub unsafe_fixes: bool,
    /// Grant every store that is asked for, in memory, to see which those are; --fix writes them down
    #[arg(long)]
    pub discover: bool,
    /// Let requests leave the app, where the manifest grants it
    #[arg(long)]
    pub allow_network: bool,
    /// What the app is asked, and has to answer [default: spinlint-test.toml beside the manifest, or what the manifest holds]
    #[arg(long, value_name = "FILE", conflicts_with = "command")]
    pub scenario: Option<PathBuf>,
    /// Save what was seen, for `check --trace`
    #[arg(long, value_name = "FILE", help_heading = "Report")]
    pub trace: Option<PathBuf>,
    /// How to print the report
    #[arg(long, value_name = "FORMAT", default_value = "human", help_heading = "Report")]
    pub format: Format,
    #[command(flatten)]
    pub judging: Judging,
    /// A command that sends the requests: it finds the app at $SPIN_URL
    #[arg(last = true, value_name = "COMMAND")]
    pub command: Vec<std::ffi::OsString>,
}

#[derive(Args, Debug)]
pub(in crate::cli) struct Up {
    #[command(flatten)]
    pub running: Running,
    /// Where to listen: loopback, unless you say otherwise
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:3000", overrides_with = "listen")]
    pub listen: std::net::SocketAddr,
}

#[derive(Args, Debug)]
pub(in crate::cli) struct Compile {
    /// The cache
    #[arg(long, value_name = "DIR")]
    pub cache_dir: PathBuf,
    /// The files
    pub files: Vec<PathBuf>,
}
