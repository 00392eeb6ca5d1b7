//! What storage has forgotten, and what comes into being late, is found at the board before anything is paid for.

use super::review::{Fault, faulty, sent, stored};
use super::*;
use crate::contract::storage::Precondition;
use crate::ports::Records as _;
use crate::state::posting::{BoardRecord, PostingRecord};
use crate::state::{keys, record};

/// Yesterday's storage is put back: what `since` did is forgotten here, and not at the board.
fn forgetting(host: &TestHost, since: impl FnOnce()) {
    let yesterday = host.storage.entries.borrow().clone();
    since();
    *host.storage.entries.borrow_mut() = yesterday;
}

fn lost_record(host: &TestHost) -> Rc<RefCell<Board>> {
    let board = Board::on(host);
    forgetting(host, || {
        publish_job(host.ports(), "r-1", "job-1", &values(), false).unwrap();
    });
    board
}

fn logged(host: &TestHost, event: &str) -> bool {
    host.lines
        .borrow()
        .iter()
        .any(|line| line.starts_with(event))
}

fn has_no_intent(host: &TestHost) -> bool {
    !host
        .storage
        .entries
        .borrow()
        .keys()
        .any(|key| key.starts_with(keys::POSTINGS))
}

/// Another posting like the first one, made at the board itself.
fn twin(board: &RefCell<Board>, id: u64) {
    let copy = board.borrow().postings[0].1.clone();
    board.borrow_mut().postings.push((id, copy));
}

#[test]
fn a_posting_that_a_restored_backup_does_not_know_is_taken_instead_of_paid_for_again() {
    for request in ["r-1", "r-2"] {
        for allow_second in [false, true] {
            let host = TestHost::configured();
            let board = lost_record(&host);
            let posting =
                publish_job(host.ports(), request, "job-1", &values(), allow_second).unwrap();
            assert_eq!(posting.board_posting.as_deref(), Some("1001"));
            assert_eq!(posting.state, PostingState::PendingReview);
            assert!(logged(&host, "publish.found-at-board"));
            let again =
                publish_job(host.ports(), request, "job-1", &values(), allow_second).unwrap();
            assert_eq!(again, posting);
            assert_eq!(board.borrow().creates, 1);
        }
    }
}

#[test]
fn a_draft_that_was_forgotten_is_finished() {
    let host = TestHost::configured();
    let board = lost_record(&host);
    board.borrow_mut().set(1001, "run_status", json!("draft"));
    let posting = publish_job(host.ports(), "r-2", "job-1", &values(), false).unwrap();
    assert_eq!(posting.state, PostingState::PendingReview);
    assert_eq!(board.borrow().get(1001, "run_status"), json!("running"));
    assert_eq!(board.borrow().creates, 1);
}

#[test]
fn of_two_jobs_with_the_same_content_only_one_takes_what_was_found() {
    let host = TestHost::configured();
    let board = lost_record(&host);
    publish_job(host.ports(), "r-2", "job-1", &values(), false).unwrap();
    let posting = publish_job(host.ports(), "r-3", "job-2", &values(), false).unwrap();
    assert_eq!(posting.board_posting.as_deref(), Some("1002"));
    assert_eq!(board.borrow().creates, 2);
}

#[test]
fn several_that_are_equal_are_for_a_person_to_choose_from() {
    let host = TestHost::configured();
    let board = lost_record(&host);
    twin(&board, 2000);
    for allow_second in [false, true] {
        let posting = publish_job(host.ports(), "r-2", "job-1", &values(), allow_second).unwrap();
        assert_eq!(posting.state, PostingState::Unknown);
        assert_eq!(posting.candidates.len(), 2);
        assert!(posting.advice.is_some());
    }
    let posting = get_posting(host.ports(), "r-2", true).unwrap();
    assert_eq!(posting.candidates.len(), 2);
    let posting = resolve_unknown(host.ports(), "r-2", &Resolution::Adopt("2000".into())).unwrap();
    assert_eq!(posting.board_posting.as_deref(), Some("2000"));
    assert_eq!(board.borrow().creates, 1);
}

