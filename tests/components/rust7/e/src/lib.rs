//! Two stores: the default one and "cache".
use spin_sdk::{http::{IntoResponse, Request}, http_service, key_value::Store};

#[http_service]
async fn handle(req: Request) -> anyhow::Result<impl IntoResponse> {
    let key = req.uri().path();
    let cache = Store::open("cache").await?;
    if let Some(body) = cache.get(key).await? {
        return Ok(String::from_utf8(body)?);
    }
    let body = Store::open_default().await?.get(key).await?.unwrap_or_default();
    cache.set(key, &body).await?;
    Ok(String::from_utf8(body)?)
}
