//! One posting, from storage or as the board shows it now.

use crate::contract::events::PostingState;
use crate::contract::postings::Posting;
use crate::failure::Failure;
use crate::ports::Ports;
use crate::state::posting::{PostingRecord, Stage};
use crate::topcv::client::Client;
use crate::topcv::errors::BoardError;

use super::absorb::gone;
use super::edit::settle_edit;
use super::lookup::look_up;
use super::saga::finish;
use super::view::{load, show, state_of};

/// With `refresh` the board is asked first.
pub fn get_posting(ports: Ports<'_>, id: &str, refresh: bool) -> Result<Posting, Failure> {
    let record = load(ports, id)?.value;
    let record = if refresh {
        refreshed(ports, &mut Client::open(ports)?, record)?
    } else {
        record
    };
    show(ports, record)
}

/// The record after asking the board; what is not for us to ask about stays as it is, and so does what somebody is at work on.
///
/// It only reads: making a posting visible is for who publishes it.
pub(super) fn refreshed(
    ports: Ports<'_>,
    client: &mut Client<'_>,
    record: PostingRecord,
) -> Result<PostingRecord, Failure> {
    let now = ports.clock.now();
    let id = record.id.clone();
    match (state_of(&record, client.account(), now), &record.board_id) {
        (PostingState::Unlinked | PostingState::OtherAccount, _) => Ok(record),
        (PostingState::Unknown, _) if record.lease_until <= now => {
            look_up(ports, client, &id, false)
        }
        (PostingState::Submitting, _)
            if record.stage == Stage::Created && record.lease_until <= now =>
        {
            finish(ports, client, &id, false)
        }
        (PostingState::Unknown | PostingState::Submitting, _) => Ok(record),
        (_, Some(board_id)) => match client.detail(board_id) {
            Ok(board) => {
                // An edit under way is left to its caller; one that was left behind is settled by what stands there.
                match settle_edit(ports, client, &record, &board) {
                    Err(failure) if failure.code == "update-in-progress" => Ok(record),
                    settled => settled,
                }
            }
            Err(BoardError::NotFound) => gone(ports, &id),
            Err(error) => Err(error.into_failure()),
        },
        _ => Ok(record),
    }
}
