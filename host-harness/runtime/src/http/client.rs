//! The real HTTP client.

use std::error::Error as StdError;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use reqwest::header::{CONTENT_LENGTH, HeaderMap, HeaderName, HeaderValue};
use url::Host;

use super::resolve::{FilteringResolver, LookUp, ResolveError, SystemLookUp};
use super::{AddressPolicy, HttpClient, Method, OutboundRequest};
use crate::contract::http::{ErrorCode, Header, HttpError, Reach, Response};

/// Part of the time-out in which a connection must stand; without it a dead host would look like a request that may have been sent.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// The client could not be set up.
#[derive(Debug, thiserror::Error)]
#[error("the HTTP client could not start: {0}")]
pub struct WebClientError(String);

/// HTTP/1.1 over rustls with the roots that come with this library. No proxy, no redirects, no cookies, no content coding, no repeats.
///
/// Addresses are judged by an [`AddressPolicy`] where the connection is made, so a name that changes its address between two look-ups gains nothing.
#[derive(Clone)]
pub struct WebClient {
    client: reqwest::Client,
    policy: AddressPolicy,
}

impl WebClient {
    /// One client serves all connections.
    ///
    /// # Errors
    /// When the TLS library does not start.
    pub fn new(policy: AddressPolicy) -> Result<Self, WebClientError> {
        let roots = rustls::RootCertStore {
            roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
        };
        Self::with_parts(policy, Arc::new(SystemLookUp), roots)
    }

    /// A client that asks this name server and trusts these roots.
    pub(super) fn with_parts(
        policy: AddressPolicy,
        look_up: Arc<dyn LookUp>,
        roots: rustls::RootCertStore,
    ) -> Result<Self, WebClientError> {
        let failed = |error: &dyn StdError| WebClientError(error.to_string());
        let tls = rustls::ClientConfig::builder_with_provider(Arc::new(
            rustls::crypto::ring::default_provider(),
        ))
        .with_safe_default_protocol_versions()
        .map_err(|error| failed(&error))?
        .with_root_certificates(roots)
        .with_no_client_auth();
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .dns_resolver(FilteringResolver { policy, look_up })
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .http1_only()
            .connect_timeout(CONNECT_TIMEOUT)
            // A kept connection that the peer has just closed fails in a way that leaves open whether the request arrived,
            // and that is what makes a paid posting `unknown`. A new connection for each request costs some milliseconds.
            .pool_max_idle_per_host(0)
            .build()
            .map_err(|error| failed(&error))?;
        Ok(Self { client, policy })
    }

    /// A literal address never reaches the resolver.
    fn refuses_literal(&self, request: &OutboundRequest) -> bool {
        let address = match request.url.host() {
            Some(Host::Ipv4(address)) => IpAddr::V4(address),
            Some(Host::Ipv6(address)) => IpAddr::V6(address),
            Some(Host::Domain(_)) | None => return false,
        };
        !self.policy.permits(address)
    }

