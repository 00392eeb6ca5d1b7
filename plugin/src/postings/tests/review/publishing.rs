//! The second call, what may look like a publish, and answers that say less or other than their status.

use super::*;

#[test]
fn a_success_that_says_no_is_believed_by_an_edit_and_doubted_by_a_create() {
    let no = || Fault::Says(200, json!({"status": "error", "message": "Không được"}));
    let host = TestHost::configured();
    let (_, faults) = faulty(&host);
    faults.borrow_mut().push(("POST", "/jobs", no()));
    let posting = publish_job(host.ports(), "r-1", "job-1", &values(), false).unwrap();
    assert_eq!(posting.state, PostingState::Unknown);

    let host = TestHost::configured();
    let (board, faults) = faulty(&host);
    live(&host, &board);
    faults.borrow_mut().push(("PUT", "/1001", no()));
    let failure = update_job(host.ports(), "r-1", "1", &with("title", "Kỹ sư Rust")).unwrap_err();
    assert_eq!(failure.code, "board-refused");
    assert_eq!(stored(host.ports(), "r-1").standing, Standing::Live);
    faults.borrow_mut().push((
        "PUT",
        "/1001",
        Fault::Says(200, json!({"message": "Thao tác quá nhanh"})),
    ));
    let failure = update_job(host.ports(), "r-1", "1", &with("title", "Kỹ sư Rust")).unwrap_err();
    assert_eq!(failure.code, "rate-limited");
}

#[test]
fn an_empty_success_is_a_success_except_for_a_create() {
    let host = TestHost::configured();
    let (_, faults) = faulty(&host);
    faults.borrow_mut().push(("POST", "/jobs", Fault::Empty));
    let posting = publish_job(host.ports(), "r-1", "job-1", &values(), false).unwrap();
    assert_eq!(posting.state, PostingState::Unknown);

    let host = TestHost::configured();
    let (board, faults) = faulty(&host);
    live(&host, &board);
    for (method, end) in [("PUT", "/1001"), ("POST", "/stop"), ("POST", "/publish")] {
        faults.borrow_mut().push((method, end, Fault::Empty));
    }
    let change = update_job(host.ports(), "r-1", "1", &with("title", "Kỹ sư Rust")).unwrap();
    assert_eq!(change.changed, ["title"]);
    board
        .borrow_mut()
        .set(1001, "approval_status", json!("approved"));
    close_job(host.ports(), "r-1").unwrap();
    let posting = reopen_job(host.ports(), "o-1", "r-1", None).unwrap();
    assert_eq!(posting.state, PostingState::Live);
    assert!(faults.borrow().is_empty());
}
