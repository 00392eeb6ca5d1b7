//! Who may use the portal: pages that this server gave out, opened under a loopback name.
//!
//! There is no password, so another site in the same browser must not get in: a foreign name that resolves to
//! loopback is refused by its `Host`, a form of another site by its `Origin` and by the token that it cannot
//! know. A portal that listens beyond loopback answers nothing at all.

use std::net::IpAddr;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use sha2::{Digest, Sha256};

use super::{Form, Visit};
use crate::input::InputError;
use crate::tokens::random_token;

/// The name of the token's field in each form.
pub(super) const TOKEN_FIELD: &str = "csrf";

/// Sent with every answer. The referrer policy keeps `Origin` on forms, which `no-referrer` would blank.
const HEADERS: [(HeaderName, &str); 7] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; \
         frame-ancestors 'none'; base-uri 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "same-origin"),
    (header::CACHE_CONTROL, "no-store"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
];

/// What is checked on every request, fixed when the server starts.
#[derive(Clone)]
pub(crate) struct Gate(Arc<Rules>);

struct Rules {
    token: String,
    on_loopback: bool,
}

impl Gate {
    /// The gate of a server that listens on this address.
    pub(crate) fn new(bound: IpAddr) -> Gate {
        Gate(Arc::new(Rules {
            token: random_token(""),
            on_loopback: bound.is_loopback(),
        }))
    }

    /// The token for a form of a page that is given out.
    pub(super) fn token(&self) -> &str {
        &self.0.token
    }

    fn check_request(&self, parts: &Parts) -> Result<(), InputError> {
        if !self.0.on_loopback {
            return Err(refused(
                "not_on_loopback",
                "the portal has no password and opens only when the simulator listens on a loopback address: \
                 start it on 127.0.0.1",
            ));
        }
        let host = one(&parts.headers, header::HOST).filter(|host| is_loopback_name(host));
        let Some(host) = host else {
            return Err(refused(
                "foreign_host",
                "open the portal as http://127.0.0.1 or http://localhost with the simulator's port",
            ));
        };
        let changes = !parts.method.is_safe();
        let from_here = is_from(&parts.headers, host);
        let site = one(&parts.headers, HeaderName::from_static("sec-fetch-site"));
        let same_site = site.is_none_or(|site| matches!(site, "same-origin" | "none"));
        if changes && !(from_here && same_site) {
            return Err(refused("foreign_origin", "the form came from another site"));
        }
        Ok(())
    }

    /// Digests are compared, so that the time taken tells nothing about the token.
    fn check_token(&self, form: &Form) -> Result<(), InputError> {
        let given = form.text(TOKEN_FIELD);
        if Sha256::digest(given) == Sha256::digest(&self.0.token) {
            return Ok(());
        }
        Err(refused(
            "bad_token",
            "the page is from before the simulator's last start, or the form is not the portal's: \
             load the page again",
        ))
    }
}

/// Keeps other sites' pages in the same browser off the control API: a browser names the page's `Origin` with
/// everything that changes something, and programs name none.
pub(crate) async fn no_foreign_page(
    State(gate): State<Gate>,
    request: Request,
    next: Next,
) -> Result<Response, InputError> {
    let headers = request.headers();
    let host = one(headers, header::HOST).unwrap_or("");
    let named_right = !gate.0.on_loopback || is_loopback_name(host);
    if headers.contains_key(header::ORIGIN) && !(named_right && is_from(headers, host)) {
        return Err(refused(
            "foreign_origin",
            "the request came from another site's page",
        ));
    }
    Ok(next.run(request).await)
}

/// Lets a request through to its page with what was typed, or answers why not; nothing is changed then.
pub(crate) async fn admit(State(gate): State<Gate>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let form = match typed(&gate, &parts, body).await {
        Ok(form) => form,
        Err(error) => return answer_stranger(&parts, error),
    };
    parts.extensions.insert(gate);
    parts.extensions.insert(form);
    let request = Request::from_parts(parts, Body::empty());
    with_headers(next.run(request).await)
}

async fn typed(gate: &Gate, parts: &Parts, body: Body) -> Result<Form, InputError> {
    gate.check_request(parts)?;
    if parts.method.is_safe() {
        return Ok(Form::default());
    }
    let form = Form::read(parts.clone(), body).await?;
    gate.check_token(&form)?;
    Ok(form)
}

/// Why nothing is shown, on a page that holds no form.
pub(crate) fn answer_stranger(parts: &Parts, error: InputError) -> Response {
    with_headers(Visit::stranger(parts).refused(error))
}

fn with_headers(mut response: Response) -> Response {
    for (name, value) in HEADERS {
        let value = HeaderValue::from_static(value);
        response.headers_mut().insert(name, value);
    }
    response
}

fn refused(code: &'static str, message: &str) -> InputError {
    InputError::new(403, code, "request", message)
}

/// Whether the request's page, if it names one, was given out by this host.
fn is_from(headers: &HeaderMap, host: &str) -> bool {
    let mut origins = headers.get_all(header::ORIGIN).iter();
    origins.all(|origin| origin.to_str().ok() == Some(&format!("http://{host}")))
}

/// A header that stands exactly once.
fn one(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().ok(),
        _ => None,
    }
}

/// Whether `Host` names this machine: `localhost`, an address of 127/8 or `[::1]`, with or without a port.
fn is_loopback_name(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let bare = name
        .strip_prefix('[')
        .and_then(|name| name.strip_suffix(']'))
        .unwrap_or(name);
    name.eq_ignore_ascii_case("localhost")
        || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::is_loopback_name;

    #[test]
    fn only_names_of_this_machine_are_loopback() {
        for name in [
            "localhost",
            "LOCALHOST:8480",
            "127.0.0.1",
            "127.9.9.9:1",
            "[::1]",
            "[::1]:8480",
        ] {
            assert!(is_loopback_name(name), "{name}");
        }
        for name in [
            "",
            "evil.example",
            "evil.example:8480",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "127.0.0.1@evil.example",
            "192.168.1.2:8480",
            "0.0.0.0",
            "[::]:1",
            "localhost:8480:evil",
        ] {
            assert!(!is_loopback_name(name), "{name}");
        }
    }
}