#[test]
fn what_a_person_says_is_not_it_is_not_asked_about_again() {
    let host = TestHost::configured();
    let board = lost_record(&host);
    twin(&board, 2000);
    publish_job(host.ports(), "r-2", "job-1", &values(), false).unwrap();
    let last = resolve_unknown(host.ports(), "r-2", &Resolution::NotCreated).unwrap();
    assert_eq!(last.state, PostingState::Unlinked);
    // One that was not shown is none of those that were declined.
    twin(&board, 3000);
    let posting = publish_job(host.ports(), "r-3", "job-1", &values(), false).unwrap();
    assert_eq!(posting.board_posting.as_deref(), Some("3000"));
    let posting = publish_job(host.ports(), "r-4", "job-1", &values(), true).unwrap();
    assert_eq!(posting.board_posting.as_deref(), Some("1002"));
    assert_eq!(board.borrow().creates, 2);
    // Another job's people have said nothing.
    let posting = publish_job(host.ports(), "r-5", "job-2", &values(), false).unwrap();
    assert_eq!(posting.state, PostingState::Unknown);
}

#[test]
fn a_choice_that_was_taken_away_ends_in_one_creation() {
    let host = TestHost::configured();
    let board = lost_record(&host);
    twin(&board, 2000);
    publish_job(host.ports(), "r-2", "job-1", &values(), false).unwrap();
    for (request, id) in [("l-1", "1001"), ("l-2", "2000")] {
        link_job(host.ports(), request, "job-2", id).unwrap();
    }
    let posting = publish_job(host.ports(), "r-2", "job-1", &values(), false).unwrap();
    assert_eq!(posting.board_posting.as_deref(), Some("1002"));
    assert_eq!(board.borrow().creates, 2);
}

#[test]
fn the_same_title_with_other_content_is_shown_and_created_only_on_request() {
    let host = TestHost::configured();
    let board = lost_record(&host);
    let other = with("job_description", "Viết tài liệu.");
    for _ in 0..2 {
        let failure = publish_job(host.ports(), "r-2", "job-1", &other, false).unwrap_err();
        assert_eq!(
            (failure.disposition, failure.code.as_str()),
            (Disposition::Conflict, "similar-at-board")
        );
        let Value::Json(list) = &failure.extra[0].value else {
            panic!("{:?}", failure.extra)
        };
        let list: Json = serde_json::from_str(list).unwrap();
        assert_eq!(failure.extra[0].name, "candidates");
        assert_eq!(list[0]["id"], "1001");
        assert_eq!(list[0]["title"], "Kỹ sư phần mềm");
        assert!(has_no_intent(&host));
    }
    assert_eq!(board.borrow().creates, 1);
    let posting = publish_job(host.ports(), "r-2", "job-1", &other, true).unwrap();
    assert_eq!(posting.board_posting.as_deref(), Some("1002"));
}

#[test]
fn what_has_ended_is_anybodys_or_was_let_go_is_not_in_the_way() {
    type Make = fn(&TestHost, &RefCell<Board>);
    let cases: [(&str, Make); 4] = [
        ("stopped", |_, board| {
            board.borrow_mut().set(1001, "run_status", json!("stopped"));
            board
                .borrow_mut()
                .set(1001, "approval_status", json!("approved"));
        }),
        ("over", |_, board| {
            board
                .borrow_mut()
                .set(1001, "deadline", json!("2026-11-22"));
        }),
        ("linked", |host, _| {
            link_job(host.ports(), "l-1", "job-2", "1001").unwrap();
        }),
        ("let go", |host, _| {
            link_job(host.ports(), "l-1", "job-1", "1001").unwrap();
            unlink_job(host.ports(), "l-1").unwrap();
        }),
    ];
    for (name, make) in cases {
        let host = TestHost::configured();
        let board = lost_record(&host);
        make(&host, &board);
        let posting = publish_job(host.ports(), "r-2", "job-1", &values(), false).unwrap();
        assert_eq!(posting.board_posting.as_deref(), Some("1002"), "{name}");
        assert_eq!(board.borrow().creates, 2, "{name}");
    }
}

#[test]
fn more_of_one_title_than_can_be_compared_are_never_taken_for_none() {
    let host = TestHost::configured();
    let board = Board::on(&host);
    forgetting(&host, || {
        publish_job(host.ports(), "r-1", "job-1", &values(), false).unwrap();
    });
    // The list is newest first, so the forgotten one comes last.
    for id in 2000..2045 {
        twin(&board, id);
        board
            .borrow_mut()
            .set(id, "job_description", json!("Việc khác."));
    }
    for allow_second in [false, true] {
        let failure =
            publish_job(host.ports(), "r-2", "job-1", &values(), allow_second).unwrap_err();
        assert_eq!(failure.code, "similar-at-board");
    }
    assert_eq!(board.borrow().creates, 1);
    assert!(host.calls().len() < 2 * 80, "{}", host.calls().len());
}

