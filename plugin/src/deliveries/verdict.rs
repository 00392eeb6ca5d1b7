//! The board's review: approved or rejected, told apart from a repetition of an earlier verdict.
//!
//! Nothing that TopCV signs says when: the second rejection of a corrected posting is byte for byte the first. So a verdict is
//! taken at its word only where it can be nothing but the first one; anywhere else the board is asked what it stands by today.

use super::identity;
use super::raw::{Fields, Literal};
use super::{application, rejection};
use crate::contract::events::{Event, Happening, OtherEvent};
use crate::contract::log::Level;
use crate::contract::types::Moment;
use crate::failure::{Failure, in_progress, text};
use crate::ports::Ports;
use crate::state::keys;
use crate::state::posting::{BoardRecord, PostingRecord, Standing};
use crate::state::record;
use crate::topcv::client::Client;
use crate::topcv::errors::BoardError;
use crate::topcv::wire::BoardPosting;

/// The most of a reason that is stored. The event carries the whole.
const MOST_REASON_STORED: usize = 2_000;

/// After this long an edit that is being sent is usually settled.
const EDIT_SETTLES_MS: u64 = 5_000;

/// What a review ended with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Published.
    Approved,
    /// Refused; to be corrected.
    Rejected,
}

impl Verdict {
    /// The verdict that a webhook of this type brings.
    pub fn of_event_type(event_type: &str) -> Option<Self> {
        match event_type {
            "job_approved" => Some(Self::Approved),
            "job_rejected" => Some(Self::Rejected),
            _ => None,
        }
    }

    /// TopCV's name for its webhook.
    pub fn event_type(self) -> &'static str {
        match self {
            Self::Approved => "job_approved",
            Self::Rejected => "job_rejected",
        }
    }

    fn standing(self) -> Standing {
        match self {
            Self::Approved => Standing::Live,
            Self::Rejected => Standing::Rejected,
        }
    }

    fn approval_status(self) -> &'static str {
        match self {
            Self::Approved => "approved",
            Self::Rejected => "rejected",
        }
    }
}

/// What to make of a signed verdict.
enum Weighed {
    /// It says nothing that is not known already.
    Repeated,
    /// It can only be the first, or the board has no word about it: its own word counts.
    Believed,
    /// The board stands by it, and shows the posting like this.
    Confirmed(Box<BoardPosting>, Standing),
    /// The board does not stand by it.
    Denied,
}

/// The posting here that has this id at the board.
pub(super) fn known_posting(
    ports: Ports<'_>,
    board_posting: &str,
) -> Result<Option<PostingRecord>, Failure> {
    let Some(board) = record::load::<BoardRecord>(ports.storage, &keys::board(board_posting))?
    else {
        return Ok(None);
    };
    let posting =
        record::load::<PostingRecord>(ports.storage, &keys::posting(&board.value.posting))?;
    // A posting that was given another board id since does not answer for this one.
    Ok(posting.map(|stored| stored.value).filter(|posting| {
        posting
            .board_id
            .as_deref()
            .is_none_or(|id| id == board_posting)
    }))
}

/// The event that a verified verdict is. Stores the posting's new state.
pub(super) fn read(
    ports: Ports<'_>,
    verdict: Verdict,
    fields: &Fields,
    board_posting: &str,
    received_at: Moment,
) -> Result<Event, Failure> {
    let known = known_posting(ports, board_posting)?;
    let reason = reason_of(fields);
    let weighed = weigh(ports, verdict, board_posting, known.as_ref())?;
    let round = match &known {
        Some(posting) => store(ports, posting, verdict, &weighed, &reason)?,
        None => 1,
    };
    let (id, happening) = match (&weighed, verdict) {
        (Weighed::Denied, _) => {
            ports.log.write(
                Level::Warn,
                "verdict.not-confirmed",
                &[("verdict", verdict.event_type())],
            );
            let id = identity::unconfirmed_event(verdict.event_type(), board_posting, round);
            (id, Happening::Other(not_confirmed(verdict, board_posting)))
        }
        (_, Verdict::Approved) => (
            identity::verdict_event(verdict.event_type(), board_posting, round),
            Happening::PostingApproved,
        ),
        (_, Verdict::Rejected) => (
            identity::verdict_event(verdict.event_type(), board_posting, round),
            Happening::PostingRejected(rejection::read(&reason)),
        ),
    };
    Ok(Event {
        id,
        happening,
        board_posting: board_posting.to_owned(),
        posting: known.as_ref().map(|posting| posting.id.clone()),
        job: known
            .filter(|posting| !posting.unlinked)
            .map(|posting| posting.job),
        review_round: Some(round),
        board_time: None,
        received_at,
        extra: application::extra(fields, |name, _| {
            matches!(
                name,
                "event_type" | "signature" | "job_id" | "reject_reason"
            )
        }),
    })
}

