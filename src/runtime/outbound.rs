//! Requests that a component sends: which of them go where, as in Spin.
//!
//! Chained requests and requests to the app itself are answered by the app; all others go to the network, if the manifest grants their host
//! and the run allows it.

use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, OnceLock, Weak};

use http_body_util::BodyExt;
use wasmtime_wasi_http::{Error, RequestOptions, WasiBody, WasiHttpHooks, default_send_request};

use super::app::App;
use super::variables::ComponentVariables;
use crate::hosts::{AllowedHost, internal_component};
use crate::text::visible;

/// The address that a chained request seems to come from.
const NOBODY: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0);

/// The app that answers chained requests, once it is there.
pub(super) type Home = Arc<OnceLock<Weak<App>>>;

/// Where a component's requests may go.
pub(super) struct Outbound {
    /// The component.
    component: String,
    /// The entries of `allowed_outbound_hosts`, templates included.
    entries: Vec<String>,
    /// What the templates are resolved with.
    variables: Arc<ComponentVariables>,
    /// Whether anything may leave the app at all.
    has_network: bool,
    /// The app itself.
    home: Home,
    hosts: OnceLock<Vec<AllowedHost>>,
}

impl Outbound {
    pub(super) fn new(
        component: String,
        entries: Vec<String>,
        variables: Arc<ComponentVariables>,
        has_network: bool,
        home: Home,
    ) -> Outbound {
        Outbound { component, entries, variables, has_network, home, hosts: OnceLock::new() }
    }

    /// The grants. As in Spin none holds if one of them cannot be resolved.
    fn hosts(&self) -> &[AllowedHost] {
        self.hosts.get_or_init(|| {
            let resolve = |entry: &String| AllowedHost::parse(&self.variables.resolve(entry).ok()?).ok();
            self.entries.iter().map(resolve).collect::<Option<Vec<_>>>().unwrap_or_default()
        })
    }

    fn allows(&self, uri: &http::Uri) -> bool {
        let scheme = uri.scheme_str().unwrap_or("https");
        match uri.host().filter(|host| !is_own(host)) {
            None => self.hosts().iter().any(|host| host.allows_own("http") || host.allows_own("https")),
            Some(host) => self.hosts().iter().any(|allowed| allowed.allows(scheme, host, uri.port_u16())),
        }
    }

    /// Says which request was refused, where Spin does: beside what components print.
    fn tell(&self, uri: &http::Uri, why: &str) {
        let host = uri.authority().map_or_else(|| "the app itself".to_owned(), |authority| visible(authority.as_str()));
        let scheme = uri.scheme_str().unwrap_or("https");
        // Where standard error is gone there is nobody to tell.
        let _ = writeln!(std::io::stderr(), "spinlint: component `{}` was refused {scheme}://{host}, {why}", self.component);
    }

    /// Whether a socket may be opened to an address.
    pub(super) fn allows_address(&self, address: SocketAddr) -> bool {
        let ip = match address {
            SocketAddr::V4(address) => address.ip().to_string(),
            SocketAddr::V6(address) => format!("[{}]", address.ip()),
        };
        self.has_network && self.hosts().iter().any(|allowed| allowed.allows("*", &ip, Some(address.port())))
    }
}

/// Whether a request goes to the app itself: without a host, or with the one that stands for that.
fn is_own(host: &str) -> bool {
    host.is_empty() || host == "self.alt"
}

/// The way out of an instance.
pub(super) struct Way(pub Arc<Outbound>);

type Sent = Result<(http::Response<WasiBody>, Box<dyn Future<Output = Result<(), Error>> + Send>), Error>;

impl WasiHttpHooks for Way {
    fn send_request(
        &mut self,
        request: http::Request<WasiBody>,
        options: Option<RequestOptions>,
        _: Box<dyn Future<Output = Result<(), Error>> + Send>,
    ) -> Box<dyn Future<Output = Sent> + Send> {
        let outbound = Arc::clone(&self.0);
        Box::new(async move { send(&outbound, request, options).await })
    }
}

async fn send(outbound: &Outbound, mut request: http::Request<WasiBody>, options: Option<RequestOptions>) -> Sent {
    if !outbound.allows(request.uri()) {
        outbound.tell(request.uri(), "which its `allowed_outbound_hosts` do not grant");
        return Err(Error::HttpRequestDenied);
    }
    let host = request.uri().host().unwrap_or_default().to_owned();
    let done = || Box::new(async { Ok(()) }) as Box<dyn Future<Output = _> + Send>;
    if is_own(&host) {
        let app = home(outbound)?;
        let own = app.address().to_string();
        request.headers_mut().insert(http::header::HOST, own.parse().map_err(|_| Error::HttpRequestUriInvalid)?);
        let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
        *request.uri_mut() = format!("http://{own}{path}").parse().map_err(|_| Error::HttpRequestUriInvalid)?;
        // Boxed, because the answer may send a request of its own.
        return Ok((Box::pin(app.answer_inside(request, NOBODY)).await, done()));
    }
    if let Some(component) = internal_component(&host) {
        request.headers_mut().remove(http::header::HOST);
        let app = home(outbound)?;
        let answer = Box::pin(app.chained(component, request, NOBODY)).await;
        return answer.map(|answer| (answer, done())).ok_or(Error::DestinationNotFound);
    }
    if !outbound.has_network {
        outbound.tell(request.uri(), "which it is granted: `--allow-network` lets requests leave the app");
        return Err(Error::HttpRequestDenied);
    }
    let (response, io) = default_send_request(request, options).await?;
    Ok((response.map(BodyExt::boxed_unsync), Box::new(io)))
}

fn home(outbound: &Outbound) -> Result<Arc<App>, Error> {
    // An app that is gone has nobody who waits for its answer.
    outbound.home.get().and_then(Weak::upgrade).ok_or(Error::DestinationUnavailable)
}
