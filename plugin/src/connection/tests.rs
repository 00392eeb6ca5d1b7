//! The promises of configure, check and disconnect, against a scripted board with two accounts.

use std::cell::Cell;
use std::rc::Rc;

use serde_json::json;

use super::*;
use crate::contract::connection::ConnectionState;
use crate::contract::http::{Header, Response};
use crate::contract::types::{Disposition, NamedValue, Value};
use crate::failure::named;
use crate::ports::Ports;
use crate::state::connection::ConnectionRecord;
use crate::state::credentials::CredentialsRecord;
use crate::state::{keys, record};
use crate::testing::{TestHost, json as answer, lost};

const HOOK: &str = "https://ats.example/hooks/abc";

fn keys_of(token: &str, secret: &str) -> Vec<NamedValue> {
    vec![named("access-token", token), named("secret-key", secret)]
}

/// Accounts `a-*` and `b-*`; posting 1 belongs to `a`. Sessions are numbered and carry the account.
fn two_accounts(host: &TestHost) -> Rc<Cell<u32>> {
    let connects = Rc::new(Cell::new(0));
    let count = Rc::clone(&connects);
    host.board(move |request| {
        let header = |name: &str| {
            request.headers.iter().find(|header| header.name == name).map(|header| header.value.clone()).unwrap_or_default()
        };
        let path = request.url.splitn(4, '/').nth(3).unwrap();
        if path == "api/connect" {
            let body: serde_json::Value = serde_json::from_slice(request.body.as_ref().unwrap()).unwrap();
            let token = body["employer_api_key"].as_str().unwrap().to_owned();
            if header("Secret-Key") != "right" {
                return answer(401, &json!({"message": "Sai thông tin"}));
            }
            count.set(count.get() + 1);
            return answer(200, &json!({"data": {"access_token": format!("{}-session-{}", &token[..1], count.get())}}));
        }
        let account = header("Authorization").trim_start_matches("Bearer ").chars().next();
        match (request.method.as_str(), path) {
            ("GET", "api/jobs/1") if account == Some('a') => answer(200, &json!({"data": {"job_id": 1, "title": "x"}})),
            ("GET", "api/jobs/1") => answer(404, &json!({"message": "Không tìm thấy"})),
            ("GET", "api/check-connection") => answer(200, &json!({"data": {"connected": true}})),
            ("PUT", "api/disconnect") => answer(200, &json!({"status": "success"})),
            other => panic!("unexpected {other:?}"),
        }
    });
    connects
}

fn credentials(ports: Ports<'_>) -> Option<CredentialsRecord> {
    record::load::<CredentialsRecord>(ports.secrets, keys::CREDENTIALS)
        .unwrap()
        .map(|stored| stored.value)
}

/// As after a publish: posting `p-1` is posting 1 at the board, of the account in use.
fn has_posting(ports: Ports<'_>) {
    ConnectionRecord::modify(ports, |connection| connection.remember("1")).unwrap();
    let stored: serde_json::Value = json!({"schema": 1, "data": {
        "id": "p-1", "job": "job-1", "account": 1, "board_id": "1", "url": null, "title": "Kỹ sư", "stage": "done",
        "standing": "live", "run_status": null, "approval_status": null, "reason": null, "unlinked": false, "linked": false,
        "revision": 1, "round": 1, "deadline": null, "created_at": 1, "sent_at": 1, "changed_at": 1, "request_digest": "x",
        "sent": {}, "lease_until": 0, "edit": null, "reopening": null, "candidates": []
    }});
    ports
        .storage
        .put(
            &keys::posting("p-1"),
            stored.to_string().as_bytes(),
            &crate::contract::storage::Precondition::Any,
        )
        .unwrap();
}

#[test]
fn credentials_that_work_are_stored_and_shown_only_as_present() {
    let host = TestHost::new();
    two_accounts(&host);
    let status = configure(host.ports(), &keys_of("a-token", "right"), HOOK, false).unwrap();
    assert_eq!(status.state, ConnectionState::Configured);
    assert_eq!(status.webhook_url.as_deref(), Some(HOOK));
    assert!(status.settings.contains(&NamedValue {
        name: "secret-key".into(),
        value: Value::Truth(true)
    }));
    let shown = format!("{status:?}");
    assert!(
        !shown.contains("right") && !shown.contains("a-token") && !shown.contains("session-1"),
        "{shown}"
    );
    let stored = credentials(host.ports()).unwrap();
    assert_eq!(stored.session.as_deref(), Some("a-session-1"));
    assert_eq!(stored.ring.len(), 2);
}

