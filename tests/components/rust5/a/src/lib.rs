//! The default store, by `Store::open_default`.
use spin_sdk::{http::{IntoResponse, Request, Response}, http_component, key_value::Store};

#[http_component]
fn handle(req: Request) -> anyhow::Result<impl IntoResponse> {
    let store = Store::open_default()?;
    store.set(req.path(), req.body())?;
    let body = store.get("greeting")?.unwrap_or_default();
    Ok(Response::builder().status(200).header("content-type", "text/plain").body(body).build())
}
