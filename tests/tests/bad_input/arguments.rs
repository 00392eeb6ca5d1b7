//! The exports that the platform calls: wrong kinds, missing, oversized, doubled and unknown values.

use job_board_host::contract::events::Attachment;
use job_board_host::contract::forms::Field;
use job_board_host::contract::postings::{Job, Resolution};
use job_board_host::contract::types::{Disposition, Failure, NamedValue, Value};
use system_tests::{Rig, Snapshot, expect_documented, named, text};

/// What was stored and asked before a call.
struct Before {
    stored: Snapshot,
    requests: u64,
    writes: u64,
}

impl Before {
    async fn of(rig: &Rig) -> Self {
        Self {
            stored: rig.snapshot().await,
            requests: rig.asked("requests").await,
            writes: rig.asked("writes").await,
        }
    }

    /// Fails unless the call was refused so, and nothing was stored and nothing sent.
    async fn refused<T>(
        self,
        rig: &Rig,
        what: &str,
        answer: Result<T, Failure>,
        expected: &Expected<'_>,
    ) {
        let Err(failure) = answer else {
            panic!("{what}: accepted");
        };
        assert_eq!(
            (failure.disposition, failure.code.as_str()),
            (expected.disposition, expected.code),
            "{what}"
        );
        let mut problems: Vec<_> = failure
            .problems
            .iter()
            .map(|problem| (problem.field.as_str(), problem.code.as_str()))
            .collect();
        problems.dedup();
        assert_eq!(problems, expected.problems, "{what}");
        expect_documented(&failure.code);
        for problem in &failure.problems {
            expect_documented(&problem.code);
        }
        for text in failure.problems.iter().map(|one| &one.message) {
            assert!(!text.vi.is_empty() && !text.en.is_empty(), "{what}");
        }
        assert!(
            rig.snapshot().await == self.stored,
            "{what}: something was stored"
        );
        if expected.may_read {
            assert_eq!(
                rig.asked("writes").await,
                self.writes,
                "{what}: written at the board"
            );
        } else {
            assert_eq!(
                rig.asked("requests").await,
                self.requests,
                "{what}: the board was asked"
            );
        }
    }
}

struct Expected<'a> {
    disposition: Disposition,
    code: &'a str,
    problems: Vec<(&'a str, &'a str)>,
    /// The call may look at the board before it refuses.
    may_read: bool,
}

fn fix_input<'a>(code: &'a str, problems: &[(&'a str, &'a str)]) -> Expected<'a> {
    Expected {
        disposition: Disposition::FixInput,
        code,
        problems: problems.to_vec(),
        may_read: false,
    }
}

fn invalid<'a>(field: &'a str, code: &'a str) -> Expected<'a> {
    fix_input("invalid-fields", &[(field, code)])
}

fn plain(disposition: Disposition, code: &str) -> Expected<'_> {
    Expected {
        disposition,
        code,
        problems: Vec::new(),
        may_read: false,
    }
}

fn long(characters: usize) -> String {
    "x".repeat(characters)
}

fn deep_json() -> Value {
    Value::Json(format!("{}1{}", "[".repeat(5_000), "]".repeat(5_000)))
}

/// Values that a field of this kind cannot take, with the code of the problem.
fn defects(field: &Field) -> Vec<(Value, &'static str)> {
    let list = Value::Texts(vec!["a".into()]);
    let mut defects = match field.kind.as_str() {
        "switch" => vec![(list, "wrong-kind")],
        "choices" | "texts" | "emails" => vec![(Value::Truth(true), "wrong-kind")],
        _ => vec![(list, "wrong-kind"), (Value::Truth(true), "wrong-kind")],
    };
    defects.push((Value::Json("{}".into()), "wrong-kind"));
    defects.push((deep_json(), "wrong-kind"));
    if let Some(most) = field.limits.max_length {
        defects.push((Value::Text(long(most as usize + 1)), "too-long"));
    }
    if let Some(most) = field.limits.max_items {
        let item = |number: u32| match field.kind.as_str() {
            "emails" => format!("a{number}@example.com"),
            _ => number.to_string(),
        };
        let too_many = (1..=most + 1).map(item).collect();
        defects.push((Value::Texts(too_many), "too-many"));
    }
    if let Some(least) = field.limits.minimum {
        defects.push((Value::Integer(least.saturating_sub(1)), "too-small"));
    }
    if let Some(over) = field.limits.maximum.and_then(|most| most.checked_add(1)) {
        defects.push((Value::Integer(over), "too-large"));
    }
    if field.kind == "day" {
        for day in ["2026-02-30", "31/03/2026", "2026-3-1", "tomorrow"] {
            defects.push((Value::Text(day.into()), "bad-day"));
        }
        defects.push((Value::Text("2026-03-01".into()), "past-day"));
    }
    defects
}

