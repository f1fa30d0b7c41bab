//! A wrapper of one's own that is not inlined, called with a constant and with a literal.
use anyhow::{Context, Result};
use spin_sdk::{http::{IntoResponse, Request}, http_service, key_value::Store};

const STORE: &str = "sessions";

#[inline(never)]
async fn store(name: &str) -> Result<Store> {
    Store::open(name).await.with_context(|| format!("cannot open the store {name}"))
}

#[http_service]
async fn handle(req: Request) -> Result<impl IntoResponse> {
    let key = req.uri().path();
    let session = store(STORE).await?.get(key).await?.unwrap_or_default();
    let carts = store("carts").await?;
    carts.set(key, &session).await?;
    Ok(String::from_utf8(carts.get("greeting").await?.unwrap_or_default())?)
}