    async fn exchange(&self, request: OutboundRequest) -> Result<Response, HttpError> {
        let limit = request.max_response_bytes;
        let mut builder = self
            .client
            .request(method(request.method), request.url)
            .headers(headers(&request.headers)?)
            .timeout(request.timeout);
        if let Some(body) = request.body {
            if body.is_empty() {
                // The library would leave it out; some servers insist on it.
                builder = builder.header(CONTENT_LENGTH, 0);
            }
            builder = builder.body(body);
        }
        let mut answer = builder.send().await.map_err(explain)?;
        if answer.content_length().is_some_and(|length| length > limit) {
            return Err(too_large(limit));
        }
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(explain)? {
            if (body.len() + chunk.len()) as u64 > limit {
                return Err(too_large(limit));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Response {
            status: answer.status().as_u16(),
            headers: answer
                .headers()
                .iter()
                .map(|(name, value)| received(name, value))
                .collect(),
            body,
        })
    }
}

#[async_trait]
impl HttpClient for WebClient {
    async fn send(&self, request: OutboundRequest) -> Result<Response, HttpError> {
        if self.refuses_literal(&request) {
            let detail = "the address is refused (private, loopback, link-local, ...)".to_owned();
            return Err(HttpError {
                code: ErrorCode::Dns,
                reach: Reach::NotSent,
                detail,
            });
        }
        self.exchange(request).await
    }
}

fn method(method: Method) -> reqwest::Method {
    match method {
        Method::Get => reqwest::Method::GET,
        Method::Head => reqwest::Method::HEAD,
        Method::Post => reqwest::Method::POST,
        Method::Put => reqwest::Method::PUT,
        Method::Patch => reqwest::Method::PATCH,
        Method::Delete => reqwest::Method::DELETE,
    }
}

fn headers(headers: &[Header]) -> Result<HeaderMap, HttpError> {
    let mut map = HeaderMap::new();
    for header in headers {
        let invalid = || HttpError {
            code: ErrorCode::InvalidRequest,
            reach: Reach::NotSent,
            detail: format!("header {:?} cannot be sent", header.name),
        };
        let name = HeaderName::from_bytes(header.name.as_bytes()).map_err(|_| invalid())?;
        let mut value = HeaderValue::from_bytes(header.value.as_bytes()).map_err(|_| invalid())?;
        // Keeps it out of debug output of the libraries below.
        value.set_sensitive(true);
        // The map has a largest size, and panics beyond it unless it is asked this way.
        map.try_append(name, value).map_err(|_| invalid())?;
    }
    Ok(map)
}

fn received(name: &HeaderName, value: &HeaderValue) -> Header {
    let value = match std::str::from_utf8(value.as_bytes()) {
        Ok(text) => text.to_owned(),
        Err(_) => value
            .as_bytes()
            .iter()
            .map(|byte| char::from(*byte))
            .collect(),
    };
    Header {
        name: name.as_str().to_owned(),
        value,
    }
}

fn too_large(limit: u64) -> HttpError {
    let detail = format!("the answer is longer than {limit} bytes");
    HttpError {
        code: ErrorCode::ResponseTooLarge,
        reach: Reach::MaybeSent,
        detail,
    }
}

/// What a failure of the library means, and whether the board can have acted on the request.
fn explain(error: reqwest::Error) -> HttpError {
    // The URL's query may hold a token.
    let error = error.without_url();
    let (code, reach) = if error.is_builder() {
        (ErrorCode::InvalidRequest, Reach::NotSent)
    } else if causes(&error).any(|cause| cause.is::<ResolveError>()) {
        (ErrorCode::Dns, Reach::NotSent)
    } else if error.is_connect() {
        // The request is written only to a connection that stands, TLS included.
        let tls = causes(&error).any(is_tls);
        (
            if tls {
                ErrorCode::Tls
            } else {
                ErrorCode::Connect
            },
            Reach::NotSent,
        )
    } else if error.is_timeout() {
        (ErrorCode::Timeout, Reach::MaybeSent)
    } else {
        (ErrorCode::ConnectionLost, Reach::MaybeSent)
    };
    let detail = std::iter::once(error.to_string())
        .chain(causes(&error).map(ToString::to_string))
        .collect::<Vec<_>>()
        .join(": ");
    HttpError {
        code,
        reach,
        detail,
    }
}

fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn StdError + 'static)> {
    std::iter::successors(error.source(), |cause| (*cause).source())
}

fn is_tls(cause: &(dyn StdError + 'static)) -> bool {
    // An `io::Error` does not list what it wraps among its sources, and may wrap another one.
    let wrapped = cause
        .downcast_ref::<std::io::Error>()
        .and_then(std::io::Error::get_ref);
    cause.is::<rustls::Error>() || wrapped.is_some_and(|inner| is_tls(inner))
}

#[cfg(test)]
#[path = "client_tests.rs"]
mod tests;
