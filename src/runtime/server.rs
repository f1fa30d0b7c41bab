//! Serves an app over HTTP.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use http_body_util::BodyExt;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpListener;
use wasmtime_wasi_http::Error;

use super::app::App;

/// How long to wait when no connection can be accepted, because there are too many.
const EXHAUSTED: Duration = Duration::from_millis(50);

/// The app that is served now: another may take its place, and requests that it has begun to answer it answers.
pub struct Current(RwLock<Arc<App>>);

impl Current {
    /// Begins with this app.
    pub fn new(app: Arc<App>) -> Arc<Current> {
        Arc::new(Current(RwLock::new(app)))
    }

    /// From now on requests go to this app.
    pub fn replace(&self, app: Arc<App>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = app;
    }

    /// The app that requests go to.
    pub fn app(&self) -> Arc<App> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A port that is listened on.
pub struct Server(TcpListener);

impl Server {
    /// Listens. The error is a sentence that names the address.
    pub async fn bind(address: SocketAddr) -> Result<Server, String> {
        TcpListener::bind(address).await.map(Server).map_err(|error| match error.kind() {
            std::io::ErrorKind::AddrInUse => format!("{address} is in use already; `--listen` takes another address"),
            _ => format!("cannot listen on {address}: {error}"),
        })
    }

    /// Where it listens. The error is the system's.
    pub fn address(&self) -> std::io::Result<SocketAddr> {
        self.0.local_addr()
    }

    /// Answers requests until something happens; what has begun then is answered, if that takes no longer than `grace`.
    pub async fn serve(self, current: &Arc<Current>, until: impl Future<Output = ()>, grace: Duration) {
        let builder = auto::Builder::new(TokioExecutor::new());
        let connections = GracefulShutdown::new();
        let mut until = std::pin::pin!(until);
        loop {
            let accepted = tokio::select! {
                accepted = self.0.accept() => accepted,
                () = &mut until => break,
            };
            let Ok((stream, client)) = accepted else {
                tokio::time::sleep(EXHAUSTED).await;
                continue;
            };
            // Without it every answer on a kept connection waits for the acknowledgement of the one before.
            let _ = stream.set_nodelay(true);
            let current = Arc::clone(current);
            let service = service_fn(move |request: http::Request<hyper::body::Incoming>| {
                let app = current.app();
                async move {
                    let request = request.map(|body| body.map_err(Error::from).boxed_unsync());
                    Ok::<_, Infallible>(app.answer(request, client).await)
                }
            });
            let connection = builder.serve_connection(TokioIo::new(stream), service).into_owned();
            let connection = connections.watch(connection);
            tokio::spawn(async move {
                // A client that goes away in the middle is no news.
                let _ = connection.await;
            });
        }
        drop(self.0);
        let _ = tokio::time::timeout(grace, connections.shutdown()).await;
    }
}
