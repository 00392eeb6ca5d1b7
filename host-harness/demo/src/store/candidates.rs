//! Candidates and their applications.

use rusqlite::{Connection, OptionalExtension, Row, named_params};

use super::StoreError;
use super::rows::{from_json, get_moment, get_moment_option, json, moment};
use crate::domain::basis::Basis;
use crate::domain::board_event::Application;
use crate::domain::contact::{Contact, Differing};
use crate::domain::id::{ApplicationId, CandidateId, ConnectionId, JobId, PostingRow, TenantId};
use crate::domain::stage::Stage;
use crate::domain::text::Text;
use crate::domain::value::Values;

/// A person who applied.
#[derive(Clone)]
pub struct Candidate {
    /// The row.
    pub id: CandidateId,
    /// What is known.
    pub contact: Contact,
    /// What contradicts it.
    pub differing: Vec<Differing>,
    /// When the first application came in.
    pub created_at: u64,
}

/// One person's application to one job.
#[derive(Clone)]
pub struct StoredApplication {
    /// The row.
    pub id: ApplicationId,
    /// Who.
    pub candidate: CandidateId,
    /// For what.
    pub job: JobId,
    /// Where it came in.
    pub connection: ConnectionId,
    /// The application, as the contract names it.
    pub board_application: String,
    /// The board's id of the person.
    pub board_candidate: Option<String>,
    /// The posting's request id.
    pub posting: String,
    /// Where it stands in the pipeline.
    pub stage: Stage,
    /// When the person first applied, by the board.
    pub applied_at: Option<u64>,
    /// When the person last applied, by the board.
    pub last_applied_at: Option<u64>,
    /// When the platform heard of it.
    pub received_at: u64,
    /// How often the person applied.
    pub times: u32,
    /// Whether the board's signature was verified.
    pub verified: bool,
    /// Where it came from.
    pub source: Text,
    /// What the platform relies on for keeping it.
    pub basis: Basis,
    /// Since when: the time of the delivery that gave it.
    pub basis_at: u64,
    /// Everything else that the board said.
    pub extra: Values,
}

/// Where a new application belongs.
pub struct Destination {
    /// The job.
    pub job: JobId,
    /// The posting.
    pub posting: PostingRow,
    /// Where it came in.
    pub connection: ConnectionId,
}

const APPLICATION: &str = "SELECT applications.*, postings.request_id
     FROM applications JOIN postings ON postings.id = applications.posting_id";

type ApplicationRow = (StoredApplication, String, String);

fn application(row: &Row<'_>) -> rusqlite::Result<ApplicationRow> {
    let stage: String = row.get("stage")?;
    let basis: String = row.get("basis")?;
    let stored = StoredApplication {
        id: row.get("id")?,
        candidate: row.get("candidate_id")?,
        job: row.get("job_id")?,
        connection: row.get("connection_id")?,
        board_application: row.get("board_application")?,
        board_candidate: row.get("board_candidate")?,
        posting: row.get("request_id")?,
        stage: Stage::from_code(&stage).unwrap_or(Stage::FIRST),
        applied_at: get_moment_option(row, "applied_at")?,
        last_applied_at: get_moment_option(row, "last_applied_at")?,
        received_at: get_moment(row, "received_at")?,
        times: row.get("times")?,
        verified: row.get("verified")?,
        source: Text::new("", ""),
        basis: Basis::from_code(&basis),
        basis_at: get_moment(row, "basis_at")?,
        extra: Values::new(),
    };
    Ok((stored, row.get("source")?, row.get("extra")?))
}

fn complete((stored, source, extra): ApplicationRow) -> Result<StoredApplication, StoreError> {
    Ok(StoredApplication {
        source: from_json("source", &source)?,
        extra: from_json("application", &extra)?,
        ..stored
    })
}

fn comparable(contact: &Contact) -> (Option<String>, Option<String>) {
    let open = |statement: &Option<crate::domain::contact::Statement>| {
        let statement = statement.as_ref().filter(|statement| !statement.masked)?;
        statement.normalised.clone()
    };
    (open(&contact.email), open(&contact.phone))
}

