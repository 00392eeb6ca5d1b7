//! One way in for every endpoint: who is it, is the body sound, then the handler.

use std::future::Future;
use std::net::IpAddr;
use std::pin::Pin;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use axum::http::{Method, Request, header};
use axum::response::Response;
use futures_util::StreamExt;
use serde_json::{Map, Value};

use super::error::ApiError;
use super::reply::Reply;
use super::schema::{Field, Fields, Kind};
use super::sender;
use super::strict_json::{self, JsonDefect};
use crate::application::sign_in::Proof;
use crate::application::{AppError, Platform};
use crate::domain::id::TenantId;
use crate::domain::user::User;
use crate::store::Page;

/// Most bytes of an API body. The longest job with all its markup is far below.
pub const MOST_BODY_BYTES: usize = 256 * 1024;

/// The longest that a body may take to arrive.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);

/// The name of the session cookie.
pub const COOKIE: &str = "session";

/// What an endpoint does with a sound call.
pub type Handler = fn(Call) -> Pin<Box<dyn Future<Output = Result<Reply, AppError>> + Send>>;

/// One endpoint of the API.
pub struct Endpoint {
    /// `GET`, `POST`, `PUT`, `PATCH` or `DELETE`.
    pub method: Method,
    /// With names in braces.
    pub path: &'static str,
    /// Whether it can be called without a session.
    pub open: bool,
    /// What the body may hold. A body may be absent where nothing in it is required.
    pub body: &'static [Field],
    /// What the query may hold.
    pub query: &'static [Field],
    /// What it does.
    pub handler: Handler,
}

/// A call that was found sound.
pub struct Call {
    /// The platform.
    pub platform: Platform,
    /// The body.
    pub body: Fields,
    /// The query.
    pub query: Fields,
    /// The session's token, when there is one.
    pub token: Option<String>,
    /// From where it came, as far as that is known.
    pub sender: Option<IpAddr>,
    user: Option<User>,
    path: Vec<(String, String)>,
}

impl Call {
    /// Who calls.
    pub fn user(&self) -> Result<&User, AppError> {
        self.user.as_ref().ok_or(AppError::Forbidden(None))
    }

    /// Whose data the caller sees.
    pub fn tenant(&self) -> Result<TenantId, AppError> {
        Ok(self.user()?.tenant)
    }

    /// A number in the path. What is no number names nothing.
    pub fn id(&self, name: &'static str) -> Result<i64, AppError> {
        let id: i64 = self
            .word(name)?
            .parse()
            .map_err(|_| AppError::NoSuch("id"))?;
        if id > 0 {
            Ok(id)
        } else {
            Err(AppError::NoSuch("id"))
        }
    }

    /// A word in the path.
    pub fn word(&self, name: &'static str) -> Result<&str, AppError> {
        let mut path = self.path.iter();
        path.find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
            .ok_or(AppError::NoSuch(name))
    }

    /// Which rows of a long list the query asks for.
    pub fn page(&self) -> Page {
        let limit = self.query.number("limit").unwrap_or(100);
        Page {
            before: self.query.number("before"),
            limit: u32::try_from(limit).unwrap_or(100),
        }
    }
}

/// Runs an endpoint for a request.
pub async fn serve(
    platform: Platform,
    endpoint: &'static Endpoint,
    request: Request<Body>,
) -> Result<Response, ApiError> {
    let (mut parts, body) = request.into_parts();
    let proof = proof(&parts);
    let token = proof.as_ref().map(|proof| match proof {
        Proof::Bearer(token) | Proof::Cookie { token, .. } => token.clone(),
    });
    let user = match proof {
        Some(proof) if !endpoint.open => platform.identify(proof).await?,
        _ => None,
    };
    if user.is_none() && !endpoint.open {
        return Err(ApiError::signed_out());
    }
    let path = path(&mut parts).await?;
    let query = read_query(endpoint.query, parts.uri.query().unwrap_or_default())?;
    let body = if endpoint.method == Method::GET {
        Fields::default()
    } else {
        let bytes = read_body(&parts, body, MOST_BODY_BYTES).await?;
        read_fields(endpoint.body, &parts, &bytes)?
    };
    let call = Call {
        sender: sender::of(&parts),
        platform,
        body,
        query,
        token,
        user,
        path,
    };
    // A task of its own: a browser that goes away must not stop a paid call or a one-time download half-way.
    match tokio::spawn((endpoint.handler)(call)).await {
        Ok(answer) => Ok(answer?.into_response()),
        Err(stopped) => {
            tracing::error!(%stopped, "a request's task ended before its answer");
            Ok(axum::response::IntoResponse::into_response(
                axum::http::StatusCode::INTERNAL_SERVER_ERROR,
            ))
        }
    }
}

