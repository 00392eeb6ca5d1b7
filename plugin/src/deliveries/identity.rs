//! Ids that any host, at any time, in any order, works out alike.
//!
//! - An *application* is the board's posting and the board's candidate; without a candidate id, the signed phone; without a usable
//!   phone, the bytes of the delivery. A masked phone identifies nobody.
//! - An *event* about it is the application and what was said about it, without the parts of links that change with every sending.
//!   Members that this plugin does not know do not make an event a new one: they may count sendings.
//! - A *verdict* is its kind, the posting and the review round, since two verdicts on one posting are signed alike.

use super::raw::{Fields, Literal};
use crate::digest;
use crate::vietnam::phone;

/// What the board says about an application, apart from whose it is.
const CONTENT: &[&str] = &[
    "candidate_name",
    "candidate_email",
    "candidate_phone",
    "gender",
    "genger",
    "apply_at",
    "job_title",
    "download_url",
    "cv_url",
];

/// A path segment this long without any word is taken for a token.
const TOKEN_LENGTH: usize = 32;

/// The board's id of the candidate. Empty and `0` mean that it gave none.
pub fn candidate_id(fields: &Fields) -> Option<&str> {
    fields.get("candidate_id").said().filter(|id| *id != "0")
}

/// The id of the application that a delivery is about.
pub fn application(board_posting: &str, fields: &Fields, body: &[u8]) -> String {
    if let Some(candidate) = candidate_id(fields) {
        return digest::of(&["application", board_posting, "candidate", candidate]);
    }
    let phone = fields
        .get("candidate_phone")
        .said()
        .filter(|raw| !phone::is_masked(raw));
    match phone {
        Some(raw) => {
            let number = phone::normalise(raw).unwrap_or_else(|| raw.to_owned());
            digest::of(&["application", board_posting, "phone", &number])
        }
        None => digest::of(&[
            "application",
            board_posting,
            "body",
            &digest::of_bytes(body),
        ]),
    }
}

/// The id of an event about an application.
pub fn application_event(application: &str, fields: &Fields) -> String {
    let content: Vec<String> = CONTENT
        .iter()
        .map(|name| match fields.get(name) {
            Literal::Other(json) => json.clone(),
            said => said.said().map(without_token).unwrap_or_default(),
        })
        .collect();
    let mut parts = vec!["application-event", application];
    parts.extend(content.iter().map(String::as_str));
    digest::of(&parts)
}

/// The id of a verdict in one review round. `event_type` is the board's name for the webhook that brings it, also where the
/// verdict was learned by asking (reconcile): both give the same id.
pub fn verdict_event(event_type: &str, board_posting: &str, round: u32) -> String {
    digest::of(&[event_type, board_posting, &round.to_string()])
}

/// The id of a state that no webhook tells, seen by asking. `state` is the contract's name for it.
pub fn change_event(state: &str, board_posting: &str, round: u32) -> String {
    digest::of(&["posting-changed", state, board_posting, &round.to_string()])
}

/// The id of a verdict that the board, when asked, does not stand by.
pub fn unconfirmed_event(event_type: &str, board_posting: &str, round: u32) -> String {
    digest::of(&[
        "verdict-not-confirmed",
        event_type,
        board_posting,
        &round.to_string(),
    ])
}

/// The id of something that this version does not know.
pub fn other_event(kind: &str, body: &[u8]) -> String {
    digest::of(&["other", kind, &digest::of_bytes(body)])
}

/// The id of a file: a fresh link is another file.
pub fn attachment(application: &str, url: &str) -> String {
    digest::of(&["attachment", application, url])
}

