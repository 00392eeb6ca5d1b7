//! Jobs.

use rusqlite::{Connection, OptionalExtension, Row, named_params};

use super::StoreError;
use super::rows::{from_json, get_moment, json, moment};
use crate::domain::id::{JobId, TenantId, UserId};
use crate::domain::job::Job;
use crate::domain::text::Text;
use crate::domain::value::Values;

/// How many applications of a job came from one source.
pub struct SourceCount {
    /// The source, as the plugin names it.
    pub source: Text,
    /// Applications.
    pub applications: u64,
}

fn job(row: &Row<'_>) -> rusqlite::Result<(Job, String)> {
    let job = Job {
        id: row.get("id")?,
        owner: row.get("owner_id")?,
        title: row.get("title")?,
        details: Values::new(),
        created_at: get_moment(row, "created_at")?,
        updated_at: get_moment(row, "updated_at")?,
    };
    Ok((job, row.get("details")?))
}

fn complete((job, details): (Job, String)) -> Result<Job, StoreError> {
    Ok(Job {
        details: from_json("job", &details)?,
        ..job
    })
}

/// Makes a job.
pub fn insert(
    db: &Connection,
    tenant: TenantId,
    owner: UserId,
    title: &str,
    details: &Values,
    now: u64,
) -> Result<JobId, StoreError> {
    db.execute(
        "INSERT INTO jobs (tenant_id, owner_id, title, details, created_at, updated_at)
         VALUES (:tenant, :owner, :title, :details, :now, :now)",
        named_params! {
            ":tenant": tenant, ":owner": owner, ":title": title,
            ":details": json("job", details)?, ":now": moment(now),
        },
    )?;
    Ok(JobId(db.last_insert_rowid()))
}

/// Replaces title and details.
pub fn update(db: &Connection, tenant: TenantId, job: &Job, now: u64) -> Result<(), StoreError> {
    db.execute(
        "UPDATE jobs SET title = :title, details = :details, updated_at = :now
         WHERE tenant_id = :tenant AND id = :id",
        named_params! {
            ":tenant": tenant, ":id": job.id, ":title": job.title,
            ":details": json("job", &job.details)?, ":now": moment(now),
        },
    )?;
    Ok(())
}

/// A job of the tenant.
pub fn get(db: &Connection, tenant: TenantId, id: JobId) -> Result<Option<Job>, StoreError> {
    let mut statement = db.prepare_cached("SELECT * FROM jobs WHERE tenant_id = ?1 AND id = ?2")?;
    let found = statement.query_row((tenant, id), job).optional()?;
    found.map(complete).transpose()
}

/// The tenant's jobs, newest first.
pub fn list(db: &Connection, tenant: TenantId) -> Result<Vec<Job>, StoreError> {
    let mut statement =
        db.prepare_cached("SELECT * FROM jobs WHERE tenant_id = ?1 ORDER BY id DESC LIMIT 1000")?;
    let rows = statement.query_map([tenant], job)?;
    rows.map(|row| complete(row?)).collect()
}

/// Where a job's applications came from.
pub fn sources(
    db: &Connection,
    tenant: TenantId,
    id: JobId,
) -> Result<Vec<SourceCount>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT source, count(*) AS applications FROM applications
         WHERE tenant_id = ?1 AND job_id = ?2 GROUP BY source ORDER BY applications DESC, source",
    )?;
    let rows = statement.query_map((tenant, id), |row| {
        Ok((
            row.get::<_, String>("source")?,
            row.get::<_, i64>("applications")?,
        ))
    })?;
    rows.map(|row| {
        let (source, applications) = row?;
        Ok(SourceCount {
            source: from_json("source", &source)?,
            applications: applications.unsigned_abs(),
        })
    })
    .collect()
}
