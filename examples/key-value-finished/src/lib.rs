//! POST stores the body under the path, GET returns it, DELETE deletes it, HEAD tells whether it is there.

use bytes::Bytes;
use spin_sdk::http::body::IncomingBodyExt;
use spin_sdk::http::{FullBody, IntoResponse, Method, Request, StatusCode};
use spin_sdk::http_service;
use spin_sdk::key_value::Store;

#[http_service]
async fn handle(request: Request) -> anyhow::Result<impl IntoResponse> {
    let store = Store::open_default().await?;
    let key = request.uri().path().to_owned();

    let (status, value) = match *request.method() {
        Method::POST => {
            let value = request.into_body().bytes().await?;
            store.set(&key, &value).await?;
            (StatusCode::OK, Bytes::new())
        }
        Method::GET => match store.get(&key).await? {
            Some(value) => (StatusCode::OK, Bytes::from(value)),
            None => (StatusCode::NOT_FOUND, Bytes::new()),
        },
        Method::DELETE => {
            store.delete(&key).await?;
            (StatusCode::OK, Bytes::new())
        }
        Method::HEAD if store.exists(&key).await? => (StatusCode::OK, Bytes::new()),
        Method::HEAD => (StatusCode::NOT_FOUND, Bytes::new()),
        _ => (StatusCode::METHOD_NOT_ALLOWED, Bytes::new()),
    };
    Ok((status, FullBody::new(value)))
}
