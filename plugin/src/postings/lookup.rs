//! Looking for a posting whose creation is in doubt: by the digest of its content, within its time window.
//!
//! One hit is adopted, several are listed for a person, and none never authorises a second creation by itself.

use crate::contract::log::Level;
use crate::failure::Failure;
use crate::ports::Ports;
use crate::state::keys;
use crate::state::posting::{BoardRecord, Candidate, PostingRecord, Stage};
use crate::state::record;
use crate::topcv::client::Client;
use crate::topcv::errors::BoardError;
use crate::topcv::wire::BoardPosting;
use crate::vietnam::time::parse_local;

use super::saga::adopt;
use super::sent::{is_same, kept};
use super::view::{load, modify};

/// The board's clock and ours may differ by this much; an older posting is not the one that we asked for.
const CLOCKS_DIFFER_MS: u64 = 10 * 60 * 1000;

/// Details are read for at most this many postings of the same title.
const MOST_DETAILS: usize = 10;

/// Asks the board; answers the record, adopted or still unknown. `may_publish`: as for [`super::saga::finish`].
pub(super) fn look_up(
    ports: Ports<'_>,
    client: &mut Client<'_>,
    id: &str,
    may_publish: bool,
) -> Result<PostingRecord, Failure> {
    let present = load(ports, id)?.value;
    let found = match search(ports, client, &present) {
        Ok(found) => found,
        Err(LookupError::Stored(failure)) => return Err(failure),
        Err(LookupError::Board(error)) => {
            ports.log.write(
                Level::Warn,
                "publish.look-up-failed",
                &[("code", &error.into_failure().code)],
            );
            return settle(ports, &present, None);
        }
    };
    if let [only] = found.exact.as_slice() {
        ports.log.write(
            Level::Info,
            "publish.adopted",
            &[("board-posting", &only.id)],
        );
        return adopt(ports, client, id, only, may_publish);
    }
    let candidates = if found.exact.is_empty() {
        &found.similar
    } else {
        &found.exact
    };
    let candidates = candidates.iter().map(candidate).collect();
    settle(ports, &present, Some(candidates))
}

/// Back to `Unknown` with what was found; the lease ends, so that a person or the next call can go on. Another's lease does not.
fn settle(
    ports: Ports<'_>,
    present: &PostingRecord,
    candidates: Option<Vec<Candidate>>,
) -> Result<PostingRecord, Failure> {
    modify(ports, &present.id, |record| {
        if record.stage != present.stage || record.lease_until != present.lease_until {
            return Ok(());
        }
        record.stage = Stage::Unknown;
        record.lease_until = 0;
        if let Some(candidates) = &candidates {
            record.candidates.clone_from(candidates);
        }
        Ok(())
    })
}

fn candidate(board: &BoardPosting) -> Candidate {
    Candidate {
        id: board.id.clone(),
        title: board.text("title").unwrap_or_default(),
        url: board.url.clone(),
    }
}

struct Found {
    exact: Vec<BoardPosting>,
    similar: Vec<BoardPosting>,
}

enum LookupError {
    Board(BoardError),
    Stored(Failure),
}

fn search(
    ports: Ports<'_>,
    client: &mut Client<'_>,
    present: &PostingRecord,
) -> Result<Found, LookupError> {
    let mut found = Found {
        exact: Vec::new(),
        similar: Vec::new(),
    };
    let mut details = 0;
    for page in 1..=client.protocol().number("list.pages").max(1) {
        let listed = client.list(page).map_err(LookupError::Board)?;
        for item in listed.postings {
            let fits =
                same_title(present, &item) && in_window(present, &item) && details < MOST_DETAILS;
            if !fits || is_taken(ports, &item.id, &present.id).map_err(LookupError::Stored)? {
                continue;
            }
            details += 1;
            match client.detail(&item.id) {
                Ok(detail) if !in_window(present, &detail) => {}
                Ok(detail) if is_same(&present.sent, &detail.fields) => found.exact.push(detail),
                Ok(detail) => found.similar.push(detail),
                Err(BoardError::NotFound) => {}
                Err(error) => return Err(LookupError::Board(error)),
            }
        }
        if !listed.more {
            break;
        }
    }
    Ok(found)
}

fn same_title(present: &PostingRecord, item: &BoardPosting) -> bool {
    item.fields
        .get("title")
        .is_some_and(|title| present.sent.get("title") == Some(&kept("title", title)))
}

fn in_window(present: &PostingRecord, item: &BoardPosting) -> bool {
    item.created_at
        .as_deref()
        .and_then(parse_local)
        .is_none_or(|created| created + CLOCKS_DIFFER_MS >= present.sent_at)
}

fn is_taken(ports: Ports<'_>, board_id: &str, by_other_than: &str) -> Result<bool, Failure> {
    Ok(
        record::load::<BoardRecord>(ports.storage, &keys::board(board_id))?
            .is_some_and(|stored| stored.value.posting != by_other_than),
    )
}
