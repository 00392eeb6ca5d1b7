//! A person's answer about a posting whose creation is in doubt.

use crate::contract::events::PostingState;
use crate::contract::postings::{Posting, Resolution};
use crate::contract::types::Disposition;
use crate::failure::{Failure, failure};
use crate::ports::Ports;
use crate::topcv::client::Client;

use super::saga::{adopt, free};
use super::view::{load, show, shown, state_of};

/// `adopt` is verified at the board; `not-created` frees the request id.
pub fn resolve_unknown(
    ports: Ports<'_>,
    id: &str,
    resolution: &Resolution,
) -> Result<Posting, Failure> {
    let mut client = Client::open(ports)?;
    let stored = load(ports, id)?;
    let now = ports.clock.now();
    if state_of(&stored.value, client.account(), now) != PostingState::Unknown {
        return Err(failure(
            Disposition::Conflict,
            "not-unknown",
            "Kết quả của tin này đã rõ, không cần xác nhận.",
            "The outcome of this posting is known; there is nothing to resolve.",
        ));
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
            free(ports, &stored)?;
            let mut last = shown(stored.value, client.account(), now);
            last.state = PostingState::Unlinked;
            last.advice = None;
            last.candidates = Vec::new();
            Ok(last)
        }
    }
}
