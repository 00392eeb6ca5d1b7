//! What a fault answers: in place of the operation, or on top of the real answer.

use bytes::Bytes;
use serde_json::{Value, json};

use super::Kind;
use crate::partner::{Answer, Content};

/// A page as a CDN shows it to a client that it takes for a robot.
const CHALLENGE: &str = "<!DOCTYPE html>\n<html lang=\"en\"><head><title>Checking your browser</title></head>\n\
<body><h1>One more step</h1><p>Please enable JavaScript and cookies to continue.</p></body></html>\n";

/// A ZIP archive with one entry `a.txt`: the magic of a DOCX without a Word part.
const PLAIN_ZIP: &[u8] = b"PK\x03\x04\x0a\x00\x00\x00\x00\x00\x00\x00\x21\x00\x83\x16\xdc\x8c\x01\x00\x00\x00\
\x01\x00\x00\x00\x05\x00\x00\x00a.txtxPK\x01\x02\x0a\x00\x0a\x00\x00\x00\x00\x00\x00\x00\x21\x00\x83\x16\
\xdc\x8c\x01\x00\x00\x00\x01\x00\x00\x00\x05\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\
\x00\x00a.txtPK\x05\x06\x00\x00\x00\x00\x01\x00\x01\x00\x33\x00\x00\x00\x24\x00\x00\x00\x00\x00";

/// The answer that takes the operation's place; `None` for kinds that are not an answer of their own.
pub(crate) fn canned(kind: &Kind) -> Option<Answer> {
    Some(match kind {
        Kind::ServerError(status) => Answer::raw(
            *status,
            "text/html; charset=utf-8",
            format!("<html><head><title>{status}</title></head><body>{status}</body></html>\n"),
        ),
        Kind::Challenge(status) => Answer::raw(*status, "text/html; charset=UTF-8", CHALLENGE),
        Kind::CvHtml => Answer::raw(200, "text/html; charset=UTF-8", CHALLENGE),
        Kind::RateLimited { retry_after } => {
            Answer::error(429, "rate_limited", "Too Many Requests")
                .header("retry-after", retry_after)
        }
        Kind::TooFast { status } => Answer::error(
            *status,
            "too_fast",
            "Bạn thao tác quá nhanh, vui lòng thử lại sau.",
        ),
        Kind::SessionTimeout => Answer::session(
            "SESSION_TIMEOUT",
            "Phiên làm việc đã hết hạn, vui lòng kết nối lại.",
        ),
        Kind::InvalidToken => Answer::session("INVALID_TOKEN", "Token không hợp lệ."),
        Kind::Unauthorized => {
            Answer::error(401, "unauthorized", "Thông tin xác thực không hợp lệ.")
        }
        Kind::Forbidden => Answer::error(403, "forbidden", "Tài khoản chưa được mở kết nối API."),
        Kind::NotFound => Answer::error(404, "not_found", "Không tìm thấy tin tuyển dụng."),
        Kind::Validation { errors } => Answer::invalid(errors),
        Kind::NoCredit { status } => {
            Answer::error(*status, "no_credit", "Tài khoản đã hết lượt đăng tin.")
        }
        Kind::Redirect { to, status } => {
            Answer::raw(*status, "text/html; charset=utf-8", "").header("location", to)
        }
        Kind::CvExpired => Answer::error(422, "cv_gone", "CV không còn khả dụng"),
        Kind::CvWrongMagic => Answer::raw(200, "application/pdf", "MZ\u{0}not a document at all"),
        Kind::CvPlainZip => Answer::raw(200, "application/zip", PLAIN_ZIP),
        _ => return None,
    })
}

/// The real answer, damaged; unchanged for kinds that damage nothing.
pub(crate) fn disturbed(kind: &Kind, mut answer: Answer) -> Answer {
    let bytes = answer.bytes();
    match kind {
        Kind::MalformedJson => {
            let mut text = bytes.to_vec();
            text.extend_from_slice(b",,]");
            answer.content = Content::Whole(Bytes::from(text));
        }
        Kind::TruncatedJson => {
            answer.content = Content::Whole(bytes.slice(..bytes.len() / 2));
        }
        Kind::WrongTypes => {
            let value: Value = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
            answer.content = Content::Whole(Bytes::from(twisted(value).to_string()));
        }
        Kind::HostileTexts => {
            let value: Value = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
            answer.content = Content::Whole(Bytes::from(poisoned(value, false).to_string()));
        }
        Kind::HugeAnswer { bytes } => answer.content = Content::Huge(*bytes),
        Kind::SlowDrip { per_second } => {
            answer.content = Content::Drip {
                bytes,
                per_second: *per_second,
            };
        }
        _ => {}
    }
    answer
}

/// The same keys, every value of another type.
fn twisted(value: Value) -> Value {
    match value {
        Value::Null => json!({}),
        Value::Bool(flag) => json!([flag]),
        Value::Number(number) => json!({"value": number}),
        Value::String(text) => json!([text]),
        Value::Array(items) => json!(items.len().to_string()),
        Value::Object(map) => map
            .into_iter()
            .map(|(name, value)| (name, twisted(value)))
            .collect(),
    }
}

/// The same keys; every text for people would run a script on a page that shows it as markup, ends a quoted attribute, and turns the line round.
fn poisoned(value: Value, for_people: bool) -> Value {
    const READ: [&str; 5] = ["name", "title", "message", "errors", "reject_reason"];
    match value {
        Value::String(text) if for_people => json!(format!(
            "\"'><img src=x onerror=\"document.title='taken'\"><script>document.title='taken'</script>\u{202e}\u{7}{text}"
        )),
        Value::Array(items) => items
            .into_iter()
            .map(|item| poisoned(item, for_people))
            .collect(),
        Value::Object(map) => map
            .into_iter()
            .map(|(name, value)| {
                let read = for_people || READ.contains(&name.as_str());
                (name, poisoned(value, read))
            })
            .collect(),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_for_people_are_poisoned_and_nothing_else() {
        let answer = json!({"data": [{"id": 5, "name": "Rust", "slug": "rust"}], "errors": {"title": ["x"]}});
        let poisoned = poisoned(answer, false);
        assert_eq!(poisoned["data"][0]["id"], 5);
        assert_eq!(poisoned["data"][0]["slug"], "rust");
        for text in [
            &poisoned["data"][0]["name"],
            &poisoned["errors"]["title"][0],
        ] {
            assert!(text.as_str().unwrap().contains("<script>"), "{text}");
        }
    }

    #[test]
    fn every_value_gets_another_type() {
        let twisted =
            twisted(json!({"data": {"job_id": 5, "job_url": "u", "list": [1]}, "ok": true}));
        assert_eq!(
            twisted,
            json!({"data": {"job_id": {"value": 5}, "job_url": ["u"], "list": "1"}, "ok": [true]})
        );
    }

    /// The checksum and the offsets were checked once with another ZIP reader; here only that they stay.
    #[test]
    fn the_plain_zip_is_whole() {
        let end = PLAIN_ZIP.len() - 22;
        assert!(PLAIN_ZIP[end..].starts_with(b"PK\x05\x06"));
        let directory = usize::from(PLAIN_ZIP[end + 16]);
        assert!(PLAIN_ZIP[directory..].starts_with(b"PK\x01\x02"));
        assert_eq!(directory + usize::from(PLAIN_ZIP[end + 12]), end);
    }
}
