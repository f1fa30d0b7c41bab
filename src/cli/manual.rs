//! `spinlint completions` and `spinlint man`: what shells and people read of the command line, generated from its declaration.

use std::io::Write;
use std::path::Path;

use clap::CommandFactory;

use super::arguments::Cli;
use super::{CLEAN, Failure};

/// Prints what completes commands in a shell.
pub(super) fn completions(shell: clap_complete::Shell, out: &mut dyn Write) -> Result<u8, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "spinlint", &mut script);
    out.write_all(&script)?;
    Ok(CLEAN)
}

/// Prints the manual page, or writes those of all subcommands into a folder.
pub(super) fn run(folder: Option<&Path>, out: &mut dyn Write) -> Result<u8, Failure> {
    match folder {
        Some(folder) => {
            let written = std::fs::create_dir_all(folder).and_then(|()| clap_mangen::generate_to(Cli::command(), folder));
            written.map_err(|error| Failure::Told(format!("cannot write into {}: {error}", folder.display())))?;
        }
        None => clap_mangen::Man::new(Cli::command()).render(out)?,
    }
    Ok(CLEAN)
}
