//! The postings of this connection, from storage alone.

use crate::contract::postings::PostingPage;
use crate::failure::Failure;
use crate::ports::Ports;
use crate::state::connection::ConnectionRecord;
use crate::state::keys;
use crate::state::posting::JobRecord;
use crate::state::record;

use super::view::{check_id, read_or_name, shown};

/// Postings a page.
const PAGE: u32 = 100;

/// One job's postings come in one page; all others a page at a time, in any order.
pub fn list_postings(
    ports: Ports<'_>,
    job: Option<&str>,
    cursor: Option<&str>,
) -> Result<PostingPage, Failure> {
    let (connection, _) = ConnectionRecord::load(ports)?;
    let now = ports.clock.now();
    let (keys, next) = match job {
        Some(job) => {
            check_id("job-id", job)?;
            let ids = record::load::<JobRecord>(ports.storage, &keys::job(job))?
                .map(|stored| stored.value.postings)
                .unwrap_or_default();
            (ids.iter().map(|id| keys::posting(id)).collect(), None)
        }
        None => {
            let page = ports
                .storage
                .list_keys(keys::POSTINGS, cursor, PAGE)
                .map_err(|error| record::storage_failure(keys::POSTINGS, &error))?;
            (page.keys, page.next)
        }
    };
    let mut postings = Vec::with_capacity(keys.len());
    let mut notes = Vec::new();
    for key in keys {
        match read_or_name(ports, &key)? {
            Ok(Some(posting)) => postings.push(shown(posting, connection.account, now)),
            Ok(None) => {}
            Err(note) => notes.push(note),
        }
    }
    Ok(PostingPage {
        postings,
        next,
        notes,
    })
}