/// Makes a candidate.
pub fn insert(
    db: &Connection,
    tenant: TenantId,
    contact: &Contact,
    now: u64,
) -> Result<CandidateId, StoreError> {
    let (email, phone) = comparable(contact);
    db.execute(
        "INSERT INTO candidates (tenant_id, contact, email_normalised, phone_normalised, created_at)
         VALUES (:tenant, :contact, :email, :phone, :now)",
        named_params! {
            ":tenant": tenant, ":contact": json("candidate", contact)?, ":email": email, ":phone": phone,
            ":now": moment(now),
        },
    )?;
    Ok(CandidateId(db.last_insert_rowid()))
}

/// Stores what changed about a candidate.
pub fn update(db: &Connection, tenant: TenantId, candidate: &Candidate) -> Result<(), StoreError> {
    let (email, phone) = comparable(&candidate.contact);
    db.execute(
        "UPDATE candidates SET contact = :contact, differing = :differing, email_normalised = :email, phone_normalised = :phone
         WHERE tenant_id = :tenant AND id = :id",
        named_params! {
            ":tenant": tenant, ":id": candidate.id, ":contact": json("candidate", &candidate.contact)?,
            ":differing": json("candidate", &candidate.differing)?, ":email": email, ":phone": phone,
        },
    )?;
    Ok(())
}

/// A candidate of the tenant.
pub fn get(
    db: &Connection,
    tenant: TenantId,
    id: CandidateId,
) -> Result<Option<Candidate>, StoreError> {
    let mut statement =
        db.prepare_cached("SELECT * FROM candidates WHERE tenant_id = ?1 AND id = ?2")?;
    let found = statement
        .query_row((tenant, id), |row| {
            Ok((
                row.get::<_, String>("contact")?,
                row.get::<_, String>("differing")?,
                get_moment(row, "created_at")?,
            ))
        })
        .optional()?;
    found
        .map(|(contact, differing, created_at)| {
            Ok(Candidate {
                id,
                contact: from_json("candidate", &contact)?,
                differing: from_json("candidate", &differing)?,
                created_at,
            })
        })
        .transpose()
}

/// Other candidates of the tenant with the same open phone or e-mail. A hint for a person; nobody is merged on it.
pub fn alike(
    db: &Connection,
    tenant: TenantId,
    candidate: &Candidate,
) -> Result<Vec<CandidateId>, StoreError> {
    let (email, phone) = comparable(&candidate.contact);
    let mut statement = db.prepare_cached(
        "SELECT id FROM candidates WHERE tenant_id = :tenant AND id <> :id
             AND (email_normalised = :email OR phone_normalised = :phone)
         ORDER BY id LIMIT 50",
    )?;
    let rows = statement.query_map(
        named_params! { ":tenant": tenant, ":id": candidate.id, ":email": email, ":phone": phone },
        |row| row.get(0),
    )?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Makes an application in the first stage. `now` counts as its first activity, however late the platform reads of it.
pub fn insert_application(
    db: &Connection,
    tenant: TenantId,
    candidate: CandidateId,
    destination: &Destination,
    said: &Application,
    received_at: u64,
    now: u64,
) -> Result<ApplicationId, StoreError> {
    db.execute(
        "INSERT INTO applications (tenant_id, candidate_id, job_id, posting_id, connection_id, board_application,
             board_candidate, stage, applied_at, last_applied_at, received_at, verified, source, extra, active_at,
             basis, basis_at)
         VALUES (:tenant, :candidate, :job, :posting, :connection, :application,
             :board_candidate, :stage, :applied, :applied, :received, :verified, :source, :extra, :now,
             :basis, :received)",
        named_params! {
            ":tenant": tenant, ":candidate": candidate, ":job": destination.job, ":posting": destination.posting,
            ":connection": destination.connection, ":application": said.id, ":board_candidate": said.board_candidate,
            ":stage": Stage::FIRST.code(), ":applied": said.applied_at.map(moment), ":received": moment(received_at),
            ":verified": said.verified, ":source": json("source", &said.source)?, ":extra": json("application", &said.extra)?,
            ":now": moment(now), ":basis": Basis::of(said.verified).code(),
        },
    )?;
    Ok(ApplicationId(db.last_insert_rowid()))
}

