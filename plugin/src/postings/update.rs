//! Sending changed fields: read first, compare three ways, keep what is not ours, and begin a new review round.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::contract::events::PostingState;
use crate::contract::postings::Change;
use crate::contract::types::{Disposition, FieldProblem, NamedValue};
use crate::failure::{Failure, failure, in_progress, invalid, named, problem, text};
use crate::ports::Ports;
use crate::state::posting::{PendingEdit, PostingRecord, Standing};
use crate::topcv::catalogue;
use crate::topcv::client::Client;
use crate::topcv::errors::BoardError;
use crate::topcv::wire::BoardPosting;
use crate::vietnam::time::day_of;

use super::absorb;
use super::form::{self, Body, field_of, is_contact};
use super::publish::refused;
use super::saga::lease_ms;
use super::sent::{keep_ours, kept};
use super::version;
use super::view::{load, modify, show, state_of, wrong_state};

/// See `wit/postings.wit`.
pub fn update_job(
    ports: Ports<'_>,
    id: &str,
    expected: &str,
    values: &[NamedValue],
) -> Result<Change, Failure> {
    let mut client = Client::open(ports)?;
    let record = load(ports, id)?.value;
    let state = state_of(&record, client.account(), ports.clock.now());
    let board_id = match (state, record.board_id.clone()) {
        (
            PostingState::PendingReview
            | PostingState::Live
            | PostingState::Rejected
            | PostingState::Closed
            | PostingState::Expired,
            Some(board_id),
        ) => board_id,
        _ => return Err(wrong_state(&record, state)),
    };
    if !version::is_current(&record, expected) {
        return Err(stale());
    }
    let board = client.detail(&board_id).map_err(BoardError::into_failure)?;
    let record = settle_edit(ports, &client, id, &board)?;
    if !version::is_current(&record, expected) {
        return Err(stale());
    }
    let catalogue = catalogue::stored(ports)?;
    let today = day_of(ports.clock.now());
    let wanted =
        form::validate_change(values, &board.fields, &catalogue, &today).map_err(invalid)?;
    let merge = merge(
        &record,
        &board.fields,
        &wanted,
        version::has_seen(expected, &board.fields),
    )?;
    if merge.changed.is_empty() {
        let record = absorb::absorb(ports, client.protocol(), &record, &board)?;
        return Ok(Change {
            posting: show(ports, record)?,
            changed: Vec::new(),
            kept: merge.kept,
            review: false,
        });
    }
    let body = whole_body(&client, &record, &board, &wanted, &merge.changed)?;
    let mut sent = record.sent.clone();
    sent.extend(keep_ours(&body, &wanted));
    announce(ports, &client, &record, sent.clone())?;
    send(ports, &mut client, id, &board_id, &body, &sent)?;
    let record = load(ports, id)?.value;
    Ok(Change {
        review: client.protocol().is_on("edit.review"),
        posting: show(ports, record)?,
        changed: fields(&merge.changed),
        kept: merge.kept,
    })
}

/// What the comparison decided.
struct Merge {
    /// Wire keys to send.
    changed: Vec<String>,
    /// Form fields that the board's side changed and that stay as they are there.
    kept: Vec<String>,
}

fn merge(
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
        if theirs.is_some_and(|theirs| theirs != *base) && !merge.changed.contains(key) {
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
    let shown = |value: Option<&Json>| match value {
        Some(Json::String(text)) => text.clone(),
        Some(value) => value.to_string(),
        None => String::new(),
    };
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
/// A field that was sent once, that the board does not show, and that the caller does not give would be wiped: that is asked for instead.
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
            body.insert(key.clone(), value.clone());
        }
    }
    for (key, value) in wanted {
        if changed.contains(key) || !board.fields.contains_key(key) {
            body.insert(key.clone(), value.clone());
        }
    }
    let wiped: Vec<_> = record
        .sent
        .iter()
        .filter(|(key, sent)| !sent.is_null() && !body.contains_key(*key))
        .map(|(key, _)| not_shown(key))
        .collect();
    if wiped.is_empty() {
        Ok(body)
    } else {
        Err(invalid(wiped))
    }
}

fn not_shown(key: &str) -> FieldProblem {
    problem(
        &field_of(key),
        "not-shown-by-board",
        "TopCV không cho xem giá trị hiện tại của mục này; hãy nhập lại để không bị xoá mất.",
        "TopCV does not show the present value of this field; enter it again so that it is not wiped.",
    )
}

