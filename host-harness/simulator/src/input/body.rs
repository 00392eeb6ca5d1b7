//! Reading a request's body under a cap.

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;

use super::InputError;

/// Most bytes of an ordinary JSON body: 1 MB.
pub(crate) const JSON_BODY_CAP: usize = 1024 * 1024;
/// Most bytes of a body that may carry a CV: 5 MB.
pub(crate) const CV_BODY_CAP: usize = 5 * 1024 * 1024;
/// An oversized body is read and thrown away up to this many times its cap, because a client that is
/// still writing when the connection closes sees a broken pipe instead of the 413.
const DRAIN_FACTOR: usize = 16;

/// The whole body, or 413 when it is longer than `cap` bytes.
pub(crate) async fn read_body(body: Body, cap: usize) -> Result<Bytes, InputError> {
    let mut stream = body.into_data_stream();
    let mut kept = BytesMut::new();
    let mut seen = 0_usize;
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|_| {
            InputError::new(
                400,
                "broken_body",
                "body",
                "the body ended early: send it whole",
            )
        })?;
        seen = seen.saturating_add(chunk.len());
        if seen <= cap {
            kept.extend_from_slice(&chunk);
        } else if seen > cap.saturating_mul(DRAIN_FACTOR) {
            break;
        }
    }
    if seen > cap {
        return Err(InputError::new(
            413,
            "too_large",
            "body",
            format!("the body is longer than {cap} bytes"),
        ));
    }
    Ok(kept.freeze())
}
