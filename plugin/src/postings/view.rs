//! A stored posting as the contract shows it: the state is derived, never stored.

use crate::contract::events::{PostingState, Rejection};
use crate::contract::log::Level;
use crate::contract::postings::{BoardPosting, Posting};
use crate::contract::types::{Disposition, Moment, Text};
use crate::deliveries::rejection;
use crate::failure::{Failure, failure, invalid, named, posting_not_found, problem, text};
use crate::name_map::NameSet;
use crate::ports::Ports;
use crate::state::posting::{PostingRecord, Stage, Standing};
use crate::state::record::{self, Stored};
use crate::state::{connection::ConnectionRecord, keys};
use crate::vietnam::time::end_of_day;

/// The state that the contract names, from what is stored, the account in use, and the time.
pub fn state_of(record: &PostingRecord, account: u32, now: Moment) -> PostingState {
    if record.unlinked {
        return PostingState::Unlinked;
    }
    if record.account != account {
        return PostingState::OtherAccount;
    }
    match record.stage {
        Stage::Reserved | Stage::Created => PostingState::Submitting,
        // A caller that never came back: the answer is as good as lost.
        Stage::Sending if record.lease_until > now => PostingState::Submitting,
        Stage::Sending | Stage::Unknown => PostingState::Unknown,
        Stage::Done => match record.standing {
            Standing::Rejected => PostingState::Rejected,
            Standing::Closed => PostingState::Closed,
            Standing::Expired => PostingState::Expired,
            Standing::Pending | Standing::Live if is_over(record.deadline.as_deref(), now) => {
                PostingState::Expired
            }
            Standing::Pending => PostingState::PendingReview,
            Standing::Live => PostingState::Live,
        },
    }
}

/// Whether the last day has ended in Vietnam, whatever the host's time zone. No webhook tells it.
pub(super) fn is_over(deadline: Option<&str>, now: Moment) -> bool {
    deadline.and_then(end_of_day).is_some_and(|end| now >= end)
}

/// Whether a posting in this state keeps its job from getting another one.
pub(super) fn is_active(state: PostingState) -> bool {
    !matches!(
        state,
        PostingState::Closed
            | PostingState::Expired
            | PostingState::Unlinked
            | PostingState::OtherAccount
    )
}

/// Whether it exists at the board, is not visible yet, and nobody is at work on that: it may be corrected or let go.
pub(super) fn is_half_done(record: &PostingRecord, state: PostingState, now: Moment) -> bool {
    state == PostingState::Submitting && record.stage == Stage::Created && record.lease_until <= now
}

/// Reads a posting that must be there.
pub(super) fn load(ports: Ports<'_>, id: &str) -> Result<Stored<PostingRecord>, Failure> {
    record::load(ports.storage, &keys::posting(id))?.ok_or_else(posting_not_found)
}

/// Changes a posting that must be there, however many others change it at the same time; answers it as stored.
pub(super) fn modify(
    ports: Ports<'_>,
    id: &str,
    mut change: impl FnMut(&mut PostingRecord) -> Result<(), Failure>,
) -> Result<PostingRecord, Failure> {
    modify_by(ports, id, &mut change)
}

fn modify_by(
    ports: Ports<'_>,
    id: &str,
    change: &mut dyn FnMut(&mut PostingRecord) -> Result<(), Failure>,
) -> Result<PostingRecord, Failure> {
    let now = ports.clock.now();
    record::modify::<PostingRecord, PostingRecord>(ports.storage, &keys::posting(id), |present| {
        let before = present.ok_or_else(posting_not_found)?;
        let mut next = before.clone();
        change(&mut next)?;
        if next == before {
            return Ok((None, before));
        }
        next.changed_at = now;
        Ok((Some(next.clone()), next))
    })
}

/// Every stored posting that can be read, in any order; answers the keys of those that cannot. Holds at least what existed throughout.
pub fn each_record(
    ports: Ports<'_>,
    mut visit: impl FnMut(PostingRecord),
) -> Result<Vec<String>, Failure> {
    let mut cursor: Option<String> = None;
    let mut seen = NameSet::new();
    let mut unreadable = Vec::new();
    loop {
        let page = ports
            .storage
            .list_keys(keys::POSTINGS, cursor.as_deref(), 200)
            .map_err(|error| record::storage_failure(keys::POSTINGS, &error))?;
        for key in page.keys {
            if !seen.insert(&key) {
                continue;
            }
            match read_or_name(ports, &key)? {
                Ok(Some(posting)) => visit(posting),
                Ok(None) => {}
                Err(_) => unreadable.push(key),
            }
        }
        match page.next {
            Some(next) => cursor = Some(next),
            None => return Ok(unreadable),
        }
    }
}

