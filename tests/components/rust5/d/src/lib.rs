//! The label comes from the request's query.
use spin_sdk::{http::{IntoResponse, Request, Response}, http_component, key_value::Store};

#[http_component]
fn handle(req: Request) -> anyhow::Result<impl IntoResponse> {
    let label = req.query();
    let store = Store::open(label)?;
    let body = store.get("greeting")?.unwrap_or_default();
    Ok(Response::builder().status(200).header("content-type", "text/plain").body(body).build())
}
