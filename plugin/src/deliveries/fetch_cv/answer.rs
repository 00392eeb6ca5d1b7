//! What an answer to a file's link means, and above all whether another try can help.

use serde_json::Value as Json;

use crate::contract::http::Response;
use crate::contract::types::Disposition;
use crate::failure::{Failure, failure};
use crate::topcv::errors::BoardError;
use crate::topcv::markup;
use crate::vietnam::lower_case::lower_case;
use crate::vietnam::masking::is_deceptive;

/// What to do with an answer.
pub(super) enum Step {
    /// The body is a file, of whatever type.
    Content,
    /// Go on there.
    Redirect(String),
    /// There is no file.
    Failed(Box<Failure>),
}

/// Sorts an answer.
pub(super) fn read(response: &Response) -> Step {
    let status = response.status;
    if matches!(status, 301 | 302 | 303 | 307 | 308) {
        return match header(response, "location") {
            Some(target) => Step::Redirect(target.to_owned()),
            None => failed(board_down(status)),
        };
    }
    // These say that the file is gone, in whatever clothes.
    if matches!(status, 400 | 401 | 404 | 410 | 422) {
        return failed(expired(status));
    }
    if is_page(response) {
        return failed(
            if (200..=299).contains(&status) && !is_challenge(response) {
                page_instead(status)
            } else {
                BoardError::Challenge {
                    status,
                    retry_after_ms: None,
                }
                .into_failure()
            },
        );
    }
    let json = object(response);
    let message = json
        .as_ref()
        .and_then(|json| json.get("message"))
        .and_then(Json::as_str);
    let message = lower_case(message.unwrap_or(""));
    if status == 429 || message.contains("quá nhanh") {
        let retry_after_ms = retry_after_ms(response);
        return failed(BoardError::RateLimited { retry_after_ms }.into_failure());
    }
    match status {
        200..=299 if json.as_ref().is_some_and(says_gone) => failed(expired(status)),
        200..=299 => Step::Content,
        403 if json.is_some() => failed(expired(status)),
        // The CDN refuses without saying anything: as good as a challenge.
        403 => failed(
            BoardError::Challenge {
                status,
                retry_after_ms: None,
            }
            .into_failure(),
        ),
        408 | 500..=599 => {
            let mut failure = board_down(status);
            failure.retry_after_ms = retry_after_ms(response);
            failed(failure)
        }
        _ => failed(expired(status)),
    }
}

fn failed(failure: Failure) -> Step {
    Step::Failed(Box::new(failure))
}

fn board_down(status: u16) -> Failure {
    BoardError::Lost {
        status: Some(status),
        detail: String::new(),
    }
    .into_failure()
}

/// No try can help any more.
fn expired(status: u16) -> Failure {
    failure(
            Disposition::NotFound,
            "file-expired",
            "Đường dẫn CV đã hết hạn hoặc đã được dùng. Hãy mở hồ sơ trên TopCV để tải CV.",
            "The CV's link has expired or was used already. Open the profile at TopCV to download the CV.",
        ).with(|it| it.board_status = Some(status))
}

/// The link leads to a page for people: another try finds the same page.
fn page_instead(status: u16) -> Failure {
    failure(
            Disposition::FixInput,
            "file-is-page",
            "Liên kết mà TopCV gửi mở ra một trang web, không phải tệp CV. Hãy mở hồ sơ trên TopCV để xem CV.",
            "The link that TopCV sent leads to a page, not to a file. Open the profile at TopCV to see the CV.",
        ).with(|it| it.board_status = Some(status))
}

/// JSON in the place of a file is a message that there is none; the body of a real file never starts like that.
fn object(response: &Response) -> Option<Json> {
    response
        .body
        .trim_ascii_start()
        .starts_with(b"{")
        .then(|| serde_json::from_slice(&response.body).ok())?
}

fn says_gone(json: &Json) -> bool {
    ["message", "error", "errors", "error_name"]
        .iter()
        .any(|key| json.get(*key).is_some())
}

/// Declared or recognisable as a page. A page's bytes count more than what they were declared as; a document's even more.
fn is_page(response: &Response) -> bool {
    let start = response.body.trim_ascii_start();
    let start = start.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(start);
    let begins = |tag: &[u8]| {
        start
            .get(..tag.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(tag))
    };
    let declared = header(response, "content-type")
        .is_some_and(|value| value.to_ascii_lowercase().contains("text/html"));
    begins(b"<!doctype html")
        || begins(b"<html")
        || begins(b"<head")
        || begins(b"<body")
        || begins(b"<script")
        || (declared && super::file_type::recognise(&response.body).is_none())
}

/// What pages say that check a browser before they let it pass; in lower case.
const CHALLENGE_WORDS: [&str; 11] = [
    "just a moment",
    "one more step",
    "checking your browser",
    "verify you are human",
    "enable javascript",
    "security check",
    "ddos protection",
    "cf-chl",
    "challenge-platform",
    "turnstile",
    "kiểm tra trình duyệt",
];

/// As much of a page is looked at for [`CHALLENGE_WORDS`].
const MOST_LOOKED_AT: usize = 64 * 1024;

/// Whether a page that came as a success is the CDN's check. One without any text for people is: it leaves everything to its script.
fn is_challenge(response: &Response) -> bool {
    let start = &response.body[..response.body.len().min(MOST_LOOKED_AT)];
    let page = String::from_utf8_lossy(start);
    let words = lower_case(&page);
    header(response, "cf-mitigated").is_some()
        || CHALLENGE_WORDS.iter().any(|word| words.contains(word))
        || markup::clean(&page).html.is_empty()
}

fn retry_after_ms(response: &Response) -> Option<u64> {
    header(response, "retry-after")
        .and_then(|value| value.trim().parse::<u64>().ok())
        .map(|seconds| seconds.min(3_600) * 1_000)
}

fn header<'a>(response: &'a Response, name: &str) -> Option<&'a str> {
    response
        .headers
        .iter()
        .find(|header| header.name.eq_ignore_ascii_case(name))
        .map(|header| header.value.as_str())
        .filter(|value| !value.is_empty() && !value.contains(is_deceptive))
}