#[test]
fn opened_again_to_copy_the_url_asks_nobody_and_changes_no_key() {
    let host = TestHost::new();
    let connects = two_accounts(&host);
    configure(host.ports(), &keys_of("a-token", "right"), HOOK, false).unwrap();
    let before = credentials(host.ports()).unwrap();
    for settings in [vec![], keys_of("", ""), keys_of("a-token", "right")] {
        let status = configure(host.ports(), &settings, HOOK, false).unwrap();
        assert_eq!(status.state, ConnectionState::Configured);
    }
    assert_eq!(connects.get(), 1);
    assert!(credentials(host.ports()).unwrap() == before);
}

#[test]
fn what_the_board_says_is_told_apart_and_nothing_is_stored() {
    let html = |status| {
        Ok(Response {
            status,
            headers: vec![Header {
                name: "Content-Type".into(),
                value: "text/html".into(),
            }],
            body: b"<!DOCTYPE html><title>Just a moment...</title>".to_vec(),
        })
    };
    type Case = (
        &'static str,
        Disposition,
        fn() -> Result<Response, crate::contract::http::HttpError>,
    );
    let cases: [Case; 9] = [
        ("credentials-refused", Disposition::SignInAgain, || {
            answer(401, &json!({"message": "Sai"}))
        }),
        ("service-not-open", Disposition::NotEntitled, || {
            answer(403, &json!({"message": "Chưa mở"}))
        }),
        ("board-down", Disposition::RetryLater, || {
            answer(500, &json!({}))
        }),
        ("board-down", Disposition::RetryLater, lost),
        ("rate-limited", Disposition::RetryLater, || {
            answer(429, &json!({}))
        }),
        ("rate-limited", Disposition::RetryLater, || {
            answer(400, &json!({"message": "Bạn thao tác quá nhanh"}))
        }),
        ("credentials-refused", Disposition::SignInAgain, || {
            answer(200, &json!({"error_name": "INVALID_TOKEN", "message": "x"}))
        }),
        ("connect-not-found", Disposition::FixSettings, || {
            answer(404, &json!({}))
        }),
        ("board-down", Disposition::RetryLater, || {
            answer(200, &json!({"data": {}}))
        }),
    ];
    for (code, disposition, said) in cases {
        let host = TestHost::new();
        host.board(move |_| said());
        let failure =
            configure(host.ports(), &keys_of("a-token", "right"), HOOK, false).unwrap_err();
        assert_eq!(
            (failure.code.as_str(), failure.disposition),
            (code, disposition)
        );
        assert!(
            host.secrets.entries.borrow().is_empty(),
            "{code}: a secret was stored"
        );
        assert_eq!(
            status(host.ports()).unwrap().state,
            ConnectionState::NotConfigured
        );
    }
    for http_status in [200, 403, 429, 503] {
        let host = TestHost::new();
        host.board(move |_| html(http_status));
        let failure =
            configure(host.ports(), &keys_of("a-token", "right"), HOOK, false).unwrap_err();
        assert_eq!(failure.code, "board-challenge");
        assert!(host.secrets.entries.borrow().is_empty());
    }
}

#[test]
fn refused_credentials_name_both_fields_and_leave_the_old_ones() {
    let host = TestHost::new();
    two_accounts(&host);
    configure(host.ports(), &keys_of("a-token", "right"), HOOK, false).unwrap();
    let before = credentials(host.ports()).unwrap();
    let failure = configure(host.ports(), &keys_of("a-token", "wrong"), HOOK, false).unwrap_err();
    let fields: Vec<_> = failure
        .problems
        .iter()
        .map(|problem| problem.field.as_str())
        .collect();
    assert_eq!(fields, ["access-token", "secret-key"]);
    assert!(credentials(host.ports()).unwrap() == before);
    assert_eq!(
        status(host.ports()).unwrap().state,
        ConnectionState::Configured
    );
}

