//! The stored form of every record. A store in use holds these texts: a change here loses somebody's data.

use super::connection::ConnectionRecord;
use super::credentials::CredentialsRecord;
use super::fields::Field;
use super::posting::{BoardRecord, JobRecord, PostingRecord, Standing};

const CONNECTION: &str = r#"{"account":2,"configured":true,"known":{"1":[],"2":["11","10"]},"protocol":{"base_url":"http://127.0.0.1:4000"},"refused":null,"signature_key":"session-token","signed_in_at":1700000000000,"webhook_url":"https://platform.example/hook"}"#;

const CREDENTIALS: &str = r#"{"access_token":"a","account":2,"ring":[{"kind":"session-token","since":5,"until":null,"value":"t"},{"kind":"secret-key","since":1,"until":4,"value":"s"}],"secret_key":"s","session":"t","signing_in_until":null}"#;

const POSTING: &str = r#"{"account":1,"approval_status":"chờ duyệt","board_id":"11","candidates":[{"id":"12","title":"Kỹ sư","url":null}],"changed_at":4,"created_at":2,"deadline":"2026-12-31","edit":{"lease_until":9,"round_before":1,"sent":{"title":"Kỹ sư \"A\""},"standing_before":"live"},"id":"r","job":"j","lease_until":8,"linked":false,"reason":null,"refusal":{"code":"c","en":"no","vi":"không"},"reopened":[{"content":"e","request_id":"p"}],"reopening":{"content":"f","lease_until":7,"request_id":"q"},"request_digest":"d","resolved_by":null,"revision":3,"round":2,"run_status":null,"sent":{"salary_from":10000000,"skills":[1,2],"x":{"digest":"e"}},"sent_at":3,"stage":"done","standing":"live","title":"Kỹ sư","unlinked":false,"url":"https://www.topcv.vn/11.html"}"#;

const JOB: &str = r#"{"declined":["7"],"postings":["r","s"]}"#;

const BOARD: &str = r#"{"posting":"r","previous":"p"}"#;

fn keeps<T: Field>(stored: &str) {
    let json = serde_json::from_str(stored).unwrap();
    let Some(record) = T::read(&json) else {
        panic!("not read: {stored}");
    };
    assert_eq!(record.write().to_string(), stored);
}

#[test]
fn what_earlier_builds_stored_is_read_and_written_letter_for_letter() {
    keeps::<ConnectionRecord>(CONNECTION);
    keeps::<CredentialsRecord>(CREDENTIALS);
    keeps::<PostingRecord>(POSTING);
    keeps::<JobRecord>(JOB);
    keeps::<BoardRecord>(BOARD);
}

#[test]
fn every_word_of_a_posting_is_read() {
    for (field, now, words) in [
        (
            "stage",
            "done",
            &["reserved", "sending", "unknown", "created"][..],
        ),
        (
            "standing",
            "live",
            &["pending", "rejected", "closed", "expired"],
        ),
    ] {
        for word in words {
            let now = format!("\"{field}\":\"{now}\"");
            assert!(POSTING.contains(&now));
            keeps::<PostingRecord>(&POSTING.replace(&now, &format!("\"{field}\":\"{word}\"")));
        }
    }
}

#[test]
fn a_job_of_an_older_build_has_declined_nothing() {
    let json = serde_json::from_str(r#"{"postings":["r"]}"#).unwrap();
    assert!(JobRecord::read(&json).unwrap().declined.is_empty());
}

#[test]
fn a_posting_of_an_older_build_is_read_without_what_came_later() {
    let mut older = POSTING.to_owned();
    for later in [
        ",\"standing_before\":\"live\"",
        "\"refusal\":{\"code\":\"c\",\"en\":\"no\",\"vi\":\"không\"},",
        "\"reopened\":[{\"content\":\"e\",\"request_id\":\"p\"}],",
        "\"content\":\"f\",",
        "\"resolved_by\":null,",
    ] {
        assert!(older.contains(later), "{later}");
        older = older.replace(later, "");
    }
    let json = serde_json::from_str(&older).unwrap();
    let record = PostingRecord::read(&json).unwrap();
    assert_eq!(record.edit.unwrap().standing_before, Standing::Pending);
    assert_eq!(record.reopening.unwrap().content, "");
    assert!(record.reopened.is_empty() && record.refusal.is_none());
    assert_eq!(record.resolved_by, None);
}

#[test]
fn a_boards_posting_of_an_older_build_was_linked_once() {
    let json = serde_json::from_str(r#"{"posting":"r"}"#).unwrap();
    assert_eq!(BoardRecord::read(&json).unwrap().previous, None);
}
