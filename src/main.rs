//! The program `spinlint`; everything it does is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    spinlint::cli::run(std::env::args_os())
}
