//! The webhook endpoint: the one door through which a board comes in, without a session.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderName, HeaderValue, Request, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::endpoint::read_body;
use super::error::ApiError;
use crate::application::Platform;
use crate::application::receive::MOST_BODY_BYTES;
use crate::domain::delivery::{Incoming, WebAnswer};

/// What a plugin may set in an answer to its board.
const PASSED_ON: [HeaderName; 3] = [header::CONTENT_TYPE, header::RETRY_AFTER, header::ALLOW];

/// The name under which the contract hands on the URL's query. No HTTP header can be called so.
const QUERY: &str = ":query";

/// Takes whatever arrives at a webhook path: any method, any body up to the cap.
pub async fn receive(
    State(platform): State<Platform>,
    Path(hook): Path<String>,
    request: Request<Body>,
) -> Response {
    // An unknown path is refused before a byte of the body is read.
    let connection = match platform.hook(&hook).await {
        Ok(Some(connection)) => connection,
        Ok(None) => return ApiError::no_such_path().into_response(),
        Err(error) => return ApiError::from(error).into_response(),
    };
    let (parts, body) = request.into_parts();
    let body = match read_body(&parts, body, MOST_BODY_BYTES).await {
        Ok(body) => body,
        Err(error) => return error.into_response(),
    };
    let headers = parts.headers.iter();
    let headers = headers.map(|(name, value)| (name.as_str().to_owned(), readable(value)));
    let query = parts.uri.query();
    let query = query.map(|query| (QUERY.to_owned(), query.to_owned()));
    let incoming = Incoming {
        method: parts.method.as_str().to_owned(),
        headers: headers.chain(query).collect(),
        body,
    };
    // A task of its own: a board that hangs up early does not stop what its delivery began.
    let received = tokio::spawn(async move { platform.receive(&connection, incoming).await });
    answer(received.await.unwrap_or_else(|stopped| {
        tracing::error!(%stopped, "a delivery's task ended before its answer");
        WebAnswer::status(503)
    }))
}

/// A value that is not UTF-8 is given with each byte as one character, as the contract says.
fn readable(value: &HeaderValue) -> String {
    let bytes = value.as_bytes();
    std::str::from_utf8(bytes).map_or_else(
        |_| bytes.iter().map(|byte| char::from(*byte)).collect(),
        str::to_owned,
    )
}

fn answer(given: WebAnswer) -> Response {
    let mut response = Response::new(Body::from(given.body));
    *response.status_mut() = match given.status {
        200..=599 => StatusCode::from_u16(given.status).unwrap_or(StatusCode::OK),
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    };
    for (name, value) in given.headers {
        let name = HeaderName::try_from(name).ok();
        let value = HeaderValue::try_from(value).ok();
        if let Some((name, value)) = name.zip(value)
            && PASSED_ON.contains(&name)
        {
            response.headers_mut().insert(name, value);
        }
    }
    response
}
