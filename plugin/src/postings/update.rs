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
use crate::topcv::protocol::Protocol;
use crate::topcv::wire::BoardPosting;
use crate::vietnam::time::day_of;

use super::absorb;
use super::form::{self, Body, KEYS, as_taken, field_of, is_contact};
use super::publish::refused;
use super::saga::lease_ms;
use super::sent::{COMMAND, keep_ours, kept, matches};
use super::version;
use super::view::{is_half_done, load, modify, show, state_of, wrong_state};

/// See `wit/postings.wit`.
pub fn update_job(
    ports: Ports<'_>,
    id: &str,
    expected: &str,
    values: &[NamedValue],
) -> Result<Change, Failure> {
    let mut client = Client::open(ports)?;
    let record = load(ports, id)?.value;
    let now = ports.clock.now();
    let state = state_of(&record, client.account(), now);
    let board_id = match (state, record.board_id.clone()) {
        (
            PostingState::PendingReview
            | PostingState::Live
            | PostingState::Rejected
            | PostingState::Closed
            | PostingState::Expired,
            Some(board_id),
        ) => board_id,
        (_, Some(board_id)) if is_half_done(&record, state, now) => board_id,
        _ => return Err(wrong_state(&record, state)),
    };
    if !version::is_current(&record, expected) {
        return Err(stale());
    }
    let board = client.detail(&board_id).map_err(BoardError::into_failure)?;
    let record = settle_edit(ports, &client, &record, &board)?;
    if !version::is_current(&record, expected) {
        return Err(stale());
    }
    let catalogue = catalogue::stored(ports)?;
    let today = day_of(now);
    let wanted =
        form::validate_change(values, &board.fields, &catalogue, &today).map_err(invalid)?;
    let merge = merge(
        &record,
        &board.fields,
        &wanted,
        version::has_seen(expected, &board.fields),
    )?;
    if merge.changed.is_empty() {
        return Ok(Change {
            posting: show(ports, record)?,
            changed: Vec::new(),
            kept: merge.kept,
            review: false,
        });
    }
    let body = whole_body(&client, &record, &board, &wanted, &merge.changed)?;
    let sent = sent_with(&record, &body, &wanted, &merge.changed);
    let announced = announce(ports, &client, &record, sent)?;
    send(ports, &mut client, &announced, &board_id, &body)?;
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
        "TopCV không cho xem giá trị hiện tại của mục này; hãy nhập lại để không bị xoá mất.",
        "TopCV does not show the present value of this field; enter it again so that it is not wiped.",
    )
}

/// Stores what is about to be sent, and answers the record with it. The review begins before the edit is sent: its verdict can
/// overtake the answer, and then it stands.
pub(super) fn announce(
    ports: Ports<'_>,
    client: &Client<'_>,
    read: &PostingRecord,
    sent: BTreeMap<String, Json>,
) -> Result<PostingRecord, Failure> {
    let lease_until = ports.clock.now() + lease_ms(client.protocol());
    modify(ports, &read.id, |record| {
        if record.revision != read.revision || record.edit.is_some() {
            return Err(stale());
        }
        record.edit = Some(PendingEdit {
            sent: sent.clone(),
            round_before: record.round,
            standing_before: record.standing,
            lease_until,
        });
        if client.protocol().is_on("edit.review") {
            record.round += 1;
        }
        record.standing = under_review(client.protocol(), record.standing);
        Ok(())
    })
}

/// How a posting that stands like this stands while its edit is reviewed.
fn under_review(protocol: &Protocol, standing: Standing) -> Standing {
    match standing {
        Standing::Live | Standing::Rejected if protocol.is_on("edit.review") => Standing::Pending,
        other => other,
    }
}

/// Sends an announced edit and stores how it came out. Answers what the board shows after it, if it could be asked.
pub(super) fn send(
    ports: Ports<'_>,
    client: &mut Client<'_>,
    announced: &PostingRecord,
    board_id: &str,
    body: &Body,
) -> Result<Option<BoardPosting>, Failure> {
    let answer = client.edit(board_id, body);
    let shown = client.detail(board_id).ok();
    match (answer, shown) {
        (Ok(()), shown) => {
            settle(ports, client.protocol(), announced, shown.as_ref(), true)?;
            Ok(shown)
        }
        (Err(error), Some(board)) if error.may_have_happened() && took(announced, &board) => {
            settle(ports, client.protocol(), announced, Some(&board), true)?;
            Ok(Some(board))
        }
        (Err(error), None) if error.may_have_happened() => {
            modify(ports, &announced.id, |record| {
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
            settle(ports, client.protocol(), announced, None, false)?;
            Err(refused(error))
        }
    }
}

/// Takes in what the board shows, and settles by it an edit whose caller never came back. `read` is the record read before the
/// board was asked; answers the record as it is then.
pub(super) fn settle_edit(
    ports: Ports<'_>,
    client: &Client<'_>,
    read: &PostingRecord,
    board: &BoardPosting,
) -> Result<PostingRecord, Failure> {
    let now = ports.clock.now();
    let protocol = client.protocol();
    match &read.edit {
        None => absorb::absorb(ports, protocol, read, board),
        Some(edit) if edit.lease_until > now => {
            Err(in_progress("update-in-progress", now, edit.lease_until))
        }
        Some(_) => settle(ports, protocol, read, Some(board), took(read, board)),
    }
}

/// Whether the board shows what the edit sent.
fn took(read: &PostingRecord, board: &BoardPosting) -> bool {
    read.edit
        .as_ref()
        .is_some_and(|edit| matches(&edit.sent, &board.fields))
}

/// Ends the edit of `read`: it took effect, or it certainly did not, and then the review that began with it never was.
fn settle(
    ports: Ports<'_>,
    protocol: &Protocol,
    read: &PostingRecord,
    board: Option<&BoardPosting>,
    took: bool,
) -> Result<PostingRecord, Failure> {
    modify(ports, &read.id, |record| {
        if record.edit != read.edit {
            return Ok(());
        }
        let Some(edit) = record.edit.take() else {
            return Ok(());
        };
        let unchanged = absorb::is_as(record, read);
        if took {
            record.sent = edit.sent;
            record.revision += 1;
            if record.standing != Standing::Rejected {
                record.reason = None;
            }
            if let Some(Json::String(deadline)) = record.sent.get("deadline") {
                record.deadline = Some(deadline.clone());
            }
            if let Some(Json::String(title)) = record.sent.get("title") {
                record.title.clone_from(title);
            }
        } else if record.standing == under_review(protocol, edit.standing_before) {
            record.round = edit.round_before;
            record.standing = edit.standing_before;
        }
        if let Some(board) = board.filter(|_| unchanged) {
            absorb::apply(protocol, record, board);
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