/// A posting for which nothing else stops: one that cannot be read is logged, and answered as a note that names its record.
pub(super) fn read_or_name(
    ports: Ports<'_>,
    key: &str,
) -> Result<Result<Option<PostingRecord>, Text>, Failure> {
    Ok(
        match record::load_or_broken::<PostingRecord>(ports.storage, key)? {
            Ok(stored) => Ok(stored.map(|stored| stored.value)),
            Err(failure) => {
                let fields = [("record", key), ("code", failure.code.as_str())];
                ports.log.write(Level::Error, "record.unreadable", &fields);
                Err(text(
                    format!("Bản ghi {key} không đọc được. {}", failure.message.vi),
                    format!("Record {key} cannot be read. {}", failure.message.en),
                ))
            }
        },
    )
}

/// The posting for the caller, with the account that the connection uses now.
pub(super) fn show(ports: Ports<'_>, record: PostingRecord) -> Result<Posting, Failure> {
    let (connection, _) = ConnectionRecord::load(ports)?;
    Ok(shown(record, connection.account, ports.clock.now()))
}

/// As [`show`], for a known account and time.
pub(super) fn shown(record: PostingRecord, account: u32, now: Moment) -> Posting {
    let state = state_of(&record, account, now);
    Posting {
        state,
        rejection: rejection_of(&record, state),
        advice: if is_reopening_in_doubt(&record, state, now) {
            Some(reopening_advice())
        } else {
            advice(&record, state)
        },
        version: super::version::of(&record),
        extra: match (&record.refusal, state) {
            (Some(refusal), PostingState::Submitting) => {
                vec![named("refused", refusal.code.clone())]
            }
            _ if is_reopening_in_doubt(&record, state, now) => {
                vec![named("reopening", "in-doubt")]
            }
            _ => Vec::new(),
        },
        candidates: record.candidates.iter().map(candidate).collect(),
        id: record.id,
        job: record.job,
        board_posting: record.board_id,
        url: record.url,
        title: record.title,
        run_status: record.run_status,
        approval_status: record.approval_status,
        review_round: record.round,
        deadline: record.deadline,
        created_at: record.created_at,
        changed_at: record.changed_at,
        linked: record.linked,
    }
}

fn candidate(candidate: &crate::state::posting::Candidate) -> BoardPosting {
    BoardPosting {
        id: candidate.id.clone(),
        title: candidate.title.clone(),
        url: candidate.url.clone(),
        state: PostingState::Unknown,
        deadline: None,
        created_at: None,
        linked_as: None,
    }
}

fn rejection_of(record: &PostingRecord, state: PostingState) -> Option<Rejection> {
    (state == PostingState::Rejected)
        .then(|| rejection::read(record.reason.as_deref().unwrap_or("")))
}

/// Whether a reopening was sent, its answer got lost, and nobody is at work on it any more.
pub(super) fn is_reopening_in_doubt(
    record: &PostingRecord,
    state: PostingState,
    now: Moment,
) -> bool {
    matches!(state, PostingState::Closed | PostingState::Expired)
        && record
            .reopening
            .as_ref()
            .is_some_and(|it| it.lease_until <= now)
}

fn reopening_advice() -> Text {
    text(
        "Chưa rõ TopCV đã mở lại tin hay chưa. Hãy gửi lại cùng yêu cầu mở lại để hệ thống đọc lại tin; nếu TopCV không cho biết, hãy xem trên TopCV rồi xác nhận tin đã được mở lại hay chưa.",
        "It is not known whether TopCV reopened the posting. Send the same request again, so that the posting is read; if TopCV does not tell, look there and confirm whether it was reopened or not.",
    )
}

