//! What a handler answers with.

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use super::endpoint::COOKIE;

/// What may stand unencoded in an extended header value (RFC 5987).
const HEADER_VALUE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_');

/// An answer that is no error.
pub enum Reply {
    /// JSON with 200.
    Json(Value),
    /// JSON with 201.
    Created(Value),
    /// JSON with 200, and a session cookie.
    SignedIn {
        /// The JSON.
        json: Value,
        /// The cookie's value.
        token: String,
        /// For how many seconds the browser keeps it.
        seconds: u64,
        /// Whether it travels over TLS alone.
        secure: bool,
    },
    /// 204; the cookie is taken back.
    SignedOut,
    /// Bytes of somebody else's making: to be saved, never to be shown.
    File {
        /// Suggested name.
        name: String,
        /// What the bytes are.
        media_type: String,
        /// The bytes.
        content: Vec<u8>,
    },
}

impl Reply {
    /// The HTTP answer.
    pub fn into_response(self) -> Response {
        match self {
            Self::Json(json) => axum::Json(json).into_response(),
            Self::Created(json) => (StatusCode::CREATED, axum::Json(json)).into_response(),
            Self::SignedIn {
                json,
                token,
                seconds,
                secure,
            } => {
                let secure = if secure { "; Secure" } else { "" };
                let cookie = format!(
                    "{COOKIE}={token}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}"
                );
                with(
                    axum::Json(json).into_response(),
                    header::SET_COOKIE,
                    &cookie,
                )
            }
            Self::SignedOut => {
                let cookie = format!("{COOKIE}=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict");
                with(
                    StatusCode::NO_CONTENT.into_response(),
                    header::SET_COOKIE,
                    &cookie,
                )
            }
            Self::File {
                name,
                media_type,
                content,
            } => {
                let disposition = format!(
                    "attachment; filename=\"{}\"; filename*=UTF-8''{}",
                    plain_name(&name),
                    utf8_percent_encode(&name, HEADER_VALUE)
                );
                let response = Response::new(Body::from(content));
                let response = with(response, header::CONTENT_TYPE, &media_type);
                let response = with(response, header::CONTENT_DISPOSITION, &disposition);
                with(
                    response,
                    header::CONTENT_SECURITY_POLICY,
                    "sandbox; default-src 'none'; frame-ancestors 'none'",
                )
            }
        }
    }
}

/// For readers that do not know the extended form (RFC 6266).
fn plain_name(name: &str) -> String {
    name.chars()
        .map(|c| match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '.' | '-' | '_' | ' ' => c,
            _ => '_',
        })
        .collect()
}

fn with(mut response: Response, name: HeaderName, value: &str) -> Response {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
    response
}