/// The application that the board calls so, for one job.
pub fn application_by_board(
    db: &Connection,
    tenant: TenantId,
    destination: &Destination,
    board_application: &str,
) -> Result<Option<StoredApplication>, StoreError> {
    let mut statement = db.prepare_cached(&format!(
        "{APPLICATION} WHERE applications.tenant_id = ?1 AND applications.connection_id = ?2
             AND board_application = ?3 AND applications.job_id = ?4"
    ))?;
    let found = statement
        .query_row(
            (
                tenant,
                destination.connection,
                board_application,
                destination.job,
            ),
            application,
        )
        .optional()?;
    found.map(complete).transpose()
}

/// Notes that the person applied once more; reports may come in out of order.
pub fn note_another_time(
    db: &Connection,
    tenant: TenantId,
    id: ApplicationId,
    applied_at: Option<u64>,
) -> Result<(), StoreError> {
    db.execute(
        "UPDATE applications SET times = times + 1,
             applied_at = min(coalesce(applied_at, ?3), coalesce(?3, applied_at)),
             last_applied_at = max(coalesce(last_applied_at, ?3), coalesce(?3, last_applied_at))
         WHERE tenant_id = ?1 AND id = ?2",
        (tenant, id, applied_at.map(moment)),
    )?;
    Ok(())
}

/// Stores what another report added to an application, beside the person's contact.
pub fn update_application(
    db: &Connection,
    tenant: TenantId,
    application: &StoredApplication,
    now: u64,
) -> Result<(), StoreError> {
    db.execute(
        "UPDATE applications SET applied_at = :applied, last_applied_at = :last, board_candidate = :board_candidate,
             verified = :verified, extra = :extra, basis = :basis, basis_at = :basis_at, active_at = :now
         WHERE tenant_id = :tenant AND id = :id",
        named_params! {
            ":tenant": tenant, ":id": application.id, ":applied": application.applied_at.map(moment),
            ":last": application.last_applied_at.map(moment), ":board_candidate": application.board_candidate,
            ":verified": application.verified, ":extra": json("application", &application.extra)?, ":now": moment(now),
            ":basis": application.basis.code(), ":basis_at": moment(application.basis_at),
        },
    )?;
    Ok(())
}

/// A candidate's applications, newest first.
pub fn applications_of(
    db: &Connection,
    tenant: TenantId,
    candidate: CandidateId,
) -> Result<Vec<StoredApplication>, StoreError> {
    let mut statement = db.prepare_cached(&format!(
        "{APPLICATION} WHERE applications.tenant_id = ?1 AND candidate_id = ?2 ORDER BY applications.id DESC"
    ))?;
    let rows = statement.query_map((tenant, candidate), application)?;
    rows.map(|row| complete(row?)).collect()
}

/// A job's applications, oldest first.
pub fn applications_for(
    db: &Connection,
    tenant: TenantId,
    job: JobId,
) -> Result<Vec<StoredApplication>, StoreError> {
    let mut statement = db.prepare_cached(&format!(
        "{APPLICATION} WHERE applications.tenant_id = ?1 AND applications.job_id = ?2 ORDER BY applications.id"
    ))?;
    let rows = statement.query_map((tenant, job), application)?;
    rows.map(|row| complete(row?)).collect()
}

/// Candidates with nothing but applications that did not end in a hiring and saw nothing happen since before the moment.
pub fn idle(
    db: &Connection,
    before: u64,
    limit: u32,
) -> Result<Vec<(TenantId, CandidateId)>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT tenant_id, candidate_id FROM applications
         GROUP BY tenant_id, candidate_id
         HAVING max(active_at) < ?1 AND sum(stage = 'hired') = 0
         ORDER BY max(active_at) LIMIT ?2",
    )?;
    let rows = statement.query_map((moment(before), limit), |row| {
        Ok((row.get(0)?, row.get(1)?))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Moves an application of the candidate to another stage. Answers false when there is none for the job.
pub fn set_stage(
    db: &Connection,
    tenant: TenantId,
    candidate: CandidateId,
    application: ApplicationId,
    stage: Stage,
    now: u64,
) -> Result<bool, StoreError> {
    let changed = db.execute(
        "UPDATE applications SET stage = ?4, active_at = ?5 WHERE tenant_id = ?1 AND candidate_id = ?2 AND id = ?3",
        (tenant, candidate, application, stage.code(), moment(now)),
    )?;
    Ok(changed > 0)
}
