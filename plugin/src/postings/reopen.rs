//! Making a stopped or expired posting visible again. It may cost what a publish costs, so it is leased like one.

use serde_json::json;

use crate::contract::events::PostingState;
use crate::contract::postings::Posting;
use crate::contract::types::Disposition;
use crate::failure::{Failure, failure, in_progress, invalid, problem};
use crate::ports::Ports;
use crate::state::posting::{PostingRecord, Reopening, Standing};
use crate::topcv::client::Client;
use crate::topcv::errors::BoardError;
use crate::topcv::wire::BoardPosting;
use crate::vietnam::time::{day_of, is_day};

use super::absorb::absorb;
use super::form::Body;
use super::publish::refused;
use super::saga::lease_ms;
use super::sent::keep_ours;
use super::update::{announce, send, settle_edit, whole_body};
use super::view::{check_id, is_over, load, modify, show, state_of, wrong_state};

/// See `wit/postings.wit`. Live already: a success that sends nothing.
pub fn reopen_job(
    ports: Ports<'_>,
    request_id: &str,
    id: &str,
    new_deadline: Option<&str>,
) -> Result<Posting, Failure> {
    check_id("request-id", request_id)?;
    let mut client = Client::open(ports)?;
    let record = load(ports, id)?.value;
    let now = ports.clock.now();
    let state = state_of(&record, client.account(), now);
    let board_id = match (state, record.board_id.clone()) {
        (PostingState::Live | PostingState::PendingReview, _) => return show(ports, record),
        (PostingState::Closed | PostingState::Expired, Some(board_id)) => board_id,
        _ => return Err(wrong_state(&record, state)),
    };
    match &record.reopening {
        // The same wish again, and it came true: what closed the posting since is not to be undone by a repeated message.
        Some(reopening) if reopening.request_id == request_id && reopening.done => {
            return show(ports, record);
        }
        Some(reopening) if !reopening.done && reopening.lease_until > now => {
            return Err(in_progress(
                "reopen-in-progress",
                now,
                reopening.lease_until,
            ));
        }
        _ => {}
    }
    check_deadline(&record, new_deadline, now)?;
    let board = client.detail(&board_id).map_err(BoardError::into_failure)?;
    if board.standing(client.protocol()) != Some(Standing::Live) || new_deadline.is_some() {
        take_lease(ports, &client, &record, request_id)?;
        if let Err(failure) = reopen(ports, &mut client, id, &board, new_deadline) {
            end_lease(ports, id)?;
            return Err(failure);
        }
    }
    let fresh = client.detail(&board_id).unwrap_or(board);
    absorb(ports, client.protocol(), &load(ports, id)?.value, &fresh)?;
    let record = modify(ports, id, |record| {
        record.reopening = Some(Reopening {
            request_id: request_id.to_owned(),
            lease_until: 0,
            done: true,
        });
        Ok(())
    })?;
    show(ports, record)
}

fn check_deadline(
    record: &PostingRecord,
    new_deadline: Option<&str>,
    now: u64,
) -> Result<(), Failure> {
    let today = day_of(now);
    let bad =
        |code: &str, vi: &str, en: &str| Err(invalid(vec![problem("deadline", code, vi, en)]));
    match new_deadline {
        Some(day) if !is_day(day) => bad(
            "bad-day",
            "Hạn nộp phải có dạng YYYY-MM-DD.",
            "The deadline has the form YYYY-MM-DD.",
        ),
        Some(day) if day < today.as_str() => bad(
            "past-day",
            "Hạn nộp mới đã qua.",
            "The new deadline is over already.",
        ),
        None if is_over(record.deadline.as_deref(), now)
            || record.standing == Standing::Expired =>
        {
            bad(
                "required",
                "Tin đã hết hạn. Hãy chọn hạn nộp mới.",
                "The posting has expired. Choose a new deadline.",
            )
        }
        _ => Ok(()),
    }
}

fn take_lease(
    ports: Ports<'_>,
    client: &Client<'_>,
    read: &PostingRecord,
    request_id: &str,
) -> Result<(), Failure> {
    let now = ports.clock.now();
    let lease_until = now + lease_ms(client.protocol());
    modify(ports, &read.id, |record| {
        if record.reopening != read.reopening {
            return Err(in_progress("reopen-in-progress", now, lease_until));
        }
        record.reopening = Some(Reopening {
            request_id: request_id.to_owned(),
            lease_until,
            done: false,
        });
        Ok(())
    })
    .map(drop)
}

fn end_lease(ports: Ports<'_>, id: &str) -> Result<(), Failure> {
    modify(ports, id, |record| {
        if let Some(reopening) = &mut record.reopening {
            reopening.lease_until = 0;
        }
        Ok(())
    })
    .map(drop)
}

/// First the deadline, then the publish: the board refuses to show a posting whose last day is over.
fn reopen(
    ports: Ports<'_>,
    client: &mut Client<'_>,
    id: &str,
    board: &BoardPosting,
    new_deadline: Option<&str>,
) -> Result<(), Failure> {
    let record = settle_edit(ports, client, id, board)?;
    if let Some(day) = new_deadline.filter(|day| board.text("deadline").as_deref() != Some(*day)) {
        let mut wanted = Body::new();
        wanted.insert("deadline".to_owned(), json!(day));
        let body = whole_body(client, &record, board, &wanted, &["deadline".to_owned()])?;
        let mut sent = record.sent.clone();
        sent.extend(keep_ours(&body, &Body::new()));
        announce(ports, client, &record, sent.clone())?;
        send(ports, client, id, &board.id, &body, &sent)?;
    }
    match client.publish(&board.id) {
        Ok(()) => Ok(()),
        Err(error) if error.may_have_happened() => match client.detail(&board.id) {
            Ok(fresh)
                if !matches!(
                    fresh.standing(client.protocol()),
                    Some(Standing::Closed | Standing::Expired)
                ) =>
            {
                Ok(())
            }
            _ => Err(failure(
                Disposition::OutcomeUnknown,
                "reopen-unknown",
                "Chưa rõ TopCV đã mở lại tin hay chưa. Hãy gửi lại cùng yêu cầu này sau ít phút; hệ thống sẽ đọc lại tin trước.",
                "It is not known whether TopCV reopened the posting. Send the same request again in a few minutes; the posting is read first.",
            )),
        },
        Err(error) => Err(refused(error)),
    }
}
