//! What an app is asked without a scenario: the tutorial's requests on every route, and one more.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt, Full};

use super::app::App;
use crate::manifest::Manifest;
use crate::routes::Route;
use crate::syntax::Node;

/// The tutorial's requests, write, ask, read, remove, ask again, and one that finds nothing any more.
const REQUESTS: &[(&str, &str)] = &[("POST", "spinlint"), ("HEAD", ""), ("GET", ""), ("DELETE", ""), ("HEAD", ""), ("GET", "")];

/// What stands in a path where its route takes anything.
const NAME: &str = "spinlint-test";

/// Whom requests come from that nobody sent.
const CLIENT: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

/// An answer, read to its end.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status and the headers.
    pub head: http::response::Parts,
    /// The body, as far as it came.
    pub body: Bytes,
}

/// Sends every http route its requests.
pub async fn exercise(app: &Arc<App>, manifest: &Manifest<'_>) -> Result<(), String> {
    let is_run = |id: &String| app.has(id);
    for trigger in manifest.triggers.iter().filter(|trigger| trigger.kind == "http" && trigger.components.first().is_some_and(is_run)) {
        let Some(route) = trigger.route.and_then(Node::as_str).and_then(|source| Route::parse(source).ok()) else { continue };
        let path = route.example(NAME);
        for (method, body) in REQUESTS {
            ask(app, Request::builder().method(*method).uri(&path).body(Bytes::from_static(body.as_bytes()))).await?;
        }
    }
    Ok(())
}

/// Sends an app a request. The error is the sentence that the request is none.
pub async fn ask(app: &Arc<App>, request: http::Result<Request<Bytes>>) -> Result<Answer, String> {
    let mut request = request.map_err(|error| format!("a request cannot be sent: {error}"))?;
    let host = app.address().to_string();
    if let Ok(host) = host.parse() {
        request.headers_mut().entry(http::header::HOST).or_insert(host);
    }
    let length = request.body().len();
    if length > 0 {
        request.headers_mut().entry(http::header::CONTENT_LENGTH).or_insert(length.into());
    }
    let request = request.map(|body| Full::new(body).map_err(|never| match never {}).boxed_unsync());
    let (head, mut body) = app.answer(request, CLIENT).await.into_parts();
    let mut read = Vec::new();
    // A body that breaks off is told by whoever watches it.
    while let Some(Ok(frame)) = body.frame().await {
        if let Ok(data) = frame.into_data() {
            read.extend_from_slice(&data);
        }
    }
    Ok(Answer { head, body: read.into() })
}
