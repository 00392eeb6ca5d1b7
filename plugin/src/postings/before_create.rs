//! The last look before money is spent: is the posting at the board already?
//!
//! Storage can have forgotten a posting, by a backup that was restored or by a person's mistaken "it is not there". Nothing tells the plugin so; the
//! board knows. What it shows with this very content, and nobody here has, is taken instead of created.

use crate::contract::log::Level;
use crate::contract::types::{Disposition, NamedValue, Value};
use crate::failure::{Failure, failure};
use crate::ports::Ports;
use crate::state::keys;
use crate::state::posting::{Candidate, JobRecord, PostingRecord};
use crate::state::record;
use crate::topcv::client::Client;
use crate::topcv::errors::BoardError;
use crate::topcv::wire::BoardPosting;

use super::search::{SearchError, Wanted, candidates, search};

/// What to do instead of creating, if anything.
pub(super) enum Before {
    /// Nothing stands in the way of creating.
    Create,
    /// This is it.
    Adopt(Box<BoardPosting>),
    /// One of these may be it: a person has to say.
    Choose(Vec<Candidate>),
}

/// Asks the board. A failure means that nothing was sent, and nothing may be.
pub(super) fn look(
    ports: Ports<'_>,
    client: &mut Client<'_>,
    record: &PostingRecord,
    allow_second: bool,
) -> Result<Before, Failure> {
    if !client.protocol().is_on("create.look_first") {
        return Ok(Before::Create);
    }
    let declined = declined(ports, &record.job)?;
    let wanted = Wanted {
        id: &record.id,
        sent: &record.sent,
        since: 0,
        declined: &declined,
    };
    let mut found = match search(ports, client, &wanted) {
        Ok(found) => found,
        Err(SearchError::NoList) => {
            ports.log.write(Level::Warn, "publish.no-list", &[]);
            return Ok(Before::Create);
        }
        Err(SearchError::Board(error)) => return Err(cannot_look(error)),
        Err(SearchError::Stored(failure)) => return Err(failure),
    };
    match found.exact.as_slice() {
        [] => {}
        [only] if !found.may_be_anothers => {
            ports.log.write(
                Level::Warn,
                "publish.found-at-board",
                &[("board-posting", &only.id)],
            );
            return Ok(Before::Adopt(Box::new(found.exact.remove(0))));
        }
        several => return Ok(Before::Choose(candidates(several))),
    }
    if found.similar.is_empty() || (allow_second && !found.not_compared) {
        Ok(Before::Create)
    } else {
        Err(similar_at_board(&candidates(&found.similar)))
    }
}

/// The postings at the board of which a person said that they are not this job's.
pub(super) fn declined(ports: Ports<'_>, job: &str) -> Result<Vec<String>, Failure> {
    let stored = record::load::<JobRecord>(ports.storage, &keys::job(job))?;
    Ok(stored.map(|it| it.value.declined).unwrap_or_default())
}

/// What the list has against being read is nothing that the recruiter could mend in the form.
fn cannot_look(error: BoardError) -> Failure {
    let failure = error.into_failure();
    match failure.disposition {
        Disposition::FixInput | Disposition::NotFound => self::failure(
            Disposition::RetryLater,
            "board-list-unusable",
            "Chưa đọc được danh sách tin trên TopCV nên chưa đăng, để không bị trừ phí hai lần. Hãy thử lại sau; nếu còn lỗi, hãy báo người quản trị hệ thống.",
            "The list of postings at TopCV cannot be read, so nothing was published: it could be paid for twice. Try again later; if it goes on, tell the operator.",
        )
        .with(|it| it.board_status = failure.board_status),
        _ => failure,
    }
}

fn similar_at_board(found: &[Candidate]) -> Failure {
    let list: Vec<_> = found
        .iter()
        .map(|it| serde_json::json!({ "id": it.id, "title": it.title, "url": it.url }))
        .collect();
    failure(
        Disposition::Conflict,
        "similar-at-board",
        "Trên TopCV đã có tin cùng tiêu đề mà hệ thống này chưa liên kết. Hãy liên kết tin đó với tin tuyển dụng ở đây, hoặc xác nhận vẫn muốn đăng thêm một tin.",
        "TopCV has a posting with this title that is not linked here. Link it with the job, or confirm that you want to publish another one all the same.",
    )
    .with(|it| {
        it.extra = vec![NamedValue {
            name: "candidates".into(),
            value: Value::Json(serde_json::Value::Array(list).to_string()),
        }];
    })
}
