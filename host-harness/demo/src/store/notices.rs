//! Notifications.

use rusqlite::{Connection, Row, named_params};

use super::rows::{get_moment, get_moment_option, get_text, moment};
use super::{Page, StoreError};
use crate::domain::id::{CandidateId, ConnectionId, JobId, NoticeId, TenantId, UserId};
use crate::domain::notice::Notice;
use crate::domain::text::Text;

/// What a notification is about.
#[derive(Clone, Default)]
pub struct About {
    /// A job.
    pub job: Option<JobId>,
    /// A candidate.
    pub candidate: Option<CandidateId>,
    /// A posting, by its request id.
    pub posting: Option<String>,
    /// An account at a board.
    pub connection: Option<ConnectionId>,
}

/// A notification that somebody got.
pub struct StoredNotice {
    /// The row.
    pub id: NoticeId,
    /// When.
    pub at: u64,
    /// The kind of message.
    pub kind: String,
    /// What to read.
    pub text: Text,
    /// What it is about.
    pub about: About,
    /// When it was read.
    pub read_at: Option<u64>,
}

fn stored(row: &Row<'_>) -> rusqlite::Result<StoredNotice> {
    Ok(StoredNotice {
        id: row.get("id")?,
        at: get_moment(row, "at")?,
        kind: row.get("kind")?,
        text: get_text(row)?,
        about: About {
            job: row.get("job_id")?,
            candidate: row.get("candidate_id")?,
            posting: row.get("request_id")?,
            connection: row.get("connection_id")?,
        },
        read_at: get_moment_option(row, "read_at")?,
    })
}

/// Tells one user something.
pub fn insert(
    db: &Connection,
    tenant: TenantId,
    user: UserId,
    notice: &Notice,
    about: &About,
    now: u64,
) -> Result<(), StoreError> {
    db.execute(
        "INSERT INTO notices (tenant_id, user_id, at, kind, vi, en, job_id, candidate_id, request_id, connection_id)
         VALUES (:tenant, :user, :at, :kind, :vi, :en, :job, :candidate, :posting, :connection)",
        named_params! {
            ":tenant": tenant, ":user": user, ":at": moment(now), ":kind": notice.kind,
            ":vi": notice.text.vi, ":en": notice.text.en, ":job": about.job,
            ":candidate": about.candidate, ":posting": about.posting,
            ":connection": about.connection,
        },
    )?;
    Ok(())
}

/// A user's notifications, newest first.
pub fn list(
    db: &Connection,
    tenant: TenantId,
    user: UserId,
    unread: bool,
    page: Page,
) -> Result<Vec<StoredNotice>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT * FROM notices WHERE tenant_id = ?1 AND user_id = ?2 AND (NOT ?3 OR read_at IS NULL) AND id < ?4
         ORDER BY id DESC LIMIT ?5",
    )?;
    let rows = statement.query_map((tenant, user, unread, page.below(), page.limit), stored)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Marks one of the user's notifications read. Answers false when the user has no such one.
pub fn mark_read(
    db: &Connection,
    tenant: TenantId,
    user: UserId,
    id: NoticeId,
    now: u64,
) -> Result<bool, StoreError> {
    let changed = db.execute(
        "UPDATE notices SET read_at = coalesce(read_at, ?4) WHERE tenant_id = ?1 AND user_id = ?2 AND id = ?3",
        (tenant, user, id, moment(now)),
    )?;
    Ok(changed > 0)
}

/// Marks all of the user's notifications read.
pub fn mark_all_read(
    db: &Connection,
    tenant: TenantId,
    user: UserId,
    now: u64,
) -> Result<(), StoreError> {
    db.execute(
        "UPDATE notices SET read_at = ?3 WHERE tenant_id = ?1 AND user_id = ?2 AND read_at IS NULL",
        (tenant, user, moment(now)),
    )?;
    Ok(())
}

/// Takes back what everybody was told about a connection, of one kind: it is over, or is about to be told anew.
pub fn withdraw(
    db: &Connection,
    tenant: TenantId,
    connection: ConnectionId,
    kind: &str,
) -> Result<(), StoreError> {
    db.execute(
        "DELETE FROM notices WHERE tenant_id = ?1 AND connection_id = ?2 AND kind = ?3",
        (tenant, connection, kind),
    )?;
    Ok(())
}
