//! POST stores the body under the path, GET returns it, DELETE deletes it, HEAD tells whether it is there.

use spin_sdk::http::{IncomingBodyExt, IntoResponse, Method, Request, Response};
use spin_sdk::http_service;
use spin_sdk::key_value::Store;

#[http_service]
async fn handle(request: Request) -> anyhow::Result<impl IntoResponse> {
    let store = Store::open_default().await?;
    let key = request.uri().path().to_owned();

    let (status, body) = match *request.method() {
        Method::POST => {
            let value = request.into_body().bytes().await?;
            store.set(&key, &value).await?;
            (200, Vec::new())
        }
        Method::GET => match store.get(&key).await? {
            Some(value) => (200, value),
            None => (404, Vec::new()),
        },
        Method::DELETE => {
            store.delete(&key).await?;
            (200, Vec::new())
        }
        Method::HEAD => (if store.exists(&key).await? { 200 } else { 404 }, Vec::new()),
        _ => (405, Vec::new()),
    };
    Ok(Response::builder().status(status).body(spin_sdk::http::FullBody::new(spin_sdk::bytes::Bytes::from(body)))?)
}
