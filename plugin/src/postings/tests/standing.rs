//! Postings that are there already: linked, closed, reopened, of another account.

use super::*;

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
