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
    /// Tells this claim from a later one of the same row.
    pub claim: String,
}

/// A claim that one fetcher makes.
pub struct Claim {
    /// Random.
    pub token: String,
    /// Only what is due by then.
    pub due_by: u64,
    /// The present moment.
    pub now: u64,
    /// When somebody else may take the row, if nothing was heard by then.
    pub until: u64,
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

/// What is due and not claimed, the longest due first. `tenant`: only of this one.
pub fn due(
    db: &Connection,
    tenant: Option<TenantId>,
    due_by: u64,
    now: u64,
) -> Result<Vec<CvId>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT id FROM cvs
         WHERE next_try_at <= :due AND coalesce(claimed_until, 0) <= :now AND sealed IS NOT NULL
             AND (:tenant IS NULL OR tenant_id = :tenant)
         ORDER BY next_try_at, id LIMIT 50",
    )?;
    let rows = statement.query_map(
        named_params! { ":due": moment(due_by), ":now": moment(now), ":tenant": tenant },
        |row| row.get(0),
    )?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Claims one file, so that no two fetchers use its link at once. `None`: it is not due any more, or somebody else has it.
/// Fails with [`StoreError::Sealed`] or [`StoreError::Corrupt`] when the link cannot be read.
pub fn claim(
    db: &Connection,
    sealer: &Sealer,
    id: CvId,
    claim: &Claim,
) -> Result<Option<Errand>, StoreError> {
    let changed = db.execute(
        "UPDATE cvs SET claimed_until = :until, claim = :claim
         WHERE id = :id AND next_try_at <= :due AND coalesce(claimed_until, 0) <= :now AND sealed IS NOT NULL",
        named_params! {
            ":id": id, ":claim": claim.token, ":due": moment(claim.due_by), ":now": moment(claim.now),
            ":until": moment(claim.until),
        },
    )?;
    if changed == 0 {
        return Ok(None);
    }
    let mut statement = db.prepare_cached(
        "SELECT cvs.tenant_id, cvs.application_id, cvs.attempts, cvs.attachment_id, cvs.sealed, applications.connection_id
         FROM cvs JOIN applications ON applications.id = cvs.application_id WHERE cvs.id = ?1",
    )?;
    let (tenant, application, attempts, attachment_id, sealed, connection) =
        statement.query_row([id], |row| {
            Ok((
                row.get(0)?,
                row.get::<_, ApplicationId>(1)?,
                row.get(2)?,
                row.get::<_, String>(3)?,
                row.get::<_, Vec<u8>>(4)?,
                row.get(5)?,
            ))
        })?;
    let plain = sealer.open("link", &link_place(application, &attachment_id), &sealed)?;
    let attachment =
        serde_json::from_slice(&plain).map_err(|_| StoreError::Corrupt { what: "link" })?;
    Ok(Some(Errand {
        id,
        tenant,
        connection,
        application,
        attempts,
        attachment,
        claim: claim.token.clone(),
    }))
}

/// Notes that the link of a file cannot be read, and when to look at it again.
pub fn note_unreadable(
    db: &Connection,
    id: CvId,
    next_try_at: u64,
    code: &str,
    message: &Text,
) -> Result<(), StoreError> {
    db.execute(
        "UPDATE cvs SET state = 'failed', next_try_at = :next, code = :code, vi = :vi, en = :en
         WHERE id = :id AND state IN ('pending', 'failed') AND sealed IS NOT NULL",
        named_params! {
            ":id": id, ":next": moment(next_try_at), ":code": code, ":vi": message.vi, ":en": message.en,
        },
    )?;
    Ok(())
}

/// Stores a fetched file and erases the link; the same bytes as another file of the application are not stored again.
///
/// Whoever comes first with the file is heard, also after the claim has passed to somebody else: a link that works once cannot be asked twice.
/// `None`: somebody stored it already, or the person was erased meanwhile.
pub fn store(
    db: &Connection,
    sealer: &Sealer,
    errand: &Errand,
    fetched: &Fetched,
    now: u64,
) -> Result<Option<CvState>, StoreError> {
    let wanted: bool = db.query_row(
        "SELECT EXISTS (SELECT 1 FROM cvs WHERE tenant_id = ?1 AND id = ?2 AND application_id = ?3
             AND attachment_id = ?4 AND state IN ('pending', 'failed'))",
        (
            errand.tenant,
            errand.id,
            errand.application,
            &errand.attachment.id,
        ),
        |row| row.get(0),
    )?;
    if !wanted {
        return Ok(None);
    }
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
        "UPDATE cvs SET state = :state, attempts = attempts + 1, next_try_at = NULL, claimed_until = NULL, claim = NULL,
             sealed = NULL, code = NULL, vi = NULL, en = NULL, name = :name, media_type = :media, sha256 = :sha,
             bytes = :bytes, stored_at = :now
         WHERE tenant_id = :tenant AND id = :id",
        named_params! {
            ":tenant": errand.tenant, ":id": errand.id, ":state": state.code(), ":name": fetched.name,
            ":media": fetched.media_type, ":sha": fetched.sha256, ":bytes": fetched.content.len() as i64,
            ":now": moment(now),
        },
    )?;
    Ok(Some(state))
}

/// Notes a failed try of whoever still holds the claim; anybody else's failure says nothing any more. Without another try to come the link
/// is erased. Answers whether it was noted.
pub fn note_failure(
    db: &Connection,
    errand: &Errand,
    next_try_at: Option<u64>,
    code: &str,
    message: &Text,
) -> Result<bool, StoreError> {
    let changed = db.execute(
        "UPDATE cvs SET state = 'failed', attempts = attempts + 1, next_try_at = :next, claimed_until = NULL, claim = NULL,
             sealed = CASE WHEN :next IS NULL THEN NULL ELSE sealed END, code = :code, vi = :vi, en = :en
         WHERE tenant_id = :tenant AND id = :id AND claim = :claim AND state IN ('pending', 'failed')",
        named_params! {
            ":tenant": errand.tenant, ":id": errand.id, ":claim": errand.claim, ":next": next_try_at.map(moment),
            ":code": code, ":vi": message.vi, ":en": message.en,
        },
    )?;
    Ok(changed > 0)
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

/// An application's files, oldest first. Copies of the same bytes are left out, and dead links that a fresh one replaces.
pub fn list(
    db: &Connection,
    tenant: TenantId,
    application: ApplicationId,
) -> Result<Vec<Cv>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT * FROM cvs WHERE tenant_id = ?1 AND application_id = ?2 AND state <> 'duplicate'
             AND NOT (state = 'failed' AND next_try_at IS NULL AND EXISTS (
                 SELECT 1 FROM cvs AS fresh WHERE fresh.application_id = cvs.application_id
                     AND fresh.kind = cvs.kind AND fresh.id > cvs.id))
         ORDER BY id",
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

job_board_host::never_printed!(Attachment, Errand, Fetched);
