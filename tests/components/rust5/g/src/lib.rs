//! Two literals, chosen by a match over the request's method.
use spin_sdk::{http::{IntoResponse, Method, Request, Response}, http_component, key_value::Store};

#[http_component]
fn handle(req: Request) -> anyhow::Result<impl IntoResponse> {
    let label = match req.method() {
        Method::Get => "reads",
        _ => "writes",
    };
    let store = Store::open(label)?;
    let body = store.get(req.path())?.unwrap_or_default();
    Ok(Response::builder().status(200).header("content-type", "text/plain").body(body).build())
}
