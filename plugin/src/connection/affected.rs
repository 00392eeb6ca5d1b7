//! Which postings a change of the connection touches, to be named to the recruiter.

use crate::contract::connection::PostingMention;
use crate::contract::events::PostingState;
use crate::contract::types::{NamedValue, Value};
use crate::failure::Failure;
use crate::ports::Ports;
use crate::postings::{each_record, state_of};
use crate::state::posting::PostingRecord;

/// The postings that `wanted` accepts, in any order, and the keys of records that cannot be read. From the list, which is enough for telling
/// a person.
pub(super) fn mentions(
    ports: Ports<'_>,
    account: u32,
    wanted: impl Fn(&PostingRecord, PostingState) -> bool,
) -> Result<(Vec<PostingMention>, Vec<String>), Failure> {
    let now = ports.clock.now();
    let mut found = Vec::new();
    let unreadable = each_record(ports, |record| {
        let state = state_of(&record, account, now);
        if wanted(&record, state) {
            found.push(PostingMention {
                posting: record.id,
                board_posting: record.board_id,
                job: record.job,
                title: record.title,
                state,
            });
        }
    })?;
    Ok((found, unreadable))
}

/// The keys of records that could not be read, for `extra`; nothing when there are none.
pub(super) fn unreadable_note(keys: Vec<String>) -> Option<NamedValue> {
    (!keys.is_empty()).then(|| NamedValue {
        name: "unreadable-records".into(),
        value: Value::Texts(keys),
    })
}
