//! The key-value tutorial: POST stores the body under the path, GET returns it, DELETE deletes it, HEAD tells whether it is there.
use spin_sdk::{
    http::{IntoResponse, Method, Request, Response},
    http_component,
    key_value::Store,
};

#[http_component]
fn handle(req: Request) -> anyhow::Result<impl IntoResponse> {
    let store = Store::open_default()?;
    let key = req.path();
    let (status, body) = match *req.method() {
        Method::Post => {
            store.set(key, req.body())?;
            (200, None)
        }
        Method::Get => match store.get(key)? {
            Some(value) => (200, Some(value)),
            None => (404, None),
        },
        Method::Delete => {
            store.delete(key)?;
            (200, None)
        }
        Method::Head if store.exists(key)? => (200, None),
        Method::Head => (404, None),
        _ => (405, None),
    };
    Ok(Response::new(status, body.unwrap_or_default()))
}