/// Stores what is about to be sent. The review round begins before the edit is sent: a verdict can overtake its answer.
pub(super) fn announce(
    ports: Ports<'_>,
    client: &Client<'_>,
    read: &PostingRecord,
    sent: BTreeMap<String, Json>,
) -> Result<(), Failure> {
    let lease_until = ports.clock.now() + lease_ms(client.protocol());
    modify(ports, &read.id, |record| {
        if record.revision != read.revision || record.edit.is_some() {
            return Err(stale());
        }
        record.edit = Some(PendingEdit {
            sent: sent.clone(),
            round_before: record.round,
            lease_until,
        });
        if client.protocol().is_on("edit.review") {
            record.round += 1;
        }
        Ok(())
    })
    .map(drop)
}

/// Sends an announced edit and stores how it came out.
pub(super) fn send(
    ports: Ports<'_>,
    client: &mut Client<'_>,
    id: &str,
    board_id: &str,
    body: &Body,
    sent: &BTreeMap<String, Json>,
) -> Result<(), Failure> {
    let answer = client.edit(board_id, body);
    let shown = client.detail(board_id);
    match (&answer, &shown) {
        (Ok(()), shown) => {
            took_effect(ports, client, id, shown.as_ref().ok())?;
            Ok(())
        }
        (Err(error), Ok(board)) if error.may_have_happened() && took(sent, &board.fields) => {
            took_effect(ports, client, id, Some(board))
        }
        (Err(error), Err(_)) if error.may_have_happened() => {
            modify(ports, id, |record| {
                if let Some(edit) = &mut record.edit {
                    edit.lease_until = 0;
                }
                Ok(())
            })?;
            Err(failure(
                Disposition::OutcomeUnknown,
                "edit-unknown",
                "Chưa rõ TopCV đã nhận thay đổi hay chưa. Hãy thử lại sau ít phút; hệ thống sẽ đọc lại tin trước khi gửi.",
                "It is not known whether TopCV took the change. Try again in a few minutes; the posting is read again before anything is sent.",
            ))
        }
        (Err(error), _) => {
            take_back(ports, id)?;
            Err(refused(error.clone()))
        }
    }
}

/// Settles an edit whose caller never came back, by what the board shows.
pub(super) fn settle_edit(
    ports: Ports<'_>,
    client: &Client<'_>,
    id: &str,
    board: &BoardPosting,
) -> Result<PostingRecord, Failure> {
    let now = ports.clock.now();
    let record = load(ports, id)?.value;
    match &record.edit {
        None => Ok(record),
        Some(edit) if edit.lease_until > now => {
            Err(in_progress("update-in-progress", now, edit.lease_until))
        }
        Some(edit) if took(&edit.sent, &board.fields) => {
            took_effect(ports, client, id, Some(board))?;
            Ok(load(ports, id)?.value)
        }
        Some(_) => take_back(ports, id),
    }
}

fn took(sent: &BTreeMap<String, Json>, board: &Body) -> bool {
    super::sent::matches(sent, board)
}

fn took_effect(
    ports: Ports<'_>,
    client: &Client<'_>,
    id: &str,
    board: Option<&BoardPosting>,
) -> Result<(), Failure> {
    let protocol = client.protocol();
    modify(ports, id, |record| {
        let Some(edit) = record.edit.take() else {
            return Ok(());
        };
        record.sent = edit.sent;
        record.revision += 1;
        if protocol.is_on("edit.review")
            && matches!(record.standing, Standing::Live | Standing::Rejected)
        {
            record.standing = Standing::Pending;
            record.reason = None;
        }
        if let Some(Json::String(deadline)) = record.sent.get("deadline") {
            record.deadline = Some(deadline.clone());
        }
        if let Some(Json::String(title)) = record.sent.get("title") {
            record.title.clone_from(title);
        }
        if let Some(board) = board {
            absorb::apply(protocol, record, board);
        }
        Ok(())
    })
    .map(drop)
}

/// The board certainly did not take the edit: the round that began with it never was.
fn take_back(ports: Ports<'_>, id: &str) -> Result<PostingRecord, Failure> {
    modify(ports, id, |record| {
        if let Some(edit) = record.edit.take() {
            record.round = edit.round_before;
        }
        Ok(())
    })
}

fn fields(keys: &[String]) -> Vec<String> {
    let mut fields: Vec<String> = keys.iter().map(|key| field_of(key)).collect();
    fields.dedup();
    fields
}

fn stale() -> Failure {
    failure(
        Disposition::Conflict,
        "stale-version",
        "Người khác vừa cập nhật tin này. Hãy mở lại biểu mẫu để xem nội dung mới nhất.",
        "Somebody else has updated this posting. Open the form again to see its latest content.",
    )
}
