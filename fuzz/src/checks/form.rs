//! Any form values: a body or all problems at once, and what was accepted is accepted again as it is shown.
//!
//! A line is `name=k:value`, where `k` is `t` text, `i` integer, `b` truth, `l` list (items between `|`) or `j` JSON. `\n` in a value is a line's end.

use serde_json::json;
use topcv_plugin::contract::postings::Job;
use topcv_plugin::contract::types::{FieldProblem, NamedValue, Value};
use topcv_plugin::postings::form::{present, validate_change, validate_new};
use topcv_plugin::postings::{prepare_job, publish_job, update_job};
use topcv_plugin::topcv::catalogue::Catalogue;

use super::input::{TODAY, check_failure, check_text, good_values, lines, named, store_posting};
use crate::testing::{TestHost, json as answer};

/// A field that the operator has added.
const EXTRA: &str = "working_time";

/// See the module.
pub fn run(data: &[u8]) {
    let values = values(data);
    let catalogue = Catalogue {
        extra_fields: vec![EXTRA.into()],
        ..Catalogue::default()
    };
    let result = validate_new(&values, &catalogue, TODAY);
    match &result {
        Ok(body) => {
            let shown = present(body);
            let changed = validate_change(&shown, body, &catalogue, TODAY);
            assert!(changed.is_ok(), "its own values are refused: {changed:?}");
            for (key, value) in changed.iter().flatten() {
                assert_eq!(
                    body.get(key),
                    Some(value),
                    "shown and sent back, {key} is another"
                );
            }
        }
        Err(problems) => {
            check_problems(problems);
            let mended = mended(&values, problems);
            let again = validate_new(&mended, &catalogue, TODAY);
            assert!(
                again.is_ok(),
                "not all problems came at once: {problems:?}, then {again:?}"
            );
        }
    }
    change(&values, &catalogue);
    through_the_exports(&values);
}

fn change(values: &[NamedValue], catalogue: &Catalogue) {
    let Ok(board) = validate_new(&good_values(), catalogue, TODAY) else {
        panic!("the good values are not good");
    };
    if let Err(problems) = validate_change(values, &board, catalogue, TODAY) {
        check_problems(&problems);
        let again = validate_change(&mended(values, &problems), &board, catalogue, TODAY);
        assert!(
            again.is_ok(),
            "not all problems came at once: {problems:?}, then {again:?}"
        );
    }
}

fn through_the_exports(values: &[NamedValue]) {
    let host = TestHost::configured();
    host.board(|_| answer(200, &json!({"data": {"job_id": 1001, "title": "x", "job_url": "https://www.topcv.vn/1001"}})));
    store_posting(&host);
    let job = Job {
        id: "job-1".into(),
        title: "Kỹ sư".into(),
        details: values.to_vec(),
    };
    for posting in [None, Some("p-1")] {
        match prepare_job(host.ports(), &job, posting) {
            Ok(form) => check_problems_if_any(&form.problems),
            Err(failure) => check_failure(&failure),
        }
    }
    if let Err(failure) = update_job(host.ports(), "p-1", "x", values) {
        check_failure(&failure);
    }
    match publish_job(host.ports(), "r-1", "job-2", values, false) {
        Ok(_) => nothing_personal_is_stored(&host, values),
        Err(failure) => check_failure(&failure),
    }
}

/// A contact's telephone number stands in no record. One that stands in another field too proves nothing.
fn nothing_personal_is_stored(host: &TestHost, values: &[NamedValue]) {
    let phones = values.iter().filter(|value| value.name == "contact_phone");
    for phone in phones {
        let Value::Text(number) = &phone.value else {
            continue;
        };
        let number = number.trim();
        let elsewhere = values
            .iter()
            .filter(|value| value.name != "contact_phone")
            .any(|value| format!("{value:?}").contains(number));
        if number.len() < 8 || elsewhere {
            continue;
        }
        for (key, entry) in host.storage.entries.borrow().iter() {
            let stored = String::from_utf8_lossy(&entry.value);
            assert!(!stored.contains(number), "{key} holds {number}");
        }
    }
}

fn check_problems(problems: &[FieldProblem]) {
    assert!(!problems.is_empty());
    check_problems_if_any(problems);
}

fn check_problems_if_any(problems: &[FieldProblem]) {
    for problem in problems {
        assert!(!problem.code.is_empty(), "{problem:?}");
        check_text(&problem.message);
    }
}

/// The values with every field that has a problem filled in well, as somebody would who reads the list.
fn mended(values: &[NamedValue], problems: &[FieldProblem]) -> Vec<NamedValue> {
    let mut good = good_values();
    good.push(named(EXTRA, "Thứ 2 - Thứ 6"));
    let is_salary = |name: &str| matches!(name, "salary_negotiable" | "salary_from" | "salary_to");
    let has_problem = |name: &str| {
        problems
            .iter()
            .any(|problem| problem.field == name || (is_salary(&problem.field) && is_salary(name)))
    };
    let mut mended: Vec<NamedValue> = values
        .iter()
        .filter(|value| {
            good.iter().any(|known| known.name == value.name) && !has_problem(&value.name)
        })
        .cloned()
        .collect();
    mended.extend(good.into_iter().filter(|value| has_problem(&value.name)));
    mended
}

fn values(data: &[u8]) -> Vec<NamedValue> {
    lines(data).iter().filter_map(|line| value(line)).collect()
}

fn value(line: &str) -> Option<NamedValue> {
    let (name, rest) = line.split_once('=')?;
    let (kind, text) = rest.split_once(':')?;
    let text = text.replace("\\n", "\n");
    let value = match kind {
        "t" => Value::Text(text),
        "i" => Value::Integer(text.parse().ok()?),
        "b" => Value::Truth(text == "1"),
        "l" => Value::Texts(text.split('|').map(str::to_owned).collect()),
        "j" => Value::Json(text),
        _ => return None,
    };
    Some(NamedValue {
        name: name.to_owned(),
        value,
    })
}
