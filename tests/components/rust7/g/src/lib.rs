//! Two literals, chosen by a match over the request's method.
use spin_sdk::{http::{IntoResponse, Method, Request}, http_service, key_value::Store};

#[http_service]
async fn handle(req: Request) -> anyhow::Result<impl IntoResponse> {
    let label = match *req.method() {
        Method::GET => "reads",
        _ => "writes",
    };
    let store = Store::open(label).await?;
    let body = store.get(req.uri().path()).await?.unwrap_or_default();
    Ok(String::from_utf8(body)?)
}
