//! The platform over HTTP: a JSON API behind a sign-in, and the webhook endpoint.
//!
//! A view of the application and nothing else. The page ([`crate::web`]) stands beside it and calls the same use cases.

pub mod endpoint;
pub mod error;
pub mod handlers;
pub mod hooks;
pub mod reply;
pub mod schema;
pub mod sender;
pub mod strict_json;
pub mod table;
pub mod views;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, Method, Request, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, any, get, on};

use crate::application::Platform;
use endpoint::Endpoint;
use error::ApiError;

/// Every path that the platform answers.
pub fn router(platform: Platform) -> Router {
    let mut router = Router::new()
        .route("/healthz", get(|| async { "ok" }))
        .route("/hooks/{hook}", any(hooks::receive));
    for endpoint in table::ENDPOINTS {
        router = router.route(endpoint.path, route(endpoint));
    }
    router
        .merge(crate::web::router())
        .fallback(nothing_here)
        .method_not_allowed_fallback(|| async { ApiError::wrong_method() })
        .layer(from_fn(guard))
        .with_state(platform)
}

/// A program gets its answer in JSON, a person a page.
async fn nothing_here(State(platform): State<Platform>, request: Request<Body>) -> Response {
    let path = request.uri().path();
    let accepted = request.headers().get(header::ACCEPT);
    let wants_page = accepted
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.contains("text/html"));
    if request.method() == Method::GET
        && wants_page
        && !path.starts_with("/api")
        && !path.starts_with("/hooks")
    {
        return crate::web::door::nothing_here(platform, request).await;
    }
    ApiError::no_such_path().into_response()
}

fn route(endpoint: &'static Endpoint) -> axum::routing::MethodRouter<Platform> {
    let filter = match endpoint.method {
        Method::POST => MethodFilter::POST,
        Method::PUT => MethodFilter::PUT,
        Method::PATCH => MethodFilter::PATCH,
        Method::DELETE => MethodFilter::DELETE,
        _ => MethodFilter::GET,
    };
    on(
        filter,
        move |State(platform): State<Platform>, request: Request<Body>| {
            endpoint::serve(platform, endpoint, request)
        },
    )
}

/// What a browser must not do with any answer: guess its type, keep it, frame it, run something from it, or pass its address on.
const GUARDS: [(HeaderName, &str); 5] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::CACHE_CONTROL, "no-store"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; frame-ancestors 'none'",
    ),
];

async fn guard(request: Request<Body>, next: Next) -> Response {
    let mut response = next.run(request).await;
    for (name, value) in GUARDS {
        response
            .headers_mut()
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
    response
}
