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

fn refused_publish(board: &RefCell<Board>, faults: &Faults) {
    board.borrow_mut().draft = true;
    let says =
        json!({"message": "Dữ liệu không hợp lệ", "errors": {"title": ["Trùng với 0912345678"]}});
    faults
        .borrow_mut()
        .push(("POST", "/publish", Fault::Says(422, says)));
}

#[test]
fn a_refused_second_call_says_why_and_is_not_taken_for_no_creation() {
    let host = TestHost::configured();
    let (board, faults) = faulty(&host);
    refused_publish(&board, &faults);
    let posting = publish_job(host.ports(), "r-1", "job-1", &values(), false).unwrap();
    assert_eq!(posting.state, PostingState::Submitting);
    assert_eq!(posting.board_posting.as_deref(), Some("1001"));
    assert_eq!(posting.extra, [named("refused", "board-refused-fields")]);
    let advice = posting.advice.unwrap();
    assert!(advice.vi.contains("Tiêu đề") && advice.en.contains("does not accept some fields"));
    assert!(!advice.vi.contains("0912345678"), "{}", advice.vi);

    // Corrected on the same posting, and finished by the same request.
    let job = crate::contract::postings::Job {
        id: "job-1".into(),
        title: "Kỹ sư".into(),
        details: Vec::new(),
    };
    let form = prepare_job(host.ports(), &job, Some("r-1")).unwrap();
    let version = form.version.unwrap();
    let change = update_job(host.ports(), "r-1", &version, &with("title", "Kỹ sư Rust")).unwrap();
    assert_eq!(change.changed, ["title"]);
    let posting = publish_job(host.ports(), "r-1", "job-1", &values(), false).unwrap();
    assert_eq!(posting.state, PostingState::PendingReview);
    assert!(posting.extra.is_empty());
    assert_eq!(board.borrow().get(1001, "run_status"), json!("running"));
    assert_eq!(board.borrow().creates, 1);
}

#[test]
fn a_posting_that_was_only_created_can_be_let_go() {
    let host = TestHost::configured();
    let (board, faults) = faulty(&host);
    refused_publish(&board, &faults);
    publish_job(host.ports(), "r-1", "job-1", &values(), false).unwrap();
    let posting = unlink_job(host.ports(), "r-1").unwrap();
    assert_eq!(posting.state, PostingState::Unlinked);
    publish_job(host.ports(), "r-2", "job-1", &values(), false).unwrap();
    assert_eq!(board.borrow().creates, 2);
}

#[test]
fn while_somebody_is_publishing_it_is_neither_corrected_nor_let_go_nor_published_by_a_reader() {
    let host = TestHost::configured();
    let (board, faults) = faulty(&host);
    board.borrow_mut().draft = true;
    faults
        .borrow_mut()
        .push(("POST", "/publish", Fault::LostBefore));
    let posting = publish_job(host.ports(), "r-1", "job-1", &values(), false).unwrap();
    assert_eq!(posting.state, PostingState::Submitting);
    let calls = host.calls().len();
    let posting = get_posting(host.ports(), "r-1", true).unwrap();
    assert_eq!(posting.state, PostingState::Submitting);
    assert_eq!(host.calls().len(), calls, "the lease is held");
    for failure in [
        unlink_job(host.ports(), "r-1").unwrap_err(),
        update_job(host.ports(), "r-1", "1", &with("title", "Khác")).unwrap_err(),
    ] {
        assert_eq!(failure.code, "not-published-yet");
    }
    let again = publish_job(host.ports(), "r-1", "job-1", &values(), false).unwrap_err();
    assert_eq!(again.code, "publish-in-progress");

    later(&host);
    let posting = get_posting(host.ports(), "r-1", true).unwrap();
    assert_eq!(posting.state, PostingState::Submitting);
    reconcile(host.ports(), None).unwrap();
    assert_eq!(sent(&host, "/publish"), 1, "reading does not publish");
    let posting = publish_job(host.ports(), "r-1", "job-1", &values(), false).unwrap();
    assert_eq!(posting.state, PostingState::PendingReview);
    assert_eq!(sent(&host, "/publish"), 2);
}

#[test]
fn a_publish_whose_answer_got_lost_is_read_instead_of_repeated() {
    let host = TestHost::configured();
    let (board, faults) = faulty(&host);
    board.borrow_mut().draft = true;
    faults
        .borrow_mut()
        .push(("POST", "/publish", Fault::LostAfter));
    let posting = publish_job(host.ports(), "r-1", "job-1", &values(), false).unwrap();
    assert_eq!(posting.state, PostingState::PendingReview);
    assert_eq!(sent(&host, "/publish"), 1);
}

