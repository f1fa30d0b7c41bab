//! Apps that run: what their components answer, and what is seen of it.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::variables::Provider;
use super::*;
use crate::Document;
use crate::facts::trace::{DENIED, Request};
use crate::text::SourceFile;

const LIMITS: Limits = Limits { time: Duration::from_secs(20), memory: 256 << 20 };

/// An app under test.
pub(super) struct Running {
    pub app: Arc<App>,
    notebook: Notebook,
    threads: tokio::runtime::Runtime,
}

pub(super) fn load(manifest: &str, limits: Limits) -> Result<Running, Refusal> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/components/spin.toml");
    let document = Document::parse(Arc::new(SourceFile::new(&path, manifest.to_owned())));
    assert!(document.tree.errors.is_empty(), "{:?}", document.tree.errors);
    let notebook = Notebook::default();
    let options = Options {
        limits,
        grants_all: false,
        has_network: false,
        stores: stores::Stores::in_memory(),
        providers: vec![Provider::Values([("greeting".to_owned(), "hello".to_owned())].into())],
        address: "127.0.0.1:3000".parse().unwrap(),
        witness: notebook.witness(),
    };
    let threads = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let app = App::load(&document.tree.root, &document.manifest(), &path, &options, &Compiler::new(None))?;
    Ok(Running { app, notebook, threads })
}

impl Running {
    /// Asks, and returns the answers with what was seen meanwhile.
    pub(super) fn ask(&self, requests: &[(&str, &str, &'static str)]) -> (Vec<Answer>, Vec<Request>) {
        let answers = self.threads.block_on(async {
            let mut answers = Vec::new();
            for (method, path, body) in requests {
                let request = http::Request::builder().method(*method).uri(*path).body(bytes::Bytes::from_static(body.as_bytes()));
                answers.push(ask(&self.app, request).await.unwrap());
            }
            answers
        });
        (answers, self.notebook.trace().requests)
    }
}

/// An app of one component, which answers everything.
fn app(wasm: &str, grants: &str, limits: Limits) -> Running {
    let manifest = format!(
        "spin_manifest_version = 2\napplication.name = \"shop\"\ntrigger.http = [{{ route = \"/...\", component = \"x\" }}]\n\
         [component.x]\nsource = \"{wasm}\"\nkey_value_stores = {grants}\n"
    );
    load(&manifest, limits).unwrap()
}

const TUTORIAL: &[(&str, &str, &str)] =
    &[("POST", "/test", "hello"), ("HEAD", "/test", ""), ("GET", "/test", ""), ("DELETE", "/test", ""), ("HEAD", "/test", "")];

#[test]
fn the_tutorial_passes_with_the_grant_and_is_refused_without() {
    for wasm in ["rust5/rust5-t.wasm", "rust7/rust7-t.wasm"] {
        let (answers, _) = app(wasm, "[\"default\"]", LIMITS).ask(TUTORIAL);
        let statuses: Vec<_> = answers.iter().map(|answer| answer.head.status.as_u16()).collect();
        assert_eq!(statuses, [200, 200, 200, 200, 404], "{wasm}");
        assert_eq!(answers[2].body, "hello", "{wasm}");
        let (answers, seen) = app(wasm, "[]", LIMITS).ask(TUTORIAL);
        assert!(seen.iter().all(|request| request.accesses[0].result == DENIED), "{wasm}: {seen:?}");
        assert_eq!(answers[0].head.status, 500, "{wasm}");
    }
}

/// What was seen of requests to the component that misbehaves, by its paths.
fn misbehaving(paths: &[&str], limits: Limits) -> Vec<(Option<u16>, String)> {
    let requests: Vec<_> = paths.iter().map(|path| ("GET", *path, "")).collect();
    let (_, seen) = app("rust5/rust5-x.wasm", "[]", limits).ask(&requests);
    seen.into_iter().map(|request| (request.status, request.fault.unwrap_or_default())).collect()
}

/// A guest that misbehaves is told with its request, and the next request is served.
#[test]
fn faults_are_told_and_survived() {
    let limits = Limits { time: Duration::from_millis(500), memory: 64 << 20 };
    let told = misbehaving(&["/loop", "/fine", "/panic", "/fine", "/eat", "/fine"], limits);
    assert_eq!(told[0], (Some(500), "it did not answer in time".to_owned()));
    assert!(told[2].1.starts_with("it trapped"), "{told:?}");
    assert!(told[4].1.starts_with("it trapped"), "{told:?}");
    for fine in [&told[1], &told[3], &told[5]] {
        assert_eq!(*fine, (Some(200), String::new()));
    }
}
