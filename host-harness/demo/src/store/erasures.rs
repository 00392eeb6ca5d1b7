//! Erasing a person from every table, and the record that it was done.

use rusqlite::{Connection, OptionalExtension, Row, named_params};

use super::erasure_log::{ErasedApplication, digest};
use super::rows::{from_json, get_moment, json, moment};
use super::seal::Sealer;
use super::{Page, StoreError};
use crate::domain::erasure::{Erased, PluginReceipt, Reason};
use crate::domain::id::{CandidateId, ConnectionId, ErasureId, TenantId, UserId};

/// The ids that plugins are told, by connection.
pub type ToTell = Vec<(i64, Vec<String>)>;

/// The record of one erasure.
pub struct Erasure {
    /// The row.
    pub id: ErasureId,
    /// The number under which the person was known. It is given to nobody else.
    pub candidate: CandidateId,
    /// When.
    pub at: u64,
    /// Why.
    pub reason: String,
    /// Who did it; absent: the platform itself.
    pub user: Option<UserId>,
    /// What went.
    pub erased: Erased,
    /// What the plugins answered.
    pub receipts: Vec<PluginReceipt>,
    /// Whether every plugin was told.
    pub told: bool,
}

/// An application of a person who is to be erased.
pub struct Target {
    /// Where it came in.
    pub connection: ConnectionId,
    /// The application, as the contract names it.
    pub board_application: String,
    /// The board's id of the person.
    pub board_candidate: Option<String>,
    /// See [`digest`].
    pub digest: Vec<u8>,
}

