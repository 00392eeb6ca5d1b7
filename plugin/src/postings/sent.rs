//! The fields of a posting as they are kept for comparison: canonical, contact fields and long texts as digests only.
//!
//! Maps are filled one by one here and elsewhere: `collect` brings a sort of its own for each type, 4 KB of component each.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::form::{Body, KEYS, canonical, is_contact};
use crate::digest;

/// Longer values are kept as digests, so that a record stays far below a value's size.
const LONGEST_KEPT: usize = 300;

/// One value as it is kept.
pub(super) fn kept(key: &str, value: &Json) -> Json {
    let value = canonical(key, value);
    let text = value.to_string();
    if value.is_null() {
        Json::Null
    } else if is_contact(key) || text.len() > LONGEST_KEPT {
        json!({ "digest": digest::short(&[key, &text]) })
    } else {
        value
    }
}

/// All fields of ours in a body, as they are kept.
pub(super) fn keep(body: &Body) -> BTreeMap<String, Json> {
    let mut sent = BTreeMap::new();
    for (key, value) in body {
        sent.insert(key.clone(), kept(key, value));
    }
    sent
}

/// The fields of ours, and those that are in `also`, in what the board shows; its other fields are not for us to compare.
pub(super) fn keep_ours(board: &Body, also: &Body) -> BTreeMap<String, Json> {
    let mut ours = BTreeMap::new();
    for (key, value) in board {
        if KEYS.contains(&key.as_str()) || also.contains_key(key) {
            ours.insert(key.clone(), kept(key, value));
        }
    }
    ours
}

/// A command to the board rather than content: what is shown under it says nothing about what was sent.
pub(super) const COMMAND: &str = "create_recruitment_campaign";

/// Whether what the board shows is what was sent: every field that both have is the same, and the title is among them.
pub(super) fn matches(sent: &BTreeMap<String, Json>, board: &Body) -> bool {
    differs_nowhere(sent, board, true)
}

/// As [`matches`], but for fields that were sent empty: the board fills some of them in by itself.
pub(super) fn fits(sent: &BTreeMap<String, Json>, board: &Body) -> bool {
    differs_nowhere(sent, board, false)
}

/// As [`fits`], and enough is the same to take it for this very posting without asking anybody: a title may be anyone's.
pub(super) fn is_same(sent: &BTreeMap<String, Json>, board: &Body) -> bool {
    let shown =
        |key: &str| board.contains_key(key) && sent.get(key).is_some_and(|it| !it.is_null());
    fits(sent, board) && shown("job_description") && (shown("deadline") || shown("locations"))
}

fn differs_nowhere(sent: &BTreeMap<String, Json>, board: &Body, empty_too: bool) -> bool {
    board.contains_key("title")
        && sent.iter().all(|(key, value)| {
            key == COMMAND
                || (value.is_null() && !empty_too)
                || board
                    .get(key)
                    .is_none_or(|shown| kept(key, shown) == *value)
        })
}
