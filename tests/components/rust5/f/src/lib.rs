//! A wrapper of one's own that is not inlined, called with a constant and with a literal.
use anyhow::{Context, Result};
use spin_sdk::{http::{IntoResponse, Request, Response}, http_component, key_value::Store};

const STORE: &str = "sessions";

#[inline(never)]
fn store(name: &str) -> Result<Store> {
    Store::open(name).with_context(|| format!("cannot open the store {name}"))
}

#[http_component]
fn handle(req: Request) -> Result<impl IntoResponse> {
    let session = store(STORE)?.get(req.path())?.unwrap_or_default();
    let carts = store("carts")?;
    carts.set(req.path(), &session)?;
    let body = carts.get("greeting")?.unwrap_or_default();
    Ok(Response::builder().status(200).header("content-type", "text/plain").body(body).build())
}
