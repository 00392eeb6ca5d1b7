//! The promises of publish and update, against a small scripted board that counts what it is asked.

use std::cell::RefCell;
use std::rc::Rc;

use serde_json::{Map, Value as Json, json};

use super::*;
use crate::contract::events::PostingState;
use crate::contract::http::{HttpError, Request, Response};
use crate::contract::postings::Resolution;
use crate::contract::types::{Disposition, NamedValue, Value};
use crate::failure::named;
use crate::testing::{TestHost, json as answer, lost};

mod backing_off;
mod clocks;
mod damage;
mod restore;
mod review;

/// What happens to the next create.
#[derive(Clone, Copy, PartialEq)]
enum Create {
    Works,
    LostAfter,
    LostBefore,
    Refused,
}

/// Postings by id, and what was asked.
struct Board {
    postings: Vec<(u64, Map<String, Json>)>,
    create: Create,
    creates: u32,
    connects: u32,
    edits: u32,
    writes: u32,
    draft: bool,
}

impl Board {
    fn on(host: &TestHost) -> Rc<RefCell<Self>> {
        let board = Rc::new(RefCell::new(Self {
            postings: Vec::new(),
            create: Create::Works,
            creates: 0,
            connects: 0,
            edits: 0,
            writes: 0,
            draft: false,
        }));
        let shared = Rc::clone(&board);
        host.board(move |request| shared.borrow_mut().answer(request));
        board
    }

    fn answer(&mut self, request: &Request) -> Result<Response, HttpError> {
        let path = request.url.splitn(4, '/').nth(3).unwrap();
        let (path, _) = path.split_once('?').unwrap_or((path, ""));
        let parts: Vec<_> = path.split('/').collect();
        if request.method != "GET" {
            self.writes += 1;
        }
        match (request.method.as_str(), parts.as_slice()) {
            ("POST", ["api", "jobs"]) => self.create(request),
            ("POST", ["api", "connect"]) => {
                self.connects += 1;
                let session = format!("session-{}", self.connects + 1);
                answer(200, &json!({"data": {"access_token": session}}))
            }
            ("GET", ["api", "jobs"]) => {
                let items: Vec<_> = self
                    .postings
                    .iter()
                    .rev()
                    .map(|(id, body)| json!({"job_id": id, "title": body["title"]}))
                    .collect();
                answer(200, &json!({"data": items, "last_page": 1}))
            }
            ("PUT", ["api", "disconnect"]) => answer(200, &json!({"status": "success"})),
            ("GET", ["api", "metadata", _]) => answer(404, &json!({"message": "Không tìm thấy"})),
            (method, ["api", "jobs", id, rest @ ..]) => self.one(method, id, rest, request),
            other => panic!("unexpected request {other:?}"),
        }
    }

    fn create(&mut self, request: &Request) -> Result<Response, HttpError> {
        let body: Map<String, Json> =
            serde_json::from_slice(request.body.as_ref().unwrap()).unwrap();
        match self.create {
            Create::Refused => {
                return answer(
                    422,
                    &json!({"message": "x", "errors": {"title": ["Tiêu đề trùng"]}}),
                );
            }
            Create::LostBefore => return lost(),
            Create::Works | Create::LostAfter => {}
        }
        self.creates += 1;
        let id = 1000 + u64::from(self.creates);
        self.add(id, body);
        if self.create == Create::LostAfter {
            return lost();
        }
        answer(
            200,
            &json!({"data": {"job_id": id, "job_url": format!("https://www.topcv.vn/viec-lam/x/{id}.html")}}),
        )
    }

    fn add(&mut self, id: u64, mut body: Map<String, Json>) {
        body.insert(
            "run_status".into(),
            json!(if self.draft { "draft" } else { "running" }),
        );
        body.insert("approval_status".into(), json!("pending"));
        body.insert("working_time".into(), json!("Thứ 2 - Thứ 6"));
        self.postings.push((id, body));
    }

