//! Answers of TopCV, read leniently: only what is needed must be there, everything else is kept as it is.

use serde_json::{Map, Value as Json};

use super::errors::BoardError;
use super::protocol::Protocol;
use super::retry_after;
use crate::contract::http::Response;
use crate::contract::types::Moment;
use crate::name_map::NameMap;
use crate::state::posting::Standing;
use crate::vietnam::lower_case::lower_case;

/// A posting as TopCV shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct BoardPosting {
    /// Its id, as text.
    pub id: String,
    /// Its page, when given.
    pub url: Option<String>,
    /// TopCV's own word for the run status.
    pub run_status: Option<String>,
    /// TopCV's own word for the approval status.
    pub approval_status: Option<String>,
    /// The rejection's reason.
    pub reason: Option<String>,
    /// `YYYY-MM-DD HH:MM:SS`, local.
    pub created_at: Option<String>,
    /// Everything that the answer held, by wire key.
    pub fields: Map<String, Json>,
}

impl BoardPosting {
    /// Reads one from an object of the answer. `None` when it has no id.
    pub fn read(protocol: &Protocol, fields: Map<String, Json>) -> Option<Self> {
        let id = literal(fields.get("job_id").or_else(|| fields.get("id"))?)?;
        let first = |row: &str| {
            protocol
                .list(row)
                .find_map(|key| fields.get(key).and_then(literal))
        };
        Some(Self {
            url: ["job_url", "url"]
                .iter()
                .find_map(|key| fields.get(*key).and_then(literal)),
            run_status: first("status.run"),
            approval_status: first("status.approval"),
            reason: first("status.reason"),
            created_at: fields.get("created_at").and_then(literal),
            id,
            fields,
        })
    }

    /// What the two statuses mean together. `None`: they say nothing that the table knows, and what is known so far stands.
    pub fn standing(&self, protocol: &Protocol) -> Option<Standing> {
        let run = self.run_status.as_deref();
        let approval = self.approval_status.as_deref();
        let is = |row: &str, word: Option<&str>| word.is_some_and(|word| protocol.lists(row, word));
        let none = approval.is_none();
        let approved = is("status.approved", approval);
        // Before the approval a posting does not run, and a board may call that inactive: the run status counts after it.
        let over = none || approved || is("status.stopped", approval);
        if is("status.rejected", approval.or(run)) {
            Some(Standing::Rejected)
        } else if over && self.is_stopped(protocol) {
            Some(Standing::Closed)
        } else if over && is("status.expired", run) {
            Some(Standing::Expired)
        } else if approved || (none && (is("status.running", run) || is("status.approved", run))) {
            Some(Standing::Live)
        } else if is("status.pending", approval.or(run)) || (none && is("publish.needed", run)) {
            Some(Standing::Pending)
        } else {
            None
        }
    }

    /// Whether its run status means stopped, whatever the review says.
    pub fn is_stopped(&self, protocol: &Protocol) -> bool {
        self.run_status
            .as_deref()
            .is_some_and(|status| protocol.lists("status.stopped", status))
    }

    /// Whether the board says that the second call, publish, is still to come.
    pub fn asks_for_publish(&self, protocol: &Protocol) -> bool {
        self.run_status
            .as_deref()
            .is_some_and(|status| protocol.lists("publish.needed", status))
    }

    /// A text field of the posting, such as `title` or `deadline`.
    pub fn text(&self, key: &str) -> Option<String> {
        self.fields.get(key).and_then(literal)
    }
}

