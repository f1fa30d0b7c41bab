//! The label comes from the request's query.
use spin_sdk::{http::{IntoResponse, Request}, http_service, key_value::Store};

#[http_service]
async fn handle(req: Request) -> anyhow::Result<impl IntoResponse> {
    let label = req.uri().query().unwrap_or_default();
    let store = Store::open(label).await?;
    let body = store.get("greeting").await?.unwrap_or_default();
    Ok(String::from_utf8(body)?)
}
