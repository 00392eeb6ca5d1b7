//! Two releases on one storage. The builds with and without `rehearse-next-release` run this; each proves its side on the same stored texts.

use serde_json::Value as Json;

use super::*;
use crate::connection;
use crate::contract::storage::Precondition;
use crate::contract::types::{NamedValue, Value};
use crate::state::posting::PostingRecord;
use crate::testing::TestHost;

/// As the next release writes it before the operator has finalised: today's format, and members that today's build does not know, nested too.
const NEXT_IN_OURS: &str = r#"{"data":{"account":1,"approval_status":null,"board_id":"11","candidates":[],"changed_at":4,"created_at":2,"deadline":null,"edit":{"lease_until":0,"round_before":2,"sent":{},"standing_before":"live","tone":"calm"},"id":"r","job":"j","lease_until":0,"linked":false,"reason":null,"refusal":null,"reopened":[{"by":"An","content":"e","request_id":"p"}],"reopening":null,"request_digest":"d","resolved_by":null,"review_by":"board","revision":1,"round":2,"run_status":null,"sent":{},"sent_at":3,"stage":"done","standing":"pending","title":"T","unlinked":false,"url":null},"schema":1}"#;

/// The same record after it was finalised.
const NEXT_IN_ITS_OWN: &str = r#"{"data":{"account":1,"approval_status":null,"board_id":"11","candidates":[],"changed_at":4,"created_at":2,"deadline":null,"edit":{"lease_until":0,"round_before":2,"sent":{},"standing_before":"live","tone":"calm"},"id":"r","job":"j","lease_until":0,"linked":false,"reason":null,"refusal":null,"reopened":[{"by":"An","content":"e","request_id":"p"}],"reopening":null,"request_digest":"d","resolved_by":null,"review":{"by":"board","done":1},"revision":1,"run_status":null,"sent":{},"sent_at":3,"stage":"done","standing":"pending","title":"T","unlinked":false,"url":null},"schema":2}"#;

fn put(host: &TestHost, text: &str) {
    let key = keys::posting("r");
    let ports = host.ports();
    ports
        .storage
        .put(&key, text.as_bytes(), &Precondition::Any)
        .unwrap();
}

fn text(host: &TestHost) -> String {
    let entry = host.ports().storage.get(&keys::posting("r")).unwrap();
    String::from_utf8(entry.unwrap().value).unwrap()
}

/// Somebody changes the title, and nothing else.
fn retitle(host: &TestHost, title: &str) {
    let ports = host.ports();
    record::modify::<PostingRecord, ()>(ports.storage, &keys::posting("r"), |present| {
        let mut next = present.unwrap();
        next.title = title.into();
        Ok((Some(next), ()))
    })
    .unwrap();
}

fn with_title(text: &str, title: &str) -> String {
    text.replace("\"title\":\"T\"", &format!("\"title\":\"{title}\""))
}

fn finalise(host: &TestHost, number: Value) -> Result<(), Failure> {
    let setting = NamedValue {
        name: "record-format".into(),
        value: number,
    };
    connection::configure(host.ports(), &[setting], "https://a.example/b", false).map(drop)
}

#[test]
fn what_the_next_release_adds_in_our_format_goes_back_as_it_came() {
    let host = TestHost::configured();
    put(&host, NEXT_IN_OURS);
    retitle(&host, "U");
    assert_eq!(text(&host), with_title(NEXT_IN_OURS, "U"));
}

#[test]
fn both_forms_are_one_posting() {
    let data = |text: &str| -> Json {
        let mut envelope: Json = serde_json::from_str(text).unwrap();
        envelope["data"].take()
    };
    let (ours, its_own) = (data(NEXT_IN_OURS), data(NEXT_IN_ITS_OWN));
    use crate::state::posting::next_release::{downgraded, upgraded};
    assert_eq!(upgraded(ours.clone()), its_own);
    assert_eq!(downgraded(its_own), ours);
}

#[test]
fn a_format_that_this_build_does_not_write_is_a_problem_of_the_setting() {
    for number in [
        Value::Integer(0),
        Value::Integer(i64::from(NEWEST) + 1),
        Value::Text("x".into()),
        Value::Truth(true),
    ] {
        let host = TestHost::configured();
        let failure = finalise(&host, number).unwrap_err();
        assert_eq!(failure.problems[0].field, "record-format");
        assert_eq!(failure.problems[0].code, "unknown-record-format");
        assert_eq!(in_force(host.ports().storage).unwrap(), OLDEST);
    }
}