    fn one(
        &mut self,
        method: &str,
        id: &str,
        rest: &[&str],
        request: &Request,
    ) -> Result<Response, HttpError> {
        let Some((_, fields)) = self
            .postings
            .iter_mut()
            .find(|(known, _)| known.to_string() == id)
        else {
            return answer(404, &json!({"message": "Không tìm thấy"}));
        };
        match (method, rest) {
            ("GET", []) => {
                let mut shown = fields.clone();
                shown.insert("job_id".into(), json!(id.parse::<u64>().unwrap()));
                answer(200, &json!({ "data": shown }))
            }
            ("PUT", []) => {
                self.edits += 1;
                let body: Map<String, Json> =
                    serde_json::from_slice(request.body.as_ref().unwrap()).unwrap();
                let run = fields["run_status"].clone();
                // What is absent is wiped: that is the danger for fields that only the board knows.
                *fields = body;
                fields.insert("run_status".into(), run);
                fields.insert("approval_status".into(), json!("pending"));
                answer(200, &json!({"status": "success"}))
            }
            ("POST", ["publish"]) => {
                fields.insert("run_status".into(), json!("running"));
                answer(200, &json!({"status": "success"}))
            }
            ("POST", ["stop"]) => {
                fields.insert("run_status".into(), json!("stopped"));
                answer(200, &json!({"status": "success"}))
            }
            other => panic!("unexpected request {other:?}"),
        }
    }

    fn set(&mut self, id: u64, key: &str, value: Json) {
        let (_, fields) = self
            .postings
            .iter_mut()
            .find(|(known, _)| *known == id)
            .unwrap();
        fields.insert(key.into(), value);
    }

    fn get(&self, id: u64, key: &str) -> Json {
        self.postings
            .iter()
            .find(|(known, _)| *known == id)
            .unwrap()
            .1[key]
            .clone()
    }
}

fn value(name: &str, value: Value) -> NamedValue {
    NamedValue {
        name: name.into(),
        value,
    }
}

fn values() -> Vec<NamedValue> {
    vec![
        named("title", "Kỹ sư phần mềm"),
        named("position_title", "Kỹ sư phần mềm"),
        named("main_category", "10"),
        value("locations", Value::Texts(vec!["1".into()])),
        value("salary_from", Value::Integer(15_000_000)),
        value("salary_to", Value::Integer(25_000_000)),
        named("job_type", "1"),
        named("employee_level", "1"),
        named("experience", "1-0"),
        value("quantity", Value::Integer(2)),
        named("gender", "0"),
        named("job_description", "Viết mã."),
        named("job_requirement", "Biết Rust."),
        named("job_benefit", "Lương tháng 13."),
        named("deadline", "2026-12-31"),
        named("contact_name", "Nguyễn Thị Ánh"),
        named("contact_phone", "0912345678"),
        value("contact_email", Value::Texts(vec!["anh@example.vn".into()])),
    ]
}

fn with(name: &str, text: &str) -> Vec<NamedValue> {
    let mut values = values();
    values.retain(|value| value.name != name);
    values.push(named(name, text));
    values
}

fn later(host: &TestHost) {
    host.now.set(host.now.get() + 60 * 60 * 1000);
}

#[test]
fn the_same_request_twice_is_one_posting_and_one_create() {
    let host = TestHost::configured();
    let board = Board::on(&host);
    let first = publish_job(host.ports(), "r-1", "job-1", &values(), false).unwrap();
    let second = publish_job(host.ports(), "r-1", "job-1", &values(), false).unwrap();
    assert_eq!(first, second);
    assert_eq!(first.state, PostingState::PendingReview);
    assert_eq!(first.board_posting.as_deref(), Some("1001"));
    assert_eq!(board.borrow().creates, 1);
}

#[test]
fn other_content_under_a_request_id_is_a_conflict() {
    let host = TestHost::configured();
    let board = Board::on(&host);
    publish_job(host.ports(), "r-1", "job-1", &values(), false).unwrap();
    let failure =
        publish_job(host.ports(), "r-1", "job-1", &with("title", "Khác"), false).unwrap_err();
    assert_eq!(
        (failure.disposition, failure.code.as_str()),
        (Disposition::Conflict, "request-id-reused")
    );
    let failure = publish_job(host.ports(), "r-1", "job-2", &values(), false).unwrap_err();
    assert_eq!(failure.code, "request-id-reused");
    assert_eq!(board.borrow().creates, 1);
}

