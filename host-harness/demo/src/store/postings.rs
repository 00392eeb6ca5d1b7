//! Postings.

use rusqlite::{Connection, OptionalExtension, Row, named_params};

use super::StoreError;
use super::rows::{from_json, get_moment_option, json, moment};
use crate::domain::id::{ConnectionId, JobId, PostingRow, TenantId};
use crate::domain::ordered::Ordered;
use crate::domain::posting::{Facts, Posting, PostingState};

fn posting(row: &Row<'_>) -> rusqlite::Result<(Posting, String)> {
    let state: String = row.get("state")?;
    let posting = Posting {
        row: row.get("id")?,
        connection: row.get("connection_id")?,
        job: row.get("job_id")?,
        request_id: row.get("request_id")?,
        board_posting: row.get("board_posting")?,
        state: PostingState::from_code(&state).unwrap_or(PostingState::Unknown),
        verdict_round: row.get("verdict_round")?,
        confirmed: row.get("confirmed")?,
        last_delivery_at: get_moment_option(row, "last_delivery_at")?,
        facts: Facts::default(),
    };
    Ok((posting, row.get("facts")?))
}

fn complete((posting, facts): (Posting, String)) -> Result<Posting, StoreError> {
    Ok(Posting {
        facts: from_json("posting", &facts)?,
        ..posting
    })
}

/// Makes a row. Its `row` field is ignored; the posting is answered with the new one.
pub fn insert(db: &Connection, tenant: TenantId, posting: Posting) -> Result<Posting, StoreError> {
    db.execute(
        "INSERT INTO postings (tenant_id, connection_id, job_id, request_id, board_posting, state, verdict_round, confirmed, facts)
         VALUES (:tenant, :connection, :job, :request, :board, :state, :round, :confirmed, :facts)",
        named_params! {
            ":tenant": tenant, ":connection": posting.connection, ":job": posting.job, ":request": posting.request_id,
            ":board": posting.board_posting, ":state": posting.state.code(), ":round": posting.verdict_round,
            ":confirmed": posting.confirmed, ":facts": json("posting", &posting.facts)?,
        },
    )?;
    Ok(Posting {
        row: PostingRow(db.last_insert_rowid()),
        ..posting
    })
}

/// Stores what changed. When it received something is [`note_delivery`]'s alone.
pub fn update(db: &Connection, tenant: TenantId, posting: &Posting) -> Result<(), StoreError> {
    db.execute(
        "UPDATE postings SET job_id = :job, board_posting = :board, state = :state, verdict_round = :round,
             confirmed = :confirmed, facts = :facts,
             ordered = CASE WHEN :state IN ('submitting', 'unknown') THEN ordered END
         WHERE tenant_id = :tenant AND id = :id",
        named_params! {
            ":tenant": tenant, ":id": posting.row, ":job": posting.job, ":board": posting.board_posting,
            ":state": posting.state.code(), ":round": posting.verdict_round, ":confirmed": posting.confirmed,
            ":facts": json("posting", &posting.facts)?,
        },
    )?;
    Ok(())
}

/// Remembers what was asked for, until [`update`] stores an outcome.
pub fn remember_order(
    db: &Connection,
    tenant: TenantId,
    row: PostingRow,
    ordered: &Ordered,
) -> Result<(), StoreError> {
    db.execute(
        "UPDATE postings SET ordered = ?3 WHERE tenant_id = ?1 AND id = ?2",
        (tenant, row, json("order", ordered)?),
    )?;
    Ok(())
}

/// What was asked for. Absent: the outcome is known, or the row was made from the plugin's record after a restore.
pub fn order(
    db: &Connection,
    tenant: TenantId,
    row: PostingRow,
) -> Result<Option<Ordered>, StoreError> {
    let found: Option<String> = db
        .prepare_cached("SELECT ordered FROM postings WHERE tenant_id = ?1 AND id = ?2")?
        .query_row((tenant, row), |row| row.get(0))
        .optional()?
        .flatten();
    found.map(|text| from_json("order", &text)).transpose()
}

/// Takes back an intent of which nothing came.
pub fn delete(db: &Connection, tenant: TenantId, row: PostingRow) -> Result<(), StoreError> {
    db.execute(
        "DELETE FROM postings WHERE tenant_id = ?1 AND id = ?2",
        (tenant, row),
    )?;
    Ok(())
}

