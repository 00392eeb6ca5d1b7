//! Asking the board's list for postings with a given content that nobody here has.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::contract::log::Level;
use crate::contract::types::Moment;
use crate::failure::Failure;
use crate::ports::Ports;
use crate::state::keys;
use crate::state::posting::{BoardRecord, Candidate, PostingRecord, Stage, Standing};
use crate::state::record;
use crate::topcv::client::Client;
use crate::topcv::errors::BoardError;
use crate::topcv::wire::BoardPosting;
use crate::vietnam::time::parse_local;

use super::saga::is_abandoned;
use super::sent::{fits, is_same, kept};
use super::view::{each_record, is_over};

/// The board's clock and ours may differ by this much; an older posting is not the one that we asked for.
const CLOCKS_DIFFER_MS: u64 = 10 * 60 * 1000;

/// Details are read for at most this many postings of the same title: with the list's pages, a renewed session and the creation itself it stays well
/// below the hundred requests that a host allows one call.
const MOST_DETAILS: usize = 40;

/// What is looked for.
pub(super) struct Wanted<'a> {
    /// The posting here that it is for.
    pub id: &'a str,
    /// Its content, kept as in [`PostingRecord::sent`].
    pub sent: &'a BTreeMap<String, Json>,
    /// When the board was first asked to create it. 0: it never was; then postings that have ended are none of our business.
    pub since: Moment,
    /// Board ids of which a person said that they are not it.
    pub declined: &'a [String],
}

/// What was found.
#[derive(Default)]
pub(super) struct Found {
    /// This very content.
    pub exact: Vec<BoardPosting>,
    /// The same title with other content, or not compared.
    pub similar: Vec<BoardPosting>,
    /// Some of the similar ones were not compared.
    pub not_compared: bool,
    /// A posting of ours whose own creation is in doubt has this content too: what was found may be that one.
    pub may_be_anothers: bool,
}

/// Why nothing can be said.
pub(super) enum SearchError {
    /// This board has no list, or none under the path that the table assumes.
    NoList,
    /// The board cannot be asked just now.
    Board(BoardError),
    /// Storage failed.
    Stored(Failure),
}

/// Asks page by page, and for the details of what has the title.
pub(super) fn search(
    ports: Ports<'_>,
    client: &mut Client<'_>,
    wanted: &Wanted<'_>,
) -> Result<Found, SearchError> {
    let mut found = Found::default();
    let mut details = 0;
    let mut seen: Vec<String> = Vec::new();
    let pages = client.protocol().number("list.pages").max(1);
    for page in 1..=pages {
        let listed = match client.list(page) {
            Ok(listed) => listed,
            Err(error) if page == 1 && has_no_list(&error) => return Err(SearchError::NoList),
            // Some boards have no page behind the last one.
            Err(BoardError::NotFound) => break,
            Err(error) => return Err(SearchError::Board(error)),
        };
        for item in listed.postings {
            if !may_be(ports, client, wanted, &item) || seen.contains(&item.id) {
                continue;
            }
            seen.push(item.id.clone());
            match is_taken(ports, &item.id, wanted.id).map_err(SearchError::Stored)? {
                Some(true) => continue,
                Some(false) if details < MOST_DETAILS => {}
                // Whose it is, or what it says, is not known: for a person to see.
                _ => {
                    found.not_compared = true;
                    found.similar.push(item);
                    continue;
                }
            }
            details += 1;
            match client.detail(&item.id) {
                Ok(detail) if !may_be(ports, client, wanted, &detail) => {}
                Ok(detail) if is_same(wanted.sent, &detail.fields) => found.exact.push(detail),
                Ok(detail) => found.similar.push(detail),
                Err(BoardError::NotFound) => {}
                Err(error) => return Err(SearchError::Board(error)),
            }
        }
        if !listed.more {
            break;
        }
        if page == pages {
            ports.log.write(Level::Warn, "look-up.list-not-whole", &[]);
        }
    }
    // After the board was read: whoever created what was found had said before that it would.
    if !found.exact.is_empty() {
        hold_against_ours(ports, client.account(), wanted.id, &mut found)
            .map_err(SearchError::Stored)?;
    }
    Ok(found)
}