/// The applications of a candidate.
pub fn targets(
    db: &Connection,
    tenant: TenantId,
    candidate: CandidateId,
) -> Result<Vec<Target>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT connection_id, board_application, board_candidate, connections.hook_hash
         FROM applications JOIN connections ON connections.id = applications.connection_id
         WHERE applications.tenant_id = ?1 AND candidate_id = ?2",
    )?;
    let rows = statement.query_map((tenant, candidate), |row| {
        let board_application: String = row.get(1)?;
        let hook_hash: Vec<u8> = row.get(3)?;
        Ok(Target {
            connection: row.get(0)?,
            digest: digest(&hook_hash, &board_application),
            board_application,
            board_candidate: row.get(2)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Erases a candidate with everything that hangs on one. Bare event ids stay.
pub fn erase_candidate(
    db: &Connection,
    tenant: TenantId,
    candidate: CandidateId,
) -> Result<Erased, StoreError> {
    const CVS: &str =
        "SELECT cvs.id FROM cvs JOIN applications ON applications.id = cvs.application_id
         WHERE applications.tenant_id = ?1 AND applications.candidate_id = ?2";
    let who = (tenant, candidate);
    let files = db.execute(&format!("DELETE FROM cv_files WHERE cv_id IN ({CVS})"), who)?;
    let links = db.execute(&format!("DELETE FROM cvs WHERE id IN ({CVS})"), who)?;
    let applications = db.execute(
        "DELETE FROM applications WHERE tenant_id = ?1 AND candidate_id = ?2",
        who,
    )?;
    let notices = db.execute(
        "DELETE FROM notices WHERE tenant_id = ?1 AND candidate_id = ?2",
        who,
    )?;
    db.execute(
        "DELETE FROM candidates WHERE tenant_id = ?1 AND id = ?2",
        who,
    )?;
    Ok(Erased {
        applications,
        links,
        files,
        notices,
        ..Erased::default()
    })
}

/// Remembers that applications were erased.
pub fn bury(db: &Connection, applications: &[ErasedApplication]) -> Result<(), StoreError> {
    let mut statement = db.prepare_cached(
        "INSERT INTO erased_applications (digest, erased_at) VALUES (?1, ?2)
         ON CONFLICT (digest) DO UPDATE SET erased_at = max(erased_at, excluded.erased_at)",
    )?;
    for application in applications {
        statement.execute((&application.digest, moment(application.erased_at)))?;
    }
    Ok(())
}

/// When an application was erased, if it was.
pub fn erased_at(db: &Connection, digest: &[u8]) -> Result<Option<u64>, StoreError> {
    let mut statement =
        db.prepare_cached("SELECT erased_at FROM erased_applications WHERE digest = ?1")?;
    let found = statement
        .query_row([digest], |row| get_moment(row, "erased_at"))
        .optional()?;
    Ok(found)
}

/// Every application that the database remembers as erased.
pub fn buried(db: &Connection) -> Result<Vec<ErasedApplication>, StoreError> {
    let mut statement = db.prepare("SELECT digest, erased_at FROM erased_applications")?;
    let rows = statement.query_map([], |row| {
        Ok(ErasedApplication {
            digest: row.get(0)?,
            erased_at: get_moment(row, "erased_at")?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Every application with its candidate, its digest and when it came in. For the replay after a restore.
pub fn all_digests(
    db: &Connection,
    mut each: impl FnMut(TenantId, CandidateId, Vec<u8>, u64),
) -> Result<(), StoreError> {
    let mut statement = db.prepare(
        "SELECT applications.tenant_id, candidate_id, board_application, received_at, connections.hook_hash
         FROM applications JOIN connections ON connections.id = applications.connection_id",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let board_application: String = row.get(2)?;
        let hook_hash: Vec<u8> = row.get(4)?;
        each(
            row.get(0)?,
            row.get(1)?,
            digest(&hook_hash, &board_application),
            get_moment(row, "received_at")?,
        );
    }
    Ok(())
}

/// Records an erasure, with what plugins must still be told.
pub fn insert(
    db: &Connection,
    sealer: &Sealer,
    tenant: TenantId,
    erasure: &NewErasure<'_>,
) -> Result<ErasureId, StoreError> {
    db.execute(
        "INSERT INTO erasures (tenant_id, candidate_id, at, reason, user_id, erased)
         VALUES (:tenant, :candidate, :at, :reason, :user, :erased)",
        named_params! {
            ":tenant": tenant, ":candidate": erasure.candidate, ":at": moment(erasure.at),
            ":reason": erasure.reason.code(), ":user": erasure.user, ":erased": json("erasure", &erasure.erased)?,
        },
    )?;
    let id = ErasureId(db.last_insert_rowid());
    if !erasure.to_tell.is_empty() {
        let plain = json("erasure", &erasure.to_tell)?;
        let sealed = sealer.seal(&place(id), plain.as_bytes())?;
        db.execute(
            "UPDATE erasures SET sealed = ?2 WHERE id = ?1",
            (id, sealed),
        )?;
    }
    Ok(id)
}

/// An erasure that has just been done.
pub struct NewErasure<'a> {
    /// Who went.
    pub candidate: CandidateId,
    /// When.
    pub at: u64,
    /// Why.
    pub reason: Reason,
    /// Who did it; absent: the platform itself.
    pub user: Option<UserId>,
    /// What went.
    pub erased: Erased,
    /// What the plugins must be told.
    pub to_tell: &'a ToTell,
}

fn place(id: ErasureId) -> String {
    format!("erasure/{}", id.0)
}

/// Erasures of which plugins were not told yet. One whose ids cannot be read is left out.
pub fn untold(
    db: &Connection,
    sealer: &Sealer,
) -> Result<Vec<(TenantId, ErasureId, ToTell)>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT tenant_id, id, sealed FROM erasures WHERE sealed IS NOT NULL ORDER BY id LIMIT 100",
    )?;
    let rows = statement.query_map([], |row| {
        Ok((row.get(0)?, row.get(1)?, row.get::<_, Vec<u8>>(2)?))
    })?;
    let mut found = Vec::new();
    for row in rows {
        let (tenant, id, sealed) = row?;
        let plain = match sealer.open("erasure", &place(id), &sealed) {
            Ok(plain) => plain,
            Err(error) => {
                tracing::error!(erasure = id.0, %error, "plugins cannot be told of an erasure");
                continue;
            }
        };
        let to_tell =
            serde_json::from_slice(&plain).map_err(|_| StoreError::Corrupt { what: "erasure" })?;
        found.push((tenant, id, to_tell));
    }
    Ok(found)
}

/// Keeps what the plugins answered, and forgets the ids that they were told.
pub fn note_told(
    db: &Connection,
    tenant: TenantId,
    id: ErasureId,
    receipts: &[PluginReceipt],
) -> Result<(), StoreError> {
    db.execute(
        "UPDATE erasures SET receipts = ?3, sealed = NULL WHERE tenant_id = ?1 AND id = ?2 AND sealed IS NOT NULL",
        (tenant, id, json("receipt", &receipts)?),
    )?;
    Ok(())
}

fn erasure(row: &Row<'_>) -> rusqlite::Result<(Erasure, String, String)> {
    let erasure = Erasure {
        id: row.get("id")?,
        candidate: row.get("candidate_id")?,
        at: get_moment(row, "at")?,
        reason: row.get("reason")?,
        user: row.get("user_id")?,
        erased: Erased::default(),
        receipts: Vec::new(),
        told: row.get("told")?,
    };
    Ok((erasure, row.get("erased")?, row.get("receipts")?))
}

/// The tenant's erasures, newest first.
pub fn list(db: &Connection, tenant: TenantId, page: Page) -> Result<Vec<Erasure>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT *, sealed IS NULL AS told FROM erasures WHERE tenant_id = ?1 AND id < ?2 ORDER BY id DESC LIMIT ?3",
    )?;
    let rows = statement.query_map((tenant, page.below(), page.limit), erasure)?;
    rows.map(|row| {
        let (erasure, erased, receipts) = row?;
        Ok(Erasure {
            erased: from_json("erasure", &erased)?,
            receipts: from_json("receipt", &receipts)?,
            ..erasure
        })
    })
    .collect()
}