#[test]
fn the_setting_is_the_operators_and_is_shown() {
    let manifest = connection::describe();
    let setting = manifest.settings.iter().find(|it| it.id == "record-format");
    let operator = crate::contract::forms::Audience::Operator;
    assert_eq!(setting.unwrap().audience, operator);
    let host = TestHost::configured();
    let shown = |host: &TestHost| {
        let status = connection::status(host.ports()).unwrap();
        let settings = status.settings.into_iter();
        let found = settings.into_iter().find(|it| it.name == "record-format");
        found.unwrap().value
    };
    assert_eq!(shown(&host), Value::Integer(i64::from(OLDEST)));
    finalise(&host, Value::Text(NEWEST.to_string())).unwrap();
    assert_eq!(shown(&host), Value::Integer(i64::from(NEWEST)));
    // Given once, it stays.
    connection::configure(host.ports(), &[], "https://a.example/b", false).unwrap();
    assert_eq!(shown(&host), Value::Integer(i64::from(NEWEST)));
}

#[test]
fn a_damaged_format_is_the_careful_one() {
    let host = TestHost::configured();
    finalise(&host, Value::Integer(i64::from(NEWEST))).unwrap();
    for records in [host.ports().storage as &dyn Records, host.ports().secrets] {
        let any = Precondition::Any;
        records.put(keys::FORMAT, b"{", &any).unwrap();
        assert_eq!(in_force(records).unwrap(), OLDEST);
    }
    finalise(&host, Value::Integer(i64::from(NEWEST))).unwrap();
    assert_eq!(in_force(host.ports().secrets).unwrap(), NEWEST);
}

#[cfg(not(feature = "rehearse-next-release"))]
mod today {
    use super::*;
    use crate::postings;

    #[test]
    fn a_later_format_is_named_and_never_misread_nor_written_over() {
        let host = TestHost::configured();
        put(&host, NEXT_IN_ITS_OWN);
        let ports = host.ports();
        let failures = [
            postings::get_posting(ports, "r", false).map(drop),
            postings::get_posting(ports, "r", true).map(drop),
            postings::update_job(ports, "r", "1", &[]).map(drop),
            postings::close_job(ports, "r").map(drop),
            postings::reopen_job(ports, "o", "r", None).map(drop),
            postings::unlink_job(ports, "r").map(drop),
            postings::publish_job(ports, "r", "j", &[], false).map(drop),
            postings::link_job(ports, "r", "j", "12").map(drop),
        ];
        for failure in failures {
            let failure = failure.unwrap_err();
            assert_eq!(failure.code, "record-too-new");
            assert_eq!(failure.extra[0].value, Value::Text(keys::posting("r")));
            assert!(failure.message.en.contains("upgrade the plugin again"));
        }
        let page = postings::list_postings(ports, None, None).unwrap();
        assert!(page.postings.is_empty());
        assert!(page.notes[0].en.contains(&keys::posting("r")));
        assert!(page.notes[0].en.contains("upgrade the plugin again"));
        assert_eq!(text(&host), NEXT_IN_ITS_OWN);
        assert!(host.calls().is_empty());
    }
}

#[cfg(feature = "rehearse-next-release")]
mod tomorrow {
    use super::*;

    #[test]
    fn our_format_is_written_until_the_operator_finalises_and_then_the_new_one() {
        let host = TestHost::configured();
        put(&host, NEXT_IN_OURS);
        retitle(&host, "U");
        assert_eq!(text(&host), with_title(NEXT_IN_OURS, "U"));
        finalise(&host, Value::Integer(2)).unwrap();
        retitle(&host, "V");
        assert_eq!(text(&host), with_title(NEXT_IN_ITS_OWN, "V"));
        retitle(&host, "W");
        assert_eq!(text(&host), with_title(NEXT_IN_ITS_OWN, "W"));
        // Taken back: what is written from now on can be read by the release before.
        finalise(&host, Value::Integer(1)).unwrap();
        retitle(&host, "X");
        assert_eq!(text(&host), with_title(NEXT_IN_OURS, "X"));
    }

    #[test]
    fn a_posting_of_the_release_before_is_read() {
        let host = TestHost::configured();
        let before = NEXT_IN_OURS.replace("\"review_by\":\"board\",", "");
        put(&host, &before);
        finalise(&host, Value::Integer(2)).unwrap();
        retitle(&host, "T");
        assert!(text(&host).contains(r#""review":{"by":"plugin","done":1}"#));
    }
}