/// A link without query, fragment and token-like segments; any other text as it is.
fn without_token(text: &str) -> String {
    let is_link = ["http://", "https://"].iter().any(|scheme| {
        text.get(..scheme.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    });
    if !is_link {
        return text.to_owned();
    }
    let path = text.split(['?', '#']).next().unwrap_or(text);
    let segments: Vec<&str> = path
        .split('/')
        .map(|segment| if holds_token(segment) { "*" } else { segment })
        .collect();
    segments.join("/")
}

fn holds_token(segment: &str) -> bool {
    let is_token_character = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    segment
        .split('.')
        .any(|part| part.len() >= TOKEN_LENGTH && part.bytes().all(is_token_character))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(json: &str) -> Fields {
        Fields::read(json.as_bytes()).unwrap()
    }

    fn id(json: &str) -> String {
        application("1", &fields(json), json.as_bytes())
    }

    #[test]
    fn the_candidate_id_identifies_whatever_else_is_said() {
        let one = id(r#"{"candidate_id":55,"candidate_phone":"0912345678","candidate_name":"A"}"#);
        assert_eq!(
            one,
            id(r#"{"candidate_id":"55","candidate_phone":null,"candidate_name":"B"}"#)
        );
        assert_ne!(
            one,
            id(r#"{"candidate_id":56,"candidate_phone":"0912345678","candidate_name":"A"}"#)
        );
        assert_ne!(
            id(r#"{"candidate_id":123456789012345678901}"#),
            id(r#"{"candidate_id":123456789012345678902}"#)
        );
    }

    #[test]
    fn without_one_the_phone_identifies_in_any_spelling() {
        let one = id(r#"{"candidate_phone":"0912345678"}"#);
        for same in [
            r#"{"candidate_phone":"+84 912 345 678","candidate_id":null}"#,
            r#"{"candidate_phone":"0912.345.678","candidate_id":""}"#,
            r#"{"candidate_phone":912345678,"candidate_id":0}"#,
            r#"{"candidate_phone":"0912345678","candidate_id":"0"}"#,
        ] {
            assert_eq!(id(same), one, "{same}");
        }
        assert_ne!(id(r#"{"candidate_phone":"0912345679"}"#), one);
        // A number that cannot be dialled still tells two people apart.
        assert_ne!(
            id(r#"{"candidate_phone":"123"}"#),
            id(r#"{"candidate_phone":"124"}"#)
        );
    }

    #[test]
    fn without_either_the_delivery_itself_does() {
        for phone in ["null", "\"\"", "\"0912***678\"", "\"  \""] {
            let one = format!(r#"{{"candidate_phone":{phone},"candidate_name":"A"}}"#);
            let other = format!(r#"{{"candidate_phone":{phone},"candidate_name":"B"}}"#);
            assert_eq!(id(&one), id(&one));
            assert_ne!(id(&one), id(&other));
        }
    }

    #[test]
    fn another_posting_is_another_application() {
        let json = r#"{"candidate_id":55}"#;
        assert_ne!(
            application("1", &fields(json), b""),
            application("2", &fields(json), b"")
        );
    }

    #[test]
    fn a_phone_is_never_mistaken_for_a_candidate_id() {
        assert_ne!(
            id(r#"{"candidate_id":"+84912345678"}"#),
            id(r#"{"candidate_phone":"0912345678"}"#)
        );
    }

    #[test]
    fn tokens_of_links_make_no_new_event_and_content_does() {
        let event = |json: &str| application_event("a", &fields(json));
        let one = event(
            r#"{"candidate_name":"A","download_url":"https://topcv.vn/cv/7/download?token=abc"}"#,
        );
        assert_eq!(
            one,
            event(
                r#"{"candidate_name":"A","download_url":"https://topcv.vn/cv/7/download?token=def#x","sent":2}"#
            )
        );
        assert_ne!(
            one,
            event(
                r#"{"candidate_name":"A","download_url":"https://topcv.vn/cv/8/download?token=abc"}"#
            )
        );
        assert_ne!(
            one,
            event(
                r#"{"candidate_name":"B","download_url":"https://topcv.vn/cv/7/download?token=abc"}"#
            )
        );
        let token =
            |token: &str| event(&format!(r#"{{"cv_url":"https://topcv.vn/d/{token}.pdf"}}"#));
        assert_eq!(token(&"a".repeat(32)), token(&"b".repeat(40)));
        assert_ne!(token("cv-cua-an"), token("cv-cua-binh"));
        assert_ne!(
            event(r#"{"apply_at":"2026-11-23 15:00:00"}"#),
            event(r#"{"apply_at":"2026-11-23 15:00:01"}"#)
        );
    }

    #[test]
    fn verdicts_of_two_rounds_are_two_events() {
        let one = verdict_event("job_rejected", "1", 1);
        assert_eq!(one, verdict_event("job_rejected", "1", 1));
        assert_ne!(one, verdict_event("job_rejected", "1", 2));
        assert_ne!(one, verdict_event("job_approved", "1", 1));
        assert_ne!(one, unconfirmed_event("job_rejected", "1", 1));
    }
}
