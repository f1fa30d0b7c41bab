//! An app that answers requests: its routes, its components, and what is written in the manifest itself.

mod load;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
pub use load::{Options, Refusal};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use wasmtime_wasi_http::WasiBody;

use super::compile::Compiler;
use super::inbound::{self, Matched};
use super::program::Program;
use super::witness::{Watch, Witness};
use crate::facts::trace::digest;
use crate::files::{Disk, Files};
use crate::routes::Routes;

/// Paths that Spin itself answers.
const WELL_KNOWN: &str = "/.well-known/spin/";

/// An app.
pub struct App {
    routes: Routes<(String, Target)>,
    programs: BTreeMap<String, Arc<Program>>,
    address: SocketAddr,
    name: String,
    witness: Witness,
    /// Why components were left out, each as a sentence.
    left_out: Vec<String>,
    /// One for each request from outside that may be answered at a time. What those set off inside needs none: it would wait for them.
    slots: Arc<Semaphore>,
}

/// Who answers a route.
#[derive(Clone)]
enum Target {
    Component(String, Arc<Program>),
    Static(Arc<Response<Bytes>>),
}

impl App {
    /// Its own address.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Why components were left out, each as a sentence.
    pub fn left_out(&self) -> &[String] {
        &self.left_out
    }

    /// Whether any component answers requests.
    pub fn runs_anything(&self) -> bool {
        !self.programs.is_empty()
    }

    /// Whether a component answers requests.
    pub(super) fn has(&self, id: &str) -> bool {
        self.programs.contains_key(id)
    }

    /// The routes as the manifest has them, each with the component that answers it; none for what stands in the manifest itself.
    pub fn routes(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        self.routes.owners().map(|(route, target)| {
            let component = match target {
                Target::Component(id, _) => Some(id.as_str()),
                Target::Static(_) => None,
            };
            (route.as_str(), component)
        })
    }

    /// The Wasm files that it was made of.
    pub fn sources(&self) -> impl Iterator<Item = &Path> {
        self.programs.values().map(|program| program.source())
    }

    /// The digests of the Wasm files that run, by component, as traces have them.
    pub fn digests(&self) -> BTreeMap<String, String> {
        self.programs.iter().map(|(id, program)| (id.clone(), program.digest().to_owned())).collect()
    }

    /// The Wasm files that were compiled in haste.
    pub fn hasty(&self) -> Vec<PathBuf> {
        self.programs.values().filter(|program| !program.is_thorough()).map(|program| program.source().to_path_buf()).collect()
    }

    /// Compiles what was compiled in haste as well as can be, and goes on with that.
    pub fn improve(&self, compiler: &Compiler) {
        for program in self.programs.values().filter(|program| !program.is_thorough()) {
            // What cannot be had now, or has been built anew meanwhile, goes on as it is.
            let wasm = Disk.read(program.source()).ok().filter(|wasm| digest(wasm) == program.digest());
            if let Some(compiled) = wasm.and_then(|wasm| compiler.improve(&wasm, program.digest()).ok()) {
                program.replace(compiled);
            }
        }
    }

    /// Answers a request. Where there is no answer it is what Spin says then: a status without a body.
    pub async fn answer(&self, request: Request<WasiBody>, client: SocketAddr) -> Response<WasiBody> {
        // Nobody closes the semaphore.
        let slot = Arc::clone(&self.slots).acquire_owned().await.ok();
        self.answer_with(request, client, slot).await
    }

    /// Answers a request that a component sends to its own app.
    pub(super) async fn answer_inside(&self, request: Request<WasiBody>, client: SocketAddr) -> Response<WasiBody> {
        self.answer_with(request, client, None).await
    }

    async fn answer_with(
        &self,
        mut request: Request<WasiBody>,
        client: SocketAddr,
        slot: Option<OwnedSemaphorePermit>,
    ) -> Response<WasiBody> {
        inbound::strip(&mut request);
        let path = request.uri().path().to_owned();
        if let Some(name) = path.strip_prefix(WELL_KNOWN) {
            return self.told(&request, self.well_known(name));
        }
        let Some(found) = self.routes.answering(&path) else { return self.told(&request, empty(StatusCode::NOT_FOUND)) };
        if inbound::complete(&mut request).is_none() {
            return self.told(&request, empty(StatusCode::BAD_REQUEST));
        }
        let (route, target) = found.owner;
        match target {
            Target::Static(response) => self.told(&request, with_body(response.as_ref().clone())),
            Target::Component(id, program) => {
                let matched = Matched { route, params: &found.params, rest: &found.rest };
                self.run(id, program, request, &matched, client, slot).await
            }
        }
    }

    /// What Spin itself answers.
    fn well_known(&self, name: &str) -> Response<WasiBody> {
        match name {
            "health" => with_body(Response::new(Bytes::from_static(b"OK"))),
            "info" => {
                let info = serde_json::json!({ "name": self.name, "version": null, "bindle_version": null });
                let mut response = Response::new(Bytes::from(format!("{info:#}")));
                response.headers_mut().insert(http::header::CONTENT_TYPE, http::HeaderValue::from_static("application/json"));
                with_body(response)
            }
            _ => empty(StatusCode::NOT_FOUND),
        }
    }

    /// Tells of a request that no component answers.
    fn told(&self, request: &Request<WasiBody>, response: Response<WasiBody>) -> Response<WasiBody> {
        let mut watch = Watch::new("", request.method(), request.uri(), Duration::ZERO, &self.witness);
        watch.request.status = Some(response.status().as_u16());
        response
    }

    /// Has a component answer a request of another one; none if no http trigger runs such a component.
    pub(super) async fn chained(&self, id: &str, mut request: Request<WasiBody>, client: SocketAddr) -> Option<Response<WasiBody>> {
        let program = self.programs.get(id)?;
        let path = request.uri().path().to_owned();
        inbound::complete(&mut request)?;
        let matched = Matched { route: "/...", params: &[], rest: &path };
        Some(self.run(id, program, request, &matched, client, None).await)
    }

    async fn run(
        &self,
        id: &str,
        program: &Program,
        mut request: Request<WasiBody>,
        matched: &Matched<'_>,
        client: SocketAddr,
        slot: Option<OwnedSemaphorePermit>,
    ) -> Response<WasiBody> {
        if inbound::add_headers(&mut request, matched, client).is_none() {
            return self.told(&request, empty(StatusCode::INTERNAL_SERVER_ERROR));
        }
        let watch = Watch::new(id, request.method(), request.uri(), program.time(), &self.witness);
        program.answer(request, watch, slot).await
    }
}

/// A body that is there already.
fn with_body(response: Response<Bytes>) -> Response<WasiBody> {
    response.map(|body| Full::new(body).map_err(|never| match never {}).boxed_unsync())
}

/// An answer without a body.
pub(super) fn empty(status: StatusCode) -> Response<WasiBody> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = status;
    with_body(response)
}
