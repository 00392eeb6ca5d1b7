//! Making a stopped or expired posting visible again. It may cost what a publish costs, so it is leased like one.

use serde_json::json;

use crate::contract::events::PostingState;
use crate::contract::postings::Posting;
use crate::contract::types::Disposition;
use crate::digest;
use crate::failure::{Failure, failure, in_progress, invalid, problem};
use crate::ports::Ports;
use crate::state::fields::Rest;
use crate::state::posting::{PostingRecord, Reopened, Reopening, RequestRecord, Standing};
use crate::state::{keys, record};
use crate::topcv::client::Client;
use crate::topcv::errors::BoardError;
use crate::vietnam::time::{day_of, is_day};

use super::absorb::{absorb, standing_of};
use super::edit::{announce, send, settle_edit};
use super::form::Body;
use super::merge::{sent_with, whole_body};
use super::publish::{refused, request_id_reused};
use super::saga::lease_until;
use super::view::{check_id, is_over, load, modify, show, state_of, wrong_state};

/// Reopenings that came true and are remembered, so that a repeated message does not undo what closed the posting since.
const MOST_REMEMBERED: usize = 8;

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
    let content = digest::of(&["reopen", id, new_deadline.unwrap_or("")]);
    let reopened = record
        .reopened
        .iter()
        .find(|done| done.request_id == request_id);
    if let Some(done) = reopened {
        return if done.content == content {
            show(ports, record)
        } else {
            Err(request_id_reused())
        };
    }
    let under_way = record.reopening.as_ref();
    if under_way.is_some_and(|it| it.request_id == request_id && it.content != content) {
        return Err(request_id_reused());
    }
    let state = state_of(&record, client.account(), now);
    let board_id = match (state, record.board_id.clone()) {
        (PostingState::Live | PostingState::PendingReview, _) => {
            bind(ports, request_id, id)?;
            let record = modify(ports, id, |record| {
                remember(record, request_id, &content);
                Ok(())
            })?;
            return show(ports, record);
        }
        (PostingState::Closed | PostingState::Expired, Some(board_id)) => board_id,
        _ => return Err(wrong_state(&record, state)),
    };
    if let Some(reopening) = under_way.filter(|it| it.lease_until > now) {
        return Err(in_progress(
            "reopen-in-progress",
            now,
            reopening.lease_until,
        ));
    }
    check_deadline(&record, new_deadline, now)?;
    bind(ports, request_id, id)?;
    let in_doubt = under_way.is_some();
    let lease = Reopening {
        request_id: request_id.to_owned(),
        content: content.clone(),
        lease_until: lease_until(now, client.protocol()),
        rest: Rest::default(),
    };
    let leased = take_lease(ports, &record, &lease)?;
    let before = match reopen(
        ports,
        &mut client,
        &leased,
        &board_id,
        new_deadline,
        in_doubt,
    ) {
        Ok(before) => before,
        Err(failure) => {
            // In doubt the lease stays until the board can no longer be at work on it.
            if failure.disposition != Disposition::OutcomeUnknown {
                end_lease(ports, id, &record, &lease)?;
            }
            return Err(failure);
        }
    };
    if let Some(before) = before
        && let Ok(board) = client.detail(&board_id)
    {
        absorb(ports, client.protocol(), &before, &board)?;
    }
    let record = modify(ports, id, |record| {
        if record.reopening.as_ref() == Some(&lease) {
            record.reopening = None;
        }
        remember(record, request_id, &content);
        Ok(())
    })?;
    show(ports, record)
}

fn remember(record: &mut PostingRecord, request_id: &str, content: &str) {
    if record
        .reopened
        .iter()
        .any(|done| done.request_id == request_id)
    {
        return;
    }
    if record.reopened.len() >= MOST_REMEMBERED {
        record.reopened.remove(0);
    }
    record.reopened.push(Reopened {
        request_id: request_id.to_owned(),
        content: content.to_owned(),
        rest: Rest::default(),
    });
}

/// The doubt about a reopening has ended: it happened.
pub(super) fn came_true(record: &mut PostingRecord, request_id: &str, content: &str) {
    remember(record, request_id, content);
    if matches!(record.standing, Standing::Closed | Standing::Expired) {
        record.standing = Standing::Pending;
    }
}