/// What a person chooses from.
pub(super) fn candidates(found: &[BoardPosting]) -> Vec<Candidate> {
    found
        .iter()
        .map(|board| Candidate {
            id: board.id.clone(),
            title: board.text("title").unwrap_or_default(),
            url: board.url.clone(),
            rest: Default::default(),
        })
        .collect()
}

/// The path of the list is assumed, so a board may answer that there is nothing of the kind.
fn has_no_list(error: &BoardError) -> bool {
    matches!(
        error,
        BoardError::NotFound
            | BoardError::Refused { status: 405 }
            | BoardError::Lost {
                status: Some(501),
                ..
            }
    )
}

fn may_be(ports: Ports<'_>, client: &Client<'_>, wanted: &Wanted<'_>, item: &BoardPosting) -> bool {
    let same_title = item
        .fields
        .get("title")
        .is_some_and(|title| wanted.sent.get("title") == Some(&kept("title", title)));
    same_title
        && !wanted.declined.contains(&item.id)
        && if wanted.since == 0 {
            !has_ended(ports, client, item)
        } else {
            in_window(wanted.since, item)
        }
}

fn has_ended(ports: Ports<'_>, client: &Client<'_>, item: &BoardPosting) -> bool {
    let protocol = client.protocol();
    let stopped = matches!(
        item.standing(protocol),
        Some(Standing::Closed | Standing::Expired)
    );
    (stopped && !item.asks_for_publish(protocol))
        || is_over(item.text("deadline").as_deref(), ports.clock.now())
}

fn in_window(since: Moment, item: &BoardPosting) -> bool {
    item.created_at
        .as_deref()
        .and_then(parse_local)
        .is_none_or(|created| created.saturating_add(CLOCKS_DIFFER_MS) >= since)
}

/// Whether another posting here has it, or had it until a person let it go. `None`: the records do not say.
fn is_taken(ports: Ports<'_>, board_id: &str, id: &str) -> Result<Option<bool>, Failure> {
    let key = keys::board(board_id);
    let owner = match record::load_or_broken::<BoardRecord>(ports.storage, &key)? {
        Ok(None) => return Ok(Some(false)),
        Ok(Some(stored)) => stored.value.posting,
        Err(_) => {
            ports
                .log
                .write(Level::Error, "record.unreadable", &[("record", &key)]);
            return Ok(None);
        }
    };
    if owner == id {
        return Ok(Some(false));
    }
    let stored = record::load_or_broken::<PostingRecord>(ports.storage, &keys::posting(&owner))?;
    Ok(Some(match stored {
        Ok(stored) => stored.is_some_and(|it| !is_abandoned(&it.value, ports.clock.now())),
        // It is somebody's, although no one can say more of it.
        Err(_) => true,
    }))
}

/// Takes out what a posting of ours has, and notes whether one in doubt could have it.
///
/// From the list of records: what decides is older than the reading of the board, and a list holds at least that.
fn hold_against_ours(
    ports: Ports<'_>,
    account: u32,
    id: &str,
    found: &mut Found,
) -> Result<(), Failure> {
    each_record(ports, |ours| {
        if ours.id == id || ours.account != account {
            return;
        }
        found
            .exact
            .retain(|board| ours.board_id.as_ref() != Some(&board.id));
        // One that was never sent made nothing.
        let in_doubt = ours.sent_at != 0 && matches!(ours.stage, Stage::Sending | Stage::Unknown);
        found.may_be_anothers |= in_doubt
            && found
                .exact
                .iter()
                .any(|board| in_window(ours.sent_at, board) && fits(&ours.sent, &board.fields));
    })?;
    Ok(())
}
