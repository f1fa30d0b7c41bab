//! Runs components as Spin does, and watches which stores they open.
//!
//! The runtime is a witness: what it sees is a [`Trace`](crate::facts::trace::Trace), which rules read. It judges nothing.

mod engine;
mod guest;
mod host;
mod key_value;
mod program;
pub mod stores;
mod stubs;

pub use host::{Host, source_of};
pub use key_value::Granted;
pub use program::{Answer, Limits, Program, Settings};

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::time::Duration;

    use super::*;
    use crate::facts::trace::DENIED;
    use crate::files::{Disk, Files};

    /// The tutorial's five requests on a component of the tests.
    fn tutorial(wasm: &str, granted: &[&str]) -> Vec<(crate::facts::trace::Request, Option<Answer>)> {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/components").join(wasm);
        let wasm = Disk.read(&path).unwrap();
        let labels: BTreeSet<String> = granted.iter().map(|&label| label.to_owned()).collect();
        let settings = Settings {
            granted: Granted::Labels(labels),
            stores: stores::Stores::in_memory(),
            environment: Vec::new(),
            limits: Limits { time: Duration::from_secs(20), memory: 256 << 20 },
        };
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let program = Program::new(&engine::engine().unwrap(), "x", &wasm, settings).unwrap();
        runtime.block_on(async {
            let mut seen = Vec::new();
            for (method, body) in [("POST", "hello"), ("HEAD", ""), ("GET", ""), ("DELETE", ""), ("HEAD", "")] {
                let request = http::Request::builder().method(method).uri("http://127.0.0.1/test").header("host", "127.0.0.1");
                seen.push(program.answer(request.body(body.to_owned().into()).unwrap()).await);
            }
            seen
        })
    }

    #[test]
    fn the_tutorial_passes_with_the_grant_and_is_refused_without() {
        for wasm in ["rust5/rust5-t.wasm", "rust7/rust7-t.wasm"] {
            let seen = tutorial(wasm, &["default"]);
            let statuses: Vec<_> = seen.iter().map(|(request, _)| request.status).collect();
            assert_eq!(statuses, [200, 200, 200, 200, 404].map(Some), "{wasm}: {seen:?}");
            assert_eq!(seen[2].1.as_ref().unwrap().body, "hello", "{wasm}");
            let refused = tutorial(wasm, &[]);
            assert!(refused.iter().all(|(request, _)| request.accesses[0].result == DENIED), "{wasm}: {refused:?}");
            assert_eq!(refused[0].0.status, Some(500), "{wasm}");
        }
    }
}
