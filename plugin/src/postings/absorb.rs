//! Taking what the board shows into the record: statuses, reason, page, deadline; and noticing a review that we did not cause.

use crate::failure::Failure;
use crate::ports::Ports;
use crate::state::posting::{PostingRecord, Standing};
use crate::topcv::protocol::Protocol;
use crate::topcv::wire::BoardPosting;

use super::view::modify;

/// Stores what the board showed; `before` is the record read before the board was asked. Answers the record as it is then.
///
/// A verdict that came in between the asking and now is newer than what was shown: it stays.
pub(super) fn absorb(
    ports: Ports<'_>,
    protocol: &Protocol,
    before: &PostingRecord,
    board: &BoardPosting,
) -> Result<PostingRecord, Failure> {
    modify(ports, &before.id, |record| {
        if is_as(record, before) {
            apply(protocol, record, board);
        }
        Ok(())
    })
}

/// Whether no verdict and no edit came since.
pub(super) fn is_as(record: &PostingRecord, before: &PostingRecord) -> bool {
    record.standing == before.standing && record.round == before.round
}

/// How it stands by what the board shows, for a record that says what happened here.
///
/// A posting under review that was stopped from here is closed, although only the run status says so.
pub(super) fn standing_of(
    protocol: &Protocol,
    record: &PostingRecord,
    board: &BoardPosting,
) -> Option<Standing> {
    match board.standing(protocol) {
        Some(Standing::Pending)
            if record.standing == Standing::Closed && board.is_stopped(protocol) =>
        {
            Some(Standing::Closed)
        }
        standing => standing,
    }
}

/// As [`absorb`], on a record in hand.
pub(super) fn apply(protocol: &Protocol, record: &mut PostingRecord, board: &BoardPosting) {
    if let Some(standing) = standing_of(protocol, record, board) {
        // Under review again, or approved after a rejection, although no edit of ours is on its way: it was edited at the board itself.
        let edited_there = match standing {
            Standing::Pending => matches!(record.standing, Standing::Live | Standing::Rejected),
            Standing::Live => record.standing == Standing::Rejected,
            _ => false,
        };
        let reviewed_again = edited_there && record.edit.is_none() && protocol.is_on("edit.review");
        if reviewed_again {
            record.round += 1;
        }
        record.standing = standing;
        record.reason = (standing == Standing::Rejected)
            .then(|| board.reason.clone())
            .flatten();
    }
    record.run_status.clone_from(&board.run_status);
    record.approval_status.clone_from(&board.approval_status);
    if board.url.is_some() {
        record.url.clone_from(&board.url);
    }
    if let Some(title) = board.text("title") {
        record.title = title;
    }
    if let Some(deadline) = board
        .text("deadline")
        .filter(|day| crate::vietnam::time::is_day(day))
    {
        record.deadline = Some(deadline);
    }
}

/// The posting is no longer at the board.
pub(super) fn gone(ports: Ports<'_>, id: &str) -> Result<PostingRecord, Failure> {
    modify(ports, id, |record| {
        record.standing = Standing::Closed;
        record.run_status = Some("not-found".into());
        Ok(())
    })
}
