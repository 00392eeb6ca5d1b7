//! The steps that publish, look-up, reopen and a person's answer share: reserving the job, freeing a request id, adopting a
//! board's posting, and making it visible.
//!
//! Order of the stored steps: intent (`Reserved`) → job's list → a look at the board's list → `Sending` → the board is asked → `Created` → `Done`. What the look
//! finds goes from `Reserved` to `Created` at once. A crash between any two leaves a record that says what may have happened: before `Sending` the
//! board was certainly not asked.

use crate::contract::events::PostingState;
use crate::contract::log::Level;
use crate::contract::storage::Precondition;
use crate::contract::types::{Disposition, Moment};
use crate::failure::{Failure, failure, named};
use crate::lease::{self, CLOCK_TOLERANCE_MS};
use crate::ports::Ports;
use crate::state::connection::ConnectionRecord;
use crate::state::fields::Rest;
use crate::state::keys;
use crate::state::posting::{BoardRecord, JobRecord, PostingRecord, Refusal, Stage};
use crate::state::record::{self, SaveError, Stored};
use crate::topcv::client::Client;
use crate::topcv::errors::BoardError;
use crate::topcv::protocol::Protocol;
use crate::topcv::wire::BoardPosting;

use super::absorb;
use super::form;
use super::publish::refused;
use super::view::{is_active, modify, state_of};

/// Until when a caller that begins now may be at work, and the board after it: a sign-in and two tries of the write, and the board's own lag.
pub(super) fn lease_until(now: Moment, protocol: &Protocol) -> Moment {
    let work = 2 * (protocol.number("timeout.write_ms") + protocol.number("timeout.read_ms"))
        + protocol.number("lag.create_ms");
    lease::until(now, work)
}

/// Reserved and left: the board was certainly not asked. Its caller has to begin again, and will see what happened since.
pub(super) fn is_abandoned(record: &PostingRecord, now: Moment) -> bool {
    record.stage == Stage::Reserved && record.board_id.is_none() && record.lease_until <= now
}

/// Puts the posting on its job's list, if the job has no other one in the way.
///
/// The list is written also when the posting stands on it already: of two callers that decide at the same time, one loses this write and sees the other.
pub(super) fn reserve(
    ports: Ports<'_>,
    record: &PostingRecord,
    allow_second: bool,
) -> Result<(), Failure> {
    let now = ports.clock.now();
    record::modify::<JobRecord, ()>(ports.storage, &keys::job(&record.job), |present| {
        let mut job = present.unwrap_or_default();
        let mut kept = Vec::new();
        for id in job.postings.drain(..).filter(|id| *id != record.id) {
            let Some(other) = record::load::<PostingRecord>(ports.storage, &keys::posting(&id))?
            else {
                continue;
            };
            stands_in_the_way(&other.value, now, allow_second)?;
            kept.push(id);
        }
        kept.push(record.id.clone());
        job.postings = kept;
        Ok((Some(job), ()))
    })
}

fn stands_in_the_way(
    other: &PostingRecord,
    now: Moment,
    allow_second: bool,
) -> Result<(), Failure> {
    // By its own account: what another account has paid for, or may have, holds the job all the same.
    // By the slower clock: a posting whose last day ends about now may be running still.
    let state = state_of(other, other.account, now.saturating_sub(CLOCK_TOLERANCE_MS));
    let abandoned = is_abandoned(other, now);
    let (code, vi, en) = match state {
        _ if abandoned => return Ok(()),
        PostingState::Submitting | PostingState::Unknown => (
            "publish-in-doubt",
            "Tin tuyển dụng này có một lần đăng chưa rõ kết quả. Hãy hoàn tất hoặc tra cứu lần đó trước, để không bị trừ phí hai lần.",
            "This job has a publish whose outcome is not known yet. Finish it or look it up first, so that nothing is paid for twice.",
        ),
        _ if is_active(state) && !allow_second => (
            "already-posted",
            "Tin tuyển dụng này đã được đăng trên TopCV. Hãy cập nhật tin đã đăng, hoặc xác nhận muốn đăng thêm một tin nữa.",
            "This job has a posting on TopCV already. Update that one, or confirm that you want a second one.",
        ),
        _ => return Ok(()),
    };
    Err(failure(Disposition::Conflict, code, vi, en)
        .with(|it| it.extra = vec![named("posting-id", other.id.clone())]))
}

