//! Errands: what is done for each connection without being asked, and who is at it.

use rusqlite::{Connection, OptionalExtension, named_params};

use super::StoreError;
use super::rows::{from_json, get_moment, get_moment_option, get_text_option, json, moment};
use crate::domain::errand::Errand;
use crate::domain::id::{ConnectionId, TenantId};
use crate::domain::text::Text;

/// An errand that one process is at, until its lease ends.
#[derive(Clone, Copy, Debug)]
pub struct Claim {
    /// What is to be done.
    pub errand: Errand,
    /// For which connection.
    pub connection: ConnectionId,
    /// Whose it is.
    pub tenant: TenantId,
    /// Failures in a row before this one.
    pub attempts: u32,
    number: i64,
}

/// Why an errand failed.
#[derive(Clone, Debug)]
pub struct Trouble {
    /// Stable reason code.
    pub code: String,
    /// For people.
    pub message: Text,
}

/// How an errand stands, for people.
pub struct ErrandLine {
    /// When it succeeded last.
    pub done_at: Option<u64>,
    /// When it is due.
    pub due_at: u64,
    /// What the last success has to say.
    pub notes: Vec<Text>,
    /// Why the last try failed, if it did.
    pub trouble: Option<Trouble>,
}

/// Whether anything is due. A reader's question, so that an idle platform does not write.
pub fn any_due(db: &Connection, now: u64) -> Result<bool, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM errands WHERE due_at <= ?1 AND coalesce(claimed_until, 0) <= ?1)
             OR EXISTS (SELECT 1 FROM connections WHERE NOT EXISTS (SELECT 1 FROM errands WHERE connection_id = id))",
    )?;
    Ok(statement.query_row([moment(now)], |row| row.get(0))?)
}

/// Gives every connection that has none its errands.
pub fn insert_missing(db: &Connection, now: u64) -> Result<(), StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT id, tenant_id FROM connections WHERE NOT EXISTS (SELECT 1 FROM errands WHERE connection_id = id)",
    )?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let missing: Vec<(ConnectionId, TenantId)> = rows.collect::<Result<_, _>>()?;
    for (connection, tenant) in missing {
        for errand in Errand::ALL {
            db.execute(
                "INSERT INTO errands (connection_id, what, tenant_id, due_at) VALUES (?1, ?2, ?3, ?4)",
                (connection, errand.code(), tenant, moment(errand.first_at(connection, now))),
            )?;
        }
    }
    Ok(())
}

/// Claims the errand that has been due for longest, until the given moment.
pub fn claim(db: &Connection, now: u64, until: u64) -> Result<Option<Claim>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT connection_id, what, tenant_id, attempts, claim FROM errands
         WHERE due_at <= ?1 AND coalesce(claimed_until, 0) <= ?1 ORDER BY due_at, connection_id LIMIT 1",
    )?;
    let found = statement
        .query_row([moment(now)], |row| {
            Ok((
                row.get::<_, ConnectionId>(0)?,
                row.get::<_, String>(1)?,
                row.get::<_, TenantId>(2)?,
                row.get::<_, u32>(3)?,
                row.get::<_, i64>(4)?,
            ))
        })
        .optional()?;
    let Some((connection, what, tenant, attempts, before)) = found else {
        return Ok(None);
    };
    let errand = Errand::from_code(&what).ok_or(StoreError::Corrupt { what: "errand" })?;
    db.execute(
        "UPDATE errands SET claim = claim + 1, claimed_until = ?3 WHERE connection_id = ?1 AND what = ?2",
        (connection, what, moment(until)),
    )?;
    Ok(Some(Claim {
        errand,
        connection,
        tenant,
        attempts,
        number: before + 1,
    }))
}

/// Keeps a claim for longer. Answers false when the lease had ended and somebody else took over: then the holder stops.
pub fn renew(db: &Connection, claim: &Claim, until: u64) -> Result<bool, StoreError> {
    let changed = db.execute(
        "UPDATE errands SET claimed_until = ?4 WHERE connection_id = ?1 AND what = ?2 AND claim = ?3",
        (
            claim.connection,
            claim.errand.code(),
            claim.number,
            moment(until),
        ),
    )?;
    Ok(changed > 0)
}

/// Notes a success, by the holder of the claim, or by a person who asked for it (`claim` absent).
pub fn succeed(
    db: &Connection,
    connection: ConnectionId,
    errand: Errand,
    claim: Option<&Claim>,
    notes: &[Text],
    now: u64,
) -> Result<(), StoreError> {
    db.execute(
        "UPDATE errands SET attempts = 0, done_at = :now, notes = :notes, code = NULL, vi = NULL, en = NULL, due_at = :next,
             claimed_until = CASE WHEN :number IS NULL THEN claimed_until ELSE NULL END
         WHERE connection_id = :connection AND what = :what AND (:number IS NULL OR claim = :number)",
        named_params! {
            ":connection": connection, ":what": errand.code(), ":now": moment(now),
            ":notes": json("notes", &notes)?, ":next": moment(errand.next_at(connection, now)),
            ":number": claim.map(|claim| claim.number),
        },
    )?;
    Ok(())
}

/// Notes a failure and lets the claim go. `next_at` is when it is tried again.
pub fn fail(
    db: &Connection,
    claim: &Claim,
    trouble: &Trouble,
    next_at: u64,
) -> Result<(), StoreError> {
    db.execute(
        "UPDATE errands SET attempts = attempts + 1, claimed_until = NULL, due_at = max(due_at, :next), code = :code, vi = :vi, en = :en
         WHERE connection_id = :connection AND what = :what AND claim = :number",
        named_params! {
            ":connection": claim.connection, ":what": claim.errand.code(), ":number": claim.number,
            ":next": moment(next_at), ":code": trouble.code, ":vi": trouble.message.vi, ":en": trouble.message.en,
        },
    )?;
    Ok(())
}

/// The board asked to be left in peace: none of the connection's errands is due before that moment.
pub fn put_off(db: &Connection, connection: ConnectionId, until: u64) -> Result<(), StoreError> {
    db.execute(
        "UPDATE errands SET due_at = max(due_at, ?2) WHERE connection_id = ?1",
        (connection, moment(until)),
    )?;
    Ok(())
}

/// How an errand stands. Absent before the first look at the connection.
pub fn line(
    db: &Connection,
    tenant: TenantId,
    connection: ConnectionId,
    errand: Errand,
) -> Result<Option<ErrandLine>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT * FROM errands WHERE tenant_id = ?1 AND connection_id = ?2 AND what = ?3",
    )?;
    let found = statement
        .query_row((tenant, connection, errand.code()), |row| {
            let code: Option<String> = row.get("code")?;
            let trouble = code.zip(get_text_option(row)?);
            Ok((
                row.get::<_, String>("notes")?,
                ErrandLine {
                    done_at: get_moment_option(row, "done_at")?,
                    due_at: get_moment(row, "due_at")?,
                    notes: Vec::new(),
                    trouble: trouble.map(|(code, message)| Trouble { code, message }),
                },
            ))
        })
        .optional()?;
    found
        .map(|(notes, line)| {
            Ok(ErrandLine {
                notes: from_json("notes", &notes)?,
                ..line
            })
        })
        .transpose()
}
