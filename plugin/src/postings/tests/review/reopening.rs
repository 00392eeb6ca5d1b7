//! A reopening is paid at most once.

use super::*;

fn closed(host: &TestHost, board: &RefCell<Board>) {
    live(host, board);
    let posting = close_job(host.ports(), "r-1").unwrap();
    assert_eq!(posting.state, PostingState::Closed);
}

#[test]
fn what_the_board_shows_as_visible_is_not_published_again() {
    for approval in ["approved", "pending"] {
        let host = TestHost::configured();
        let (board, _) = faulty(&host);
        closed(&host, &board);
        board.borrow_mut().set(1001, "run_status", json!("running"));
        board
            .borrow_mut()
            .set(1001, "approval_status", json!(approval));
        let posting = reopen_job(host.ports(), "o-1", "r-1", None).unwrap();
        assert_ne!(posting.state, PostingState::Closed);
        assert_eq!(sent(&host, "/publish"), 0, "{approval}");
    }
}

#[test]
fn a_new_deadline_that_makes_it_visible_is_not_followed_by_a_publish() {
    let host = TestHost::configured();
    let (board, _) = faulty(&host);
    live(&host, &board);
    host.now
        .set(crate::vietnam::time::end_of_day("2026-12-31").unwrap());
    let posting = reopen_job(host.ports(), "o-1", "r-1", Some("2027-02-01")).unwrap();
    assert_eq!(posting.state, PostingState::PendingReview);
    assert_eq!(posting.deadline.as_deref(), Some("2027-02-01"));
    assert_eq!(sent(&host, "/publish"), 0);
}

#[test]
fn a_posting_under_review_that_was_stopped_here_stays_closed_and_can_be_reopened() {
    let host = TestHost::configured();
    let (board, _) = faulty(&host);
    publish_job(host.ports(), "r-1", "job-1", &values(), false).unwrap();
    close_job(host.ports(), "r-1").unwrap();
    let state = get_posting(host.ports(), "r-1", true).unwrap().state;
    assert_eq!(state, PostingState::Closed);
    let posting = reopen_job(host.ports(), "o-1", "r-1", None).unwrap();
    assert_eq!(posting.state, PostingState::PendingReview);
    assert_eq!(sent(&host, "/publish"), 1);
    // Waiting for its review, and called stopped until then: it was not stopped from here.
    board.borrow_mut().set(1001, "run_status", json!("paused"));
    let state = get_posting(host.ports(), "r-1", true).unwrap().state;
    assert_eq!(state, PostingState::PendingReview);
}

#[test]
fn a_lost_answer_keeps_everybody_waiting_and_is_then_read() {
    let host = TestHost::configured();
    let (board, faults) = faulty(&host);
    closed(&host, &board);
    faults
        .borrow_mut()
        .push(("POST", "/publish", Fault::LostAfter));
    // The two readings: under the lease it works, after the publish it does not.
    let shown = json!({"data": {"title": "Kỹ sư phần mềm", "run_status": "stopped", "approval_status": "approved"}});
    faults
        .borrow_mut()
        .push(("GET", "/1001", Fault::Shows(shown)));
    faults
        .borrow_mut()
        .push(("GET", "/1001", Fault::LostBefore));
    let failure = reopen_job(host.ports(), "o-1", "r-1", None).unwrap_err();
    assert_eq!(
        (failure.disposition, failure.code.as_str()),
        (Disposition::OutcomeUnknown, "reopen-unknown")
    );
    for id in ["o-1", "o-2"] {
        let failure = reopen_job(host.ports(), id, "r-1", None).unwrap_err();
        assert_eq!(failure.code, "reopen-in-progress", "{id}");
    }
    later(&host);
    let posting = reopen_job(host.ports(), "o-1", "r-1", None).unwrap();
    assert_eq!(posting.state, PostingState::Live);
    assert_eq!(sent(&host, "/publish"), 1);
}

