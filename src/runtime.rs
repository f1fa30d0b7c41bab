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
    use crate::facts::trace::{self, DENIED};
    use crate::files::{Disk, Files};

    /// Requests to a component of the tests, one after the other.
    fn asked(
        wasm: &str,
        granted: &[&str],
        limits: Limits,
        requests: &[(&str, &str, &'static str)],
    ) -> Vec<(trace::Request, Option<Answer>)> {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/components").join(wasm);
        let wasm = Disk.read(&path).unwrap();
        let labels: BTreeSet<String> = granted.iter().map(|&label| label.to_owned()).collect();
        let settings = Settings { granted: Granted::Labels(labels), stores: stores::Stores::in_memory(), environment: Vec::new(), limits };
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let program = Program::new(&engine::engine().unwrap(), "x", &wasm, settings).unwrap();
        runtime.block_on(async {
            let mut seen = Vec::new();
            for (method, path, body) in requests {
                let uri = format!("http://127.0.0.1{path}");
                let request = http::Request::builder().method(*method).uri(uri).header("host", "127.0.0.1");
                seen.push(program.answer(request.body((*body).into()).unwrap()).await);
            }
            seen
        })
    }

    const LIMITS: Limits = Limits { time: Duration::from_secs(20), memory: 256 << 20 };

    fn tutorial(wasm: &str, granted: &[&str]) -> Vec<(trace::Request, Option<Answer>)> {
        let requests = [("POST", "hello"), ("HEAD", ""), ("GET", ""), ("DELETE", ""), ("HEAD", "")];
        asked(wasm, granted, LIMITS, &requests.map(|(method, body)| (method, "/test", body)))
    }

    /// A guest that misbehaves is told with its request, and the next request is served.
    #[test]
    fn faults_are_told_and_survived() {
        let limits = Limits { time: Duration::from_millis(500), memory: 64 << 20 };
        let paths = ["/loop", "/fine", "/panic", "/fine", "/eat", "/fine"];
        let seen = asked("rust5/rust5-x.wasm", &[], limits, &paths.map(|path| ("GET", path, "")));
        let told: Vec<(Option<u16>, &str)> =
            seen.iter().map(|(request, _)| (request.status, request.fault.as_deref().unwrap_or_default())).collect();
        assert_eq!(told[0], (Some(500), "it did not answer in time"));
        assert!(told[2].1.starts_with("it trapped"), "{told:?}");
        assert!(told[4].1.starts_with("it trapped"), "{told:?}");
        assert_eq!([told[1], told[3], told[5]], [(Some(200), ""); 3]);
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
