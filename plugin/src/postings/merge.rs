//! What an update sends: the three-way comparison, and the whole body that TopCV takes.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::contract::types::{Disposition, FieldProblem};
use crate::failure::{Failure, failure, invalid, named, problem, text};
use crate::state::posting::PostingRecord;
use crate::topcv::client::Client;
use crate::topcv::wire::BoardPosting;

use super::form::{self, Body, KEYS, as_taken, field_of, is_contact};
use super::sent::{COMMAND, keep_ours, kept};

/// What the comparison decided.
pub(super) struct Merge {
    /// Wire keys to send.
    pub(super) changed: Vec<String>,
    /// Form fields that the board's side changed and that stay as they are there.
    pub(super) kept: Vec<String>,
}

/// Compares what was last sent, what stands at the board and what is wanted. Fails with every field that was changed on both sides.
pub(super) fn merge(
    record: &PostingRecord,
    board: &Body,
    wanted: &Body,
    seen: bool,
) -> Result<Merge, Failure> {
    let mut merge = Merge {
        changed: Vec::new(),
        kept: Vec::new(),
    };
    let mut conflicts = Vec::new();
    for (key, value) in wanted {
        let mine = kept(key, value);
        let base = record.sent.get(key);
        // A field that the board never shows stands there as it was sent.
        let theirs = match board.get(key) {
            Some(shown) => kept(key, shown),
            None => base.cloned().unwrap_or(Json::Null),
        };
        if mine == theirs {
            continue;
        }
        if seen || base.is_none_or(|base| *base == theirs) {
            merge.changed.push(key.clone());
        } else if base != Some(&mine) {
            conflicts.push(changed_elsewhere(key, base, board.get(key), value));
        }
    }
    for (key, base) in &record.sent {
        let theirs = board.get(key).map(|shown| kept(key, shown));
        if key != COMMAND
            && theirs.is_some_and(|theirs| theirs != *base)
            && !merge.changed.contains(key)
        {
            merge.kept.push(field_of(key));
        }
    }
    if conflicts.is_empty() {
        Ok(merge)
    } else {
        Err(conflict(conflicts))
    }
}

fn changed_elsewhere(
    key: &str,
    base: Option<&Json>,
    theirs: Option<&Json>,
    mine: &Json,
) -> FieldProblem {
    let shown = |value: Option<&Json>| value.map_or_else(String::new, |it| form::readable(key, it));
    let field = field_of(key);
    let label = form::label(&field);
    // A digest says nothing to a person.
    let readable = base.filter(|base| !base.is_object() && !is_contact(key));
    let mut values = vec![
        named("board", shown(theirs)),
        named("wanted", shown(Some(mine))),
    ];
    values.extend(readable.map(|base| named("sent", shown(Some(base)))));
    FieldProblem {
        message: text(
            format!(
                "“{}” đã được sửa trên TopCV sau lần gửi trước. Hãy xem cả hai giá trị rồi chọn.",
                label.vi
            ),
            format!(
                "“{}” was changed at TopCV since it was last sent. Look at both values and choose.",
                label.en
            ),
        ),
        field,
        code: "changed-elsewhere".into(),
        values,
    }
}

fn conflict(problems: Vec<FieldProblem>) -> Failure {
    failure(
            Disposition::Conflict,
            "changed-elsewhere",
            "Tin đã được sửa trên TopCV. Không có gì được gửi đi. Hãy mở lại biểu mẫu cập nhật để xem nội dung hiện tại.",
            "The posting was changed at TopCV. Nothing was sent. Open the update form again to see what stands there now.",
        ).with(|it| it.problems = problems)
}

/// TopCV takes the whole body: everything that it shows, except what only it may say, with our changes laid over it.
///
/// A field that was sent once, that the board does not show, and that the caller does not give would be wiped: it is sent as it was, and
/// asked for where only its digest is known. The command to create a campaign is not repeated.
pub(super) fn whole_body(
    client: &Client<'_>,
    record: &PostingRecord,
    board: &BoardPosting,
    wanted: &Body,
    changed: &[String],
) -> Result<Body, Failure> {
    let protocol = client.protocol();
    let mut body = Body::new();
    for (key, value) in &board.fields {
        if !protocol.lists("detail.read_only", key) {
            body.insert(key.clone(), as_taken(key, value));
        }
    }
    for (key, value) in wanted {
        if changed.contains(key) || !board.fields.contains_key(key) {
            body.insert(key.clone(), value.clone());
        }
    }
    if !is_changed(COMMAND, changed) {
        body.insert(COMMAND.to_owned(), Json::from(0));
    }
    let mut wiped = Vec::new();
    for (key, sent) in &record.sent {
        if sent.is_null() || body.contains_key(key) {
            continue;
        }
        match sent {
            Json::Object(_) => wiped.push(not_shown(key)),
            // The fields that the operator added are texts, whatever they look like.
            Json::Number(number) if !KEYS.contains(&key.as_str()) => {
                body.insert(key.clone(), Json::String(number.to_string()));
            }
            _ => {
                body.insert(key.clone(), sent.clone());
            }
        }
    }
    if wiped.is_empty() {
        Ok(body)
    } else {
        Err(invalid(wiped))
    }
}

/// What will have been sent, as it is kept. A command that is not given now was given before, or was not.
pub(super) fn sent_with(
    record: &PostingRecord,
    body: &Body,
    wanted: &Body,
    changed: &[String],
) -> BTreeMap<String, Json> {
    let mut sent = record.sent.clone();
    for (key, value) in keep_ours(body, wanted) {
        if key != COMMAND || is_changed(COMMAND, changed) {
            sent.insert(key, value);
        }
    }
    sent
}

fn is_changed(key: &str, changed: &[String]) -> bool {
    changed.iter().any(|it| it == key)
}

fn not_shown(key: &str) -> FieldProblem {
    problem(
        &field_of(key),
        "not-shown-by-board",
        "TopCV không cho xem giá trị hiện tại của mục này; hãy nhập lại để không bị xóa mất.",
        "TopCV does not show the present value of this field; enter it again so that it is not wiped.",
    )
}