#[test]
fn a_board_without_a_list_does_not_keep_anybody_from_publishing() {
    for status in [404, 405, 501] {
        let host = TestHost::configured();
        let (board, faults) = faulty(&host);
        let says = Fault::Says(status, json!({"message": "x"}));
        faults.borrow_mut().push(("GET", "/jobs", says));
        let posting = publish_job(host.ports(), "r-1", "job-1", &values(), false).unwrap();
        assert_eq!(posting.state, PostingState::PendingReview);
        assert!(logged(&host, "publish.no-list"));
        assert_eq!(board.borrow().creates, 1);
    }
}

#[test]
fn where_the_operator_says_so_nobody_looks() {
    let host = TestHost::configured();
    let board = lost_record(&host);
    crate::state::connection::ConnectionRecord::modify(host.ports(), |connection| {
        let (row, value) = ("create.look_first".to_owned(), "no".to_owned());
        connection.protocol.insert(row, value).is_none()
    })
    .unwrap();
    let calls = host.calls().len();
    publish_job(host.ports(), "r-2", "job-1", &values(), false).unwrap();
    assert_eq!(host.calls()[calls], "POST /api/jobs");
    assert_eq!(board.borrow().creates, 2);
}

#[test]
fn a_board_that_cannot_be_asked_gets_nothing_and_the_request_is_free() {
    let none = || json!({"message": "x"});
    let list: [(&str, &str, Fault); 8] = [
        ("board-down", "/jobs", Fault::LostBefore),
        ("board-down", "/jobs", Fault::Says(500, none())),
        ("board-down", "/jobs", Fault::Says(200, none())),
        ("rate-limited", "/jobs", Fault::Says(429, none())),
        (
            "rate-limited",
            "/jobs",
            Fault::Says(200, json!({"message": "Thao tác quá nhanh"})),
        ),
        ("board-list-unusable", "/jobs", Fault::Says(400, none())),
        ("board-list-unusable", "/jobs", Fault::Says(422, none())),
        ("board-down", "/1001", Fault::LostBefore),
    ];
    for (code, path, fault) in list {
        let host = TestHost::configured();
        let (board, faults) = faulty(&host);
        forgetting(&host, || {
            publish_job(host.ports(), "r-1", "job-1", &values(), false).unwrap();
        });
        faults.borrow_mut().push(("GET", path, fault));
        let failure = publish_job(host.ports(), "r-2", "job-1", &values(), true).unwrap_err();
        assert_eq!(
            (failure.disposition, failure.code.as_str()),
            (Disposition::RetryLater, code)
        );
        assert!(has_no_intent(&host));
        // Also with other content: nothing of the first try binds it.
        publish_job(host.ports(), "r-2", "job-1", &with("title", "Khác"), true).unwrap();
        assert_eq!(board.borrow().creates, 2);
    }
}

#[test]
fn a_posting_that_another_job_may_have_made_is_not_taken_from_it() {
    let host = TestHost::configured();
    let board = Board::on(&host);
    board.borrow_mut().create = Create::LostAfter;
    publish_job(host.ports(), "r-1", "job-1", &values(), false).unwrap();
    board.borrow_mut().create = Create::Works;
    let posting = publish_job(host.ports(), "r-2", "job-2", &values(), true).unwrap();
    assert_eq!(posting.state, PostingState::Unknown);
    assert_eq!(posting.candidates[0].id, "1001");
    assert_eq!(board.borrow().creates, 1);
    // The one whose answer got lost finds it, and then the other one is free to create.
    let posting = publish_job(host.ports(), "r-1", "job-1", &values(), false).unwrap();
    assert_eq!(posting.board_posting.as_deref(), Some("1001"));
    let posting = publish_job(host.ports(), "r-2", "job-2", &values(), true).unwrap();
    assert_eq!(posting.board_posting.as_deref(), Some("1002"));
    assert_eq!(board.borrow().creates, 2);
}

