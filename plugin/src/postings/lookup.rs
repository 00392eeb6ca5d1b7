//! Looking for a posting whose creation is in doubt: by the digest of its content, within its time window.
//!
//! One hit is adopted, several are listed for a person, and none never authorises a second creation by itself.

use crate::contract::log::Level;
use crate::failure::Failure;
use crate::ports::Ports;
use crate::state::posting::{Candidate, PostingRecord, Stage};
use crate::topcv::client::Client;

use super::before_create::declined;
use super::saga::adopt;
use super::search::{SearchError, Wanted, candidates, search};
use super::view::{load, modify};

/// Asks the board; answers the record, adopted or still unknown. `may_publish`: as for [`super::saga::finish`].
pub(super) fn look_up(
    ports: Ports<'_>,
    client: &mut Client<'_>,
    id: &str,
    may_publish: bool,
) -> Result<PostingRecord, Failure> {
    let present = load(ports, id)?.value;
    let declined = declined(ports, &present.job)?;
    let wanted = Wanted {
        id,
        sent: &present.sent,
        since: present.sent_at,
        declined: &declined,
    };
    let found = match search(ports, client, &wanted) {
        Ok(found) => found,
        Err(SearchError::Stored(failure)) => return Err(failure),
        Err(error) => {
            let code = match error {
                SearchError::Board(error) => error.into_failure().code.clone(),
                _ => "no-list".to_owned(),
            };
            ports
                .log
                .write(Level::Warn, "publish.look-up-failed", &[("code", &code)]);
            return settle(ports, &present, None);
        }
    };
    match found.exact.as_slice() {
        [only] if !found.may_be_anothers => {
            ports.log.write(
                Level::Info,
                "publish.adopted",
                &[("board-posting", &only.id)],
            );
            adopt(ports, client, id, only, may_publish)
        }
        [] => settle(ports, &present, Some(candidates(&found.similar))),
        several => settle(ports, &present, Some(candidates(several))),
    }
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