fn weigh(
    ports: Ports<'_>,
    verdict: Verdict,
    board_posting: &str,
    known: Option<&PostingRecord>,
) -> Result<Weighed, Failure> {
    let Some(posting) = known else {
        return Ok(Weighed::Believed);
    };
    if posting.round <= 1 && posting.edit.is_none() {
        if posting.standing == Standing::Pending {
            return Ok(Weighed::Believed);
        }
        if posting.standing == verdict.standing() {
            return Ok(Weighed::Repeated);
        }
    }
    let mut client = Client::open(ports)?;
    let board = match client.detail(board_posting) {
        Ok(board) => board,
        Err(BoardError::NotFound) => return Ok(Weighed::Denied),
        Err(error) => return Err(error.into_failure()),
    };
    let protocol = client.protocol();
    let Some(standing) = board.standing(protocol) else {
        return Ok(Weighed::Believed);
    };
    let confirmed = match verdict {
        // Approved and stopped since is approved all the same.
        Verdict::Approved => {
            standing == Standing::Live
                || board
                    .approval_status
                    .as_deref()
                    .is_some_and(|word| protocol.lists("status.approved", word))
        }
        Verdict::Rejected => standing == Standing::Rejected,
    };
    if confirmed && could_be_the_one_before(posting, verdict, ports.clock.now()) {
        return Err(in_progress("update-in-progress", 0, 0)
            .with(|it| it.retry_after_ms = Some(EDIT_SETTLES_MS)));
    }
    Ok(if confirmed {
        Weighed::Confirmed(Box::new(board), standing)
    } else {
        Weighed::Denied
    })
}

/// While an edit is on its way the board may still stand by the verdict from before it: told apart once the edit is settled.
/// Only the opposite of the verdict that is known can be nothing but a new one.
fn could_be_the_one_before(posting: &PostingRecord, verdict: Verdict, now: Moment) -> bool {
    posting.edit.as_ref().is_some_and(|edit| {
        edit.lease_until > now
            && (edit.standing_before == verdict.standing()
                || edit.standing_before == Standing::Pending)
    })
}

/// Keeps what the verdict changes, and answers the round that it belongs to.
fn store(
    ports: Ports<'_>,
    seen: &PostingRecord,
    verdict: Verdict,
    weighed: &Weighed,
    reason: &str,
) -> Result<u32, Failure> {
    if matches!(weighed, Weighed::Repeated | Weighed::Denied) {
        return Ok(seen.round.max(1));
    }
    let now = ports.clock.now();
    record::modify::<PostingRecord, u32>(ports.storage, &keys::posting(&seen.id), |present| {
        // An edit that began meanwhile has a review of its own: this verdict is not about it.
        let Some(before) =
            present.filter(|present| present.round == seen.round && present.edit == seen.edit)
        else {
            return Ok((None, seen.round.max(1)));
        };
        let mut next = before.clone();
        take(&mut next, verdict, weighed, reason);
        let round = next.round.max(1);
        if next == before {
            return Ok((None, round));
        }
        next.changed_at = now;
        Ok((Some(next), round))
    })
}

fn take(posting: &mut PostingRecord, verdict: Verdict, weighed: &Weighed, reason: &str) {
    let from_rejected = posting.standing == Standing::Rejected;
    posting.standing = verdict.standing();
    posting.approval_status = Some(verdict.approval_status().to_owned());
    let mut reason = reason.to_owned();
    if let Weighed::Confirmed(board, standing) = weighed {
        // A rejected posting that is approved without an edit of ours was corrected at TopCV itself, and reviewed once more.
        if from_rejected && verdict == Verdict::Approved && posting.edit.is_none() {
            posting.round = posting.round.max(1) + 1;
        }
        posting.standing = *standing;
        posting.run_status.clone_from(&board.run_status);
        if board.approval_status.is_some() {
            posting.approval_status.clone_from(&board.approval_status);
        }
        if let Some(shown) = board.reason.as_ref().filter(|_| reason.is_empty()) {
            reason.clone_from(shown);
        }
    }
    posting.reason =
        (verdict == Verdict::Rejected).then(|| reason.chars().take(MOST_REASON_STORED).collect());
}

/// Exactly as the board wrote it.
fn reason_of(fields: &Fields) -> String {
    match fields.get("reject_reason") {
        Literal::Text(said) | Literal::Number(said) | Literal::Other(said) => said.clone(),
        Literal::Absent | Literal::Null => String::new(),
    }
}

fn not_confirmed(verdict: Verdict, board_posting: &str) -> OtherEvent {
    let json = serde_json::json!({ "event_type": verdict.event_type(), "job_id": board_posting });
    OtherEvent {
        kind: "verdict-not-confirmed".into(),
        json: json.to_string(),
        note: Some(text(
            "Nhận được kết quả duyệt tin từ TopCV, nhưng khi hỏi lại thì TopCV không xác nhận; có thể là thông báo cũ gửi lại. Trạng thái tin không đổi.",
            "A review result arrived from TopCV that TopCV does not stand by when asked; it may be an old message sent again. The posting's state is unchanged.",
        )),
    }
}
