//! Connecting jobs with postings that stand at TopCV already, and ending such a connection.

use crate::address::Address;
use crate::contract::events::PostingState;
use crate::contract::log::Level;
use crate::contract::postings::{BoardPage, BoardPosting as Listed, Posting};
use crate::contract::storage::Precondition;
use crate::contract::types::Disposition;
use crate::digest;
use crate::failure::{Failure, failure, invalid, problem};
use crate::ports::Ports;
use crate::state::connection::ConnectionRecord;
use crate::state::fields::Rest;
use crate::state::keys;
use crate::state::posting::{BoardRecord, JobRecord, PostingRecord, Stage, Standing};
use crate::state::record::{self, SaveError};
use crate::topcv::client::Client;
use crate::topcv::errors::BoardError;
use crate::topcv::protocol::Protocol;
use crate::topcv::wire::BoardPosting;
use crate::vietnam::time::{is_day, parse_local};

use super::absorb::apply;
use super::form::Body;
use super::publish::{free_of_reopening, request_id_reused};
use super::saga::{adopt, already_linked, claim};
use super::sent::{fits, keep_ours};
use super::view::{check_id, is_half_done, is_over, load, modify, read_or_name, show, state_of};

/// See `wit/postings.wit`.
pub fn link_job(
    ports: Ports<'_>,
    request_id: &str,
    job: &str,
    board_posting: &str,
) -> Result<Posting, Failure> {
    check_id("request-id", request_id)?;
    check_id("job-id", job)?;
    let mut client = Client::open(ports)?;
    let board_id = board_id_of(client.protocol(), board_posting)?;
    let content = digest::of(&["link", job, &board_id]);
    if let Some(stored) = record::load::<PostingRecord>(ports.storage, &keys::posting(request_id))?
    {
        if stored.value.request_digest != content {
            return Err(request_id_reused());
        }
        // The last call may have been stopped before it came to this.
        join(ports, job, request_id, &board_id)?;
        return show(ports, stored.value);
    }
    free_of_reopening(ports, request_id)?;
    let board = client.detail(&board_id).map_err(not_ours)?;
    if let Some(record) = doubtful_publish(ports, &client, job, &board)? {
        modify(ports, &record.id, |record| {
            record.resolved_by = Some(request_id.to_owned());
            Ok(())
        })?;
        let record = adopt(ports, &mut client, &record.id, &board, true)?;
        return show(ports, record);
    }
    match claim(ports, &board.id, request_id)? {
        Some(owner) if owner.resolved_by.as_deref() == Some(request_id) && owner.job == job => {
            return show(ports, owner);
        }
        Some(owner) => return Err(already_linked(&owner)),
        None => {}
    }
    let previous = previous(ports, &board.id)?;
    let record = linked(
        ports,
        &client,
        request_id,
        job,
        content,
        &board,
        previous.as_ref(),
    );
    match record::save(
        ports.storage,
        &keys::posting(request_id),
        &record,
        &Precondition::Absent,
    ) {
        Ok(_) => {}
        // The same request from another caller: it wrote the same.
        Err(SaveError::Raced) => {
            join(ports, job, request_id, &board.id)?;
            return show(ports, load(ports, request_id)?.value);
        }
        Err(SaveError::Failed(failure)) => return Err(failure),
    }
    join(ports, job, request_id, &board.id)?;
    show(ports, record)
}

/// Puts a linked posting on its job's list, and remembers it as one of the account's. Safe to repeat.
fn join(ports: Ports<'_>, job: &str, id: &str, board_id: &str) -> Result<(), Failure> {
    record::modify::<JobRecord, ()>(ports.storage, &keys::job(job), |present| {
        let mut next = present.unwrap_or_default();
        if next.postings.iter().any(|known| known == id) {
            return Ok((None, ()));
        }
        next.postings.push(id.to_owned());
        Ok((Some(next), ()))
    })?;
    ConnectionRecord::modify(ports, |connection| connection.remember(board_id))
}

/// Ends the connection between job and posting. The board is not asked.
pub fn unlink_job(ports: Ports<'_>, id: &str) -> Result<Posting, Failure> {
    let (connection, _) = ConnectionRecord::load(ports)?;
    let now = ports.clock.now();
    let record = modify(ports, id, |record| {
        let state = state_of(record, connection.account, now);
        if matches!(state, PostingState::Submitting | PostingState::Unknown)
            && !is_half_done(record, state, now)
        {
            return Err(super::view::wrong_state(record, state));
        }
        record.unlinked = true;
        Ok(())
    })?;
    show(ports, record)
}

