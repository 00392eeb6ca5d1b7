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
