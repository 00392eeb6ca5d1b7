//! What an independent review found: answers lost between two calls, verdicts that overtake, and boards that say things twice.

use super::*;
use crate::ports::Ports;
use crate::state::posting::{PostingRecord, Standing};
use crate::state::{keys, record};

mod editing;
mod publishing;
mod reopening;

/// What goes wrong with one call.
pub(super) enum Fault {
    /// It never reached the board, and nobody can tell.
    LostBefore,
    /// It worked, and the answer got lost.
    LostAfter,
    /// It did not work, and the board says this.
    Says(u16, Json),
    /// It worked, and this is shown instead of what the board holds.
    Shows(Json),
    /// It worked, and the board says this status.
    Fails(u16),
    /// It worked, and the answer is empty.
    Empty,
}

/// Faults of calls to come, each for the first call whose method and path end like this.
pub(super) type Faults = Rc<RefCell<Vec<(&'static str, &'static str, Fault)>>>;

pub(super) fn faulty(host: &TestHost) -> (Rc<RefCell<Board>>, Faults) {
    let board = Board::on(host);
    let faults = Faults::default();
    let (shared, due) = (Rc::clone(&board), Rc::clone(&faults));
    host.board(move |request| {
        let path = request.url.split('?').next().unwrap().to_owned();
        let index = due
            .borrow()
            .iter()
            .position(|(method, end, _)| *method == request.method && path.ends_with(end));
        let fault = index.map(|index| due.borrow_mut().remove(index).2);
        match fault {
            None => shared.borrow_mut().answer(request),
            Some(Fault::LostBefore) => lost(),
            Some(Fault::LostAfter) => {
                shared.borrow_mut().answer(request).unwrap();
                lost()
            }
            Some(Fault::Says(status, json)) => answer(status, &json),
            Some(Fault::Shows(json)) => {
                shared.borrow_mut().answer(request).unwrap();
                answer(200, &json)
            }
            Some(Fault::Fails(status)) => {
                shared.borrow_mut().answer(request).unwrap();
                answer(status, &json!({"message": "Lỗi"}))
            }
            Some(Fault::Empty) => {
                shared.borrow_mut().answer(request).unwrap();
                Ok(Response {
                    status: 200,
                    headers: vec![crate::contract::http::Header {
                        name: "content-type".into(),
                        value: "text/html".into(),
                    }],
                    body: Vec::new(),
                })
            }
        }
    });
    (board, faults)
}

pub(super) fn stored(ports: Ports<'_>, id: &str) -> PostingRecord {
    record::load(ports.storage, &keys::posting(id))
        .unwrap()
        .unwrap()
        .value
}

pub(super) fn sent(host: &TestHost, end: &str) -> usize {
    host.calls()
        .iter()
        .filter(|call| !call.starts_with("GET") && call.ends_with(end))
        .count()
}

/// A posting that was published, approved, and shows so here: `r-1`, 1001 at the board.
pub(super) fn live(host: &TestHost, board: &RefCell<Board>) {
    publish_job(host.ports(), "r-1", "job-1", &values(), false).unwrap();
    board
        .borrow_mut()
        .set(1001, "approval_status", json!("approved"));
    let posting = get_posting(host.ports(), "r-1", true).unwrap();
    assert_eq!(posting.state, PostingState::Live);
}
