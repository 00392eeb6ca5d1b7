//! What a guest can reach: its own connection's records and secrets, and the hosts that were asked for and granted.
// Helpers outside of `#[test]` functions panic too.
#![allow(clippy::unwrap_used)]

mod common;

use std::sync::Arc;
use std::sync::atomic::Ordering;

use common::{Answers, Kept, allow, connect, grants, tell};
use job_board_host::contract::http::ErrorCode;
use job_board_host::contract::log::Level;
use job_board_host::{
    AuditEvent, EncryptedSecrets, Export, KeyRing, Limits, ManualClock, MasterKey, MemoryStorage,
    SqliteStorage,
};

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
    // A host that the plugin did not ask for needs a grant that says so.
    let test_system = "https://test.example/";
    assert_eq!(
        tell(&with(&["unasked:https://test.example"]), "get", test_system)
            .await
            .unwrap(),
        "200 cc"
    );

    // Not granted; not asked for, in two spellings; asked for and granted, but another scheme.
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
    assert_eq!(
        tell(&with(&["https://test.example"]), "get", test_system)
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
        3,
        "nothing else was sent"
    );

    let events = audit.events.lock().unwrap();
    assert_eq!(events.len(), 4);
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
        "GET https://api.board.example/ x 1\r\nX-Forged:2",
        "GET https://api.board.example/ x 1\nX-Forged:2",
        "GET https://api.board.example/ x 1\r\n\r\nGET\t/second",
        "GET https://api.board.example/ x 1\0",
        "GET https://api.board.example/ x 1\u{85}2",
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
            "PATCH https://api.board.example/x#part X-A một\thai"
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
    assert_eq!(last.headers[0].value, "một\thai");
}