/// A text or a number as text; anything else, and the empty text, is nothing.
pub fn literal(value: &Json) -> Option<String> {
    match value {
        Json::String(text) if !text.is_empty() => Some(text.clone()),
        Json::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Sorts an answer into usable JSON or an error, by what is known of TopCV's errors. An empty answer of success is `null`.
/// `now`: for a time of day in `Retry-After`.
pub fn interpret(response: &Response, now: Moment) -> Result<Json, BoardError> {
    let status = response.status;
    let json: Option<Json> = serde_json::from_slice(&response.body).ok();
    // Any server answers its own crash with a page; the CDN's protection was seen with these four.
    if matches!(status, 200 | 403 | 429 | 503) && json.is_none() && looks_like_html(response) {
        return Err(BoardError::Challenge {
            status,
            retry_after_ms: retry_after::of(response, now),
        });
    }
    let message = json
        .as_ref()
        .and_then(|json| json.get("message"))
        .and_then(Json::as_str)
        .unwrap_or("");
    if let Some(name) = json
        .as_ref()
        .and_then(|json| json.get("error_name"))
        .and_then(Json::as_str)
    {
        match name {
            // Beside something that was made, the session did what it was asked to do.
            "SESSION_TIMEOUT" | "INVALID_TOKEN" if json.as_ref().is_some_and(has_nothing) => {
                return Err(BoardError::SessionOver);
            }
            "SESSION_TIMEOUT" | "INVALID_TOKEN" => {}
            _ if status < 300 => return Err(BoardError::Refused { status }),
            _ => {}
        }
    }
    if (status >= 300 || json.as_ref().is_some_and(has_nothing))
        && lower_case(message).contains("quá nhanh")
    {
        return Err(BoardError::RateLimited {
            retry_after_ms: retry_after::of(response, now),
        });
    }
    match status {
        200..=299 if response.body.trim_ascii().is_empty() => Ok(Json::Null),
        200..=299 => json.ok_or_else(|| BoardError::Lost {
            status: Some(status),
            detail: "the answer is not JSON".into(),
        }),
        401 => Err(BoardError::Unauthorised),
        402 => Err(BoardError::NoCredit),
        403 => Err(BoardError::Forbidden),
        404 => Err(BoardError::NotFound),
        408 | 500..=599 => Err(BoardError::Lost {
            status: Some(status),
            detail: format!("status {status}"),
        }),
        422 => Err(BoardError::Fields(field_errors(json.as_ref(), message))),
        429 => Err(BoardError::RateLimited {
            retry_after_ms: retry_after::of(response, now),
        }),
        400 if speaks_of_credit(message) => Err(BoardError::NoCredit),
        400 if json
            .as_ref()
            .is_some_and(|json| json.get("errors").is_some_and(Json::is_object)) =>
        {
            Err(BoardError::Fields(field_errors(json.as_ref(), message)))
        }
        // A redirect is never followed; whether TopCV acted before sending it is not known.
        300..=399 => Err(BoardError::Lost {
            status: Some(status),
            detail: "redirected".into(),
        }),
        _ => Err(BoardError::Refused { status }),
    }
}

/// The answer, unless it says no although its status says yes. An answer that brings something is no such no.
pub fn agreed(json: Json) -> Result<Json, BoardError> {
    let says = |key: &str, no: &[&str]| match json.get(key) {
        Some(Json::Bool(yes)) => !yes,
        Some(Json::String(word)) => no.contains(&word.to_ascii_lowercase().as_str()),
        _ => false,
    };
    let no = ["error", "fail", "failed", "failure"];
    if has_nothing(&json) && (says("status", &no) || says("success", &["false"])) {
        Err(BoardError::Refused { status: 200 })
    } else {
        Ok(json)
    }
}

fn has_nothing(json: &Json) -> bool {
    let Json::Object(object) = json else {
        return false;
    };
    let empty = match object.get("data") {
        None | Some(Json::Null) => true,
        Some(Json::Array(items)) => items.is_empty(),
        Some(Json::Object(fields)) => fields.is_empty(),
        Some(_) => false,
    };
    empty && !object.contains_key("job_id") && !object.contains_key("id")
}

/// The object under `data`, or the answer itself where there is no such wrapping.
pub fn data(json: Json) -> Json {
    match json {
        Json::Object(mut object) if object.contains_key("data") => {
            object.remove("data").unwrap_or(Json::Null)
        }
        other => other,
    }
}

fn speaks_of_credit(message: &str) -> bool {
    let message = lower_case(message);
    ["credit", "lượt đăng", "hết lượt", "gói", "package"]
        .iter()
        .any(|word| message.contains(word))
}

fn looks_like_html(response: &Response) -> bool {
    let declared = response.headers.iter().any(|header| {
        header.name.eq_ignore_ascii_case("content-type")
            && header.value.to_ascii_lowercase().contains("text/html")
    });
    let start = response.body.trim_ascii_start();
    (declared && !start.is_empty())
        || start.starts_with(b"<!")
        || start
            .get(..5)
            .is_some_and(|head| head.eq_ignore_ascii_case(b"<html"))
}

fn field_errors(json: Option<&Json>, message: &str) -> NameMap<Vec<String>> {
    let mut fields = NameMap::new();
    if let Some(Json::Object(errors)) = json.and_then(|json| json.get("errors")) {
        for (key, value) in errors {
            let messages = match value {
                Json::Array(items) => items.iter().filter_map(literal).collect(),
                other => literal(other).into_iter().collect(),
            };
            fields.insert(key.clone(), messages);
        }
    }
    if fields.is_empty() {
        fields.insert(String::new(), vec![message.to_owned()]);
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn standing(fields: Json) -> Option<Standing> {
        let Json::Object(mut fields) = fields else {
            panic!("not an object")
        };
        fields.insert("job_id".into(), json!(1));
        let protocol = Protocol::default();
        BoardPosting::read(&protocol, fields)
            .unwrap()
            .standing(&protocol)
    }

    #[test]
    fn the_two_statuses_are_read_together() {
        let cases = [
            (
                json!({"run_status": "running", "approval_status": "pending"}),
                Some(Standing::Pending),
            ),
            (
                json!({"run_status": "running", "approval_status": "Approved"}),
                Some(Standing::Live),
            ),
            (
                json!({"run_status": "stopped", "approval_status": "approved"}),
                Some(Standing::Closed),
            ),
            (
                json!({"run_status": "running", "approval_status": "rejected"}),
                Some(Standing::Rejected),
            ),
            (
                json!({"run_status": "expired", "approval_status": "approved"}),
                Some(Standing::Expired),
            ),
            (
                json!({"run_status": "inactive", "approval_status": "pending"}),
                Some(Standing::Pending),
            ),
            (
                json!({"run_status": "paused", "approval_status": "Chờ duyệt"}),
                Some(Standing::Pending),
            ),
            (json!({"run_status": "stopped"}), Some(Standing::Closed)),
            (
                json!({"run_status": "stopped", "approval_status": "stopped"}),
                Some(Standing::Closed),
            ),
            (json!({"status": "reviewing"}), Some(Standing::Pending)),
            (json!({"status": "approved"}), Some(Standing::Live)),
            (json!({"status": "Đang hiển thị"}), Some(Standing::Live)),
            (json!({"approval_status": 1}), Some(Standing::Live)),
            (json!({"run_status": "draft"}), Some(Standing::Pending)),
        ];
        for (fields, expected) in cases {
            assert_eq!(standing(fields.clone()), expected, "{fields}");
        }
    }

    /// What is not understood must not be taken for "under review": it would contradict a signed verdict.
    #[test]
    fn unknown_words_say_nothing() {
        for fields in [
            json!({}),
            json!({"run_status": "zzz"}),
            json!({"approval_status": "zzz", "run_status": "running"}),
            json!({"approval_status": "zzz", "run_status": "stopped"}),
            json!({"approval_status": "zzz", "run_status": "expired"}),
            json!({"approval_status": null, "run_status": null}),
        ] {
            assert_eq!(standing(fields.clone()), None, "{fields}");
        }
    }

    fn said(status: u16, body: &str) -> Result<Json, BoardError> {
        interpret(
            &Response {
                status,
                headers: Vec::new(),
                body: body.as_bytes().to_vec(),
            },
            0,
        )
    }

    #[test]
    fn a_success_that_says_no_is_a_no() {
        for body in [
            json!({"message": "Thao tác quá nhanh"}),
            json!({"message": "Bạn thao tác Quá nhanh!", "data": null}),
        ] {
            let answer = said(200, &body.to_string());
            assert!(
                matches!(answer, Err(BoardError::RateLimited { .. })),
                "{body}"
            );
        }
        let posting = json!({"message": "quá nhanh", "data": {"job_id": 1}});
        assert_eq!(said(200, &posting.to_string()), Ok(posting));
        for (body, no) in [
            (json!({"status": "error", "message": "x"}), true),
            (json!({"success": false, "data": []}), true),
            (json!({"status": "success"}), false),
            (json!({"success": true, "data": null}), false),
            (json!({"status": "error", "data": {"job_id": 1}}), false),
            (json!({"status": "error", "job_id": 1}), false),
            (json!([]), false),
        ] {
            assert_eq!(agreed(body.clone()).is_err(), no, "{body}");
        }
    }

    #[test]
    fn an_empty_success_is_nothing_and_an_empty_failure_is_none() {
        assert_eq!(said(200, " \n"), Ok(Json::Null));
        assert_eq!(said(204, ""), Ok(Json::Null));
        assert!(said(500, "").is_err());
        assert!(said(200, "OK").is_err());
    }

    #[test]
    fn an_id_beyond_64_bits_stays_as_it_was_written() {
        let json: Json =
            serde_json::from_str("{\"job_id\": 123456789012345678901234567890}").unwrap();
        assert_eq!(
            literal(&json["job_id"]).unwrap(),
            "123456789012345678901234567890"
        );
    }
}
