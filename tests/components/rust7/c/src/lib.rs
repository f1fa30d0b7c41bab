//! No store at all; the names of labels occur as plain text ("default", "cache").
use spin_sdk::{http::{IntoResponse, Request}, http_service};

#[http_service]
async fn handle(req: Request) -> anyhow::Result<impl IntoResponse> {
    Ok(format!("default {} cache", req.uri().path()))
}