fn proof(parts: &Parts) -> Option<Proof> {
    if let Some(value) = parts.headers.get(header::AUTHORIZATION) {
        let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
        return scheme
            .eq_ignore_ascii_case("bearer")
            .then(|| Proof::Bearer(token.trim().to_owned()));
    }
    let cookies = parts.headers.get(header::COOKIE)?.to_str().ok()?;
    let token = cookies
        .split(';')
        .filter_map(|cookie| cookie.trim().split_once('='))
        .find(|(name, _)| *name == COOKIE)
        .map(|(_, token)| token.to_owned())?;
    let csrf = parts.headers.get("x-csrf-token");
    Some(Proof::Cookie {
        token,
        csrf: csrf
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned),
        reads: parts.method == Method::GET || parts.method == Method::HEAD,
    })
}

async fn path(parts: &mut Parts) -> Result<Vec<(String, String)>, ApiError> {
    let raw = RawPathParams::from_request_parts(parts, &())
        .await
        .map_err(|_| ApiError::no_such_path())?;
    Ok(raw
        .iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect())
}

/// Takes at most `limit` bytes: refuses by the declared length before it reads, and while it reads.
pub async fn read_body(parts: &Parts, body: Body, limit: usize) -> Result<Vec<u8>, ApiError> {
    let declared = parts.headers.get(header::CONTENT_LENGTH);
    let declared = declared.and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if declared.is_some_and(|length| length > limit) {
        return Err(ApiError::too_large(limit));
    }
    let reading = async {
        let mut bytes = Vec::with_capacity(declared.unwrap_or_default());
        let mut stream = body.into_data_stream();
        while let Some(chunk) = stream.next().await {
            let chunk = chunk.map_err(|_| ApiError::incomplete())?;
            if bytes.len() + chunk.len() > limit {
                return Err(ApiError::too_large(limit));
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes)
    };
    tokio::time::timeout(BODY_TIMEOUT, reading)
        .await
        .unwrap_or_else(|_| Err(ApiError::incomplete()))
}

fn read_fields(table: &'static [Field], parts: &Parts, bytes: &[u8]) -> Result<Fields, ApiError> {
    let given = if bytes.is_empty() {
        Value::Object(Map::new())
    } else {
        let declared = parts.headers.get(header::CONTENT_TYPE);
        let media = declared
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let essence = media.split(';').next().unwrap_or_default().trim();
        if !essence.eq_ignore_ascii_case("application/json") {
            return Err(ApiError::not_json());
        }
        strict_json::parse(bytes)?
    };
    Ok(Fields::check(table, given).map_err(AppError::Input)?)
}

fn read_query(table: &'static [Field], query: &str) -> Result<Fields, ApiError> {
    let mut given = Map::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (name, value) = (decode(name)?, decode(value)?);
        let kind = table
            .iter()
            .find(|field| field.name == name)
            .map(|field| field.kind);
        let value = match kind {
            Some(Kind::Number(_)) => value.parse::<i64>().map_or(Value::from(value), Value::from),
            Some(Kind::Truth) if value == "1" => Value::from(true),
            Some(Kind::Truth) if value == "0" => Value::from(false),
            _ => Value::from(value),
        };
        if given.contains_key(&name) {
            return Err(JsonDefect::DuplicateKey(name).into());
        }
        given.insert(name, value);
    }
    Ok(Fields::check(table, Value::Object(given)).map_err(AppError::Input)?)
}

fn decode(text: &str) -> Result<String, ApiError> {
    let spaced = text.replace('+', " ");
    percent_encoding::percent_decode_str(&spaced)
        .decode_utf8()
        .map(std::borrow::Cow::into_owned)
        .map_err(|_| JsonDefect::NotUtf8.into())
}

job_board_host::never_printed!(Call);