#[tokio::test(flavor = "multi_thread")]
async fn more_headers_than_a_request_may_have_are_an_answer_and_are_not_sent() {
    let board = Arc::new(Answers::default());
    let mut grants = grants().with_allow(allow(&["api.board.example"]));
    grants.http = board.clone();
    let connection = connect("headers", grants);
    for crowd in ["101 1", "40000 1", "3 30000"] {
        let answer = tell(&connection, "headers", &format!("{URL} {crowd}")).await;
        assert_eq!(
            answer.unwrap(),
            "ErrorCode::InvalidRequest Reach::NotSent",
            "{crowd}"
        );
    }
    assert_eq!(board.count.load(Ordering::SeqCst), 0);
    for fits in ["100 1", "2 30000"] {
        let answer = tell(&connection, "headers", &format!("{URL} {fits}")).await;
        assert_eq!(answer.unwrap(), "200 ", "{fits}");
    }
    assert_eq!(board.count.load(Ordering::SeqCst), 2);
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
async fn headers_of_an_answer_count_as_received_bytes() {
    for (header_bytes, answers) in [(100, 3), (200, 2), (250, 1), (0, 4)] {
        let board = Arc::new(Answers {
            header_bytes,
            ..Answers::default()
        });
        let mut grants = grants().with_allow(allow(&["api.board.example"]));
        grants.http = board.clone();
        grants.limits = Limits {
            http_bytes_in: 250,
            ..Limits::default()
        };
        let connection = connect("headers", grants);
        tell(&connection, "get-many", &format!("{URL} 4"))
            .await
            .unwrap();
        let count = board.count.load(Ordering::SeqCst);
        assert_eq!(count, answers, "{header_bytes}");
    }
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
    let (longest, too_long) = ("k".repeat(255), format!("{} x", "k".repeat(256)));
    for (command, argument, answer) in [
        ("storage-put", too_long.as_str(), "invalid-key"),
        ("secrets-put", too_long.as_str(), "invalid-key"),
        ("storage-get", longest.as_str(), "none"),
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

#[tokio::test(flavor = "multi_thread")]
async fn two_hosts_on_one_storage_can_have_different_times() {
    let ahead = grants();
    let mut behind = ahead.clone();
    behind.clock = Arc::new(ManualClock::new(1_699_999_970_000));
    let (ahead, behind) = (connect("clocks", ahead), connect("clocks", behind));
    assert_eq!(tell(&ahead, "now", "").await.unwrap(), "1700000000000");
    assert_eq!(tell(&behind, "now", "").await.unwrap(), "1699999970000");
    tell(&ahead, "storage-put", "a one").await.unwrap();
    assert_eq!(tell(&behind, "storage-get", "a").await.unwrap(), "one");
}

/// Writes new keys until the answer is no version any more; answers how many were written and that answer.
async fn flood(connection: &job_board_host::Connection, bytes: usize) -> (usize, String) {
    for number in 0..1_000 {
        let answer = tell(
            connection,
            "storage-size",
            &format!("flood/{number} {bytes}"),
        )
        .await
        .unwrap();
        if answer.parse::<u64>().is_err() {
            return (number, answer);
        }
    }
    panic!("no end of it");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_storage_ends_at_the_quota_and_other_connections_do_not_notice() {
    let folder = tempfile::tempdir().unwrap();
    let stores: [Arc<dyn job_board_host::Storage>; 2] = [
        Arc::new(MemoryStorage::new()),
        Arc::new(SqliteStorage::open(folder.path().join("host.db")).unwrap()),
    ];
    for storage in stores {
        let audit = Arc::new(Kept::default());
        let mut grants = grants();
        grants.storage = storage;
        grants.audit = audit.clone();
        grants.limits = Limits {
            storage_keys: 20,
            storage_bytes: 100_000,
            ..Limits::default()
        };
        let (many, large) = (
            connect("many", grants.clone()),
            connect("large", grants.clone()),
        );
        assert_eq!(flood(&many, 1).await, (20, "quota".to_owned()));
        assert_eq!(flood(&large, 30_000).await, (3, "quota".to_owned()));
        assert_eq!(
            *audit.events.lock().unwrap(),
            [("many", "flood/20"), ("large", "flood/3")].map(|(connection, key)| {
                AuditEvent::QuotaReached {
                    connection: job_board_host::ConnectionId::new(connection).unwrap(),
                    key: key.to_owned(),
                }
            })
        );

        // Another one has all of its own.
        let other = connect("other", grants.clone());
        assert_eq!(flood(&other, 1).await.0, 20);
        // A full one reads, replaces, and after a delete writes again.
        assert_eq!(
            tell(&many, "storage-put", "flood/3 x").await.unwrap().len(),
            tell(&many, "storage-put", "flood/4 y").await.unwrap().len(),
        );
        assert_eq!(tell(&many, "storage-get", "flood/4").await.unwrap(), "y");
        tell(&many, "storage-delete", "flood/0").await.unwrap();
        let again = tell(&many, "storage-put", "new z").await.unwrap();
        assert!(again.parse::<u64>().is_ok(), "{again}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_lost_master_key_the_plugin_is_told_of_no_secret_and_stores_it_anew() {
    let folder = tempfile::tempdir().unwrap();
    let storage = SqliteStorage::open(folder.path().join("host.db")).unwrap();
    let audit = Arc::new(Kept::default());
    let host = |key: MasterKey| {
        let map = Arc::new(storage.secrets_map());
        let mut grants = grants();
        grants.storage = Arc::new(storage.clone());
        grants.secrets =
            Arc::new(EncryptedSecrets::new(map, KeyRing::new(key)).with_audit(audit.clone()));
        connect("lost", grants)
    };
    let before = host(MasterKey::generate().ok().unwrap());
    tell(&before, "secrets-put", "token old absent")
        .await
        .unwrap();
    tell(&before, "storage-put", "posting kept").await.unwrap();

    let after = host(MasterKey::generate().ok().unwrap());
    assert_eq!(tell(&after, "secrets-get", "token").await.unwrap(), "none");
    assert_eq!(
        audit.events.lock().unwrap().pop(),
        Some(AuditEvent::SecretUnreadable {
            connection: after.id().clone(),
            key: "token".to_owned()
        })
    );
    assert_eq!(
        tell(&after, "storage-get", "posting").await.unwrap(),
        "kept"
    );
    let version = tell(&after, "secrets-put", "token new absent")
        .await
        .unwrap();
    assert!(version.parse::<u64>().is_ok(), "{version}");
    assert_eq!(tell(&after, "secrets-get", "token").await.unwrap(), "new");
    assert!(audit.events.lock().unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_guest_writes_into_the_audit_is_short_and_on_one_line() {
    let audit = Arc::new(Kept::default());
    let mut grants = grants().with_allow(allow(&["api.board.example"]));
    grants.audit = audit.clone();
    let connection = connect("audit", grants);
    let long = "x".repeat(50_000);
    for request in [
        format!("GET https://api.board.example/ bad:{long}"),
        "GET https://api.board.example/ bad\nforged\u{202e}line\u{1b}[2J".to_owned(),
        format!("GET https://{long}.example/ x-a"),
        format!("GET https://{}example/ x-a", "a.".repeat(100)),
        format!("GET ht\ntp://{long} x-a"),
    ] {
        tell(&connection, "send", &request).await.unwrap();
    }
    let events = audit.events.lock().unwrap();
    assert_eq!(events.len(), 5);
    for event in events.iter() {
        let AuditEvent::HttpRefused { origin, reason, .. } = event else {
            panic!("{event:?}")
        };
        for text in [origin, reason] {
            assert!(text.chars().count() <= 200, "{text}");
            assert!(
                !text.contains(|character: char| character.is_control() || character == '\u{202e}'),
                "{text:?}"
            );
        }
    }
}