fn one(
    db: &Connection,
    condition: &str,
    values: &[(&str, &dyn rusqlite::ToSql)],
) -> Result<Option<Posting>, StoreError> {
    let mut statement = db.prepare_cached(&format!(
        "SELECT * FROM postings WHERE {condition} ORDER BY id DESC LIMIT 1"
    ))?;
    let found = statement.query_row(values, posting).optional()?;
    found.map(complete).transpose()
}

/// The posting that a request id made.
pub fn by_request(
    db: &Connection,
    tenant: TenantId,
    request_id: &str,
) -> Result<Option<Posting>, StoreError> {
    one(
        db,
        "tenant_id = :tenant AND request_id = :request",
        named_params! { ":tenant": tenant, ":request": request_id },
    )
}

/// The posting that stands at the board under this id and is connected with a job.
pub fn by_board(
    db: &Connection,
    tenant: TenantId,
    connection: ConnectionId,
    board_posting: &str,
) -> Result<Option<Posting>, StoreError> {
    one(
        db,
        "tenant_id = :tenant AND connection_id = :connection AND board_posting = :board AND state <> 'unlinked'",
        named_params! { ":tenant": tenant, ":connection": connection, ":board": board_posting },
    )
}

/// Remembers when a verified applicant of this posting of the board came in.
pub fn note_delivery(
    db: &Connection,
    tenant: TenantId,
    connection: ConnectionId,
    board_posting: &str,
    received_at: u64,
) -> Result<(), StoreError> {
    db.execute(
        "UPDATE postings SET last_delivery_at = max(coalesce(last_delivery_at, 0), ?4)
         WHERE tenant_id = ?1 AND connection_id = ?2 AND board_posting = ?3 AND state <> 'unlinked'",
        (tenant, connection, board_posting, moment(received_at)),
    )?;
    Ok(())
}

/// Lets go of rows that the plugin no longer knew, now that the same posting of the board is known under another request id.
pub fn retire_lost(
    db: &Connection,
    tenant: TenantId,
    successor: &Posting,
) -> Result<(), StoreError> {
    db.execute(
        "UPDATE postings SET state = 'unlinked'
         WHERE tenant_id = ?1 AND connection_id = ?2 AND board_posting = ?3 AND id <> ?4 AND state = 'unknown'",
        (
            tenant,
            successor.connection,
            &successor.board_posting,
            successor.row,
        ),
    )?;
    Ok(())
}

/// All postings of a connection, oldest first.
pub fn of_connection(
    db: &Connection,
    tenant: TenantId,
    connection: ConnectionId,
) -> Result<Vec<Posting>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT * FROM postings WHERE tenant_id = ?1 AND connection_id = ?2 ORDER BY id",
    )?;
    let rows = statement.query_map((tenant, connection), posting)?;
    rows.map(|row| complete(row?)).collect()
}

/// A job's postings, newest first.
pub fn of_job(db: &Connection, tenant: TenantId, job: JobId) -> Result<Vec<Posting>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT * FROM postings WHERE tenant_id = ?1 AND job_id = ?2 ORDER BY id DESC",
    )?;
    let rows = statement.query_map((tenant, job), posting)?;
    rows.map(|row| complete(row?)).collect()
}

/// The tenant's postings, newest first.
pub fn of_tenant(db: &Connection, tenant: TenantId) -> Result<Vec<Posting>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT * FROM postings WHERE tenant_id = ?1 ORDER BY id DESC LIMIT 1000",
    )?;
    let rows = statement.query_map([tenant], posting)?;
    rows.map(|row| complete(row?)).collect()
}

/// Every tenant's postings whose outcome was open when the platform stopped.
pub fn open_outcomes(db: &Connection) -> Result<Vec<(TenantId, Posting)>, StoreError> {
    let mut statement =
        db.prepare("SELECT * FROM postings WHERE state IN ('submitting', 'unknown') ORDER BY id")?;
    let rows = statement.query_map([], |row| Ok((row.get("tenant_id")?, posting(row)?)))?;
    rows.map(|row| {
        let (tenant, found) = row?;
        Ok((tenant, complete(found)?))
    })
    .collect()
}