#[test]
fn a_board_without_status_words_is_not_paid_again_after_a_lost_answer() {
    let host = TestHost::configured();
    let (board, faults) = faulty(&host);
    closed(&host, &board);
    board.borrow_mut().set(1001, "run_status", json!(null));
    board.borrow_mut().set(1001, "approval_status", json!(null));
    faults
        .borrow_mut()
        .push(("POST", "/publish", Fault::LostBefore));
    for _ in 0..3 {
        let failure = reopen_job(host.ports(), "o-1", "r-1", None).unwrap_err();
        assert_eq!(failure.code, "reopen-unknown");
        later(&host);
    }
    assert_eq!(sent(&host, "/publish"), 1);
}

#[test]
fn a_refusal_ends_the_lease_at_once() {
    let host = TestHost::configured();
    let (board, faults) = faulty(&host);
    closed(&host, &board);
    faults.borrow_mut().push((
        "POST",
        "/publish",
        Fault::Says(402, json!({"message": "Hết lượt đăng"})),
    ));
    let failure = reopen_job(host.ports(), "o-1", "r-1", None).unwrap_err();
    assert_eq!(failure.code, "no-credit");
    let posting = reopen_job(host.ports(), "o-2", "r-1", None).unwrap();
    assert_eq!(posting.state, PostingState::Live);
}

#[test]
fn after_a_publish_it_is_not_closed_even_when_nothing_is_shown() {
    let silent = json!({"data": {"title": "Kỹ sư phần mềm"}});
    for fault in [Fault::LostBefore, Fault::Shows(silent)] {
        let host = TestHost::configured();
        let (board, faults) = faulty(&host);
        closed(&host, &board);
        let shown = json!({"data": {"title": "Kỹ sư phần mềm", "run_status": "stopped", "approval_status": "approved"}});
        faults
            .borrow_mut()
            .push(("GET", "/1001", Fault::Shows(shown)));
        faults.borrow_mut().push(("GET", "/1001", fault));
        let posting = reopen_job(host.ports(), "o-1", "r-1", None).unwrap();
        assert_eq!(posting.state, PostingState::PendingReview);
    }
}

#[test]
fn a_request_id_is_bound_to_its_content_and_to_one_reopening() {
    let host = TestHost::configured();
    let (board, _) = faulty(&host);
    closed(&host, &board);
    reopen_job(host.ports(), "o-1", "r-1", None).unwrap();
    let failure = reopen_job(host.ports(), "o-1", "r-1", Some("2027-02-01")).unwrap_err();
    assert_eq!(failure.code, "request-id-reused");
    // Another one since, and closed again: the first message comes a second time.
    close_job(host.ports(), "r-1").unwrap();
    reopen_job(host.ports(), "o-2", "r-1", None).unwrap();
    close_job(host.ports(), "r-1").unwrap();
    let posting = reopen_job(host.ports(), "o-1", "r-1", None).unwrap();
    assert_eq!(posting.state, PostingState::Closed);
    assert_eq!(sent(&host, "/publish"), 2);
    for number in 3..20 {
        reopen_job(host.ports(), &format!("o-{number}"), "r-1", None).unwrap();
    }
    assert_eq!(stored(host.ports(), "r-1").reopened.len(), 8);
}

#[test]
fn stopping_that_did_not_stop_is_said() {
    let host = TestHost::configured();
    let (board, faults) = faulty(&host);
    live(&host, &board);
    faults.borrow_mut().push((
        "POST",
        "/stop",
        Fault::Says(200, json!({"status": "success"})),
    ));
    let failure = close_job(host.ports(), "r-1").unwrap_err();
    assert_eq!(failure.code, "not-closed");
    let posting = get_posting(host.ports(), "r-1", false).unwrap();
    assert_eq!(posting.state, PostingState::Live);
}

fn reused(result: Result<crate::contract::postings::Posting, crate::failure::Failure>) {
    let failure = result.unwrap_err();
    assert_eq!(
        (failure.disposition, failure.code.as_str()),
        (Disposition::Conflict, "request-id-reused")
    );
}