/// Binds the request id to this posting, for good. A publish's or a link's id is bound to its own.
fn bind(ports: Ports<'_>, request_id: &str, id: &str) -> Result<(), Failure> {
    if record::load::<PostingRecord>(ports.storage, &keys::posting(request_id))?.is_some() {
        return Err(request_id_reused());
    }
    record::modify::<RequestRecord, ()>(ports.storage, &keys::request(request_id), |present| {
        match present {
            Some(bound) if bound.posting == id => Ok((None, ())),
            Some(_) => Err(request_id_reused()),
            None => {
                let bound = RequestRecord {
                    posting: id.to_owned(),
                    rest: Rest::default(),
                };
                Ok((Some(bound), ()))
            }
        }
    })
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
    read: &PostingRecord,
    lease: &Reopening,
) -> Result<PostingRecord, Failure> {
    let now = ports.clock.now();
    modify(ports, &read.id, |record| {
        // The list as well: another one may have come and gone.
        if record.reopening != read.reopening || record.reopened != read.reopened {
            return Err(in_progress("reopen-in-progress", now, lease.lease_until));
        }
        record.reopening = Some(lease.clone());
        Ok(())
    })
}

/// Nothing was sent: what was in doubt before is so again, and the next caller need not wait.
fn end_lease(
    ports: Ports<'_>,
    id: &str,
    read: &PostingRecord,
    lease: &Reopening,
) -> Result<(), Failure> {
    modify(ports, id, |record| {
        if record.reopening.as_ref() == Some(lease) {
            record.reopening.clone_from(&read.reopening);
        }
        Ok(())
    })
    .map(drop)
}

/// First the deadline, then the publish: the board refuses to show a posting whose last day is over.
///
/// `Some`: published; the record since then. The publish may cost money: it is sent only when the board, asked under the lease, shows the posting
/// as not visible.
fn reopen(
    ports: Ports<'_>,
    client: &mut Client<'_>,
    leased: &PostingRecord,
    board_id: &str,
    new_deadline: Option<&str>,
    in_doubt: bool,
) -> Result<Option<PostingRecord>, Failure> {
    let read = |client: &mut Client<'_>| client.detail(board_id).map_err(BoardError::into_failure);
    let mut board = read(client)?;
    let mut standing = standing_of(client.protocol(), leased, &board);
    let record = settle_edit(ports, client, leased, &board)?;
    if let Some(day) = new_deadline.filter(|day| board.text("deadline").as_deref() != Some(*day)) {
        let mut wanted = Body::new();
        wanted.insert("deadline".to_owned(), json!(day));
        let changed = ["deadline".to_owned()];
        let body = whole_body(client, &record, &board, &wanted, &changed)?;
        let sent = sent_with(&record, &body, &wanted, &changed);
        let announced = announce(ports, client, &record, sent)?;
        board = match send(ports, client, &announced, board_id, &body)? {
            Some(board) => board,
            None => {
                let before = load(ports, &leased.id)?.value;
                let board = read(client)?;
                absorb(ports, client.protocol(), &before, &board)?;
                board
            }
        };
        standing = standing_of(client.protocol(), leased, &board);
    }
    let hidden = matches!(standing, Some(Standing::Closed | Standing::Expired))
        || board.asks_for_publish(client.protocol());
    match standing {
        // A board that says nothing is believed to have stopped it, but not to have missed a publish whose answer got lost.
        None if !hidden && in_doubt => return Err(unknown()),
        Some(_) if !hidden => return Ok(None),
        _ => {}
    }
    match client.publish(board_id) {
        Ok(()) => {}
        Err(error) if error.may_have_happened() => {
            let fresh = client.detail(board_id).ok();
            let visible = fresh.is_some_and(|fresh| {
                !fresh.asks_for_publish(client.protocol())
                    && matches!(
                        standing_of(client.protocol(), leased, &fresh),
                        Some(Standing::Live | Standing::Pending)
                    )
            });
            if !visible {
                return Err(unknown());
            }
        }
        Err(error) => return Err(refused(error)),
    }
    // Not closed any more, even if the board cannot be asked how it stands now. A verdict that came meanwhile stands.
    modify(ports, &leased.id, |record| {
        if matches!(record.standing, Standing::Closed | Standing::Expired) {
            record.standing = Standing::Pending;
        }
        Ok(())
    })
    .map(Some)
}

fn unknown() -> Failure {
    failure(
        Disposition::OutcomeUnknown,
        "reopen-unknown",
        "Chưa rõ TopCV đã mở lại tin hay chưa. Hãy gửi lại cùng yêu cầu này sau ít phút; hệ thống sẽ đọc lại tin trước. Nếu TopCV vẫn không cho biết, hãy xem trên TopCV rồi xác nhận kết quả.",
        "It is not known whether TopCV reopened the posting. Send the same request again in a few minutes; the posting is read first. If TopCV still does not tell, look there and confirm the outcome.",
    )
}
