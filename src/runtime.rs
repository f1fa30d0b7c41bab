//! Runs components as Spin does, and watches which stores they open.
//!
//! The runtime is a witness: what it sees is a [`Trace`](crate::facts::trace::Trace), which rules read. It judges nothing.

mod app;
mod assets;
mod compile;
mod configuration;
mod exercise;
mod guest;
mod inbound;
mod key_value;
mod outbound;
mod perform;
mod program;
mod server;
pub mod stores;
mod stubs;
pub mod variables;
mod witness;

pub use app::{App, Options, Refusal};
pub use compile::{Cache, Compiled, Compiler};
pub use configuration::Configuration;
pub use exercise::{Answer, ask, exercise};
pub use perform::{Performed, perform};
pub use program::{Granted, Limits, Program};
pub use server::{Current, Server};
pub use witness::{Notebook, Seen, Witness};

#[cfg(test)]
mod tests;
