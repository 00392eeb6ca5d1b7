//! Stopping a posting.

use crate::contract::events::PostingState;
use crate::contract::postings::Posting;
use crate::contract::types::Disposition;
use crate::failure::{Failure, failure};
use crate::ports::Ports;
use crate::state::posting::{PostingRecord, Standing};
use crate::topcv::client::Client;
use crate::topcv::protocol::Protocol;
use crate::topcv::wire::BoardPosting;

use super::absorb::absorb;
use super::view::{load, modify, show, state_of, wrong_state};

/// Closed already: a success that sends nothing.
pub fn close_job(ports: Ports<'_>, id: &str) -> Result<Posting, Failure> {
    let mut client = Client::open(ports)?;
    let record = load(ports, id)?.value;
    let state = state_of(&record, client.account(), ports.clock.now());
    let board_id = match (state, &record.board_id) {
        (PostingState::Closed, _) => return show(ports, record),
        (
            PostingState::PendingReview
            | PostingState::Live
            | PostingState::Rejected
            | PostingState::Expired,
            Some(id),
        ) => id.clone(),
        _ => return Err(wrong_state(&record, state)),
    };
    let stopped = client.stop(&board_id);
    let detail = client.detail(&board_id);
    match (stopped, detail) {
        (Ok(()), Ok(board)) if board.standing(client.protocol()) == Some(Standing::Live) => {
            absorb(ports, client.protocol(), &record, &board)?;
            return Err(failure(
                Disposition::RetryLater,
                "not-closed",
                "TopCV nhận yêu cầu dừng nhưng vẫn cho thấy tin đang hiển thị. Hãy thử lại sau ít phút.",
                "TopCV took the request to stop and still shows the posting as running. Try again in a few minutes.",
            ).with(|it| it.retry_after_ms = Some(60_000)));
        }
        (Ok(()), Ok(board)) => {
            absorb(ports, client.protocol(), &record, &board)?;
        }
        (Ok(()), Err(_)) => {}
        // The answer got lost, or the board says no because it is stopped already: what it shows decides.
        (Err(_), Ok(board)) if is_closed(client.protocol(), &record, &board) => {
            absorb(ports, client.protocol(), &record, &board)?;
        }
        (Err(error), Err(_)) if error.may_have_happened() => {
            return Err(failure(
                    Disposition::OutcomeUnknown,
                    "close-unknown",
                    "Chưa rõ TopCV đã dừng tin hay chưa. Hãy thử lại sau ít phút; thử lại không gây hại.",
                    "It is not known whether TopCV stopped the posting. Try again in a few minutes; that does no harm.",
                ).with(|it| it.retry_after_ms = Some(60_000)));
        }
        (Err(error), _) => return Err(error.into_failure()),
    }
    let record = modify(ports, id, |record| {
        record.standing = Standing::Closed;
        Ok(())
    })?;
    show(ports, record)
}

/// Under review only the run status says it, and only by changing: a posting that waits may be called inactive.
fn is_closed(protocol: &Protocol, before: &PostingRecord, board: &BoardPosting) -> bool {
    match board.standing(protocol) {
        Some(Standing::Pending) => {
            board.is_stopped(protocol) && board.run_status != before.run_status
        }
        standing => standing == Some(Standing::Closed),
    }
}
