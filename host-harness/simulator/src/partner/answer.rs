//! An answer as data, so that a fault can change it before it is sent.

use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Response, StatusCode};
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};

use crate::input::InputError;
use crate::posting::FieldErrors;

/// The body of an answer.
#[derive(Debug, Clone)]
pub(crate) enum Content {
    /// Sent at once.
    Whole(Bytes),
    /// A JSON text of that many bytes, made while it is sent.
    Huge(u64),
    /// Sent a few bytes at a time.
    Drip {
        /// What is sent.
        bytes: Bytes,
        /// How many bytes each second.
        per_second: u32,
    },
}

/// What goes back.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) content_type: &'static str,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) content: Content,
}

impl Answer {
    pub(crate) fn json(status: u16, body: &Value) -> Answer {
        Answer::raw(status, "application/json", body.to_string())
    }

    pub(crate) fn raw(status: u16, content_type: &'static str, body: impl Into<Bytes>) -> Answer {
        Answer {
            status,
            content_type,
            headers: Vec::new(),
            content: Content::Whole(body.into()),
        }
    }

    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Answer {
        self.headers.push((name, value.into()));
        self
    }

    /// `status` and `message` beside `data` are assumed.
    pub(crate) fn data(message: &str, data: Value) -> Answer {
        Answer::json(
            200,
            &json!({"status": "success", "message": message, "data": data}),
        )
    }

    /// An error with a stable code for tests; TopCV is known to send the message alone.
    pub(crate) fn error(status: u16, code: &str, message: &str) -> Answer {
        Answer::json(
            status,
            &json!({"status": "error", "code": code, "message": message}),
        )
    }

    /// 422 with every problem by field. `field` repeats the first one.
    pub(crate) fn invalid(errors: &FieldErrors) -> Answer {
        let body = json!({
            "status": "error",
            "code": "invalid",
            "message": "Dữ liệu không hợp lệ.",
            "field": errors.keys().next(),
            "errors": errors,
        });
        Answer::json(422, &body)
    }

    /// A session problem: status 200 with `error_name` (evidence).
    pub(crate) fn session(error_name: &str, message: &str) -> Answer {
        Answer::json(200, &json!({"error_name": error_name, "message": message}))
    }

    /// The whole body, empty when it is made while it is sent.
    pub(crate) fn bytes(&self) -> Bytes {
        match &self.content {
            Content::Whole(bytes) | Content::Drip { bytes, .. } => bytes.clone(),
            Content::Huge(_) => Bytes::new(),
        }
    }

    /// The HTTP response.
    pub(crate) fn into_response(self) -> Response<Body> {
        let body = match self.content {
            Content::Whole(bytes) => Body::from(bytes),
            Content::Huge(bytes) => huge(bytes),
            Content::Drip { bytes, per_second } => drip(bytes, per_second),
        };
        let mut response = Response::new(body);
        *response.status_mut() =
            StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        headers.insert("content-type", HeaderValue::from_static(self.content_type));
        for (name, value) in self.headers {
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.insert(HeaderName::from_static(name), value);
            }
        }
        response
    }
}

impl From<InputError> for Answer {
    fn from(error: InputError) -> Answer {
        let errors = FieldErrors::from([(error.field.clone(), vec![error.message.clone()])]);
        let body = json!({
            "status": "error",
            "code": error.code,
            "message": error.message,
            "field": error.field,
            "errors": errors,
        });
        Answer::json(error.status, &body)
    }
}

/// `{"status":"success","data":"xxxx…"}`, `bytes` long in all, in pieces of 64 KB.
fn huge(bytes: u64) -> Body {
    const PIECE: usize = 64 * 1024;
    const OPEN: &[u8] = b"{\"status\":\"success\",\"data\":\"";
    const CLOSE: &[u8] = b"\"}";
    static FILLER: [u8; PIECE] = [b'x'; PIECE];
    let filler = bytes.saturating_sub((OPEN.len() + CLOSE.len()) as u64);
    let middle = stream::unfold(filler, |left| async move {
        let now = usize::try_from(left).unwrap_or(PIECE).min(PIECE);
        (now > 0).then(|| (Bytes::from_static(&FILLER[..now]), left - now as u64))
    });
    let ends = |part: &'static [u8]| stream::iter([Bytes::from_static(part)]);
    let pieces = ends(OPEN).chain(middle).chain(ends(CLOSE));
    Body::from_stream(pieces.map(Ok::<_, std::io::Error>))
}

fn drip(bytes: Bytes, per_second: u32) -> Body {
    // At most ten pieces a second, so that a fast drip does not become a storm of tiny packets.
    let piece = usize::try_from(per_second.div_ceil(10)).unwrap_or(1).max(1);
    let pause = Duration::from_secs_f64(piece as f64 / f64::from(per_second.max(1)));
    let pieces = stream::unfold(bytes, move |mut rest| async move {
        if rest.is_empty() {
            return None;
        }
        tokio::time::sleep(pause).await;
        let now = rest.split_to(piece.min(rest.len()));
        Some((Ok::<_, std::io::Error>(now), rest))
    });
    Body::from_stream(pieces)
}