/// The values of the rig's posting with one of them replaced.
fn replaced(rig: &Rig, name: &str, value: &Value) -> Vec<NamedValue> {
    let mut values = rig.values.clone();
    values.retain(|one| one.name != name);
    values.push(named(name, value.clone()));
    values
}

async fn fields(rig: &Rig) -> Vec<Field> {
    let form = rig.connection.prepare_job(&rig.job, None).await.unwrap();
    form.unwrap().fields
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn publish_and_update_refuse_every_field_with_every_defect() {
    let rig = Rig::start().await;
    let fields = fields(&rig).await;
    assert!(fields.len() >= 25, "{} fields", fields.len());
    for field in &fields {
        for (value, code) in defects(field) {
            let id = field.id.as_str();
            let what = format!("{id} = {:.60}", format!("{value:?}"));
            let before = Before::of(&rig).await;
            let values = replaced(&rig, id, &value);
            let answer = rig
                .connection
                .publish_job("bad-0001", "8", &values, true)
                .await;
            before
                .refused(
                    &rig,
                    &format!("publish, {what}"),
                    answer.unwrap(),
                    &invalid(id, code),
                )
                .await;

            let before = Before::of(&rig).await;
            let (posting, version) = (&rig.posting.id, &rig.posting.version);
            let values = [named(id, value)];
            let answer = rig.connection.update_job(posting, version, &values).await;
            let expected = Expected {
                may_read: true,
                ..invalid(id, code)
            };
            before
                .refused(&rig, &format!("update, {what}"), answer.unwrap(), &expected)
                .await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn publish_names_every_missing_doubled_and_unknown_field() {
    let rig = Rig::start().await;
    let refused = async |what: &str, values: &[NamedValue], problem: (&str, &str)| {
        let before = Before::of(&rig).await;
        let answer = rig
            .connection
            .publish_job("bad-0002", "8", values, true)
            .await;
        let expected = fix_input("invalid-fields", &[problem]);
        before.refused(&rig, what, answer.unwrap(), &expected).await;
    };
    for field in fields(&rig).await {
        let id = field.id.as_str();
        if field.required {
            let mut lacking = rig.values.clone();
            lacking.retain(|value| value.name != id);
            refused(&format!("without {id}"), &lacking, (id, "required")).await;
        }
        if let Some(value) = rig.values.iter().find(|value| value.name == id) {
            let doubled = [rig.values.clone(), vec![value.clone()]].concat();
            refused(&format!("{id} twice"), &doubled, (id, "duplicate")).await;
        }
    }
    for name in [
        "colour",
        "Title",
        "title ",
        "",
        "ứng-viên",
        "employer_api_key",
    ] {
        let values = replaced(&rig, name, &Value::Text("red".into()));
        refused(&format!("{name:?}"), &values, (name, "unknown-field")).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn configure_refuses_every_setting_with_every_defect() {
    let rig = Rig::start().await;
    let url = "https://platform.example/hooks/x";
    let mut cases: Vec<(Vec<NamedValue>, &str, &str, &str)> = Vec::new();
    for id in ["access-token", "secret-key"] {
        for value in [
            Value::Integer(1),
            Value::Truth(true),
            Value::Texts(vec!["a".into()]),
            Value::Json("\"a\"".into()),
        ] {
            cases.push((vec![named(id, value)], url, id, "wrong-kind"));
        }
        for bad in ["a b", "a\r\nX-Evil: 1", "khoá", "a\0"] {
            cases.push((vec![text(id, bad)], url, id, "bad-characters"));
        }
        cases.push((vec![text(id, &long(4_097))], url, id, "too-long"));
        cases.push((vec![text(id, "new"), text(id, "new")], url, id, "duplicate"));
    }
    for bad in ["[]", "1", "{", "{\"base_url\":{}}", "{\"base_url\":null}"] {
        let value = Value::Json(bad.into());
        cases.push((vec![named("protocol", value)], url, "protocol", "bad-json"));
    }
    cases.push((
        vec![named("protocol", deep_json())],
        url,
        "protocol",
        "bad-json",
    ));
    for (json, code) in [
        ("{\"no.such.row\":\"1\"}", "unknown-protocol-key"),
        ("{\"base_url\":\"ftp://topcv.vn\"}", "bad-protocol-value"),
        (
            "{\"base_url\":\"https://user@topcv.vn\"}",
            "bad-protocol-value",
        ),
        ("{\"list.limit\":\"many\"}", "bad-protocol-value"),
        ("{\"signing_key\":\"guess\"}", "bad-protocol-value"),
    ] {
        let value = Value::Json(json.into());
        cases.push((vec![named("protocol", value)], url, "protocol", code));
    }
    for name in ["colour", "", "Secret-Key"] {
        cases.push((vec![text(name, "red")], url, name, "unknown-setting"));
    }
    let overlong = format!("https://platform.example/{}", long(2_048));
    for bad in [
        "",
        "platform.example",
        "/hooks/x",
        "ftp://a/b",
        "https://",
        &overlong,
    ] {
        cases.push((Vec::new(), bad, "webhook-url", "bad-url"));
    }
    for (settings, url, field, code) in cases {
        let what = format!("{field}: {code}, {:.80}", format!("{settings:?} {url}"));
        let before = Before::of(&rig).await;
        let answer = rig.connection.configure(&settings, url, false).await;
        before
            .refused(&rig, &what, answer.unwrap(), &invalid(field, code))
            .await;
    }
}

/// Ids that the contract does not allow.
fn bad_ids() -> [String; 3] {
    [String::new(), "a\nb".to_owned(), long(201)]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ids_that_the_contract_does_not_allow_are_named() {
    let rig = Rig::start().await;
    let connection = &rig.connection;
    let board = rig.posting.board_posting.clone().unwrap();
    for bad in bad_ids() {
        let what = format!("{:.20}", format!("{bad:?}"));
        let before = Before::of(&rig).await;
        let answer = connection.publish_job(&bad, "8", &rig.values, true).await;
        before
            .refused(
                &rig,
                &format!("publish as {what}"),
                answer.unwrap(),
                &invalid("request-id", "bad-id"),
            )
            .await;
        let before = Before::of(&rig).await;
        let answer = connection
            .publish_job("bad-0003", &bad, &rig.values, true)
            .await;
        before
            .refused(
                &rig,
                &format!("publish for {what}"),
                answer.unwrap(),
                &invalid("job-id", "bad-id"),
            )
            .await;
        let before = Before::of(&rig).await;
        let answer = connection.link_job(&bad, "8", &board).await;
        before
            .refused(
                &rig,
                &format!("link as {what}"),
                answer.unwrap(),
                &invalid("request-id", "bad-id"),
            )
            .await;
        let before = Before::of(&rig).await;
        let answer = connection.link_job("bad-0004", &bad, &board).await;
        before
            .refused(
                &rig,
                &format!("link for {what}"),
                answer.unwrap(),
                &invalid("job-id", "bad-id"),
            )
            .await;
        let before = Before::of(&rig).await;
        let answer = connection.reopen_job(&bad, &rig.posting.id, None).await;
        before
            .refused(
                &rig,
                &format!("reopen as {what}"),
                answer.unwrap(),
                &invalid("request-id", "bad-id"),
            )
            .await;
        let before = Before::of(&rig).await;
        let answer = connection.list_postings(Some(&bad), None).await;
        before
            .refused(
                &rig,
                &format!("list for {what}"),
                answer.unwrap(),
                &invalid("job-id", "bad-id"),
            )
            .await;
        let job = Job {
            id: bad.clone(),
            ..rig.job.clone()
        };
        let before = Before::of(&rig).await;
        let answer = connection.prepare_job(&job, None).await;
        before
            .refused(
                &rig,
                &format!("prepare {what}"),
                answer.unwrap(),
                &invalid("id", "bad-id"),
            )
            .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postings_that_there_are_not_are_not_found() {
    let rig = Rig::start().await;
    let connection = &rig.connection;
    let missing = plain(Disposition::NotFound, "posting-not-found");
    for id in [
        "no-such",
        "../rig-0001",
        "rig-0001 ",
        "RIG-0001",
        "tin-tuyển-dụng",
        &long(200),
    ] {
        let before = Before::of(&rig).await;
        let answer = connection.update_job(id, &rig.posting.version, &[]).await;
        before
            .refused(&rig, &format!("update {id}"), answer.unwrap(), &missing)
            .await;
        let before = Before::of(&rig).await;
        let answer = connection.close_job(id).await;
        before
            .refused(&rig, &format!("close {id}"), answer.unwrap(), &missing)
            .await;
        let before = Before::of(&rig).await;
        let answer = connection.reopen_job("bad-0005", id, None).await;
        before
            .refused(&rig, &format!("reopen {id}"), answer.unwrap(), &missing)
            .await;
        let before = Before::of(&rig).await;
        let answer = connection.unlink_job(id).await;
        before
            .refused(&rig, &format!("unlink {id}"), answer.unwrap(), &missing)
            .await;
        let before = Before::of(&rig).await;
        let answer = connection
            .resolve_unknown(id, &Resolution::NotCreated)
            .await;
        before
            .refused(&rig, &format!("resolve {id}"), answer.unwrap(), &missing)
            .await;
        for refresh in [false, true] {
            let before = Before::of(&rig).await;
            let answer = connection.get_posting(id, refresh).await;
            before
                .refused(&rig, &format!("get {id}"), answer.unwrap(), &missing)
                .await;
        }
        let before = Before::of(&rig).await;
        let answer = connection.prepare_job(&rig.job, Some(id)).await;
        before
            .refused(&rig, &format!("edit {id}"), answer.unwrap(), &missing)
            .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn versions_resolutions_and_deadlines_that_do_not_fit() {
    let rig = Rig::start().await;
    let (connection, id) = (&rig.connection, rig.posting.id.as_str());
    let stale = plain(Disposition::Conflict, "stale-version");
    for version in ["", "0", "no such version", &long(10_000)] {
        let before = Before::of(&rig).await;
        let values = [named("quantity", Value::Integer(3))];
        let answer = connection.update_job(id, version, &values).await;
        before
            .refused(&rig, "update with another version", answer.unwrap(), &stale)
            .await;
    }
    let known = plain(Disposition::Conflict, "not-unknown");
    for resolution in [
        Resolution::NotCreated,
        Resolution::Adopt("1".into()),
        Resolution::Adopt(String::new()),
    ] {
        let before = Before::of(&rig).await;
        let answer = connection.resolve_unknown(id, &resolution).await;
        before
            .refused(&rig, "resolve a known posting", answer.unwrap(), &known)
            .await;
    }
    connection
        .close_job(id)
        .await
        .unwrap()
        .expect("the posting is closed");
    for (day, code) in [
        ("", "bad-day"),
        ("2026-02-30", "bad-day"),
        ("31-03-2026", "bad-day"),
        ("2026-03-01", "past-day"),
        ("0000-00-00", "bad-day"),
    ] {
        let before = Before::of(&rig).await;
        let answer = connection.reopen_job("bad-0006", id, Some(day)).await;
        before
            .refused(
                &rig,
                &format!("reopen until {day:?}"),
                answer.unwrap(),
                &invalid("deadline", code),
            )
            .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn links_and_cursors_that_are_none() {
    let rig = Rig::start().await;
    let overlong = long(10_000);
    let nowhere = fix_input(
        "bad-board-posting",
        &[("board-posting", "bad-board-posting")],
    );
    for given in [
        "",
        "abc",
        "-1",
        "12/34",
        "https://www.topcv.vn/",
        "https://example.com/viec-lam/x/1200001.html",
        "https://topcv.vn.example.com/viec-lam/x/1200001.html",
        "javascript:1200001",
        "file:///1200001",
        &overlong,
    ] {
        let before = Before::of(&rig).await;
        let answer = rig.connection.link_job("bad-0007", "8", given).await;
        before
            .refused(
                &rig,
                &format!("link {given:.60}"),
                answer.unwrap(),
                &nowhere,
            )
            .await;
    }
    for cursor in [
        "",
        "0",
        "-1",
        "two",
        "1.5",
        "99999999999999999999",
        &overlong,
    ] {
        let before = Before::of(&rig).await;
        let answer = rig.connection.list_linkable(Some(cursor)).await;
        before
            .refused(
                &rig,
                &format!("cursor {cursor:.60}"),
                answer.unwrap(),
                &invalid("cursor", "bad-cursor"),
            )
            .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn jobs_that_cannot_be_used_name_every_problem() {
    let rig = Rig::start().await;
    let with = |details: Vec<NamedValue>| Job {
        details,
        ..rig.job.clone()
    };
    let titled = |title: &str| Job {
        title: title.to_owned(),
        ..rig.job.clone()
    };
    let many = (0..1_000)
        .map(|number| text(&format!("x-{number}"), "y"))
        .collect();
    for (what, job, field, code) in [
        ("without title", titled("  "), "title", "required"),
        (
            "with an endless title",
            titled(&long(100_000)),
            "title",
            "too-long",
        ),
        (
            "a detail twice",
            with(vec![text("city", "Hà Nội"), text("city", "Huế")]),
            "city",
            "duplicate",
        ),
        (
            "an endless detail",
            with(vec![text("description", &long(1_000_000))]),
            "description",
            "too-long",
        ),
        ("countless details", with(many), "details", "too-many"),
    ] {
        let before = Before::of(&rig).await;
        let answer = rig.connection.prepare_job(&job, None).await;
        before
            .refused(&rig, what, answer.unwrap(), &invalid(field, code))
            .await;
    }
    // Odd kinds of details are doubts for the form to show, not failures.
    let odd = with(vec![
        named("city", Value::Truth(true)),
        named("quantity", Value::Text("vài người".into())),
        named("salary-from", deep_json()),
        named("deadline", Value::Integer(1)),
    ]);
    let stored = rig.snapshot().await;
    let form = rig
        .connection
        .prepare_job(&odd, None)
        .await
        .unwrap()
        .unwrap();
    for id in ["locations", "deadline"] {
        assert!(
            form.missing.iter().any(|missing| missing == id),
            "{id}: {:?}",
            form.missing
        );
    }
    assert!(rig.snapshot().await == stored);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_are_fetched_from_nowhere_else() {
    let rig = Rig::start().await;
    let refused = plain(Disposition::FixInput, "url-refused");
    for url in [
        "",
        "cv.pdf",
        "/cv/abc",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "http://www.topcv.vn/cv/abc",
        "https://example.com/cv.pdf",
        "https://topcv.vn.example.com/cv.pdf",
        "https://www.topcv.vn@example.com/cv.pdf",
        "https://user:secret@www.topcv.vn/cv.pdf",
        "https://127.0.0.1/cv.pdf",
        "https://[::1]/cv.pdf",
    ] {
        let attachment = Attachment {
            id: "a".into(),
            application_id: "b".into(),
            kind: "cv".into(),
            url: url.into(),
            fallback_url: None,
            expires_at: None,
            signed: false,
        };
        let before = Before::of(&rig).await;
        let answer = rig.connection.fetch_cv(&attachment).await;
        before.refused(&rig, url, answer.unwrap(), &refused).await;
    }
}
