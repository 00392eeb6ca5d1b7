use super::*;
use crate::contract::storage::{Entry, KeyPage, Precondition, StorageError};
use crate::contract::types::Disposition;
use crate::ports::{Ports, Records, Storage};
use crate::state::credentials::{CredentialsRecord, KeyKind};

const LINE: &str = "job_id=9001&candidate_phone=0912345678&candidate_id=55";
const MEMBERS: &str = r#""job_id":9001,"candidate_phone":"0912345678","candidate_id":55"#;

fn with_method(method: &str, body: &str) -> Delivery {
    Delivery {
        method: method.into(),
        ..post(body)
    }
}

#[test]
fn whoever_checks_the_url_gets_200_and_nothing_happens() {
    for host in [TestHost::new(), TestHost::configured()] {
        for delivery in [
            with_method("GET", ""),
            with_method("GET", "ignored"),
            with_method("HEAD", ""),
            with_method("POST", ""),
            with_method("POST", " \r\n\t"),
        ] {
            let outcome = handle(&host, &delivery);
            assert_eq!(outcome.verdict, Answer::NoEffect);
            assert_eq!(outcome.response.status, 200);
            assert!(outcome.events.is_empty());
            assert_eq!(outcome.response.body.is_empty(), delivery.method == "HEAD");
        }
    }
}

#[test]
fn other_methods_are_refused_with_what_is_allowed() {
    let host = TestHost::configured();
    for method in ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "", "ĐĂNG"] {
        let delivery = with_method(method, "{}");
        let (status, failure) = refused(&host, &delivery);
        assert_eq!((status, failure.code.as_str()), (405, "method-not-allowed"));
        let headers = handle(&host, &delivery).response.headers;
        assert!(
            headers
                .iter()
                .any(|header| header.name == "allow" && header.value.contains("POST"))
        );
    }
}

#[test]
fn what_cannot_be_read_is_refused_and_changes_nothing() {
    let host = TestHost::configured();
    let before = host.storage.entries.borrow().len();
    let deep = format!("{{\"a\":{}{}}}", "[".repeat(5_000), "]".repeat(5_000));
    for (body, code) in [
        (&b"{"[..], "not-json"),
        (b"{} x", "not-json"),
        (b"\xff\xfe{}", "not-utf8"),
        (b"[]", "not-an-object"),
        (b"\"apply\"", "not-an-object"),
        (
            br#"{"event_type":"apply","event_type":"apply"}"#,
            "duplicate-key",
        ),
        (
            br#"{"event_type":"apply","x":{"y":[{"z":1,"z":2}]}}"#,
            "duplicate-key",
        ),
        (deep.as_bytes(), "too-deep"),
    ] {
        let (status, failure) = refused(&host, &post(body));
        assert_eq!((status, failure.code.as_str()), (400, code));
        assert_eq!(failure.disposition, Disposition::FixInput);
    }
    assert_eq!(host.storage.entries.borrow().len(), before);
}

#[test]
fn size_is_bounded() {
    let host = TestHost::configured();
    let of_size = |size: usize| {
        let frame = r#"{"event_type":"new_kind","x":""}"#;
        post(frame.replace("\"\"", &format!("\"{}\"", "x".repeat(size - frame.len()))))
    };
    assert_eq!(handle(&host, &of_size(256 * 1024)).response.status, 200);
    let (status, failure) = refused(&host, &of_size(256 * 1024 + 1));
    assert_eq!((status, failure.code.as_str()), (413, "too-large"));
}

#[test]
fn without_a_configuration_it_is_gone() {
    let unconfigured = TestHost::new();
    let disconnected = TestHost::configured();
    ConnectionRecord::modify(disconnected.ports(), |connection| {
        connection.configured = false;
        true
    })
    .unwrap();
    for host in [unconfigured, disconnected] {
        let (status, failure) = refused(&host, &apply(LINE, MEMBERS));
        assert_eq!((status, failure.code.as_str()), (410, "not-configured"));
    }
}

