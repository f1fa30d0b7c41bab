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
        skips_missing: false,
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
        self.threads.block_on(async {
            let mut answers = Vec::new();
            for (method, path, body) in requests {
                let request = http::Request::builder().method(*method).uri(*path).body(bytes::Bytes::from_static(body.as_bytes()));
                answers.push(ask(&self.app, request).await.unwrap());
            }
            (answers, self.notebook.take().await)
        })
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

/// What every function of the interfaces returns that no SDK of today uses: the C sources say what each digit is.
#[test]
fn the_other_versions_of_key_value_answer_as_spin_does() {
    for (wasm, told) in [("c/kv1.component.wasm", "12014005110"), ("c/kvwasi.component.wasm", "1100300011122100")] {
        let (answers, seen) = app(wasm, "[\"default\"]", LIMITS).ask(&[("GET", "/", "")]);
        assert_eq!(String::from_utf8_lossy(&answers[0].body), told, "{wasm}: {seen:?}");
        assert_eq!(seen[0].accesses[0].to_string(), "open \"other\" access-denied", "{wasm}");
    }
}

/// An interface that the runtime does not have is there, and traps by its name only when it is called.
#[test]
fn an_interface_that_is_not_there_is_told_when_it_is_called() {
    let (answers, seen) =
        app("c/stranger.component.wasm", "[]", LIMITS).ask(&[("GET", "/fine", ""), ("GET", "/call", ""), ("GET", "/fine", "")]);
    assert_eq!(answers.iter().map(|answer| answer.head.status.as_u16()).collect::<Vec<_>>(), [200, 500, 200]);
    let told = seen[1].fault.as_deref().unwrap();
    assert!(told.contains("calls `[static]connection.open` of `fermyon:spin/sqlite@2.0.0`, which spinlint does not have"), "{told}");
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

/// An app around the component that looks at its world.
const WORLD: &str = r#"
spin_manifest_version = 2

[application]
name = "shop"

[variables]
greeting = { required = true }
host = { default = "shop.example" }

[[trigger.http]]
route = "/world/:place/..."
component = "w"

[[trigger.http]]
route = "/..."
component = "w"

[[trigger.http]]
route = { private = true }
component = "hidden"

[[trigger.http]]
route = "/teapot"
static_response = { status_code = 418, headers = { "x-kind" = "short" }, body = "stout" }

[component.w]
source = "rust5/rust5-w.wasm"
files = [{ source = "wat", destination = "/texts" }, "README.md"]
exclude_files = ["**/wasi.wat"]
allowed_outbound_hosts = ["http://hidden.spin.internal", "https://{{ host }}", "http://self.alt"]
environment = { MOOD = "fine" }
[component.w.variables]
hello = "{{ greeting }}, {{ host }}"

[component.hidden]
source = "rust5/rust5-t.wasm"
key_value_stores = ["default"]
"#;

#[test]
fn a_component_has_the_world_that_its_manifest_gives_it() {
    let running = load(WORLD, LIMITS).unwrap();
    let get = |path: &str| {
        let (answers, _) = running.ask(&[("GET", path, "")]);
        (answers[0].head.status.as_u16(), String::from_utf8_lossy(&answers[0].body).into_owned())
    };
    assert_eq!(get("/variable/hello"), (200, "hello, shop.example".to_owned()));
    assert_eq!(get("/variable/absent"), (500, "Error::Undefined(\"no variable for \\\"w\\\".\\\"absent\\\"\")".to_owned()));
    assert_eq!(get("/environment/MOOD"), (200, "fine".to_owned()));
    assert!(get("/file/README.md").1.starts_with("# Real binaries"));
    assert_eq!(get("/file/texts/spin1.wat").0, 200);
    assert_eq!(get("/file/texts/wasi.wat").0, 404);
    assert_eq!(get("/write/README.md").0, 403);
    assert_eq!(get("/teapot"), (418, "stout".to_owned()));
    assert_eq!(get("/.well-known/spin/health"), (200, "OK".to_owned()));
    assert_eq!(get("/.well-known/spin/absent").0, 404);
    let headers = get("/headers/a?b=c").1;
    for line in ["spin-path-info: /headers/a", "spin-full-url: http://127.0.0.1:3000/headers/a?b=c", "spin-matched-route: /..."] {
        assert!(headers.lines().any(|found| found == line), "{line} is not in {headers}");
    }
}

/// Requests that a component sends go where its manifest lets them go, and here never to the network.
#[test]
fn requests_go_where_they_are_granted() {
    let running = load(WORLD, LIMITS).unwrap();
    let get = |path: &str| running.ask(&[("GET", path, "")]);
    let (answers, seen) = get("/fetch/http://hidden.spin.internal/page");
    assert_eq!(answers[0].head.status, 404, "the tutorial's answer to a key that is not there");
    let told: Vec<String> = seen.iter().map(|request| format!("{} {}", request.component, request.name())).collect();
    assert_eq!(told, ["hidden GET /page", "w GET /fetch/http://hidden.spin.internal/page"]);
    assert_eq!(seen[0].accesses[0].to_string(), "open \"default\"");
    // The app itself, and what it answers without any component.
    assert_eq!(get("/fetch/http://self.alt/teapot").0[0].head.status, 418);
    for refused in ["http://w.spin.internal/", "https://elsewhere.example/", "https://shop.example/"] {
        let (answers, _) = get(&format!("/fetch/{refused}"));
        assert_eq!(answers[0].head.status, 502, "{refused}");
        assert!(answers[0].body.windows(6).any(|part| part == b"Denied"), "{refused}: {:?}", answers[0].body);
    }
    // A private route is nobody's from outside.
    assert!(get("/page").1.iter().all(|request| request.component == "w"));
    // What no component answers is seen, too.
    let (answers, seen) = get("/teapot");
    assert_eq!((answers[0].head.status.as_u16(), seen[0].component.as_str(), seen[0].status), (418, "", Some(418)));
}

/// A component that gives no answer, or half of one, is told with its request.
#[test]
fn answers_that_do_not_come_are_told() {
    let running = load(WORLD, LIMITS).unwrap();
    let (answers, seen) = running.ask(&[("GET", "/silent", ""), ("GET", "/broken", ""), ("GET", "/fine", "")]);
    assert_eq!(answers[0].head.status, 500);
    assert_eq!(seen[0].fault.as_deref(), Some("it returned without an answer"));
    assert_eq!((answers[1].head.status.as_u16(), &answers[1].body[..]), (200, &b"half"[..]));
    assert!(seen[1].fault.as_ref().is_some_and(|fault| fault.starts_with("its answer had begun when it trapped")), "{:?}", seen[1].fault);
    assert_eq!((answers[2].head.status.as_u16(), &seen[2].fault), (200, &None));
}

#[test]
fn what_spin_refuses_to_start_is_refused() {
    let refusal = |from: &str, to: &str| load(&WORLD.replace(from, to), LIMITS).map(|_| ()).unwrap_err();
    for (from, to, told) in [
        ("greeting = { required = true }", "greeting = { required = true }\nother = { required = true }", "required variables `other`"),
        ("hello = \"{{ greeting }}", "hello = \"{{ absent }}", "unknown variable \"absent\""),
        ("/world/:place/...", "/a/:", "the route `/a/:` has a `:` without a name"),
        ("name = \"shop\"", "name = \"shop\"\n[application.trigger.http]\nbase = \"/api\"", "the base `/api`"),
        ("rust5/rust5-w.wasm", "rust5/absent.wasm", "absent.wasm does not exist"),
        ("\"README.md\"", "\"READYOU.md\"", "`READYOU.md`, which `files` names, does not exist"),
    ] {
        match refusal(from, to) {
            Refusal::Spins(reason) => assert!(reason.contains(told), "{reason}"),
            other => panic!("{other:?}"),
        }
    }
    let composed = refusal("[component.hidden]", "[component.w.dependencies]\n\"a:b/c\" = { path = \"x.wasm\" }\n[component.hidden]");
    assert!(matches!(&composed, Refusal::Ours(reason) if reason.contains("composed with dependencies")), "{composed:?}");
    let wagi = refusal("route = \"/...\"\n", "route = \"/...\"\nexecutor = { type = \"wagi\" }\n");
    assert!(matches!(&wagi, Refusal::Ours(reason) if reason.contains("WAGI")), "{wagi:?}");
    // Spin starts with this one.
    assert!(load(&WORLD.replace("/world/:place/...", "/a/*/b"), LIMITS).is_ok());
}
