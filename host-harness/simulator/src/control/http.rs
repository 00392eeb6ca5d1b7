//! Taking inputs off HTTP and putting answers on it.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::extract::{FromRequest, FromRequestParts, Query, RawPathParams, Request};
use axum::http::request::Parts;
use axum::http::{Response, StatusCode};
use axum::response::IntoResponse;
use serde::Serialize;
use serde_json::json;

use crate::input::{CV_BODY_CAP, Fields, InputError, JSON_BODY_CAP, parse_object, read_body};

/// What every handler returns.
pub(crate) type Answered = Result<Response<Body>, InputError>;

/// 200 with a JSON body.
pub(crate) fn ok<T: Serialize>(body: &T) -> Answered {
    let bytes = serde_json::to_vec(body).map_err(|error| {
        InputError::new(
            500,
            "internal",
            "",
            format!("cannot write the answer: {error}"),
        )
    })?;
    Ok(json_response(StatusCode::OK, bytes))
}

fn json_response(status: StatusCode, bytes: Vec<u8>) -> Response<Body> {
    (status, [("content-type", "application/json")], bytes).into_response()
}

impl IntoResponse for InputError {
    fn into_response(self) -> Response<Body> {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let error = json!({"code": self.code, "message": self.message, "field": self.field});
        json_response(status, json!({"error": error}).to_string().into_bytes())
    }
}

/// A body that is one JSON object of at most 1 MB.
pub(crate) struct Input(pub(crate) Fields);

/// As [`Input`], or no body at all.
pub(crate) struct OptionalInput(pub(crate) Fields);

/// As [`Input`], of at most 5 MB.
pub(crate) struct CvInput(pub(crate) Fields);

impl<S: Send + Sync> FromRequest<S> for Input {
    type Rejection = InputError;

    async fn from_request(request: Request, _: &S) -> Result<Self, InputError> {
        let bytes = read_body(request.into_body(), JSON_BODY_CAP).await?;
        parse_object(&bytes).map(Input)
    }
}

impl<S: Send + Sync> FromRequest<S> for OptionalInput {
    type Rejection = InputError;

    async fn from_request(request: Request, _: &S) -> Result<Self, InputError> {
        let bytes = read_body(request.into_body(), JSON_BODY_CAP).await?;
        if bytes.is_empty() {
            return Ok(OptionalInput(Fields::empty()));
        }
        parse_object(&bytes).map(OptionalInput)
    }
}

impl<S: Send + Sync> FromRequest<S> for CvInput {
    type Rejection = InputError;

    async fn from_request(request: Request, _: &S) -> Result<Self, InputError> {
        let bytes = read_body(request.into_body(), CV_BODY_CAP).await?;
        parse_object(&bytes).map(CvInput)
    }
}

/// The id in the path.
pub(crate) struct Id(pub(crate) u64);

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = InputError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, InputError> {
        let params = RawPathParams::from_request_parts(parts, state).await.ok();
        let text = params
            .as_ref()
            .and_then(|params| params.iter().next())
            .map_or("", |(_, value)| value);
        text.parse()
            .map(Id)
            .map_err(|_| InputError::new(404, "not_found", "id", "the path's id is not a number"))
    }
}

/// The query `?employer_id=`.
pub(crate) struct OfEmployer(pub(crate) Option<u64>);

impl<S: Send + Sync> FromRequestParts<S> for OfEmployer {
    type Rejection = InputError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, InputError> {
        let malformed =
            || InputError::new(400, "malformed_query", "query", "the query is malformed");
        let Query(pairs) = Query::<Vec<(String, String)>>::from_request_parts(parts, state)
            .await
            .map_err(|_| malformed())?;
        let mut seen = BTreeMap::new();
        for (name, value) in pairs {
            if name != "employer_id" {
                let message = format!("{name:?} is not a parameter here");
                return Err(InputError::new(422, "unknown_parameter", name, message));
            }
            if seen.insert(name.clone(), value).is_some() {
                return Err(InputError::new(422, "duplicate_key", name, "stands twice"));
            }
        }
        match seen.remove("employer_id") {
            None => Ok(OfEmployer(None)),
            Some(text) => text
                .parse()
                .map(|id| OfEmployer(Some(id)))
                .map_err(|_| InputError::wrong_type("employer_id", "a number")),
        }
    }
}