#[test]
fn two_lost_answers_with_the_same_content_are_not_settled_by_chance() {
    let host = TestHost::configured();
    let board = Board::on(&host);
    board.borrow_mut().create = Create::LostBefore;
    publish_job(host.ports(), "r-1", "job-1", &values(), false).unwrap();
    board.borrow_mut().create = Create::LostAfter;
    publish_job(host.ports(), "r-2", "job-2", &values(), false).unwrap();
    for (request, job) in [("r-1", "job-1"), ("r-2", "job-2")] {
        let posting = publish_job(host.ports(), request, job, &values(), false).unwrap();
        assert_eq!(posting.state, PostingState::Unknown, "{request}");
        assert_eq!(posting.candidates.len(), 1);
    }
    resolve_unknown(host.ports(), "r-2", &Resolution::Adopt("1001".into())).unwrap();
    let posting = publish_job(host.ports(), "r-1", "job-1", &values(), false).unwrap();
    assert!(posting.candidates.is_empty());
    assert_eq!(board.borrow().creates, 1);
}

/// The host died between the claim and the record, and somebody presses publish with another request.
#[test]
fn a_claim_that_was_never_finished_hides_nothing() {
    for job in ["job-1", "job-2"] {
        let host = TestHost::configured();
        let board = lost_record(&host);
        let ports = host.ports();
        publish_job(ports, "r-2", "job-1", &values(), false).unwrap();
        record::modify::<PostingRecord, ()>(ports.storage, &keys::posting("r-2"), |present| {
            let mut next = present.unwrap();
            next.stage = crate::state::posting::Stage::Reserved;
            next.board_id = None;
            next.lease_until = host.now.get() + 1_000;
            Ok((Some(next), ()))
        })
        .unwrap();
        later(&host);
        let posting = publish_job(ports, "r-3", job, &values(), false).unwrap();
        assert_eq!(posting.board_posting.as_deref(), Some("1001"));
        // The first request sees whose it is now.
        match publish_job(ports, "r-2", "job-1", &values(), false) {
            Err(failure) => assert_eq!(failure.code, "already-posted"),
            Ok(posting) => assert_eq!(posting.board_posting.as_deref(), Some("1002"), "{job}"),
        }
        let claim = record::load::<BoardRecord>(ports.storage, &keys::board("1001"));
        assert_eq!(claim.unwrap().unwrap().value.posting, "r-3");
        assert_eq!(board.borrow().creates, if job == "job-1" { 1 } else { 2 });
    }
}

/// While one decides that the other is gone, the other comes back.
#[test]
fn of_two_who_take_the_same_found_posting_one_wins() {
    let host = Rc::new(TestHost::configured());
    let board = lost_record(&host);
    let (shared, elsewhere) = (Rc::clone(&board), Rc::clone(&host));
    let happened = std::cell::Cell::new(false);
    host.board(move |request| {
        let answer = shared.borrow_mut().answer(request);
        if request.url.ends_with("/1001") && !happened.replace(true) {
            let claim = BoardRecord {
                posting: "r-9".into(),
                previous: None,
                rest: Default::default(),
            };
            let ports = elsewhere.ports();
            let key = keys::board("1001");
            record::save(ports.storage, &key, &claim, &Precondition::Absent).unwrap();
            let mut owner = stored(ports, "r-2");
            owner.id = "r-9".into();
            owner.job = "job-9".into();
            let key = keys::posting("r-9");
            record::save(ports.storage, &key, &owner, &Precondition::Absent).unwrap();
        }
        answer
    });
    let failure = publish_job(host.ports(), "r-2", "job-1", &values(), false).unwrap_err();
    assert_eq!(
        (failure.disposition, failure.code.as_str()),
        (Disposition::InProgress, "raced")
    );
    assert_eq!(board.borrow().creates, 1);
    let key = keys::posting("r-2");
    assert!(host.storage.get(&key).unwrap().is_none(), "it is free");
}