/// What stands at the board, a page at a time; the cursor is the page's number.
pub fn list_linkable(ports: Ports<'_>, cursor: Option<&str>) -> Result<BoardPage, Failure> {
    let page = match cursor {
        None => 1,
        Some(text) => text
            .parse::<u64>()
            .ok()
            .filter(|page| (1..=100_000).contains(page))
            .ok_or_else(bad_cursor)?,
    };
    let mut client = Client::open(ports)?;
    let listed = client.list(page).map_err(BoardError::into_failure)?;
    let now = ports.clock.now();
    let mut postings = Vec::with_capacity(listed.postings.len());
    for board in listed.postings {
        let linked_as = linked_as(ports, &board.id)?;
        postings.push(shown(client.protocol(), board, linked_as, now));
    }
    Ok(BoardPage {
        postings,
        next: listed.more.then(|| (page + 1).to_string()),
    })
}

/// Which posting here has it. A record that cannot be read hides nothing else from the page; linking it would name the record.
fn linked_as(ports: Ports<'_>, board_id: &str) -> Result<Option<String>, Failure> {
    let key = keys::board(board_id);
    let owner = match record::load_or_broken::<BoardRecord>(ports.storage, &key)? {
        Ok(Some(owner)) => owner.value.posting,
        Ok(None) => return Ok(None),
        Err(_) => {
            ports
                .log
                .write(Level::Error, "record.unreadable", &[("record", &key)]);
            return Ok(None);
        }
    };
    Ok(match read_or_name(ports, &keys::posting(&owner))? {
        Ok(posting) => posting.filter(|it| !it.unlinked).map(|it| it.id),
        Err(_) => Some(owner),
    })
}

/// The failure for a cursor that is not one of ours.
pub(super) fn bad_cursor() -> Failure {
    invalid(vec![problem(
        "cursor",
        "bad-cursor",
        "Con trỏ trang không hợp lệ. Hãy tải lại danh sách từ đầu.",
        "The cursor is not one of this list. Load the list from the start.",
    )])
}

/// Another account's posting looks like none.
pub(super) fn not_ours(error: BoardError) -> Failure {
    match error {
        BoardError::NotFound | BoardError::Forbidden => BoardError::NotFound.into_failure(),
        other => other.into_failure(),
    }
}

fn shown(protocol: &Protocol, board: BoardPosting, linked_as: Option<String>, now: u64) -> Listed {
    let deadline = board.text("deadline").filter(|day| is_day(day));
    let state = match board.standing(protocol).unwrap_or_default() {
        Standing::Rejected => PostingState::Rejected,
        Standing::Closed => PostingState::Closed,
        Standing::Expired => PostingState::Expired,
        _ if is_over(deadline.as_deref(), now) => PostingState::Expired,
        Standing::Live => PostingState::Live,
        Standing::Pending => PostingState::PendingReview,
    };
    Listed {
        title: board.text("title").unwrap_or_default(),
        url: board.url,
        state,
        deadline,
        created_at: board.created_at.as_deref().and_then(parse_local),
        linked_as,
        id: board.id,
    }
}

/// A publish of the same job that is in doubt and has this very content.
fn doubtful_publish(
    ports: Ports<'_>,
    client: &Client<'_>,
    job: &str,
    board: &BoardPosting,
) -> Result<Option<PostingRecord>, Failure> {
    let Some(list) = record::load::<JobRecord>(ports.storage, &keys::job(job))? else {
        return Ok(None);
    };
    for id in list.value.postings {
        let Some(stored) = record::load::<PostingRecord>(ports.storage, &keys::posting(&id))?
        else {
            continue;
        };
        let unknown =
            state_of(&stored.value, client.account(), ports.clock.now()) == PostingState::Unknown;
        if unknown && fits(&stored.value.sent, &board.fields) {
            return Ok(Some(stored.value));
        }
    }
    Ok(None)
}

/// What a posting at the board was linked as before.
fn previous(ports: Ports<'_>, board_id: &str) -> Result<Option<PostingRecord>, Failure> {
    let claim = record::load::<BoardRecord>(ports.storage, &keys::board(board_id))?;
    let Some(id) = claim.and_then(|claim| claim.value.previous) else {
        return Ok(None);
    };
    let stored = record::load::<PostingRecord>(ports.storage, &keys::posting(&id))?;
    Ok(stored.map(|stored| stored.value))
}