#[test]
fn new_credentials_of_the_same_account_keep_everything() {
    let host = TestHost::new();
    two_accounts(&host);
    configure(host.ports(), &keys_of("a-token", "right"), HOOK, false).unwrap();
    has_posting(host.ports());
    let status = configure(
        host.ports(),
        &keys_of("a-other-token", "right"),
        HOOK,
        false,
    )
    .unwrap();
    assert!(status.affected.is_empty());
    let stored = credentials(host.ports()).unwrap();
    assert_eq!(stored.account, 1);
    let old = stored
        .ring
        .iter()
        .any(|key| key.value == "a-session-1" && key.until.is_some());
    assert!(old, "deliveries signed with the earlier key still verify");
}

#[test]
fn another_account_needs_the_recruiters_word() {
    let host = TestHost::new();
    two_accounts(&host);
    configure(host.ports(), &keys_of("a-token", "right"), HOOK, false).unwrap();
    has_posting(host.ports());
    let before = credentials(host.ports()).unwrap();
    let failure = configure(host.ports(), &keys_of("b-token", "right"), HOOK, false).unwrap_err();
    assert_eq!(
        (failure.disposition, failure.code.as_str()),
        (Disposition::Conflict, "other-account")
    );
    let Value::Json(affected) = &failure.extra[0].value else {
        panic!("{:?}", failure.extra)
    };
    assert!(affected.contains("p-1"));
    assert!(
        credentials(host.ports()).unwrap() == before,
        "declined: the old keys still stand"
    );

    let status = configure(host.ports(), &keys_of("b-token", "right"), HOOK, true).unwrap();
    assert_eq!(status.affected.len(), 1);
    assert_eq!(credentials(host.ports()).unwrap().account, 2);

    // And back: the first account is recognised, its postings are ours again.
    let status = configure(host.ports(), &keys_of("a-third", "right"), HOOK, false).unwrap();
    assert_eq!(credentials(host.ports()).unwrap().account, 1);
    assert!(status.affected.is_empty());
}

#[test]
fn disconnect_tells_the_board_forgets_and_names_what_is_live() {
    let host = TestHost::new();
    two_accounts(&host);
    configure(host.ports(), &keys_of("a-token", "right"), HOOK, false).unwrap();
    has_posting(host.ports());
    let status = disconnect(host.ports()).unwrap();
    assert_eq!(status.state, ConnectionState::NotConfigured);
    assert_eq!(status.board_told, Some(true));
    assert_eq!(status.affected.len(), 1);
    assert!(host.secrets.entries.borrow().is_empty());
    assert_eq!(check(host.ports()).unwrap_err().code, "not-configured");
    let again = disconnect(host.ports()).unwrap();
    assert_eq!((again.board_told, again.affected.len()), (None, 0));

    let status = configure(host.ports(), &keys_of("a-token", "right"), HOOK, false).unwrap();
    assert_eq!(status.state, ConnectionState::Configured);
    assert_eq!(
        credentials(host.ports()).unwrap().account,
        1,
        "the links are back"
    );
}

#[test]
fn disconnect_forgets_also_when_the_board_does_not_answer() {
    let host = TestHost::configured();
    host.board(|_| lost());
    let status = disconnect(host.ports()).unwrap();
    assert_eq!(status.board_told, Some(false));
    assert!(host.secrets.entries.borrow().is_empty());
}

#[test]
fn two_callers_do_not_sign_in_at_the_same_time() {
    let host = TestHost::new();
    two_accounts(&host);
    record::modify::<CredentialsRecord, ()>(host.ports().secrets, keys::CREDENTIALS, |_| {
        let lease = CredentialsRecord {
            signing_in_until: Some(host.now.get() + 5_000),
            ..CredentialsRecord::default()
        };
        Ok((Some(lease), ()))
    })
    .unwrap();
    let failure = configure(host.ports(), &keys_of("a-token", "right"), HOOK, false).unwrap_err();
    assert_eq!(
        (failure.disposition, failure.retry_after_ms),
        (Disposition::InProgress, Some(5_000))
    );
    host.now.set(host.now.get() + 5_001);
    configure(host.ports(), &keys_of("a-token", "right"), HOOK, false).unwrap();
}