#[test]
fn a_reader_that_finds_the_posting_leaves_the_publish_to_the_publisher() {
    let host = TestHost::configured();
    let (board, _) = faulty(&host);
    board.borrow_mut().draft = true;
    board.borrow_mut().create = Create::LostAfter;
    publish_job(host.ports(), "r-1", "job-1", &values(), false).unwrap();
    let posting = get_posting(host.ports(), "r-1", true).unwrap();
    assert_eq!(posting.state, PostingState::Submitting);
    assert_eq!(posting.board_posting.as_deref(), Some("1001"));
    assert_eq!(sent(&host, "/publish"), 0);
    publish_job(host.ports(), "r-1", "job-1", &values(), false).unwrap();
    assert_eq!(sent(&host, "/publish"), 1);
}

#[test]
fn a_reader_does_not_look_up_what_a_publisher_is_looking_up() {
    let host = TestHost::configured();
    let (board, _) = faulty(&host);
    board.borrow_mut().create = Create::LostAfter;
    publish_job(host.ports(), "r-1", "job-1", &values(), false).unwrap();
    record::modify::<PostingRecord, ()>(host.ports().storage, &keys::posting("r-1"), |present| {
        let mut next = present.unwrap();
        next.lease_until = host.now.get() + 1_000;
        Ok((Some(next), ()))
    })
    .unwrap();
    let calls = host.calls().len();
    let posting = get_posting(host.ports(), "r-1", true).unwrap();
    assert_eq!(posting.state, PostingState::Unknown);
    assert_eq!(host.calls().len(), calls);
}

#[test]
fn a_common_title_is_not_enough_to_adopt() {
    let title_only = json!({"data": {"job_id": 1001, "title": "Kỹ sư phần mềm"}});
    let old = json!({"data": {"job_id": 1001, "title": "Kỹ sư phần mềm", "job_description": "Viết mã.",
        "deadline": "2026-12-31", "created_at": "2025-01-01 08:00:00"}});
    for (shown, candidates) in [(title_only, 1), (old, 0)] {
        let host = TestHost::configured();
        let (board, faults) = faulty(&host);
        board.borrow_mut().create = Create::LostAfter;
        publish_job(host.ports(), "r-1", "job-1", &values(), false).unwrap();
        faults
            .borrow_mut()
            .push(("GET", "/1001", Fault::Shows(shown)));
        let posting = publish_job(host.ports(), "r-1", "job-1", &values(), false).unwrap();
        assert_eq!(posting.state, PostingState::Unknown);
        assert_eq!(posting.candidates.len(), candidates);
    }
}

#[test]
fn what_the_board_fills_in_by_itself_is_no_difference() {
    for by_link in [false, true] {
        let host = TestHost::configured();
        let (board, _) = faulty(&host);
        board.borrow_mut().create = Create::LostAfter;
        let mut wanted = values();
        wanted.push(value("create_recruitment_campaign", Value::Truth(true)));
        publish_job(host.ports(), "r-1", "job-1", &wanted, false).unwrap();
        board.borrow_mut().set(1001, "skills", json!([7]));
        board
            .borrow_mut()
            .set(1001, "create_recruitment_campaign", json!(55));
        let posting = if by_link {
            link_job(host.ports(), "l-1", "job-1", "1001").unwrap()
        } else {
            publish_job(host.ports(), "r-1", "job-1", &wanted, false).unwrap()
        };
        assert_eq!(posting.id, "r-1");
        assert_eq!(posting.state, PostingState::PendingReview);
    }
}

#[test]
fn a_new_link_goes_on_with_the_review_rounds_of_the_old_one() {
    let host = TestHost::configured();
    let (board, _) = faulty(&host);
    live(&host, &board);
    update_job(host.ports(), "r-1", "1", &with("title", "Kỹ sư Rust")).unwrap();
    unlink_job(host.ports(), "r-1").unwrap();
    // A link that was stopped after its claim, before its record: the next one still finds the first.
    let key = keys::board("1001");
    record::modify::<crate::state::posting::BoardRecord, ()>(host.ports().storage, &key, |_| {
        let next = crate::state::posting::BoardRecord {
            posting: "l-0".into(),
            previous: Some("r-1".into()),
            rest: Default::default(),
        };
        Ok((Some(next), ()))
    })
    .unwrap();
    let posting = link_job(host.ports(), "l-1", "job-1", "1001").unwrap();
    assert_eq!(posting.review_round, 2);
    // Reviewed once more while nobody was linked.
    board
        .borrow_mut()
        .set(1001, "approval_status", json!("approved"));
    get_posting(host.ports(), "l-1", true).unwrap();
    unlink_job(host.ports(), "l-1").unwrap();
    board
        .borrow_mut()
        .set(1001, "approval_status", json!("pending"));
    let posting = link_job(host.ports(), "l-2", "job-1", "1001").unwrap();
    assert_eq!(posting.review_round, 3);
}