#[test]
fn a_request_id_is_for_one_thing_only() {
    let host = TestHost::configured();
    let (board, _) = faulty(&host);
    closed(&host, &board);
    let other = with("title", "Kế toán");
    publish_job(host.ports(), "r-2", "job-2", &other, false).unwrap();
    close_job(host.ports(), "r-2").unwrap();
    let writes = board.borrow().writes;
    // A publish's own id, and another one's.
    reused(reopen_job(host.ports(), "r-1", "r-1", None));
    reused(reopen_job(host.ports(), "r-2", "r-1", None));
    assert_eq!(board.borrow().writes, writes);
    reopen_job(host.ports(), "o-1", "r-1", None).unwrap();
    let writes = board.borrow().writes;
    reused(reopen_job(host.ports(), "o-1", "r-2", None));
    reused(publish_job(
        host.ports(),
        "o-1",
        "job-3",
        &with("title", "C"),
        false,
    ));
    reused(link_job(host.ports(), "o-1", "job-3", "1001"));
    assert_eq!(board.borrow().writes, writes);
    // Live already: nothing is sent, and the id is bound all the same.
    reopen_job(host.ports(), "o-2", "r-1", None).unwrap();
    reused(reopen_job(host.ports(), "o-2", "r-2", None));
    reopen_job(host.ports(), "o-3", "r-2", None).unwrap();
}

/// A reopening whose answer got lost, on a board that says nothing of a posting's state.
fn silent_and_in_doubt(host: &TestHost) -> Rc<RefCell<Board>> {
    let (board, faults) = faulty(host);
    closed(host, &board);
    board.borrow_mut().set(1001, "run_status", json!(null));
    board.borrow_mut().set(1001, "approval_status", json!(null));
    faults
        .borrow_mut()
        .push(("POST", "/publish", Fault::LostBefore));
    let failure = reopen_job(host.ports(), "o-1", "r-1", None).unwrap_err();
    assert_eq!(failure.code, "reopen-unknown");
    board
}

#[test]
fn a_person_ends_a_doubt_that_the_board_cannot_end() {
    let host = TestHost::configured();
    silent_and_in_doubt(&host);
    let not_created = Resolution::NotCreated;
    let failure = resolve_unknown(host.ports(), "r-1", &not_created).unwrap_err();
    assert_eq!(failure.code, "not-unknown", "somebody may be at work on it");
    later(&host);
    let posting = get_posting(host.ports(), "r-1", false).unwrap();
    assert_eq!(posting.extra, [named("reopening", "in-doubt")]);
    assert!(posting.advice.unwrap().en.contains("confirm"));
    let posting = resolve_unknown(host.ports(), "r-1", &not_created).unwrap();
    assert_eq!(posting.state, PostingState::Closed);
    assert!(posting.extra.is_empty() && posting.advice.is_none());
    let posting = reopen_job(host.ports(), "o-2", "r-1", None).unwrap();
    assert_eq!(posting.state, PostingState::Live);
    assert_eq!(sent(&host, "/publish"), 2);

    let host = TestHost::configured();
    silent_and_in_doubt(&host);
    later(&host);
    let wrong = Resolution::Adopt("999".into());
    let failure = resolve_unknown(host.ports(), "r-1", &wrong).unwrap_err();
    assert_eq!(failure.code, "not-unknown");
    let posting = resolve_unknown(host.ports(), "r-1", &Resolution::Adopt("1001".into())).unwrap();
    assert_eq!(posting.state, PostingState::PendingReview);
    let again = reopen_job(host.ports(), "o-1", "r-1", None).unwrap();
    assert_eq!(again.state, PostingState::PendingReview);
    assert_eq!(sent(&host, "/publish"), 1);
}

/// Yesterday's storage says closed; the board knows that it was reopened, and paid for, since.
#[test]
fn a_reopening_that_storage_has_forgotten_is_not_paid_again() {
    let host = TestHost::configured();
    let (board, _) = faulty(&host);
    closed(&host, &board);
    let yesterday = host.storage.entries.borrow().clone();
    reopen_job(host.ports(), "o-1", "r-1", None).unwrap();
    *host.storage.entries.borrow_mut() = yesterday;
    let posting = reopen_job(host.ports(), "o-2", "r-1", None).unwrap();
    assert_eq!(posting.state, PostingState::Live);
    assert_eq!(sent(&host, "/publish"), 1);
}
