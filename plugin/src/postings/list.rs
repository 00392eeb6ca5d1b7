//! The postings of this connection, from storage alone.

use crate::contract::postings::PostingPage;
use crate::failure::Failure;
use crate::ports::Ports;
use crate::state::connection::ConnectionRecord;
use crate::state::keys;
use crate::state::posting::{JobRecord, PostingRecord};
use crate::state::record;

use super::view::{check_id, shown};

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
    for key in keys {
        if let Some(stored) = record::load::<PostingRecord>(ports.storage, &key)? {
            postings.push(shown(stored.value, connection.account, now));
        }
    }
    Ok(PostingPage { postings, next })
}