fn linked(
    ports: Ports<'_>,
    client: &Client<'_>,
    request_id: &str,
    job: &str,
    request_digest: String,
    board: &BoardPosting,
    previous: Option<&PostingRecord>,
) -> PostingRecord {
    let now = ports.clock.now();
    let mut record = PostingRecord {
        id: request_id.to_owned(),
        job: job.to_owned(),
        account: client.account(),
        board_id: Some(board.id.clone()),
        url: board.url.clone(),
        title: board.text("title").unwrap_or_default(),
        stage: Stage::Done,
        standing: previous.map_or(Standing::Pending, |it| it.standing),
        run_status: None,
        approval_status: None,
        reason: None,
        unlinked: false,
        linked: true,
        revision: 1,
        // Events are told apart by their rounds, also from those that the posting had under its former link.
        round: previous.map_or(1, |it| it.round.max(1)),
        deadline: None,
        created_at: now,
        sent_at: now,
        changed_at: now,
        request_digest,
        sent: keep_ours(&board.fields, &Body::new()),
        lease_until: 0,
        edit: None,
        reopening: None,
        reopened: Vec::new(),
        refusal: None,
        candidates: Vec::new(),
        resolved_by: None,
        rest: Rest::default(),
    };
    apply(client.protocol(), &mut record, board);
    record
}

/// An id, or the page that TopCV shows for it: `…/<slug>/<id>.html`.
fn board_id_of(protocol: &Protocol, given: &str) -> Result<String, Failure> {
    let given = given.trim();
    let is_id = |text: &str| {
        !text.is_empty() && text.len() <= 40 && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    if is_id(given) {
        return Ok(given.to_owned());
    }
    Address::parse(given)
        .filter(|address| is_site(protocol, address.host()))
        .and_then(|address| {
            let last = address
                .path()
                .rsplit('/')
                .find(|segment| !segment.is_empty())?;
            let name = last.strip_suffix(".html").unwrap_or(last);
            let id = name
                .rsplit('-')
                .next()
                .unwrap_or(name)
                .trim_start_matches('j');
            is_id(id).then(|| id.to_owned())
        })
        .ok_or_else(|| {
            failure(
                Disposition::FixInput,
                "bad-board-posting",
                "Không nhận ra tin này. Hãy dán mã số hoặc đường dẫn của tin trên TopCV.",
                "That is no posting of TopCV's. Paste its number or its address there.",
            )
            .with(|it| {
                it.problems = vec![problem(
                    "board-posting",
                    "bad-board-posting",
                    "Cần mã số của tin hoặc đường dẫn của tin trên topcv.vn.",
                    "The number of the posting, or its address on topcv.vn, is expected.",
                )]
            })
        })
}

fn is_site(protocol: &Protocol, host: &str) -> bool {
    let base = Address::parse(protocol.get("base_url"));
    base.is_some_and(|base| base.host() == host)
        || protocol
            .list("site.hosts")
            .any(|pattern| match pattern.strip_prefix("*.") {
                Some(domain) => host
                    .strip_suffix(domain)
                    .is_some_and(|rest| rest.ends_with('.')),
                None => host == pattern,
            })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_addresses_name_the_same_posting() {
        let protocol = Protocol::default();
        for given in [
            "1234567",
            " 1234567 ",
            "https://www.topcv.vn/viec-lam/ky-su-phan-mem/1234567.html",
            "https://www.topcv.vn/viec-lam/ky-su-phan-mem/1234567.html?ta_source=x#top",
            "https://topcv.vn/brand/abc/tuyen-dung/ky-su-1234567.html",
        ] {
            assert_eq!(board_id_of(&protocol, given).unwrap(), "1234567", "{given}");
        }
    }

    #[test]
    fn other_sites_and_words_are_refused() {
        let protocol = Protocol::default();
        for given in [
            "",
            "abc",
            "12/34",
            "https://www.example.com/viec-lam/x/1234567.html",
            "https://eviltopcv.vn/viec-lam/x/1234567.html",
            "https://www.topcv.vn/viec-lam/",
            "javascript:1234567",
        ] {
            assert_eq!(
                board_id_of(&protocol, given).unwrap_err().code,
                "bad-board-posting",
                "{given}"
            );
        }
    }
}
