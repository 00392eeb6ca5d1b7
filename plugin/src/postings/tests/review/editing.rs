//! Verdicts and edits that overtake each other.

use super::*;
use crate::contract::http::Request as Asked;

fn save(ports: Ports<'_>, id: &str, change: impl Fn(&mut PostingRecord)) {
    record::modify::<PostingRecord, ()>(ports.storage, &keys::posting(id), |present| {
        let mut next = present.unwrap();
        change(&mut next);
        Ok((Some(next), ()))
    })
    .unwrap();
}

/// A rejected posting, and a board on which `meanwhile` happens while a call of this method is answered.
fn rejected(
    method: &'static str,
    meanwhile: impl Fn(&TestHost) + 'static,
) -> (Rc<TestHost>, Rc<RefCell<Board>>) {
    let host = Rc::new(TestHost::configured());
    let board = Board::on(&host);
    publish_job(host.ports(), "r-1", "job-1", &values(), false).unwrap();
    board
        .borrow_mut()
        .set(1001, "approval_status", json!("rejected"));
    get_posting(host.ports(), "r-1", true).unwrap();
    let (shared, elsewhere) = (Rc::clone(&board), Rc::clone(&host));
    let happened = std::cell::Cell::new(false);
    host.board(move |request: &Asked| {
        let answer = shared.borrow_mut().answer(request);
        if request.method == method && !happened.replace(true) {
            meanwhile(&elsewhere);
        }
        answer
    });
    (host, board)
}

#[test]
fn a_verdict_that_came_while_the_edit_was_sent_stands() {
    let (host, _) = rejected("PUT", |host| {
        save(host.ports(), "r-1", |record| {
            record.standing = Standing::Live;
        });
    });
    let change = update_job(host.ports(), "r-1", "1", &with("title", "Kỹ sư Rust")).unwrap();
    assert_eq!(change.posting.state, PostingState::Live);
    assert_eq!(change.posting.review_round, 2);
}

#[test]
fn while_an_edit_is_on_its_way_the_posting_is_under_review_and_a_refusal_takes_that_back() {
    let seen = Rc::new(RefCell::new(None));
    let during = Rc::clone(&seen);
    let (host, board) = rejected("PUT", move |host| {
        *during.borrow_mut() = Some(stored(host.ports(), "r-1").standing);
    });
    let refusing = Rc::clone(&board);
    update_job(host.ports(), "r-1", "1", &with("title", "Kỹ sư Rust")).unwrap();
    assert_eq!(*seen.borrow(), Some(Standing::Pending));

    board
        .borrow_mut()
        .set(1001, "approval_status", json!("rejected"));
    host.board(move |request: &Asked| match request.method.as_str() {
        "PUT" => answer(422, &json!({"errors": {"title": ["Trùng"]}})),
        _ => refusing.borrow_mut().answer(request),
    });
    get_posting(host.ports(), "r-1", true).unwrap();
    let before = stored(host.ports(), "r-1");
    update_job(host.ports(), "r-1", "2", &with("title", "Kỹ sư C")).unwrap_err();
    let after = stored(host.ports(), "r-1");
    assert_eq!(after.standing, Standing::Rejected);
    assert_eq!((after.round, after.edit), (before.round, None));
}

#[test]
fn a_verdict_that_came_while_the_board_was_read_stands() {
    let (host, _) = rejected("GET", |host| {
        save(host.ports(), "r-1", |record| {
            record.standing = Standing::Live;
        });
    });
    // An edit that was left behind is settled by the same reading.
    save(host.ports(), "r-1", |record| {
        record.edit = Some(crate::state::posting::PendingEdit {
            sent: record.sent.clone(),
            round_before: 1,
            standing_before: Standing::Rejected,
            lease_until: 0,
            rest: Default::default(),
        });
        record.round = 2;
        record.standing = Standing::Pending;
    });
    let posting = get_posting(host.ports(), "r-1", true).unwrap();
    assert_eq!(posting.state, PostingState::Live);
    assert_eq!(posting.review_round, 2);
    assert_eq!(stored(host.ports(), "r-1").edit, None);
}

/// The body of the last edit.
fn put(host: &TestHost) -> Json {
    let requests = host.requests.borrow();
    let edit = requests.iter().rfind(|request| request.method == "PUT");
    serde_json::from_slice(edit.unwrap().body.as_ref().unwrap()).unwrap()
}

#[test]
fn an_edit_sends_the_types_that_topcv_takes_whatever_it_shows() {
    let host = TestHost::configured();
    let (board, _) = faulty(&host);
    live(&host, &board);
    let shown = [
        (
            "locations",
            json!([{"id": 1, "name": "Hà Nội"}]),
            json!([1]),
        ),
        ("main_category", json!({"id": "10"}), json!(10)),
        (
            "deadline",
            json!("2026-12-31 23:59:59"),
            json!("2026-12-31"),
        ),
        (
            "contact_email",
            json!("anh@example.vn"),
            json!(["anh@example.vn"]),
        ),
        ("salary_from", json!("15000000"), json!(15_000_000)),
        ("salary_to", json!("0"), json!(0)),
        ("gender", json!("Không yêu cầu"), json!("0")),
        ("quantity", json!("2"), json!(2)),
        (
            "job_description",
            json!("<p class=\"x\">Viết mã.</p>"),
            json!("<p class=\"x\">Viết mã.</p>"),
        ),
        ("employee_level", json!("Nhân viên ?"), json!("Nhân viên ?")),
        ("working_time", json!({"from": 8}), json!({"from": 8})),
    ];
    for (key, value, _) in &shown {
        board.borrow_mut().set(1001, key, value.clone());
    }
    let change = update_job(host.ports(), "r-1", "1", &[named("title", "Kỹ sư Rust")]).unwrap();
    assert_eq!(change.changed, ["title"]);
    let body = put(&host);
    for (key, _, sent) in &shown {
        assert_eq!(body[*key], *sent, "{key}");
    }
}

