//! No store at all; the names of labels occur as plain text ("default", "cache").
use spin_sdk::{http::{IntoResponse, Request, Response}, http_component};

#[http_component]
fn handle(req: Request) -> anyhow::Result<impl IntoResponse> {
    let body = format!("default {} cache", req.path());
    Ok(Response::builder().status(200).header("content-type", "text/plain").body(body).build())
}
