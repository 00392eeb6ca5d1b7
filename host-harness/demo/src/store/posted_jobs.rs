//! The posted-jobs log.

use rusqlite::{Connection, Row, named_params};

use super::rows::{get_moment, get_text, moment};
use super::{Page, StoreError};
use crate::domain::id::{ConnectionId, JobId, TenantId, UserId};
use crate::domain::text::Text;

/// One line of the log.
pub struct Line {
    /// When.
    pub at: u64,
    /// Who did it; absent when the board did.
    pub user: Option<UserId>,
    /// Where.
    pub connection: ConnectionId,
    /// Which job.
    pub job: JobId,
    /// Which posting.
    pub request_id: String,
    /// `publish`, `update`, `close`, `reopen`, `link`, `unlink`, `resolve`, `approved`, `rejected`, `changed`, `other`,
    /// `recovered` (the plugin knew a posting that the platform did not), `lost` (the other way round).
    pub what: String,
    /// `ok`, `waiting`, `failed`, or a posting state.
    pub result: String,
    /// What came of it, for people.
    pub message: Text,
    /// The posting's page at the board.
    pub url: Option<String>,
}

fn line(row: &Row<'_>) -> rusqlite::Result<(i64, Line)> {
    let line = Line {
        at: get_moment(row, "at")?,
        user: row.get("user_id")?,
        connection: row.get("connection_id")?,
        job: row.get("job_id")?,
        request_id: row.get("request_id")?,
        what: row.get("what")?,
        result: row.get("result")?,
        message: get_text(row)?,
        url: row.get("url")?,
    };
    Ok((row.get("id")?, line))
}

/// Adds a line.
pub fn insert(db: &Connection, tenant: TenantId, line: &Line) -> Result<(), StoreError> {
    db.execute(
        "INSERT INTO posted_jobs (tenant_id, at, user_id, connection_id, job_id, request_id, what, result, vi, en, url)
         VALUES (:tenant, :at, :user, :connection, :job, :request, :what, :result, :vi, :en, :url)",
        named_params! {
            ":tenant": tenant, ":at": moment(line.at), ":user": line.user, ":connection": line.connection,
            ":job": line.job, ":request": line.request_id, ":what": line.what, ":result": line.result,
            ":vi": line.message.vi, ":en": line.message.en, ":url": line.url,
        },
    )?;
    Ok(())
}

/// The log with the lines' numbers, newest first; of one job, or of all.
pub fn list(
    db: &Connection,
    tenant: TenantId,
    job: Option<JobId>,
    page: Page,
) -> Result<Vec<(i64, Line)>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT * FROM posted_jobs WHERE tenant_id = ?1 AND (?2 IS NULL OR job_id = ?2) AND id < ?3
         ORDER BY id DESC LIMIT ?4",
    )?;
    let rows = statement.query_map((tenant, job, page.below(), page.limit), line)?;
    Ok(rows.collect::<Result<_, _>>()?)
}
