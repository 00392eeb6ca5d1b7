//! What a guest can reach: its own connection's records and secrets, and the hosts that were asked for and granted.
// Helpers outside of `#[test]` functions panic too.
#![allow(clippy::unwrap_used)]

mod common;

use std::sync::Arc;
use std::sync::atomic::Ordering;

use common::{Answers, Kept, allow, connect, grants, tell};
use job_board_host::contract::http::ErrorCode;
use job_board_host::contract::log::Level;
use job_board_host::{AuditEvent, Export, Limits};

const URL: &str = "https://api.board.example/jobs?token=hush";

#[tokio::test(flavor = "multi_thread")]
async fn a_host_needs_the_manifest_and_the_operator() {
    let board = Arc::new(Answers {
        body_bytes: 2,
        ..Answers::default()
    });
    let audit = Arc::new(Kept::default());
    let with = |patterns: &[&str]| {
        let mut grants = grants().with_allow(allow(patterns));
        grants.http = board.clone();
        grants.audit = audit.clone();
        connect("hosts", grants)
    };
    assert_eq!(
        tell(&with(&["api.board.example"]), "get", URL)
            .await
            .unwrap(),
        "200 cc"
    );
    assert_eq!(
        tell(
            &with(&["http://127.0.0.1:4000"]),
            "get",
            "http://127.0.0.1:4000/"
        )
        .await
        .unwrap(),
        "200 cc"
    );
    assert_eq!(board.count.load(Ordering::SeqCst), 2);

    // Not granted; not asked for; asked for and granted, but another scheme.
    assert_eq!(
        tell(&with(&[]), "get", URL).await.unwrap(),
        "ErrorCode::Denied Reach::NotSent"
    );
    assert_eq!(
        tell(&with(&["evil.example"]), "get", "https://evil.example/")
            .await
            .unwrap(),
        "ErrorCode::Denied Reach::NotSent"
    );
    let http = "http://api.board.example/";
    assert_eq!(
        tell(&with(&["api.board.example"]), "get", http)
            .await
            .unwrap(),
        "ErrorCode::Denied Reach::NotSent"
    );
    assert_eq!(
        board.count.load(Ordering::SeqCst),
        2,
        "nothing else was sent"
    );

    let events = audit.events.lock().unwrap();
    assert_eq!(events.len(), 3);
    let AuditEvent::HttpRefused { origin, code, .. } = &events[0] else {
        panic!("{:?}", events[0])
    };
    assert_eq!(
        (origin.as_str(), *code),
        ("https://api.board.example", ErrorCode::Denied)
    );
    assert!(
        !format!("{events:?}").contains("hush"),
        "the query stays out of the audit"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_malformed_request_is_an_answer_and_is_not_sent() {
    let board = Arc::new(Answers::default());
    let mut grants = grants().with_allow(allow(&["api.board.example"]));
    grants.http = board.clone();
    let connection = connect("malformed", grants);
    for request in [
        "TRACE https://api.board.example/ x-a",
        "get https://api.board.example/ x-a",
        "GET api.board.example/ x-a",
        "GET https://user:pass@api.board.example/ x-a",
        "GET ftp://api.board.example/ x-a",
        "GET https://api.board.example/ Host",
        "GET https://api.board.example/ content-length",
        "GET https://api.board.example/ Transfer-Encoding",
        "GET https://api.board.example/ CONNECTION",
        "GET https://api.board.example/ x:y",
        "GET https://api.board.example/ x\r\ny",
        "GET https://api.board.example/",
    ] {
        let answer = tell(&connection, "send", request).await.unwrap();
        assert_eq!(
            answer, "ErrorCode::InvalidRequest Reach::NotSent",
            "{request:?}"
        );
    }
    assert_eq!(board.count.load(Ordering::SeqCst), 0);
    assert_eq!(
        tell(
            &connection,
            "send",
            "PATCH https://api.board.example/x#part X-A"
        )
        .await
        .unwrap(),
        "200 "
    );
    let last = board.last.lock().unwrap().take().unwrap();
    assert_eq!(
        last.url.as_str(),
        "https://api.board.example/x",
        "the fragment is not sent"
    );
    assert_eq!(last.headers[0].name, "X-A");
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_and_bytes_are_counted_for_each_call() {
    let board = Arc::new(Answers {
        body_bytes: 100,
        ..Answers::default()
    });
    let mut grants = grants().with_allow(allow(&["api.board.example"]));
    grants.http = board.clone();
    grants.limits = Limits {
        http_requests: 3,
        http_bytes_out: 2_000,
        http_bytes_in: 250,
        ..Limits::default()
    };
    let connection = connect("counted", grants);

    let third = format!("{URL} 3");
    assert!(
        tell(&connection, "get-many", &third)
            .await
            .unwrap()
            .starts_with("200 ")
    );
    assert_eq!(
        board
            .last
            .lock()
            .unwrap()
            .as_ref()
            .unwrap()
            .max_response_bytes,
        50,
        "what was left of 250"
    );
    let fourth = tell(&connection, "get-many", &format!("{URL} 4"))
        .await
        .unwrap();
    assert_eq!(fourth, "ErrorCode::BudgetSpent Reach::NotSent");
    assert_eq!(board.count.load(Ordering::SeqCst), 6);

    assert!(
        tell(&connection, "post", &format!("{URL} 1000"))
            .await
            .unwrap()
            .starts_with("200 ")
    );
    let large = tell(&connection, "post", &format!("{URL} 3000"))
        .await
        .unwrap();
    assert_eq!(large, "ErrorCode::BudgetSpent Reach::NotSent");
}

#[tokio::test(flavor = "multi_thread")]
async fn records_and_secrets_of_connections_and_of_each_other_are_apart() {
    let shared = grants();
    let (first, second) = (connect("first", shared.clone()), connect("second", shared));
    let version = tell(&first, "storage-put", "a/b one absent").await.unwrap();
    assert_eq!(
        tell(&first, "storage-get", "a/b").await.unwrap(),
        "one",
        "a later call, a fresh instance"
    );
    assert_eq!(tell(&second, "storage-get", "a/b").await.unwrap(), "none");
    assert_eq!(tell(&second, "storage-list", " 10").await.unwrap(), "");
    assert_eq!(tell(&first, "storage-list", "a/ 10").await.unwrap(), "a/b");
    assert_eq!(tell(&first, "secrets-get", "a/b").await.unwrap(), "none");

    assert_eq!(
        tell(&first, "storage-put", "a/b two absent").await.unwrap(),
        "precondition-failed"
    );
    assert_eq!(
        tell(&first, "storage-delete", "a/b wrong-version")
            .await
            .unwrap(),
        "precondition-failed"
    );
    assert_eq!(
        tell(&first, "storage-delete", &format!("a/b {version}"))
            .await
            .unwrap(),
        "done"
    );

    tell(&first, "secrets-put", "key value").await.unwrap();
    assert_eq!(tell(&first, "secrets-get", "key").await.unwrap(), "value");
    assert_eq!(tell(&second, "secrets-get", "key").await.unwrap(), "none");
    assert_eq!(tell(&first, "secrets-delete", "key").await.unwrap(), "done");
    assert_eq!(tell(&first, "secrets-get", "key").await.unwrap(), "none");
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_sizes_and_the_number_of_operations_are_limited() {
    let mut grants = grants();
    grants.limits = Limits {
        storage_operations: 5,
        ..Limits::default()
    };
    let connection = connect("sizes", grants);
    for (command, argument, answer) in [
        ("storage-put", "../other x", "invalid-key"),
        ("storage-get", "Upper", "invalid-key"),
        ("secrets-get", "a//b", "invalid-key"),
        ("secrets-put", "/a x", "invalid-key"),
        ("storage-size", "big 65537", "too-large"),
        ("storage-many", "5", "none"),
        ("storage-many", "6", "quota"),
    ] {
        assert_eq!(
            tell(&connection, command, argument).await.unwrap(),
            answer,
            "{command} {argument}"
        );
    }
    assert!(
        tell(&connection, "storage-size", "big 65536")
            .await
            .unwrap()
            .parse::<u64>()
            .is_ok(),
        "just fits"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn log_lines_carry_the_hosts_facts_and_are_limited() {
    let log = Arc::new(Kept::default());
    let mut grants = grants();
    grants.log = log.clone();
    grants.limits = Limits {
        log_lines: 3,
        ..Limits::default()
    };
    tell(&connect("log", grants), "log", "10").await.unwrap();
    let lines = log.lines.lock().unwrap();
    assert_eq!(lines.len(), 4);
    assert_eq!(
        (
            lines[0].connection.as_str(),
            lines[0].export,
            lines[0].level
        ),
        ("log", Export::HandleWebhook, Level::Info)
    );
    assert_eq!(lines[0].event, "test.line");
    assert_eq!(lines[2].fields, [("index".to_owned(), "2".to_owned())]);
    assert_eq!(lines[3].event, "host.log-lines-dropped");
}

#[tokio::test(flavor = "multi_thread")]
async fn time_comes_from_the_grant() {
    assert_eq!(
        tell(&connect("time", grants()), "now", "").await.unwrap(),
        "1700000000000"
    );
}
