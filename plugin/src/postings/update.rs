//! Sending changed fields: read first, compare three ways, keep what is not ours, and begin a new review round.

use crate::contract::events::PostingState;
use crate::contract::postings::Change;
use crate::contract::types::{Disposition, NamedValue};
use crate::failure::{Failure, failure, invalid};
use crate::ports::Ports;
use crate::topcv::catalogue;
use crate::topcv::client::Client;
use crate::topcv::errors::BoardError;
use crate::vietnam::time::day_of;

use super::edit::{announce, send, settle_edit};
use super::form::{self, field_of};
use super::merge::{merge, sent_with, whole_body};
use super::version;
use super::view::{is_half_done, load, show, state_of, wrong_state};

/// See `wit/postings.wit`.
pub fn update_job(
    ports: Ports<'_>,
    id: &str,
    expected: &str,
    values: &[NamedValue],
) -> Result<Change, Failure> {
    let mut client = Client::open(ports)?;
    let record = load(ports, id)?.value;
    let now = ports.clock.now();
    let state = state_of(&record, client.account(), now);
    let board_id = match (state, record.board_id.clone()) {
        (
            PostingState::PendingReview
            | PostingState::Live
            | PostingState::Rejected
            | PostingState::Closed
            | PostingState::Expired,
            Some(board_id),
        ) => board_id,
        (_, Some(board_id)) if is_half_done(&record, state, now) => board_id,
        _ => return Err(wrong_state(&record, state)),
    };
    if !version::is_current(&record, expected) {
        return Err(stale());
    }
    let board = client.detail(&board_id).map_err(BoardError::into_failure)?;
    let record = settle_edit(ports, &client, &record, &board)?;
    if !version::is_current(&record, expected) {
        return Err(stale());
    }
    let catalogue = catalogue::stored(ports)?;
    let today = day_of(now);
    let wanted =
        form::validate_change(values, &board.fields, &catalogue, &today).map_err(invalid)?;
    let merge = merge(
        &record,
        &board.fields,
        &wanted,
        version::has_seen(expected, &board.fields),
    )?;
    if merge.changed.is_empty() {
        return Ok(Change {
            posting: show(ports, record)?,
            changed: Vec::new(),
            kept: merge.kept,
            review: false,
        });
    }
    let body = whole_body(&client, &record, &board, &wanted, &merge.changed)?;
    let sent = sent_with(&record, &body, &wanted, &merge.changed);
    let announced = announce(ports, &client, &record, sent)?;
    send(ports, &mut client, &announced, &board_id, &body)?;
    let record = load(ports, id)?.value;
    Ok(Change {
        review: client.protocol().is_on("edit.review"),
        posting: show(ports, record)?,
        changed: fields(&merge.changed),
        kept: merge.kept,
    })
}

fn fields(keys: &[String]) -> Vec<String> {
    let mut fields: Vec<String> = keys.iter().map(|key| field_of(key)).collect();
    fields.dedup();
    fields
}

/// The failure for a version that is not the stored one any more.
pub(super) fn stale() -> Failure {
    failure(
        Disposition::Conflict,
        "stale-version",
        "Người khác vừa cập nhật tin này. Hãy mở lại biểu mẫu để xem nội dung mới nhất.",
        "Somebody else has updated this posting. Open the form again to see its latest content.",
    )
}
