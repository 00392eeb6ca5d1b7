//! Files of applicants: their links until they are fetched, and the files, both sealed.

use rusqlite::{Connection, OptionalExtension, Row, named_params};
use zeroize::Zeroizing;

use super::StoreError;
use super::rows::{get_moment, get_moment_option, get_text_option, moment};
use super::seal::Sealer;
use crate::domain::board_event::Attachment;
use crate::domain::cv::CvState;
use crate::domain::id::{ApplicationId, CandidateId, ConnectionId, CvId, TenantId};
use crate::domain::text::Text;

/// A file, for people.
#[derive(Clone)]
pub struct Cv {
    /// The row.
    pub id: CvId,
    /// `cv`, or the board's other word.
    pub kind: String,
    /// When the platform heard of it.
    pub received_at: u64,
    /// `pending`, `stored`, `failed`.
    pub state: String,
    /// Tries so far.
    pub attempts: u32,
    /// When it will be tried again; absent: it will not.
    pub next_try_at: Option<u64>,
    /// Why the last try failed.
    pub code: Option<String>,
    /// The same, for people.
    pub message: Option<Text>,
    /// Safe file name.
    pub name: Option<String>,
    /// By the file's own first bytes.
    pub media_type: Option<String>,
    /// Digest of the content, hexadecimal.
    pub sha256: Option<String>,
    /// Size of the content.
    pub bytes: Option<i64>,
    /// When it was stored.
    pub stored_at: Option<u64>,
}

/// A stored file with its bytes.
pub type CvFile = (Cv, Zeroizing<Vec<u8>>);

/// A file to fetch, claimed by one fetcher.
pub struct Errand {
    /// The row.
    pub id: CvId,
    /// Whose it is.
    pub tenant: TenantId,
    /// Through which connection.
    pub connection: ConnectionId,
    /// Which application.
    pub application: ApplicationId,
    /// Tries so far, this one not counted.
    pub attempts: u32,
    /// The link.
    pub attachment: Attachment,
}

/// A file that was fetched.
pub struct Fetched {
    /// Safe file name.
    pub name: String,
    /// By the file's own first bytes.
    pub media_type: String,
    /// Digest of the content, hexadecimal.
    pub sha256: String,
    /// The bytes.
    pub content: Zeroizing<Vec<u8>>,
}

fn link_place(application: ApplicationId, attachment_id: &str) -> String {
    format!("link/{}/{attachment_id}", application.0)
}

fn file_place(id: CvId) -> String {
    format!("file/{}", id.0)
}

/// Notes a link, to be fetched from `now` on. Answers false when the application has it already.
pub fn insert(
    db: &Connection,
    sealer: &Sealer,
    tenant: TenantId,
    application: ApplicationId,
    attachment: &Attachment,
    now: u64,
) -> Result<bool, StoreError> {
    let known: bool = db
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM cvs WHERE application_id = ?1 AND attachment_id = ?2)",
        )?
        .query_row((application, &attachment.id), |row| row.get(0))?;
    if known {
        return Ok(false);
    }
    let plain = Zeroizing::new(
        serde_json::to_vec(attachment).map_err(|_| StoreError::Corrupt { what: "link" })?,
    );
    db.execute(
        "INSERT INTO cvs (tenant_id, application_id, attachment_id, kind, received_at, expires_at, sealed, state, next_try_at)
         VALUES (:tenant, :application, :attachment, :kind, :now, :expires, :sealed, 'pending', :now)",
        named_params! {
            ":tenant": tenant, ":application": application, ":attachment": attachment.id, ":kind": attachment.kind,
            ":now": moment(now), ":expires": attachment.expires_at.map(moment),
            ":sealed": sealer.seal(&link_place(application, &attachment.id), &plain)?,
        },
    )?;
    Ok(true)
}

/// Claims what is due, so that no two fetchers use one link at once. `tenant`: only of this one; `all`: also what is not due yet.
pub fn claim(
    db: &Connection,
    sealer: &Sealer,
    tenant: Option<TenantId>,
    all: bool,
    now: u64,
    until: u64,
) -> Result<Vec<Errand>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT cvs.id, cvs.tenant_id, cvs.application_id, cvs.attempts, cvs.attachment_id, cvs.sealed, applications.connection_id
         FROM cvs JOIN applications ON applications.id = cvs.application_id
         WHERE cvs.next_try_at <= :due AND coalesce(claimed_until, 0) <= :now AND cvs.sealed IS NOT NULL
             AND (:tenant IS NULL OR cvs.tenant_id = :tenant)
         ORDER BY cvs.next_try_at, cvs.id LIMIT 50",
    )?;
    let due = if all { i64::MAX } else { moment(now) };
    let rows = statement.query_map(
        named_params! { ":due": due, ":now": moment(now), ":tenant": tenant },
        |row| {
            Ok((
                row.get::<_, CvId>("id")?,
                row.get::<_, TenantId>("tenant_id")?,
                row.get::<_, ConnectionId>("connection_id")?,
                row.get::<_, ApplicationId>("application_id")?,
                row.get::<_, u32>("attempts")?,
                row.get::<_, String>("attachment_id")?,
                row.get::<_, Vec<u8>>("sealed")?,
            ))
        },
    )?;
    let rows = rows.collect::<Result<Vec<_>, _>>()?;
    let mut errands = Vec::with_capacity(rows.len());
    for (id, tenant, connection, application, attempts, attachment_id, sealed) in rows {
        // Claimed even when it does not open, so that one unreadable row does not hold up the others.
        db.execute(
            "UPDATE cvs SET claimed_until = ?3 WHERE tenant_id = ?1 AND id = ?2",
            (tenant, id, moment(until)),
        )?;
        let place = link_place(application, &attachment_id);
        let plain = sealer.open("link", &place, &sealed);
        let attachment = plain.map(|plain| serde_json::from_slice(&plain));
        let Ok(Ok(attachment)) = attachment else {
            tracing::error!(cv = id.0, "a stored link cannot be read");
            continue;
        };
        errands.push(Errand {
            id,
            tenant,
            connection,
            application,
            attempts,
            attachment,
        });
    }
    Ok(errands)
}

