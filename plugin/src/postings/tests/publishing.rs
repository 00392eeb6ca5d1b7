//! One request is one posting, whatever gets lost on the way.

use super::*;

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