#[test]
fn a_request_is_bound_to_what_its_texts_say_and_not_to_how_they_are_written() {
    let host = TestHost::configured();
    let board = Board::on(&host);
    let publish = |text: &str| {
        publish_job(
            host.ports(),
            "r-1",
            "job-1",
            &with("job_description", text),
            false,
        )
    };
    let first = publish("Viết mã\n• Rust").unwrap();
    for same in [
        "<p>Viết mã</p><ul><li>Rust</li></ul>",
        "Viết mã\r\n\r\n• Rust\r\n",
    ] {
        assert_eq!(publish(same).unwrap(), first, "{same}");
    }
    for other in [
        "Viết mã\nRust",
        "<p>Viết <b>mã</b></p><ul><li>Rust</li></ul>",
    ] {
        assert_eq!(publish(other).unwrap_err().code, "request-id-reused");
    }
    assert_eq!(board.borrow().creates, 1);
}

#[test]
fn a_form_that_comes_back_unchanged_writes_nothing_however_its_texts_are_spelled() {
    let host = TestHost::configured();
    let board = Board::on(&host);
    let html = "<p>Viết mã<br>Đọc mã</p><ul><li>Rust</li></ul>";
    publish_job(
        host.ports(),
        "r-1",
        "job-1",
        &with("job_description", html),
        false,
    )
    .unwrap();
    assert_eq!(board.borrow().get(1001, "job_description"), json!(html));
    let job = crate::contract::postings::Job {
        id: "job-1".into(),
        title: "Kỹ sư phần mềm".into(),
        details: Vec::new(),
    };
    let form = prepare_job(host.ports(), &job, Some("r-1")).unwrap();
    let mut filled: Vec<NamedValue> = Vec::new();
    for field in form.fields {
        filled.extend(field.value.map(|it| value(&field.id, it)));
    }
    let lines = named("job_description", "Viết mã\nĐọc mã\n• Rust");
    assert!(filled.contains(&lines), "{filled:?}");
    let (version, before) = (form.version.unwrap(), board.borrow().writes);
    let change = update_job(host.ports(), "r-1", &version, &filled).unwrap();
    assert_eq!(change.changed, Vec::<String>::new());
    for spelling in [html, "<p>Viết mã</p><p>Đọc mã</p><ul><li>Rust</li></ul>"] {
        let values = [named("job_description", spelling)];
        let change = update_job(host.ports(), "r-1", &version, &values).unwrap();
        assert_eq!(change.changed, Vec::<String>::new(), "{spelling}");
    }
    assert_eq!(board.borrow().writes, before, "nothing was sent");
    // Rewritten at the board as the same content: no conflict with a change of ours, and what we did not touch stays as it is there.
    let rewritten = "<p>Viết mã</p>\n<p>Đọc mã</p><ul><li>Rust</li></ul>";
    board
        .borrow_mut()
        .set(1001, "job_description", json!(rewritten));
    let values = [lines, named("title", "Kỹ sư Rust")];
    let change = update_job(host.ports(), "r-1", "1", &values).unwrap();
    assert_eq!(change.changed, ["title"]);
    assert_eq!(
        board.borrow().get(1001, "job_description"),
        json!(rewritten)
    );
}

#[test]
fn a_conflict_shows_long_texts_as_the_form_does() {
    let host = TestHost::configured();
    let board = Board::on(&host);
    publish_job(host.ports(), "r-1", "job-1", &values(), false).unwrap();
    board
        .borrow_mut()
        .set(1001, "job_benefit", json!("<p>Lương<br>Thưởng</p>"));
    let wanted = [named("job_benefit", "Du lịch\n• Biển")];
    let failure = update_job(host.ports(), "r-1", "1", &wanted).unwrap_err();
    assert_eq!(failure.code, "changed-elsewhere");
    for shown in [
        named("board", "Lương\nThưởng"),
        named("wanted", "Du lịch\n• Biển"),
        named("sent", "Lương tháng 13."),
    ] {
        assert!(failure.problems[0].values.contains(&shown), "{shown:?}");
    }
}

#[test]
fn a_lost_answer_is_looked_up_and_adopted() {
    let host = TestHost::configured();
    let board = Board::on(&host);
    board.borrow_mut().create = Create::LostAfter;
    let posting = publish_job(host.ports(), "r-1", "job-1", &values(), false).unwrap();
    assert_eq!(posting.state, PostingState::Unknown);
    assert!(posting.advice.is_some());
    let posting = publish_job(host.ports(), "r-1", "job-1", &values(), false).unwrap();
    assert_eq!(posting.state, PostingState::PendingReview);
    assert_eq!(posting.board_posting.as_deref(), Some("1001"));
    assert_eq!(board.borrow().creates, 1);
}