fn advice(record: &PostingRecord, state: PostingState) -> Option<Text> {
    match state {
        PostingState::Unknown if record.candidates.is_empty() => Some(text(
            "Chưa rõ TopCV đã tạo tin hay chưa. Hãy đăng lại cùng yêu cầu này để hệ thống tra cứu, hoặc kiểm tra trên TopCV rồi chọn tin tương ứng hoặc xác nhận là chưa có. Đừng tạo yêu cầu đăng mới.",
            "It is not known whether TopCV has created the posting. Send the same request again to look it up, or look at TopCV and either choose the posting or confirm that there is none. Do not make a new request.",
        )),
        PostingState::Unknown => Some(text(
            "Trên TopCV có tin giống tin này. Hãy chọn đúng tin, hoặc xác nhận là chưa có tin nào.",
            "TopCV has postings like this one. Choose the right one, or confirm that there is none.",
        )),
        PostingState::Submitting if record.stage == Stage::Created => {
            let said = |words: Option<&String>| words.map_or(String::new(), |it| format!(" {it}"));
            let refusal = record.refusal.as_ref();
            let (vi, en) = (refusal.map(|it| &it.vi), refusal.map(|it| &it.en));
            Some(text(
                format!(
                    "Tin đã được tạo trên TopCV nhưng chưa hiển thị.{} Hãy gửi lại cùng yêu cầu này để hoàn tất; đừng tạo yêu cầu đăng mới.",
                    said(vi)
                ),
                format!(
                    "The posting exists at TopCV and is not visible yet.{} Send the same request again to finish; do not make a new request.",
                    said(en)
                ),
            ))
        }
        PostingState::Rejected => {
            Some(rejection::read(record.reason.as_deref().unwrap_or("")).advice)
        }
        PostingState::Expired => Some(text(
            "Tin đã hết hạn. Hãy mở lại với hạn nộp mới nếu vẫn cần tuyển; việc đó có thể dùng thêm một lượt đăng trên TopCV.",
            "The posting has expired. Reopen it with a new deadline if you still need applicants; that may use another credit at TopCV.",
        )),
        PostingState::OtherAccount => Some(text(
            "Tin thuộc một tài khoản TopCV khác với tài khoản đang kết nối. Hãy kết nối lại tài khoản đó để cập nhật.",
            "The posting belongs to a TopCV account other than the connected one. Connect that account again to update it.",
        )),
        _ => None,
    }
}

/// Refuses what cannot be an id: empty, over 200 bytes, control characters.
pub(super) fn check_id(field: &str, id: &str) -> Result<(), Failure> {
    if id.is_empty() || id.len() > 200 || id.chars().any(char::is_control) {
        return Err(invalid(vec![problem(
            field,
            "bad-id",
            "Mã phải có từ 1 đến 200 byte và không chứa ký tự điều khiển.",
            "An id has 1 to 200 bytes and no control characters.",
        )]));
    }
    Ok(())
}

/// The failure for a posting in a state in which the call makes no sense. Nothing was sent.
pub(super) fn wrong_state(record: &PostingRecord, state: PostingState) -> Failure {
    let (code, vi, en) = match state {
        PostingState::OtherAccount => (
            "other-account",
            "Tin thuộc một tài khoản TopCV khác với tài khoản đang kết nối; không có gì được gửi đi.",
            "The posting belongs to a TopCV account other than the connected one; nothing was sent.",
        ),
        PostingState::Unlinked => (
            "unlinked",
            "Tin đã được gỡ liên kết. Hãy liên kết lại trước.",
            "The posting was unlinked. Link it again first.",
        ),
        PostingState::Submitting | PostingState::Unknown => (
            "not-published-yet",
            "Việc đăng tin chưa xong. Hãy hoàn tất hoặc tra cứu kết quả đăng trước.",
            "Publishing has not come to an end. Finish it or look up its outcome first.",
        ),
        PostingState::Rejected => (
            "rejected",
            "TopCV đã từ chối tin này. Hãy sửa tin bằng chức năng cập nhật.",
            "TopCV has rejected the posting. Correct it with an update.",
        ),
        _ => (
            "wrong-state",
            "Trạng thái hiện tại của tin không cho phép thao tác này.",
            "The posting's present state does not allow this.",
        ),
    };
    failure(Disposition::Conflict, code, vi, en)
        .with(|it| it.extra = vec![named("posting-id", record.id.clone())])
}
