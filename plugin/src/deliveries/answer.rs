//! What the board gets to hear. It reads the status; the body is for whoever looks at its log.

use crate::contract::deliveries::{Outcome, Verdict, WebResponse};
use crate::contract::events::Event;
use crate::contract::http::Header;
use crate::contract::types::NamedValue;
use crate::failure::Failure;

/// Without a hint of the failure's own, the board may ask again after a minute.
const RETRY_AFTER_SECONDS: u64 = 60;

/// Everything was understood.
pub(super) fn accepted(events: Vec<Event>, extra: Vec<NamedValue>) -> Outcome {
    Outcome {
        verdict: Verdict::Accepted,
        response: response(200, "accepted"),
        events,
        extra,
    }
}

/// Somebody checks whether the URL is alive. An answer to HEAD has no body.
pub(super) fn no_effect(to_head: bool) -> Outcome {
    let mut response = response(200, "alive");
    if to_head {
        response.body.clear();
    }
    Outcome {
        verdict: Verdict::NoEffect,
        response,
        events: Vec::new(),
        extra: Vec::new(),
    }
}

/// For quarantine.
pub(super) fn refused(status: u16, failure: Failure) -> Outcome {
    let mut response = response(status, &failure.code);
    if status == 405 {
        response.headers.push(header("allow", "GET, HEAD, POST"));
    }
    Outcome {
        verdict: Verdict::Refused(failure.into()),
        response,
        events: Vec::new(),
        extra: Vec::new(),
    }
}

/// Nothing is wrong with the delivery; it cannot be dealt with now.
pub(super) fn try_again(failure: Failure) -> Outcome {
    let seconds = failure
        .retry_after_ms
        .map_or(RETRY_AFTER_SECONDS, |wait| wait.div_ceil(1_000));
    let mut response = response(503, &failure.code);
    response
        .headers
        .push(header("retry-after", &seconds.to_string()));
    Outcome {
        verdict: Verdict::TryAgain(failure.into()),
        response,
        events: Vec::new(),
        extra: Vec::new(),
    }
}

fn response(status: u16, code: &str) -> WebResponse {
    let word = if status == 200 { "success" } else { "error" };
    WebResponse {
        status,
        headers: vec![header("content-type", "application/json")],
        body: serde_json::json!({ "status": word, "code": code })
            .to_string()
            .into_bytes(),
    }
}

fn header(name: &str, value: &str) -> Header {
    Header {
        name: name.into(),
        value: value.into(),
    }
}
