//! What several checks share: pieces of an input, a good form, what every failure must have.

use topcv_plugin::contract::storage::Precondition;
use topcv_plugin::contract::types::{Failure, NamedValue, Text, Value};
use topcv_plugin::ports::Records as _;

use crate::testing::TestHost;

/// A day on which all checks happen, in Vietnam; the test host's clock stands at its afternoon.
pub const TODAY: &str = "2026-11-23";

/// The lines of an input, as text. What is not UTF-8 is replaced.
pub fn lines(data: &[u8]) -> Vec<String> {
    data.split(|byte| *byte == b'\n')
        .map(|line| String::from_utf8_lossy(line).into_owned())
        .collect()
}

/// A text value.
pub fn named(name: &str, value: &str) -> NamedValue {
    NamedValue {
        name: name.into(),
        value: Value::Text(value.into()),
    }
}

fn texts(name: &str, items: &[&str]) -> NamedValue {
    NamedValue {
        name: name.into(),
        value: Value::Texts(items.iter().map(|item| (*item).to_owned()).collect()),
    }
}

fn integer(name: &str, number: i64) -> NamedValue {
    NamedValue {
        name: name.into(),
        value: Value::Integer(number),
    }
}

/// Every field of the form, filled in without a mistake.
pub fn good_values() -> Vec<NamedValue> {
    vec![
        named("title", "Kỹ sư phần mềm"),
        named("position_title", "Kỹ sư"),
        named("main_category", "10"),
        texts("skills", &["7"]),
        texts("locations", &["1"]),
        integer("salary_level", 3),
        NamedValue {
            name: "salary_negotiable".into(),
            value: Value::Truth(false),
        },
        integer("salary_from", 15_000_000),
        integer("salary_to", 25_000_000),
        named("salary_currency", "VND"),
        named("job_type", "1"),
        named("employee_level", "1"),
        named("experience", "1-0"),
        integer("quantity", 2),
        named("gender", "0"),
        named("job_description", "Viết mã."),
        named("job_requirement", "Biết Rust."),
        named("job_benefit", "Lương tháng 13."),
        named("deadline", "2026-12-31"),
        named("contact_name", "Nguyễn Thị Ánh"),
        named("contact_phone", "0912345678"),
        texts("contact_email", &["anh@example.vn"]),
        integer("publish_request_days", 30),
        texts("job_tag_ids", &["5"]),
        integer("recruitment_campaign_id", 0),
        NamedValue {
            name: "create_recruitment_campaign".into(),
            value: Value::Truth(false),
        },
    ]
}

/// A failure that a caller can act upon: a code, and something to read in both languages, for each of its problems too.
pub fn check_failure(failure: &Failure) {
    assert!(!failure.code.is_empty(), "{failure:?}");
    check_text(&failure.message);
    for problem in &failure.problems {
        assert!(!problem.code.is_empty(), "{problem:?}");
        check_text(&problem.message);
    }
}

/// Both languages say something.
pub fn check_text(text: &Text) {
    assert!(!text.vi.is_empty() && !text.en.is_empty(), "{text:?}");
}

/// Stores posting `p-1` of job `job-1`, which is 9001 at the board and live.
pub(crate) fn store_posting(host: &TestHost) {
    for (key, value) in posting_records() {
        put(host, &key, value.as_bytes());
    }
}

/// Writes into storage whatever the precondition would say.
pub(crate) fn put(host: &TestHost, key: &str, value: &[u8]) {
    // Only a value beyond the store's size is refused, and then it is not there.
    let _ = host.storage.put(key, value, &Precondition::Any);
}

/// The records behind [`store_posting`], by key.
pub fn posting_records() -> [(String, String); 3] {
    use topcv_plugin::state::keys;
    let posting = r#"{"schema":1,"data":{"id":"p-1","job":"job-1","account":1,"board_id":"9001","url":null,"title":"Kỹ sư","stage":"done","standing":"live","run_status":null,"approval_status":null,"reason":null,"unlinked":false,"linked":false,"revision":1,"round":1,"deadline":null,"created_at":1,"sent_at":1,"changed_at":1,"request_digest":"x","sent":{},"lease_until":0,"edit":null,"reopening":null,"candidates":[]}}"#;
    [
        (keys::posting("p-1"), posting.to_owned()),
        (
            keys::job("job-1"),
            r#"{"schema":1,"data":{"postings":["p-1"]}}"#.to_owned(),
        ),
        (
            keys::board("9001"),
            r#"{"schema":1,"data":{"posting":"p-1","previous":null}}"#.to_owned(),
        ),
    ]
}