#[test]
fn nothing_found_never_leads_to_a_second_create_by_itself() {
    let host = TestHost::configured();
    let board = Board::on(&host);
    board.borrow_mut().create = Create::LostBefore;
    for _ in 0..3 {
        let posting = publish_job(host.ports(), "r-1", "job-1", &values(), false).unwrap();
        assert_eq!(posting.state, PostingState::Unknown);
        later(&host);
    }
    assert_eq!(
        host.calls()
            .iter()
            .filter(|call| *call == "POST /api/jobs")
            .count(),
        1
    );
    for allow_second in [false, true] {
        let failure =
            publish_job(host.ports(), "r-2", "job-1", &values(), allow_second).unwrap_err();
        assert_eq!(failure.code, "publish-in-doubt");
    }

    board.borrow_mut().create = Create::Works;
    let last = resolve_unknown(host.ports(), "r-1", &Resolution::NotCreated).unwrap();
    assert_eq!(last.state, PostingState::Unlinked);
    let posting = publish_job(host.ports(), "r-1", "job-1", &values(), false).unwrap();
    assert_eq!(posting.state, PostingState::PendingReview);
    assert_eq!(board.borrow().creates, 1);
}

#[test]
fn several_equal_hits_are_listed_for_a_person() {
    let host = TestHost::configured();
    let board = Board::on(&host);
    board.borrow_mut().create = Create::LostAfter;
    publish_job(host.ports(), "r-1", "job-1", &values(), false).unwrap();
    let copy = board.borrow().postings[0].1.clone();
    board.borrow_mut().postings.push((2000, copy));
    let posting = publish_job(host.ports(), "r-1", "job-1", &values(), false).unwrap();
    assert_eq!(posting.state, PostingState::Unknown);
    let mut found: Vec<_> = posting
        .candidates
        .iter()
        .map(|candidate| candidate.id.as_str())
        .collect();
    found.sort_unstable();
    assert_eq!(found, ["1001", "2000"]);
    let posting = resolve_unknown(host.ports(), "r-1", &Resolution::Adopt("2000".into())).unwrap();
    assert_eq!(posting.board_posting.as_deref(), Some("2000"));
    assert_eq!(board.borrow().creates, 1);
}

#[test]
fn a_definite_refusal_frees_the_request_id_and_the_job() {
    let host = TestHost::configured();
    let board = Board::on(&host);
    board.borrow_mut().create = Create::Refused;
    let failure = publish_job(host.ports(), "r-1", "job-1", &values(), false).unwrap_err();
    assert_eq!(failure.disposition, Disposition::FixInput);
    assert_eq!(failure.problems[0].field, "title");
    board.borrow_mut().create = Create::Works;
    publish_job(
        host.ports(),
        "r-1",
        "job-1",
        &with("title", "Kỹ sư Rust"),
        false,
    )
    .unwrap();
    assert_eq!(board.borrow().creates, 1);
}

#[test]
fn a_job_gets_a_second_posting_only_when_asked_for() {
    let host = TestHost::configured();
    let board = Board::on(&host);
    publish_job(host.ports(), "r-1", "job-1", &values(), false).unwrap();
    let failure = publish_job(host.ports(), "r-2", "job-1", &values(), false).unwrap_err();
    assert_eq!(failure.code, "already-posted");
    assert_eq!(failure.extra, vec![named("posting-id", "r-1")]);
    publish_job(host.ports(), "r-2", "job-1", &values(), true).unwrap();
    close_job(host.ports(), "r-1").unwrap();
    close_job(host.ports(), "r-2").unwrap();
    publish_job(host.ports(), "r-3", "job-1", &values(), false).unwrap();
    assert_eq!(board.borrow().creates, 3);
}

#[test]
fn invalid_values_come_back_at_once_and_nothing_is_sent() {
    let host = TestHost::configured();
    let _board = Board::on(&host);
    let failure = publish_job(
        host.ports(),
        "r-1",
        "job-1",
        &[named("deadline", "2020-01-01")],
        false,
    )
    .unwrap_err();
    assert_eq!(failure.disposition, Disposition::FixInput);
    let fields: Vec<_> = failure
        .problems
        .iter()
        .map(|problem| problem.field.as_str())
        .collect();
    assert!(
        fields.contains(&"title") && fields.contains(&"deadline") && fields.len() > 5,
        "{fields:?}"
    );
    assert!(host.calls().is_empty());
}