/// Forgets a posting that certainly does not exist at the board: its request id is free again.
pub(super) fn free(ports: Ports<'_>, stored: &Stored<PostingRecord>) -> Result<(), Failure> {
    record::remove(
        ports.storage,
        &keys::posting(&stored.value.id),
        &stored.version,
    )?;
    record::modify::<JobRecord, ()>(ports.storage, &keys::job(&stored.value.job), |present| {
        Ok(match present {
            Some(mut job) if job.postings.contains(&stored.value.id) => {
                job.postings.retain(|id| *id != stored.value.id);
                (Some(job), ())
            }
            _ => (None, ()),
        })
    })
}

/// Claims a posting at the board for one of ours. `Some`: it is somebody else's already.
pub(super) fn claim(
    ports: Ports<'_>,
    board_id: &str,
    posting: &str,
) -> Result<Option<PostingRecord>, Failure> {
    let key = keys::board(board_id);
    loop {
        let stored = record::load::<BoardRecord>(ports.storage, &key)?;
        let precondition = match &stored {
            Some(stored) => Precondition::Version(stored.version.clone()),
            None => Precondition::Absent,
        };
        let mut wanted = match stored {
            Some(stored) => stored.value,
            None => BoardRecord {
                posting: posting.to_owned(),
                previous: None,
                rest: Rest::default(),
            },
        };
        // Our own claim is written again: who has just taken us for gone, and wants it, loses that race.
        if wanted.posting != posting {
            let owner = keys::posting(&wanted.posting);
            // A claim whose record was never written, or never finished, leaves the one before it as the previous one.
            match record::load::<PostingRecord>(ports.storage, &owner)? {
                None => {}
                Some(owner) if is_abandoned(&owner.value, ports.clock.now()) => {}
                Some(owner) if !owner.value.unlinked => return Ok(Some(owner.value)),
                Some(owner) => wanted.previous = Some(owner.value.id),
            }
            posting.clone_into(&mut wanted.posting);
        }
        match record::save(ports.storage, &key, &wanted, &precondition) {
            Ok(_) => return Ok(None),
            // Somebody else has just claimed it: look whose it is now.
            Err(SaveError::Raced) => {}
            Err(SaveError::Failed(failure)) => return Err(failure),
        }
    }
}

/// Takes a posting of the board's as the one that this request created, and makes it visible if need be and `may_publish`.
pub(super) fn adopt(
    ports: Ports<'_>,
    client: &mut Client<'_>,
    id: &str,
    board: &BoardPosting,
    may_publish: bool,
) -> Result<PostingRecord, Failure> {
    if let Some(owner) = claim(ports, &board.id, id)? {
        return Err(already_linked(&owner));
    }
    let now = ports.clock.now();
    let lease = lease_until(now, client.protocol());
    let mut first = true;
    let adopted = modify(ports, id, |record| {
        // Somebody else was faster, and goes on with it.
        first = !matches!(record.stage, Stage::Created | Stage::Done);
        if !first {
            return match &record.board_id {
                Some(known) if *known == board.id => Ok(()),
                _ => Err(SaveError::Raced.into()),
            };
        }
        record.board_id = Some(board.id.clone());
        record.url = board.url.clone().or_else(|| record.url.clone());
        record.stage = Stage::Created;
        record.candidates.clear();
        if may_publish {
            record.lease_until = lease;
        }
        Ok(())
    })?;
    if first {
        finish(ports, client, id, may_publish)
    } else {
        Ok(adopted)
    }
}