#[test]
fn each_way_of_losing_an_answer_ends_in_one_create_when_publish_is_pressed_again() {
    for (name, fault, creates_at_first) in [
        ("lost before", Fault::LostBefore, 0),
        ("lost after", Fault::LostAfter, 1),
        ("500 after", Fault::Fails(500), 1),
        ("502 after", Fault::Fails(502), 1),
        ("null after", Fault::Shows(json!(null)), 1),
        ("says no after", Fault::Shows(json!({"status": "error"})), 1),
    ] {
        let host = TestHost::configured();
        let (board, faults) = faulty(&host);
        faults.borrow_mut().push(("POST", "/jobs", fault));
        let first = publish_job(host.ports(), "r-1", "job-1", &values(), false).unwrap();
        assert_eq!(first.state, PostingState::Unknown, "{name}");
        assert_eq!(board.borrow().creates, creates_at_first, "{name}");
        if creates_at_first == 0 {
            // It comes into being late: after our time-out, and after a first look that found nothing.
            let posting = publish_job(host.ports(), "r-1", "job-1", &values(), false).unwrap();
            assert_eq!(posting.state, PostingState::Unknown);
            land(&host, &board);
        }
        later(&host);
        let posting = publish_job(host.ports(), "r-1", "job-1", &values(), false).unwrap();
        assert_eq!(posting.board_posting.as_deref(), Some("1001"), "{name}");
        assert_eq!(board.borrow().creates, 1, "{name}");
    }
}

/// What the last creation asked for comes into being.
fn land(host: &TestHost, board: &RefCell<Board>) {
    let body = {
        let requests = host.requests.borrow();
        let asked = requests
            .iter()
            .rfind(|it| it.method == "POST" && it.url.ends_with("/api/jobs"));
        asked.unwrap().clone()
    };
    board.borrow_mut().create(&body).unwrap();
}

#[test]
fn a_posting_that_lands_after_a_person_said_there_is_none_is_found_by_the_next_publish() {
    let host = TestHost::configured();
    let (board, faults) = faulty(&host);
    faults
        .borrow_mut()
        .push(("POST", "/jobs", Fault::LostBefore));
    publish_job(host.ports(), "r-1", "job-1", &values(), false).unwrap();
    // At once nobody can know.
    let failure = resolve_unknown(host.ports(), "r-1", &Resolution::NotCreated).unwrap_err();
    assert_eq!(
        (failure.disposition, failure.code.as_str()),
        (Disposition::InProgress, "board-may-still-create")
    );
    host.now
        .set(host.now.get() + failure.retry_after_ms.unwrap());
    resolve_unknown(host.ports(), "r-1", &Resolution::NotCreated).unwrap();
    land(&host, &board);
    let posting = publish_job(host.ports(), "r-2", "job-1", &values(), false).unwrap();
    assert_eq!(posting.board_posting.as_deref(), Some("1001"));
    assert_eq!(board.borrow().creates, 1);
}

#[test]
fn a_session_that_ends_between_the_look_and_the_creation_pays_once() {
    for name in ["SESSION_TIMEOUT", "INVALID_TOKEN"] {
        for created in [false, true] {
            let host = TestHost::configured();
            let (board, faults) = faulty(&host);
            let says = json!({"error_name": name, "message": "Hết phiên"});
            let fault = if created {
                Fault::Shows(says)
            } else {
                Fault::Says(200, says)
            };
            faults.borrow_mut().push(("POST", "/jobs", fault));
            let posting = publish_job(host.ports(), "r-1", "job-1", &values(), false).unwrap();
            assert_eq!(posting.board_posting.as_deref(), Some("1001"));
            assert_eq!(board.borrow().creates, 1);
            assert_eq!(board.borrow().connects, 1);
        }
    }
}

#[test]
fn when_that_cannot_be_looked_up_it_is_in_doubt() {
    let host = TestHost::configured();
    let (board, faults) = faulty(&host);
    let says = json!({"error_name": "SESSION_TIMEOUT"});
    faults
        .borrow_mut()
        .extend([("POST", "/jobs", Fault::Shows(says))]);
    let (inner, due) = (Rc::clone(&board), Rc::clone(&faults));
    let connected = std::cell::Cell::new(false);
    host.board(move |request| {
        let path = request.url.split('?').next().unwrap();
        if connected.get() && path.ends_with("/api/jobs") {
            return lost();
        }
        connected.set(connected.get() || path.ends_with("/connect"));
        let worked = inner.borrow_mut().answer(request);
        let fault = path.ends_with("/api/jobs") && request.method == "POST";
        if fault && due.borrow_mut().pop().is_some() {
            return answer(200, &json!({"error_name": "SESSION_TIMEOUT"}));
        }
        worked
    });
    let posting = publish_job(host.ports(), "r-1", "job-1", &values(), false).unwrap();
    assert_eq!(posting.state, PostingState::Unknown);
    assert_eq!(sent(&host, "/api/jobs"), 1);
    assert_eq!(board.borrow().creates, 1);
}
