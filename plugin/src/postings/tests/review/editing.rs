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
        });
        record.round = 2;
        record.standing = Standing::Pending;
    });
    let posting = get_posting(host.ports(), "r-1", true).unwrap();
    assert_eq!(posting.state, PostingState::Live);
    assert_eq!(posting.review_round, 2);
    assert_eq!(stored(host.ports(), "r-1").edit, None);
}
