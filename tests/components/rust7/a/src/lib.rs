//! The default store, by `Store::open_default`.
use spin_sdk::{http::{IntoResponse, Request}, http_service, key_value::Store};

#[http_service]
async fn handle(req: Request) -> anyhow::Result<impl IntoResponse> {
    let store = Store::open_default().await?;
    store.set(req.uri().path(), b"seen").await?;
    let body = store.get("greeting").await?.unwrap_or_default();
    Ok(String::from_utf8(body)?)
}