#[test]
fn fields_that_are_missing_or_of_the_wrong_kind_are_all_named() {
    let host = TestHost::configured();
    for (body, fields) in [
        (r#"{}"#, &["event_type"][..]),
        (r#"{"event_type":null}"#, &["event_type"]),
        (r#"{"event_type":""}"#, &["event_type"]),
        (r#"{"event_type":5}"#, &["event_type"]),
        (r#"{"event_type":["apply"]}"#, &["event_type"]),
        (r#"{"event_type":"apply"}"#, &["job_id"]),
        (r#"{"event_type":"apply","job_id":null}"#, &["job_id"]),
        (r#"{"event_type":"apply","job_id":" "}"#, &["job_id"]),
        (r#"{"event_type":"apply","job_id":{}}"#, &["job_id"]),
        (
            r#"{"event_type":"apply","job_id":1,"candidate_phone":true,"candidate_id":[1]}"#,
            &["candidate_phone", "candidate_id"],
        ),
        (
            r#"{"event_type":"job_approved","job_id":false,"recruitment_campaign_id":{}}"#,
            &["job_id", "recruitment_campaign_id"],
        ),
        (r#"{"job_id":[],"candidate_name":"A"}"#, &["job_id"]),
    ] {
        let (status, failure) = refused(&host, &post(body));
        assert_eq!(
            (status, failure.code.as_str()),
            (400, "malformed"),
            "{body}"
        );
        let named: Vec<_> = failure
            .problems
            .iter()
            .map(|problem| problem.field.as_str())
            .collect();
        assert_eq!(named, fields, "{body}");
    }
}

#[test]
fn a_missing_or_wrong_signature_is_refused_and_can_be_mended() {
    let host = TestHost::configured();
    let good = apply(LINE, MEMBERS);
    let with_signature = |signature: &str| {
        post(format!(
            r#"{{"event_type":"apply",{MEMBERS},"signature":{signature}}}"#
        ))
    };
    let by_stranger = signed_by(
        "stranger",
        &format!("event_type=apply&{LINE}"),
        &format!("\"event_type\":\"apply\",{MEMBERS}"),
    );
    for delivery in [
        post(format!(r#"{{"event_type":"apply",{MEMBERS}}}"#)),
        with_signature("null"),
        with_signature("\"\""),
        with_signature("7"),
        with_signature("{}"),
        with_signature("\"zz\""),
        by_stranger,
        // Another candidate under a signature that was right for the first.
        post(
            String::from_utf8(good.body.clone())
                .unwrap()
                .replace(":55", ":56"),
        ),
        post(
            String::from_utf8(good.body.clone())
                .unwrap()
                .replace("\"apply\"", "\"job_approved\""),
        ),
    ] {
        let (status, failure) = refused(&host, &delivery);
        assert_eq!((status, failure.code.as_str()), (401, "signature-wrong"));
        assert_eq!(failure.disposition, Disposition::FixSettings);
    }
    assert_eq!(handle(&host, &good).verdict, Answer::Accepted);

    set_protocol(&host, "signing_key", "secret-key");
    assert_eq!(refused(&host, &good).0, 401);
    set_protocol(&host, "signing_key", "auto");
    assert_eq!(handle(&host, &good).verdict, Answer::Accepted);
}

#[test]
fn the_kind_of_key_that_matched_is_told_logged_and_kept() {
    let host = TestHost::configured();
    for (key, kind) in [(SESSION, "session-token"), (SECRET, "secret-key")] {
        let delivery = signed_by(
            key,
            &format!("event_type=apply&{LINE}"),
            &format!("\"event_type\":\"apply\",{MEMBERS}"),
        );
        let outcome = handle(&host, &delivery);
        assert_eq!(
            outcome.extra,
            vec![crate::failure::named("signature-key", kind)]
        );
        let (connection, version) = ConnectionRecord::load(host.ports()).unwrap();
        assert_eq!(connection.signature_key.as_deref(), Some(kind));
        assert!(host.lines.borrow().iter().any(|line| line.contains(kind)));
        // The same again writes nothing.
        handle(&host, &delivery);
        assert_eq!(ConnectionRecord::load(host.ports()).unwrap().1, version);
    }
}

#[test]
fn keys_are_valid_by_the_time_of_receipt() {
    let host = TestHost::configured();
    let old = apply(LINE, MEMBERS);
    let day_ms = 24 * 60 * 60 * 1000;
    record::modify::<CredentialsRecord, ()>(host.ports().secrets, keys::CREDENTIALS, |present| {
        let mut next = present.unwrap();
        for number in 2..6 {
            next.take_into_use(
                KeyKind::SessionToken,
                &format!("session-{number}"),
                NOW + 1_000,
            );
        }
        Ok((Some(next), ()))
    })
    .unwrap();
    host.now.set(NOW + 30 * day_ms);
    assert_eq!(
        handle(&host, &old).verdict,
        Answer::Accepted,
        "processed late, received in time"
    );
    let late = Delivery {
        received_at: NOW + 8 * day_ms,
        ..old
    };
    assert_eq!(refused(&host, &late).0, 401);
}

#[test]
fn an_unknown_kind_is_reported_unverified_and_nothing_is_done() {
    let host = TestHost::configured();
    store(&host, &posting(1, Standing::Pending));
    for (body, kind, board_posting) in [
        (
            r#"{"event_type":"job_expired","job_id":9001,"note":"Hết hạn"}"#,
            "job_expired",
            "9001",
        ),
        (r#"{"event_type":"Apply","job_id":"9001"}"#, "Apply", "9001"),
        (r#"{"event_type":"x","job_id":{}}"#, "x", ""),
    ] {
        let event = accepted(&host, &post(body));
        let Happening::Other(other) = event.happening else {
            panic!("acted upon");
        };
        assert_eq!(other.kind, kind);
        assert_eq!(other.json, body);
        assert_eq!(event.board_posting, board_posting);
        assert_eq!((event.posting, event.job), (None, None));
        assert_eq!(event.id, accepted(&host, &post(body)).id);
    }
    assert_eq!(stored(&host), posting(1, Standing::Pending));
    assert!(host.calls().is_empty());
    assert_eq!(
        ConnectionRecord::load(host.ports())
            .unwrap()
            .0
            .signature_key,
        None
    );
}

#[test]
fn unsigned_profiles_only_where_the_operator_wants_them() {
    let host = TestHost::configured();
    let profile = post(
        r#"{"job_id":9001,"job_title":"Kế toán","apply_at":"2026-11-23 15:00:00","candidate_name":"Trần B",
        "candidate_email":"b@x.vn","candidate_phone":"0912345678","download_url":"https://topcv.vn/cv/1"}"#,
    );
    let (status, failure) = refused(&host, &profile);
    assert_eq!((status, failure.code.as_str()), (401, "unsigned-profile"));

    set_protocol(&host, "accept_flat_profile", "yes");
    let outcome = handle(&host, &profile);
    assert!(outcome.extra.is_empty(), "no key matched");
    let application = application(&host, &profile);
    assert!(!application.verified);
    let phone = application.phone.unwrap();
    assert!(!phone.signed);
    assert_eq!(phone.normalised.as_deref(), Some("+84912345678"));
    assert_eq!(application.attachments.len(), 1);
    assert_eq!(refused(&host, &post(r#"{"candidate_name":"A"}"#)).0, 400);
}

/// Reads work until they do not, writes never do.
struct Broken<'a> {
    host: &'a TestHost,
    reads_work: bool,
}

impl Records for Broken<'_> {
    fn get(&self, key: &str) -> Result<Option<Entry>, StorageError> {
        if self.reads_work {
            self.host.storage.get(key)
        } else {
            Err(StorageError::Unavailable("down".into()))
        }
    }

    fn put(&self, _: &str, _: &[u8], _: &Precondition) -> Result<String, StorageError> {
        Err(StorageError::Unavailable("down".into()))
    }

    fn delete(&self, _: &str, _: &Precondition) -> Result<(), StorageError> {
        Err(StorageError::Unavailable("down".into()))
    }
}

impl Storage for Broken<'_> {
    fn list_keys(&self, _: &str, _: Option<&str>, _: u32) -> Result<KeyPage, StorageError> {
        Err(StorageError::Unavailable("down".into()))
    }
}

#[test]
fn when_storage_does_not_work_the_delivery_is_kept() {
    let host = TestHost::configured();
    store(&host, &posting(1, Standing::Pending));
    for reads_work in [false, true] {
        let broken = Broken {
            host: &host,
            reads_work,
        };
        let ports = Ports {
            storage: &broken,
            ..host.ports()
        };
        for delivery in [apply(LINE, MEMBERS), verdict("job_approved", "")] {
            let outcome = handle_webhook(ports, &delivery);
            assert!(
                matches!(&outcome.verdict, Answer::TryAgain(failure) if failure.code == "storage-unavailable")
            );
            assert_eq!(outcome.response.status, 503);
            assert!(
                outcome
                    .response
                    .headers
                    .iter()
                    .any(|header| header.name == "retry-after")
            );
            assert!(outcome.events.is_empty());
        }
    }
}

#[test]
fn nothing_personal_and_no_key_is_logged() {
    let host = TestHost::configured();
    let members =
        format!(r#"{MEMBERS},"candidate_name":"Trần Thị Bí Mật","candidate_email":"bimat@x.vn""#);
    handle(&host, &apply(LINE, &members));
    handle(&host, &apply("wrong", &members));
    let lines = host.lines.borrow().join("\n");
    assert!(!lines.is_empty());
    for hidden in [
        "Bí Mật",
        "bimat",
        "0912345678",
        "912345678",
        SESSION,
        "\"55\"",
    ] {
        assert!(!lines.contains(hidden), "{hidden} in {lines}");
    }
}