/// Forgets all claims: at a start nobody fetches anything yet.
pub fn release_all(db: &Connection) -> Result<(), StoreError> {
    db.execute(
        "UPDATE cvs SET claimed_until = NULL WHERE claimed_until IS NOT NULL",
        [],
    )?;
    Ok(())
}

/// Stores a fetched file; the same bytes as another file of the application are not stored again. Erases the link.
pub fn store(
    db: &Connection,
    sealer: &Sealer,
    errand: &Errand,
    fetched: &Fetched,
    now: u64,
) -> Result<CvState, StoreError> {
    let twin: bool = db.query_row(
        "SELECT EXISTS (SELECT 1 FROM cvs WHERE application_id = ?1 AND sha256 = ?2 AND state = 'stored' AND id <> ?3)",
        (errand.application, &fetched.sha256, errand.id),
        |row| row.get(0),
    )?;
    let state = if twin {
        CvState::Duplicate
    } else {
        CvState::Stored
    };
    if !twin {
        db.execute(
            "INSERT OR REPLACE INTO cv_files (cv_id, sealed) VALUES (?1, ?2)",
            (
                errand.id,
                sealer.seal(&file_place(errand.id), &fetched.content)?,
            ),
        )?;
    }
    db.execute(
        "UPDATE cvs SET state = :state, attempts = attempts + 1, next_try_at = NULL, claimed_until = NULL, sealed = NULL,
             code = NULL, vi = NULL, en = NULL, name = :name, media_type = :media, sha256 = :sha, bytes = :bytes, stored_at = :now
         WHERE tenant_id = :tenant AND id = :id",
        named_params! {
            ":tenant": errand.tenant, ":id": errand.id, ":state": state.code(), ":name": fetched.name,
            ":media": fetched.media_type, ":sha": fetched.sha256, ":bytes": fetched.content.len() as i64,
            ":now": moment(now),
        },
    )?;
    Ok(state)
}

/// Notes a failed try. Without another try to come the link is erased.
pub fn note_failure(
    db: &Connection,
    errand: &Errand,
    next_try_at: Option<u64>,
    code: &str,
    message: &Text,
) -> Result<(), StoreError> {
    db.execute(
        "UPDATE cvs SET state = 'failed', attempts = attempts + 1, next_try_at = :next, claimed_until = NULL,
             sealed = CASE WHEN :next IS NULL THEN NULL ELSE sealed END, code = :code, vi = :vi, en = :en
         WHERE tenant_id = :tenant AND id = :id",
        named_params! {
            ":tenant": errand.tenant, ":id": errand.id, ":next": next_try_at.map(moment), ":code": code,
            ":vi": message.vi, ":en": message.en,
        },
    )?;
    Ok(())
}

fn cv(row: &Row<'_>) -> rusqlite::Result<Cv> {
    Ok(Cv {
        id: row.get("id")?,
        kind: row.get("kind")?,
        received_at: get_moment(row, "received_at")?,
        state: row.get("state")?,
        attempts: row.get("attempts")?,
        next_try_at: get_moment_option(row, "next_try_at")?,
        code: row.get("code")?,
        message: get_text_option(row)?,
        name: row.get("name")?,
        media_type: row.get("media_type")?,
        sha256: row.get("sha256")?,
        bytes: row.get("bytes")?,
        stored_at: get_moment_option(row, "stored_at")?,
    })
}

/// An application's files, oldest first; copies of the same bytes are left out.
pub fn list(
    db: &Connection,
    tenant: TenantId,
    application: ApplicationId,
) -> Result<Vec<Cv>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT * FROM cvs WHERE tenant_id = ?1 AND application_id = ?2 AND state <> 'duplicate' ORDER BY id",
    )?;
    let rows = statement.query_map((tenant, application), cv)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// A stored file of the candidate, with its bytes.
pub fn read(
    db: &Connection,
    sealer: &Sealer,
    tenant: TenantId,
    candidate: CandidateId,
    id: CvId,
) -> Result<Option<CvFile>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT cvs.*, cv_files.sealed AS file FROM cvs
             JOIN cv_files ON cv_files.cv_id = cvs.id
             JOIN applications ON applications.id = cvs.application_id
         WHERE cvs.tenant_id = ?1 AND applications.candidate_id = ?2 AND cvs.id = ?3",
    )?;
    let found = statement
        .query_row((tenant, candidate, id), |row| {
            Ok((cv(row)?, row.get::<_, Vec<u8>>("file")?))
        })
        .optional()?;
    found
        .map(|(cv, sealed)| Ok((cv, sealer.open("file", &file_place(id), &sealed)?)))
        .transpose()
}
