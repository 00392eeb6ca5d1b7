//! Versions of a posting's content: what a recruiter saw when the form was opened.
//!
//! `<revision>` counts what was sent from here. A form adds `.<digest>` of what stood at the board then, so that an update
//! knows which of the board's own changes the recruiter has seen.

use super::form::{Body, canonical};
use crate::digest;
use crate::state::posting::PostingRecord;

/// The version of a stored posting.
pub fn of(record: &PostingRecord) -> String {
    record.revision.to_string()
}

/// The version of a form that shows these fields of the board's.
pub fn of_form(record: &PostingRecord, board: &Body) -> String {
    format!("{}.{}", record.revision, board_digest(board))
}

/// Whether the caller's version is still the stored one.
pub fn is_current(record: &PostingRecord, expected: &str) -> bool {
    expected.split('.').next() == Some(of(record).as_str())
}

/// Whether the caller has seen the board's fields as they stand.
pub fn has_seen(expected: &str, board: &Body) -> bool {
    expected
        .split_once('.')
        .is_some_and(|(_, seen)| seen == board_digest(board))
}

fn board_digest(board: &Body) -> String {
    let mut text = String::new();
    for key in super::form::KEYS {
        if let Some(value) = board.get(key) {
            text.push_str(key);
            text.push('=');
            text.push_str(&canonical(key, value).to_string());
            text.push('\n');
        }
    }
    digest::short(&[&text])[..16].to_owned()
}