/// The second half of a creation: read it, publish it where the board asks for that, and note how it stands.
///
/// Safe to repeat: it publishes only what the board shows as not published. Not so `may_publish`, which is for who holds the lease: without it
/// the posting is only read, and stays as it is where a publish is still to come.
pub(super) fn finish(
    ports: Ports<'_>,
    client: &mut Client<'_>,
    id: &str,
    may_publish: bool,
) -> Result<PostingRecord, Failure> {
    let present = super::view::load(ports, id)?.value;
    let Some(board_id) = present.board_id.clone() else {
        return Ok(present);
    };
    ConnectionRecord::modify(ports, |connection| connection.remember(&board_id))?;
    let mut board = match client.detail(&board_id) {
        Ok(board) => board,
        Err(error) if !may_publish => return Err(error.into_failure()),
        Err(_) => {
            ports.log.write(
                Level::Warn,
                "publish.detail-not-read",
                &[("board-posting", &board_id)],
            );
            return paused(ports, id, None);
        }
    };
    let mode = client.protocol().get("publish").to_owned();
    let not_visible = board.asks_for_publish(client.protocol());
    let silent = board.run_status.is_none();
    if (mode == "auto" && not_visible) || (mode == "always" && (not_visible || silent)) {
        if !may_publish {
            return Ok(present);
        }
        let published = client.publish(&board_id);
        let in_doubt = match published {
            Err(error) if !error.may_have_happened() => {
                return paused(ports, id, Some(refusal(error)));
            }
            other => other.is_err(),
        };
        match client.detail(&board_id) {
            Ok(fresh) if !in_doubt || is_visible(client.protocol(), &fresh) => board = fresh,
            // The lease goes on: the board may still be at work, and a second publish may cost something.
            _ if in_doubt => return Ok(super::view::load(ports, id)?.value),
            _ => {}
        }
    }
    modify(ports, id, |record| {
        record.stage = Stage::Done;
        record.lease_until = 0;
        record.refusal = None;
        Ok(())
    })?;
    absorb::absorb(ports, client.protocol(), &present, &board)
}

fn is_visible(protocol: &Protocol, board: &BoardPosting) -> bool {
    board.run_status.is_some() && !board.asks_for_publish(protocol)
}

/// Created but not finished: the lease ends, so that the next call can go on. The creation is not to be taken for refused, so
/// what the board said goes with the posting.
fn paused(ports: Ports<'_>, id: &str, refusal: Option<Refusal>) -> Result<PostingRecord, Failure> {
    modify(ports, id, |record| {
        record.lease_until = 0;
        record.refusal.clone_from(&refusal);
        Ok(())
    })
}

/// Fields are named, but the board's words about them are not kept: they may quote somebody's contact data.
fn refusal(error: BoardError) -> Refusal {
    let failure = refused(error);
    let mut refusal = Refusal {
        code: failure.code.clone(),
        vi: failure.message.vi.clone(),
        en: failure.message.en.clone(),
        rest: Rest::default(),
    };
    for problem in failure.problems.iter().filter(|it| !it.field.is_empty()) {
        let label = form::label(&problem.field);
        refusal.vi.push_str(&format!(" [{}]", label.vi));
        refusal.en.push_str(&format!(" [{}]", label.en));
    }
    refusal
}

/// The failure for a posting at the board that another posting here has.
pub(super) fn already_linked(owner: &PostingRecord) -> Failure {
    failure(
        Disposition::Conflict,
        "already-linked",
        "Tin này đã được liên kết với một tin tuyển dụng khác trên hệ thống.",
        "That posting is linked with a job here already.",
    )
    .with(|it| {
        it.extra = vec![
            named("posting-id", owner.id.clone()),
            named("job-id", owner.job.clone()),
        ]
    })
}