#[test]
fn a_campaign_is_asked_for_once() {
    let host = TestHost::configured();
    let (board, _) = faulty(&host);
    let mut wanted = values();
    wanted.push(value("create_recruitment_campaign", Value::Truth(true)));
    publish_job(host.ports(), "r-1", "job-1", &wanted, false).unwrap();
    assert_eq!(
        board.borrow().get(1001, "create_recruitment_campaign"),
        json!(1)
    );
    let without = |board: &RefCell<Board>| {
        board.borrow_mut().postings[0]
            .1
            .remove("create_recruitment_campaign");
    };
    for (round, title) in ["Kỹ sư Rust", "Kỹ sư C"].iter().enumerate() {
        without(&board);
        wanted.retain(|value| value.name != "title");
        wanted.push(named("title", *title));
        let version = (round + 1).to_string();
        let change = update_job(host.ports(), "r-1", &version, &wanted).unwrap();
        assert_eq!(change.changed, ["title"]);
        assert!(change.kept.is_empty());
        assert_eq!(put(&host)["create_recruitment_campaign"], json!(0));
    }

    let host = TestHost::configured();
    let (board, _) = faulty(&host);
    live(&host, &board);
    let now = [value("create_recruitment_campaign", Value::Truth(true))];
    update_job(host.ports(), "r-1", "1", &now).unwrap();
    assert_eq!(put(&host)["create_recruitment_campaign"], json!(1));
}

#[test]
fn what_the_board_does_not_show_is_sent_as_it_was_or_asked_for() {
    let host = TestHost::configured();
    let (board, _) = faulty(&host);
    live(&host, &board);
    for key in ["employee_level", "job_benefit", "locations"] {
        board.borrow_mut().postings[0].1.remove(key);
    }
    update_job(host.ports(), "r-1", "1", &[named("title", "Kỹ sư Rust")]).unwrap();
    let body = put(&host);
    assert_eq!(body["employee_level"], json!(1));
    assert_eq!(body["locations"], json!([1]));
    assert!(
        body["job_benefit"]
            .as_str()
            .unwrap()
            .contains("Lương tháng 13.")
    );

    board.borrow_mut().postings[0].1.remove("contact_phone");
    let edits = board.borrow().edits;
    let failure = update_job(host.ports(), "r-1", "2", &[named("title", "Kỹ sư C")]).unwrap_err();
    assert_eq!(failure.problems.len(), 1);
    assert_eq!(failure.problems[0].field, "contact_phone");
    assert_eq!(failure.problems[0].code, "not-shown-by-board");
    assert_eq!(board.borrow().edits, edits);
    let given = [
        named("title", "Kỹ sư C"),
        named("contact_phone", "0912345678"),
    ];
    update_job(host.ports(), "r-1", "2", &given).unwrap();
    assert_eq!(put(&host)["contact_phone"], json!("0912345678"));
}

#[test]
fn a_reopening_sends_what_the_board_does_not_show() {
    let host = TestHost::configured();
    let (board, _) = faulty(&host);
    live(&host, &board);
    close_job(host.ports(), "r-1").unwrap();
    board.borrow_mut().postings[0].1.remove("employee_level");
    reopen_job(host.ports(), "o-1", "r-1", Some("2027-02-01")).unwrap();
    assert_eq!(put(&host)["employee_level"], json!(1));
    assert_eq!(put(&host)["create_recruitment_campaign"], json!(0));
}

/// The board shows nothing of the command, so an answer that got lost says nothing of it either.
#[test]
fn a_campaign_alone_whose_answer_got_lost_is_said_and_not_asked_for_again() {
    for fault in [Fault::LostBefore, Fault::LostAfter, Fault::Fails(502)] {
        let host = TestHost::configured();
        let (board, faults) = faulty(&host);
        live(&host, &board);
        board.borrow_mut().postings[0]
            .1
            .remove("create_recruitment_campaign");
        faults.borrow_mut().push(("PUT", "/1001", fault));
        let switched = |on| [value("create_recruitment_campaign", Value::Truth(on))];
        let failure = update_job(host.ports(), "r-1", "1", &switched(true)).unwrap_err();
        assert_eq!(
            (failure.disposition, failure.code.as_str()),
            (Disposition::OutcomeUnknown, "campaign-unknown")
        );
        board.borrow_mut().postings[0]
            .1
            .remove("create_recruitment_campaign");
        let edits = sent(&host, "/1001");
        let change = update_job(host.ports(), "r-1", "2", &switched(true)).unwrap();
        assert!(change.changed.is_empty());
        assert_eq!(sent(&host, "/1001"), edits, "never twice by itself");
        // As the advice says: off, and on again.
        update_job(host.ports(), "r-1", "2", &switched(false)).unwrap();
        board.borrow_mut().postings[0]
            .1
            .remove("create_recruitment_campaign");
        update_job(host.ports(), "r-1", "3", &switched(true)).unwrap();
        assert_eq!(put(&host)["create_recruitment_campaign"], json!(1));
    }
}

#[test]
fn a_campaign_with_a_change_that_is_seen_is_taken_with_it() {
    let host = TestHost::configured();
    let (board, faults) = faulty(&host);
    live(&host, &board);
    faults.borrow_mut().push(("PUT", "/1001", Fault::LostAfter));
    let mut wanted = with("title", "Kỹ sư Rust");
    wanted.push(value("create_recruitment_campaign", Value::Truth(true)));
    let change = update_job(host.ports(), "r-1", "1", &wanted).unwrap();
    assert_eq!(change.changed.len(), 2);
}