#[test]
fn a_board_that_wants_publish_gets_it_once() {
    let host = TestHost::configured();
    let board = Board::on(&host);
    board.borrow_mut().draft = true;
    publish_job(host.ports(), "r-1", "job-1", &values(), false).unwrap();
    publish_job(host.ports(), "r-1", "job-1", &values(), false).unwrap();
    assert_eq!(
        host.calls()
            .iter()
            .filter(|call| call.ends_with("/publish"))
            .count(),
        1
    );
    assert_eq!(board.borrow().get(1001, "run_status"), json!("running"));
}

#[test]
fn an_update_sends_the_change_and_keeps_what_only_the_board_knows() {
    let host = TestHost::configured();
    let board = Board::on(&host);
    let posting = publish_job(host.ports(), "r-1", "job-1", &values(), false).unwrap();
    let change = update_job(
        host.ports(),
        "r-1",
        &posting.version,
        &with("title", "Kỹ sư phần mềm cao cấp"),
    )
    .unwrap();
    assert_eq!(change.changed, ["title"]);
    assert!(change.review);
    assert_eq!(change.posting.review_round, 2);
    assert_eq!(
        board.borrow().get(1001, "working_time"),
        json!("Thứ 2 - Thứ 6")
    );
    assert_eq!(
        board.borrow().get(1001, "title"),
        json!("Kỹ sư phần mềm cao cấp")
    );
    let failure = update_job(
        host.ports(),
        "r-1",
        &posting.version,
        &with("title", "Khác"),
    )
    .unwrap_err();
    assert_eq!(failure.code, "stale-version");
}

#[test]
fn no_difference_sends_nothing_that_writes() {
    let host = TestHost::configured();
    let board = Board::on(&host);
    let posting = publish_job(host.ports(), "r-1", "job-1", &values(), false).unwrap();
    let before = board.borrow().writes;
    let change = update_job(host.ports(), "r-1", &posting.version, &values()).unwrap();
    assert!(change.changed.is_empty() && !change.review);
    assert_eq!(change.posting.version, posting.version);
    assert_eq!(board.borrow().writes, before);
}

#[test]
fn changed_on_both_sides_is_a_conflict_that_shows_both() {
    let host = TestHost::configured();
    let board = Board::on(&host);
    let posting = publish_job(host.ports(), "r-1", "job-1", &values(), false).unwrap();
    board
        .borrow_mut()
        .set(1001, "title", json!("Sửa trên TopCV"));
    let before = board.borrow().writes;
    let failure = update_job(
        host.ports(),
        "r-1",
        &posting.version,
        &with("title", "Sửa ở đây"),
    )
    .unwrap_err();
    assert_eq!(
        (failure.disposition, failure.code.as_str()),
        (Disposition::Conflict, "changed-elsewhere")
    );
    let shown = &failure.problems[0].values;
    assert!(
        shown.contains(&named("board", "Sửa trên TopCV"))
            && shown.contains(&named("wanted", "Sửa ở đây"))
    );
    assert!(shown.contains(&named("sent", "Kỹ sư phần mềm")));
    assert_eq!(board.borrow().writes, before);

    // Another field: the board's title stays.
    let change = update_job(
        host.ports(),
        "r-1",
        &posting.version,
        &[value("quantity", Value::Integer(5))],
    )
    .unwrap();
    assert_eq!(change.changed, ["quantity"]);
    assert_eq!(change.kept, ["title"]);
    assert_eq!(board.borrow().get(1001, "title"), json!("Sửa trên TopCV"));
}

#[test]
fn what_the_form_showed_is_no_conflict() {
    let host = TestHost::configured();
    let board = Board::on(&host);
    publish_job(host.ports(), "r-1", "job-1", &values(), false).unwrap();
    board
        .borrow_mut()
        .set(1001, "title", json!("Sửa trên TopCV"));
    let job = crate::contract::postings::Job {
        id: "job-1".into(),
        title: "Kỹ sư".into(),
        details: Vec::new(),
    };
    let form = prepare_job(host.ports(), &job, Some("r-1")).unwrap();
    let change = update_job(
        host.ports(),
        "r-1",
        &form.version.unwrap(),
        &with("title", "Sửa ở đây"),
    )
    .unwrap();
    assert_eq!(change.changed, ["title"]);
    assert_eq!(board.borrow().get(1001, "title"), json!("Sửa ở đây"));
}