#[test]
fn check_remembers_that_the_credentials_stopped_working() {
    let host = TestHost::configured();
    host.board(|_| answer(401, &json!({"message": "Sai"})));
    let status = check(host.ports()).unwrap();
    assert_eq!(status.state, ConnectionState::Broken);
    assert_eq!(status.problem.unwrap().code, "credentials-refused");
    host.board(|_| answer(502, &json!({})));
    assert_eq!(check(host.ports()).unwrap_err().code, "board-down");
    assert_eq!(
        super::status(host.ports()).unwrap().state,
        ConnectionState::Broken
    );
    host.board(|request| match request.url.ends_with("/connect") {
        true => answer(200, &json!({"data": {"access_token": "session-9"}})),
        false => answer(200, &json!({"data": {"connected": true}})),
    });
    assert_eq!(
        check(host.ports()).unwrap().state,
        ConnectionState::Configured
    );
}

#[test]
fn an_operators_correction_of_the_signature_asks_nobody() {
    let host = TestHost::new();
    let connects = two_accounts(&host);
    configure(host.ports(), &keys_of("a-token", "right"), HOOK, false).unwrap();
    let correction = NamedValue {
        name: "protocol".into(),
        value: Value::Json(r#"{"signing_key":"secret-key"}"#.into()),
    };
    configure(host.ports(), &[correction], HOOK, false).unwrap();
    assert_eq!(connects.get(), 1);
    let (connection, _) = ConnectionRecord::load(host.ports()).unwrap();
    assert_eq!(connection.protocol["signing_key"], "secret-key");
}

/// Every record in `storage`, as text.
fn records(ports: Ports<'_>) -> String {
    let stored = ports.storage.get(keys::CONNECTION).unwrap().unwrap();
    String::from_utf8(stored.value).unwrap()
}

/// As a build that kept the URL in the connection's record has left it.
fn of_an_earlier_build(ports: Ports<'_>) {
    ports
        .secrets
        .delete(keys::WEBHOOK, &crate::contract::storage::Precondition::Any)
        .unwrap();
    ConnectionRecord::modify(ports, |connection| {
        connection.webhook_url = HOOK.into();
        true
    })
    .unwrap();
}

#[test]
fn the_webhook_url_stands_among_the_secrets_and_in_no_record() {
    let host = TestHost::new();
    two_accounts(&host);
    configure(host.ports(), &keys_of("a-token", "right"), HOOK, false).unwrap();
    assert!(!records(host.ports()).contains("hooks"));
    let another = "https://ats.example/hooks/def";
    configure(host.ports(), &[], another, false).unwrap();
    assert!(!records(host.ports()).contains("hooks"));
    let shown = || status(host.ports()).unwrap().webhook_url;
    assert_eq!(shown().as_deref(), Some(another));
    let ended = disconnect(host.ports()).unwrap();
    assert_eq!(ended.webhook_url, None);
    assert_eq!(
        shown(),
        None,
        "forgotten like every secret: the host knows it"
    );
}

#[test]
fn a_webhook_url_that_an_earlier_build_kept_in_the_clear_moves_with_the_next_look() {
    let host = TestHost::new();
    two_accounts(&host);
    configure(host.ports(), &keys_of("a-token", "right"), HOOK, false).unwrap();
    of_an_earlier_build(host.ports());
    let shown = || status(host.ports()).unwrap().webhook_url;
    assert_eq!(shown().as_deref(), Some(HOOK), "also before it has moved");
    check(host.ports()).unwrap();
    let record = records(host.ports());
    assert!(!record.contains("hooks"), "{record}");
    assert!(
        record.contains(r#""webhook_url":"""#),
        "the build of before reads it: {record}"
    );
    assert_eq!(shown().as_deref(), Some(HOOK));
    of_an_earlier_build(host.ports());
    configure(host.ports(), &[], HOOK, false).unwrap();
    assert!(!records(host.ports()).contains("hooks"));
}

#[test]
fn a_webhook_url_that_cannot_be_read_any_more_is_absent_and_can_be_named_anew() {
    let host = TestHost::new();
    two_accounts(&host);
    configure(host.ports(), &keys_of("a-token", "right"), HOOK, false).unwrap();
    let any = crate::contract::storage::Precondition::Any;
    let ports = host.ports();
    ports.secrets.put(keys::WEBHOOK, b"{", &any).unwrap();
    assert_eq!(status(ports).unwrap().webhook_url, None);
    configure(ports, &[], HOOK, false).unwrap();
    assert_eq!(status(ports).unwrap().webhook_url.as_deref(), Some(HOOK));
}
