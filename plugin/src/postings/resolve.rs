//! A person's answer about a posting whose creation, or whose reopening, is in doubt.

use crate::contract::events::PostingState;
use crate::contract::postings::{Posting, Resolution};
use crate::contract::types::{Disposition, Moment};
use crate::failure::{Failure, failure};
use crate::ports::Ports;
use crate::state::keys;
use crate::state::posting::{JobRecord, PostingRecord};
use crate::state::record;
use crate::topcv::client::Client;
use crate::topcv::protocol::Protocol;

use super::reopen::came_true;
use super::saga::{adopt, free};
use super::view::{is_reopening_in_doubt, load, modify, show, shown, state_of};

/// Declined postings that are remembered a job; there are rarely more than two or three of one title.
const MOST_DECLINED: usize = 50;

/// `adopt` is verified at the board; `not-created` frees the request id.
pub fn resolve_unknown(
    ports: Ports<'_>,
    id: &str,
    resolution: &Resolution,
) -> Result<Posting, Failure> {
    let mut client = Client::open(ports)?;
    let stored = load(ports, id)?;
    let now = ports.clock.now();
    let state = state_of(&stored.value, client.account(), now);
    if is_reopening_in_doubt(&stored.value, state, now) {
        return resolve_reopening(ports, &mut client, &stored.value, resolution);
    }
    if state != PostingState::Unknown {
        return Err(not_unknown());
    }
    match resolution {
        Resolution::Adopt(board_id) => {
            let board = client
                .detail(board_id.trim())
                .map_err(super::link::not_ours)?;
            let record = adopt(ports, &mut client, id, &board, true)?;
            show(ports, record)
        }
        Resolution::NotCreated => {
            still_possible(client.protocol(), &stored.value, now)?;
            decline(ports, &stored.value)?;
            free(ports, &stored)?;
            let mut last = shown(stored.value, client.account(), now);
            last.state = PostingState::Unlinked;
            last.advice = None;
            last.candidates = Vec::new();
            Ok(last)
        }
    }
}

/// A board that says nothing of a posting's state cannot end the doubt; a person who looks there can.
fn resolve_reopening(
    ports: Ports<'_>,
    client: &mut Client<'_>,
    read: &PostingRecord,
    resolution: &Resolution,
) -> Result<Posting, Failure> {
    let reopened = match resolution {
        Resolution::Adopt(board_id) => {
            let board_id = board_id.trim();
            if read.board_id.as_deref() != Some(board_id) {
                return Err(not_unknown());
            }
            client.detail(board_id).map_err(super::link::not_ours)?;
            true
        }
        Resolution::NotCreated => false,
    };
    let record = modify(ports, &read.id, |record| {
        if record.reopening != read.reopening {
            return Err(not_unknown());
        }
        let Some(reopening) = record.reopening.take() else {
            return Ok(());
        };
        if reopened {
            came_true(record, &reopening.request_id, &reopening.content);
        }
        Ok(())
    })?;
    show(ports, record)
}

/// Shortly after the answer got lost nobody can see that the board will not create it after all.
fn still_possible(protocol: &Protocol, record: &PostingRecord, now: Moment) -> Result<(), Failure> {
    let settled = record
        .sent_at
        .saturating_add(protocol.number("timeout.write_ms"))
        .saturating_add(protocol.number("lag.create_ms"));
    if record.sent_at == 0 || settled <= now {
        return Ok(());
    }
    Err(failure(
        Disposition::InProgress,
        "board-may-still-create",
        "TopCV có thể vẫn đang tạo tin này. Hãy chờ ít phút rồi kiểm tra lại trên TopCV trước khi xác nhận là chưa có.",
        "TopCV may still be creating this posting. Wait a few minutes and look there again before you confirm that there is none.",
    )
    .with(|it| it.retry_after_ms = Some(settled - now)))
}

/// What was shown to the person, and is not it, is not asked about again.
fn decline(ports: Ports<'_>, record: &PostingRecord) -> Result<(), Failure> {
    if record.candidates.is_empty() {
        return Ok(());
    }
    record::modify::<JobRecord, ()>(ports.storage, &keys::job(&record.job), |present| {
        let mut job = present.unwrap_or_default();
        for candidate in &record.candidates {
            if !job.declined.contains(&candidate.id) {
                job.declined.push(candidate.id.clone());
            }
        }
        let over = job.declined.len().saturating_sub(MOST_DECLINED);
        job.declined.drain(..over);
        Ok((Some(job), ()))
    })
}

fn not_unknown() -> Failure {
    failure(
        Disposition::Conflict,
        "not-unknown",
        "Kết quả của tin này đã rõ, không cần xác nhận.",
        "The outcome of this posting is known; there is nothing to resolve.",
    )
}
