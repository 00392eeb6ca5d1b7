use serde_json::json;

use super::*;
use crate::contract::types::{Disposition, NamedValue};
use crate::failure::named;
use crate::state::posting::Stage;
use crate::testing::{NOW, TestHost, json as answer, lost};

fn job(id: &str, title: &str, details: Vec<NamedValue>) -> Job {
    Job {
        id: id.into(),
        title: title.into(),
        details,
    }
}

fn accountant() -> Job {
    job("job-1", "Kế toán trưởng", vec![named("city", "Sài Gòn")])
}

/// A board with one posting and one list.
fn serve(host: &TestHost) {
    host.board(|request| match request.url.rsplit('/').next().unwrap_or("") {
        "cities" => answer(200, &json!({"data": [{"id": 2, "name": "Hồ Chí Minh"}]})),
        "77" => answer(
            200,
            &json!({"data": {"job_id": 77, "title": "Kế toán", "locations": [2], "address": "Quận 1"}}),
        ),
        _ => answer(404, &json!({"message": "none"})),
    });
}

/// The board's posting, linked, and then put into an account and a stage.
fn store(host: &TestHost, account: u32, stage: Stage) {
    crate::postings::link_job(host.ports(), "r-1", "job-1", "77").unwrap();
    crate::postings::view::modify(host.ports(), "r-1", |record| {
        (record.account, record.stage) = (account, stage);
        Ok(())
    })
    .unwrap();
    host.requests.borrow_mut().clear();
}

fn value_of(form: &Form, id: &str) -> Option<Value> {
    let field = form.fields.iter().find(|field| field.id == id);
    field.unwrap().value.clone()
}

#[test]
fn a_new_form_reads_the_lists_and_works_without_them() {
    let host = TestHost::configured();
    serve(&host);
    let form = prepare_job(host.ports(), &accountant(), None).unwrap();
    assert_eq!(
        value_of(&form, "locations"),
        Some(Value::Texts(vec!["2".into()]))
    );
    assert_eq!(form.choices_as_of, Some(NOW));
    assert!(form.choices_stale, "three lists are not there");
    assert!(
        host.calls()
            .iter()
            .all(|call| call.starts_with("GET /api/metadata/"))
    );

    host.board(|_| lost());
    host.now.set(NOW + 48 * 60 * 60 * 1000);
    let form = prepare_job(host.ports(), &accountant(), None).unwrap();
    assert_eq!(
        value_of(&form, "locations"),
        Some(Value::Texts(vec!["2".into()]))
    );
    assert_eq!((form.choices_as_of, form.choices_stale), (Some(NOW), true));
}

#[test]
fn without_credentials_the_settings_come_first() {
    let host = TestHost::new();
    let failure = prepare_job(host.ports(), &accountant(), None).unwrap_err();
    assert_eq!(failure.disposition, Disposition::FixSettings);
    assert!(host.requests.borrow().is_empty());
}

#[test]
fn an_edit_shows_the_board_and_names_the_version() {
    let host = TestHost::configured();
    serve(&host);
    store(&host, 1, Stage::Done);
    let form = prepare_job(host.ports(), &accountant(), Some("r-1")).unwrap();
    assert_eq!(
        value_of(&form, "title"),
        Some(Value::Text("Kế toán".into()))
    );
    assert!(
        form.version
            .as_ref()
            .is_some_and(|version| version.contains('.'))
    );

    host.board(|_| lost());
    let failure = prepare_job(host.ports(), &accountant(), Some("r-1")).unwrap_err();
    assert_eq!(failure.disposition, Disposition::RetryLater);
}

#[test]
fn an_edit_needs_a_posting_at_the_board_in_this_account() {
    for (account, stage, id, code) in [
        (1, Stage::Done, "other", "posting-not-found"),
        (2, Stage::Done, "r-1", "other-account"),
        (1, Stage::Unknown, "r-1", "not-published-yet"),
    ] {
        let host = TestHost::configured();
        serve(&host);
        store(&host, account, stage);
        let failure = prepare_job(host.ports(), &accountant(), Some(id)).unwrap_err();
        assert_eq!(failure.code, code);
        assert!(host.requests.borrow().is_empty(), "{code}");
    }
}

#[test]
fn a_malformed_job_is_refused_with_everything_that_is_wrong_with_it() {
    let host = TestHost::configured();
    let bad = job(
        "",
        " ",
        vec![
            named("city", "a"),
            named("city", "b"),
            named("description", "x".repeat(LONGEST_DETAIL + 1)),
        ],
    );
    let failure = prepare_job(host.ports(), &bad, None).unwrap_err();
    assert_eq!(failure.disposition, Disposition::FixInput);
    let problems: Vec<_> = failure
        .problems
        .iter()
        .map(|problem| (problem.field.as_str(), problem.code.as_str()))
        .collect();
    assert_eq!(
        problems,
        [
            ("id", "bad-id"),
            ("title", "required"),
            ("city", "duplicate"),
            ("description", "too-long")
        ]
    );
    for (bad, code) in [
        (job(&"x".repeat(201), "a", vec![]), "bad-id"),
        (job("a\n", "a", vec![]), "bad-id"),
        (job("a", &"x".repeat(5_000), vec![]), "too-long"),
        (
            job(
                "a",
                "a",
                (0..201).map(|n| named(&format!("n{n}"), "x")).collect(),
            ),
            "too-many",
        ),
    ] {
        let failure = prepare_job(host.ports(), &bad, None).unwrap_err();
        assert_eq!(failure.problems[0].code, code);
    }
    assert!(host.requests.borrow().is_empty());
}
