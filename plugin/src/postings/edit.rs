//! The life of one edit: announced before it is sent, sent, and settled by what the board shows.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::contract::log::Level;
use crate::contract::types::Disposition;
use crate::failure::{Failure, failure, in_progress};
use crate::ports::Ports;
use crate::state::fields::Rest;
use crate::state::posting::{PendingEdit, PostingRecord, Standing};
use crate::topcv::client::Client;
use crate::topcv::protocol::Protocol;
use crate::topcv::wire::BoardPosting;

use super::absorb;
use super::form::Body;
use super::publish::refused;
use super::saga::lease_until;
use super::sent::{COMMAND, matches};
use super::view::modify;

/// Stores what is about to be sent, and answers the record with it. The review begins before the edit is sent: its verdict can
/// overtake the answer, and then it stands.
pub(super) fn announce(
    ports: Ports<'_>,
    client: &Client<'_>,
    read: &PostingRecord,
    sent: BTreeMap<String, Json>,
) -> Result<PostingRecord, Failure> {
    let lease_until = lease_until(ports.clock.now(), client.protocol());
    modify(ports, &read.id, |record| {
        if record.revision != read.revision || record.edit.is_some() {
            return Err(super::update::stale());
        }
        record.edit = Some(PendingEdit {
            sent: sent.clone(),
            round_before: record.round,
            standing_before: record.standing,
            lease_until,
            rest: Rest::default(),
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
            if is_command_alone(announced) {
                Err(command_unknown())
            } else {
                Ok(Some(board))
            }
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
        Some(_) => {
            if is_command_alone(read) {
                ports.log.write(Level::Warn, "edit.command-in-doubt", &[]);
            }
            settle(ports, protocol, read, Some(board), took(read, board))
        }
    }
}

/// Whether the board shows what the edit sent.
fn took(read: &PostingRecord, board: &BoardPosting) -> bool {
    read.edit
        .as_ref()
        .is_some_and(|edit| matches(&edit.sent, &board.fields))
}

/// Whether the edit changes nothing but the command to create a campaign. The board shows nothing of it: such an edit whose answer got lost counts
/// as taken, so that nothing repeats it by itself, and its caller is told to look.
fn is_command_alone(read: &PostingRecord) -> bool {
    let Some(edit) = &read.edit else {
        return false;
    };
    let of = |sent: &BTreeMap<String, Json>| {
        let mut content = sent.clone();
        (content.remove(COMMAND), content)
    };
    let ((command, content), (before, standing)) = (of(&edit.sent), of(&read.sent));
    command != before && content == standing
}

fn command_unknown() -> Failure {
    failure(
        Disposition::OutcomeUnknown,
        "campaign-unknown",
        "Chưa rõ TopCV đã tạo chiến dịch tuyển dụng hay chưa, và tin không cho biết điều đó. Hãy kiểm tra trên TopCV. Nếu chưa có, hãy tắt rồi bật lại mục này và gửi hai lần cập nhật.",
        "It is not known whether TopCV created the recruitment campaign, and the posting does not show it. Look at TopCV. If there is none, update the posting with the switch off, and then with it on again.",
    )
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
