//! Each posting's present state at the board, as the events that webhooks would have told. For webhooks that were lost.

use crate::contract::events::{Event, Happening, PostingChange, PostingState};
use crate::contract::log::Level;
use crate::contract::postings::ReconcilePage;
use crate::contract::types::Disposition;
use crate::deliveries::{identity, rejection};
use crate::failure::{Failure, text};
use crate::ports::Ports;
use crate::state::keys;
use crate::state::posting::PostingRecord;
use crate::state::record;
use crate::topcv::client::Client;

use super::get::refreshed;
use super::view::{read_or_name, state_of};

/// Postings a page: each costs one or a few calls, and a host limits the calls of one export.
const PAGE: u32 = 10;

/// Asks for one page of postings. One that cannot be read is named and left for the next time.
pub fn reconcile(ports: Ports<'_>, cursor: Option<&str>) -> Result<ReconcilePage, Failure> {
    let mut client = Client::open(ports)?;
    let page = ports
        .storage
        .list_keys(keys::POSTINGS, cursor, PAGE)
        .map_err(|error| record::storage_failure(keys::POSTINGS, &error))?;
    let mut events = Vec::new();
    let mut notes = vec![text(
        "TopCV không có danh sách hồ sơ ứng tuyển qua API: hồ sơ bị mất khi webhook không tới được thì phải xem trên TopCV.",
        "TopCV has no list of applications in its API: applications whose webhook was lost have to be looked up at TopCV.",
    )];
    let mut unread: u32 = 0;
    let mut hopeless = false;
    for key in &page.keys {
        if hopeless {
            unread += 1;
            continue;
        }
        let posting = match read_or_name(ports, key)? {
            Ok(Some(posting)) => posting,
            Ok(None) => continue,
            Err(note) => {
                notes.push(note);
                continue;
            }
        };
        match refreshed(ports, &mut client, posting) {
            Ok(record) => events.extend(event(ports, client.account(), &record)),
            // The host waits, or a person mends it; asking for nothing but this would only say it again.
            Err(failure) if is_about_all(&failure) && events.is_empty() => return Err(failure),
            Err(failure) => {
                hopeless = is_about_all(&failure);
                let fields = [("record", key.as_str()), ("code", failure.code.as_str())];
                ports
                    .log
                    .write(Level::Warn, "reconcile.posting-skipped", &fields);
                unread += 1;
            }
        }
    }
    if unread > 0 {
        notes.push(text(
            format!("{unread} tin chưa đọc được lúc này; hãy chạy lại sau."),
            format!("{unread} posting(s) could not be read just now; run it again later."),
        ));
    }
    Ok(ReconcilePage {
        events,
        next: page.next,
        notes,
    })
}

/// Whether the next posting would be answered the same.
fn is_about_all(failure: &Failure) -> bool {
    failure.code == "rate-limited"
        || matches!(
            failure.disposition,
            Disposition::SignInAgain | Disposition::NotEntitled | Disposition::FixSettings
        )
}

fn event(ports: Ports<'_>, account: u32, record: &PostingRecord) -> Option<Event> {
    let now = ports.clock.now();
    let board_posting = record.board_id.clone()?;
    let state = state_of(record, account, now);
    let (id, happening) = match state {
        PostingState::Unlinked
        | PostingState::OtherAccount
        | PostingState::Submitting
        | PostingState::Unknown => {
            return None;
        }
        PostingState::Live => (
            identity::verdict_event("job_approved", &board_posting, record.round),
            Happening::PostingApproved,
        ),
        PostingState::Rejected => (
            identity::verdict_event("job_rejected", &board_posting, record.round),
            Happening::PostingRejected(rejection::read(record.reason.as_deref().unwrap_or(""))),
        ),
        PostingState::PendingReview | PostingState::Closed | PostingState::Expired => (
            identity::change_event(state_name(state), &board_posting, record.round),
            Happening::PostingChanged(PostingChange {
                state,
                run_status: record.run_status.clone(),
                approval_status: record.approval_status.clone(),
                rejection: None,
            }),
        ),
    };
    Some(Event {
        id,
        happening,
        board_posting,
        posting: Some(record.id.clone()),
        job: Some(record.job.clone()),
        review_round: Some(record.round),
        board_time: None,
        received_at: now,
        extra: Vec::new(),
    })
}

fn state_name(state: PostingState) -> &'static str {
    match state {
        PostingState::PendingReview => "pending-review",
        PostingState::Closed => "closed",
        PostingState::Expired => "expired",
        _ => "other",
    }
}