/// The stored keys belong to another account from here on.
fn sign_in_as_another_account(host: &TestHost) {
    use crate::state::{credentials::CredentialsRecord, keys, record};
    let secrets = host.ports().secrets;
    record::modify::<CredentialsRecord, ()>(secrets, keys::CREDENTIALS, |known| {
        let mut known = known.unwrap();
        known.account = 2;
        Ok((Some(known), ()))
    })
    .unwrap();
}

#[test]
fn another_accounts_posting_is_never_touched() {
    let host = TestHost::configured();
    let board = Board::on(&host);
    let posting = publish_job(host.ports(), "r-1", "job-1", &values(), false).unwrap();
    sign_in_as_another_account(&host);
    let before = host.calls().len();
    let failure = update_job(
        host.ports(),
        "r-1",
        &posting.version,
        &with("title", "Khác"),
    )
    .unwrap_err();
    assert_eq!(
        (failure.disposition, failure.code.as_str()),
        (Disposition::Conflict, "other-account")
    );
    assert_eq!(
        close_job(host.ports(), "r-1").unwrap_err().code,
        "other-account"
    );
    assert_eq!(host.calls().len(), before);
    assert_eq!(board.borrow().edits, 0);
}

#[test]
fn close_and_reopen() {
    let host = TestHost::configured();
    let board = Board::on(&host);
    publish_job(host.ports(), "r-1", "job-1", &values(), false).unwrap();
    board
        .borrow_mut()
        .set(1001, "approval_status", json!("approved"));
    assert_eq!(
        get_posting(host.ports(), "r-1", true).unwrap().state,
        PostingState::Live
    );
    assert_eq!(
        close_job(host.ports(), "r-1").unwrap().state,
        PostingState::Closed
    );
    let writes = board.borrow().writes;
    close_job(host.ports(), "r-1").unwrap();
    assert_eq!(
        board.borrow().writes,
        writes,
        "closed already: nothing is sent"
    );
    assert_eq!(
        reopen_job(host.ports(), "o-1", "r-1", None).unwrap().state,
        PostingState::Live
    );
    let writes = board.borrow().writes;
    reopen_job(host.ports(), "o-1", "r-1", None).unwrap();
    assert_eq!(board.borrow().writes, writes);
}

#[test]
fn an_expired_posting_needs_a_new_deadline() {
    let host = TestHost::configured();
    let board = Board::on(&host);
    publish_job(host.ports(), "r-1", "job-1", &values(), false).unwrap();
    board
        .borrow_mut()
        .set(1001, "approval_status", json!("approved"));
    get_posting(host.ports(), "r-1", true).unwrap();
    // 2026-12-31T16:59:59Z is the last second of the deadline's day in Vietnam.
    let end = crate::vietnam::time::end_of_day("2026-12-31").unwrap();
    host.now.set(end - 1);
    assert_eq!(
        get_posting(host.ports(), "r-1", false).unwrap().state,
        PostingState::Live
    );
    host.now.set(end);
    assert_eq!(
        get_posting(host.ports(), "r-1", false).unwrap().state,
        PostingState::Expired
    );
    let failure = reopen_job(host.ports(), "o-1", "r-1", None).unwrap_err();
    assert_eq!(failure.problems[0].field, "deadline");
    let posting = reopen_job(host.ports(), "o-1", "r-1", Some("2027-02-01")).unwrap();
    assert_ne!(posting.state, PostingState::Expired);
    assert_eq!(board.borrow().get(1001, "deadline"), json!("2027-02-01"));
    assert_eq!(
        board.borrow().get(1001, "working_time"),
        json!("Thứ 2 - Thứ 6")
    );
}

#[test]
fn linking_is_verified_and_exclusive() {
    let host = TestHost::configured();
    let board = Board::on(&host);
    let mut fields = Map::new();
    fields.insert("title".into(), json!("Có sẵn"));
    board.borrow_mut().add(555, fields);
    let posting = link_job(
        host.ports(),
        "l-1",
        "job-1",
        "https://www.topcv.vn/viec-lam/co-san/555.html",
    )
    .unwrap();
    assert!(posting.linked);
    assert_eq!(posting.board_posting.as_deref(), Some("555"));
    assert_eq!(
        link_job(host.ports(), "l-1", "job-1", "555").unwrap(),
        posting
    );
    assert_eq!(
        link_job(host.ports(), "l-2", "job-2", "555")
            .unwrap_err()
            .code,
        "already-linked"
    );
    assert_eq!(
        link_job(host.ports(), "l-3", "job-2", "999")
            .unwrap_err()
            .disposition,
        Disposition::NotFound
    );
    unlink_job(host.ports(), "l-1").unwrap();
    let posting = link_job(host.ports(), "l-4", "job-2", "555").unwrap();
    assert_eq!(posting.job, "job-2");
    assert_eq!(board.borrow().writes, 0);
}

