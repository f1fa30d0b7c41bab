//! Two stores: the default one and "cache".
use spin_sdk::{http::{IntoResponse, Request, Response}, http_component, key_value::Store};

#[http_component]
fn handle(req: Request) -> anyhow::Result<impl IntoResponse> {
    let cache = Store::open("cache")?;
    if let Some(body) = cache.get(req.path())? {
        return Ok(Response::builder().status(200).header("x-cache", "hit").body(body).build());
    }
    let body = Store::open_default()?.get(req.path())?.unwrap_or_default();
    cache.set(req.path(), &body)?;
    Ok(Response::builder().status(200).header("x-cache", "miss").body(body).build())
}