#[test]
fn linking_what_a_lost_publish_made_resolves_it() {
    let host = TestHost::configured();
    let board = Board::on(&host);
    board.borrow_mut().create = Create::LostAfter;
    publish_job(host.ports(), "r-1", "job-1", &values(), false).unwrap();
    let posting = link_job(host.ports(), "l-1", "job-1", "1001").unwrap();
    assert_eq!(posting.id, "r-1");
    assert_eq!(posting.state, PostingState::PendingReview);
    assert_eq!(board.borrow().creates, 1);
}

#[test]
fn a_session_that_ran_out_is_renewed_once_and_nothing_is_created_twice() {
    let host = TestHost::configured();
    let creates = Rc::new(RefCell::new(0));
    let seen = Rc::clone(&creates);
    host.board(move |request| {
        let path = request.url.splitn(4, '/').nth(3).unwrap();
        let fresh = request.headers.iter().any(|header| header.value == "Bearer session-2");
        match (request.method.as_str(), path) {
            ("POST", "api/connect") => answer(200, &json!({"data": {"access_token": "session-2"}})),
            _ if !fresh => answer(200, &json!({"error_name": "SESSION_TIMEOUT", "message": "Hết phiên"})),
            ("POST", "api/jobs") => {
                *seen.borrow_mut() += 1;
                answer(200, &json!({"data": {"job_id": 7, "job_url": "https://www.topcv.vn/viec-lam/x/7.html"}}))
            }
            ("GET", "api/jobs?page=1&limit=50") => answer(200, &json!({"data": []})),
            ("GET", "api/jobs/7") => answer(200, &json!({"data": {"job_id": 7, "run_status": "running", "approval_status": "pending"}})),
            other => panic!("unexpected {other:?}"),
        }
    });
    publish_job(host.ports(), "r-1", "job-1", &values(), false).unwrap();
    assert_eq!(*creates.borrow(), 1);
    assert_eq!(
        host.calls()
            .iter()
            .filter(|call| call.ends_with("/connect"))
            .count(),
        1
    );
}

#[test]
fn a_link_that_was_stopped_half_way_is_finished_by_the_same_request() {
    let host = TestHost::configured();
    let board = Board::on(&host);
    let mut fields = Map::new();
    fields.insert("title".into(), json!("Có sẵn"));
    board.borrow_mut().add(555, fields);
    link_job(host.ports(), "l-1", "job-1", "555").unwrap();
    // As if the process had died before the job's list was written.
    host.storage
        .entries
        .borrow_mut()
        .remove(&crate::state::keys::job("job-1"));
    link_job(host.ports(), "l-1", "job-1", "555").unwrap();
    let failure = publish_job(host.ports(), "r-2", "job-1", &values(), false).unwrap_err();
    assert_eq!(failure.code, "already-posted");
    assert_eq!(board.borrow().creates, 0);
}

#[test]
fn a_link_that_resolved_a_doubt_answers_the_same_again() {
    let host = TestHost::configured();
    let board = Board::on(&host);
    board.borrow_mut().create = Create::LostAfter;
    publish_job(host.ports(), "r-1", "job-1", &values(), false).unwrap();
    let first = link_job(host.ports(), "l-1", "job-1", "1001").unwrap();
    assert_eq!(
        link_job(host.ports(), "l-1", "job-1", "1001").unwrap(),
        first
    );
    assert_eq!(
        link_job(host.ports(), "l-2", "job-1", "1001")
            .unwrap_err()
            .code,
        "already-linked"
    );
}

#[test]
fn another_accounts_posting_in_doubt_still_holds_its_job() {
    let host = TestHost::configured();
    let board = Board::on(&host);
    board.borrow_mut().create = Create::LostBefore;
    publish_job(host.ports(), "r-1", "job-1", &values(), false).unwrap();
    sign_in_as_another_account(&host);
    board.borrow_mut().create = Create::Works;
    let failure = publish_job(host.ports(), "r-2", "job-1", &values(), true).unwrap_err();
    assert_eq!(failure.code, "publish-in-doubt");
    assert_eq!(board.borrow().creates, 0);
}
