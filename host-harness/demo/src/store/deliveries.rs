//! The inbox: deliveries, stored before anything is made of them.

use rusqlite::{Connection, OptionalExtension, Row, named_params};
use zeroize::Zeroizing;

use super::rows::{from_json, get_moment, get_moment_option, get_text_option, json, moment};
use super::seal::Sealer;
use super::{Page, StoreError};
use crate::domain::delivery::{DeliveryState, Incoming};
use crate::domain::id::{ConnectionId, DeliveryId, TenantId};
use crate::domain::taken::Taken;
use crate::domain::text::Text;

/// A delivery, ready to be given to the plugin.
#[derive(Clone)]
pub struct StoredDelivery {
    /// The row.
    pub id: DeliveryId,
    /// Whose it is.
    pub tenant: TenantId,
    /// Where it came in.
    pub connection: ConnectionId,
    /// When the platform had the whole of it. Stays, however late it is processed.
    pub received_at: u64,
    /// How often the plugin was asked in vain.
    pub attempts: u32,
    /// What came in.
    pub incoming: Incoming,
}

/// A delivery, for people: no body, no headers.
pub struct DeliveryLine {
    /// The row.
    pub id: DeliveryId,
    /// Where it came in.
    pub connection: ConnectionId,
    /// When.
    pub received_at: u64,
    /// The request's method.
    pub method: String,
    /// Size of the body.
    pub bytes: i64,
    /// `pending`, `done` or `quarantined`.
    pub state: String,
    /// The plugin's last verdict.
    pub verdict: Option<String>,
    /// How often the plugin was asked in vain.
    pub attempts: u32,
    /// When it will be asked again.
    pub next_try_at: Option<u64>,
    /// Why it is not done.
    pub code: Option<String>,
    /// The same, for people.
    pub message: Option<Text>,
    /// The status that was answered to the board.
    pub status: Option<u16>,
    /// What its events were about, when it is done.
    pub taken: Vec<Taken>,
}

/// Why a delivery is not done.
#[derive(Clone, Debug)]
pub struct Trouble {
    /// The plugin's verdict.
    pub verdict: &'static str,
    /// Stable reason code.
    pub code: String,
    /// For people.
    pub message: Text,
    /// The status that was answered to the board.
    pub status: u16,
}

impl Trouble {
    /// Whether a person can do something about it: the signature fits no key (the contract's 401), or it was tried too often.
    /// What is malformed or too large is not worth a notification.
    pub fn concerns_settings(&self) -> bool {
        self.verdict != "refused" || self.status == 401
    }
}

fn place(connection: ConnectionId, received_at: u64) -> String {
    format!("delivery/{}/{received_at}", connection.0)
}

/// Length of the head, the head as JSON, the body as it is: JSON would blow the bytes up fourfold.
fn encode(incoming: &Incoming) -> Result<Zeroizing<Vec<u8>>, StoreError> {
    let corrupt = || StoreError::Corrupt { what: "delivery" };
    let head = serde_json::to_vec(&(&incoming.method, &incoming.headers)).map_err(|_| corrupt())?;
    let length = u32::try_from(head.len()).map_err(|_| corrupt())?;
    Ok(Zeroizing::new(
        [&length.to_be_bytes(), head.as_slice(), &incoming.body].concat(),
    ))
}

fn decode(plain: &[u8]) -> Option<Incoming> {
    let (length, rest) = plain.split_first_chunk::<4>()?;
    let (head, body) = rest.split_at_checked(u32::from_be_bytes(*length) as usize)?;
    let (method, headers) = serde_json::from_slice(head).ok()?;
    Some(Incoming {
        method,
        headers,
        body: body.to_vec(),
    })
}

/// Stores a delivery as it came in. `next_try_at` is when the inbox takes it up if whoever received it does not finish.
pub fn insert(
    db: &Connection,
    sealer: &Sealer,
    tenant: TenantId,
    connection: ConnectionId,
    incoming: &Incoming,
    received_at: u64,
    next_try_at: u64,
) -> Result<DeliveryId, StoreError> {
    let plain = encode(incoming)?;
    db.execute(
        "INSERT INTO deliveries (tenant_id, connection_id, received_at, method, bytes, sealed, state, next_try_at)
         VALUES (:tenant, :connection, :received, :method, :bytes, :sealed, 'pending', :next)",
        named_params! {
            ":tenant": tenant, ":connection": connection, ":received": moment(received_at), ":method": incoming.method,
            ":bytes": incoming.body.len() as i64, ":sealed": sealer.seal(&place(connection, received_at), &plain)?,
            ":next": moment(next_try_at),
        },
    )?;
    Ok(DeliveryId(db.last_insert_rowid()))
}

/// What a row takes beside its body, generously: headers, indexes, its part of a page.
const BYTES_OF_A_ROW: i64 = 1_024;

/// Bytes that deliveries in this state take. Done ones take none worth counting.
pub fn bytes_in(
    db: &Connection,
    connection: ConnectionId,
    state: DeliveryState,
) -> Result<u64, StoreError> {
    let bytes: i64 = db
        .prepare_cached(
            "SELECT coalesce(sum(bytes + ?3), 0) FROM deliveries
             WHERE connection_id = ?1 AND state = ?2 AND state <> 'done'",
        )?
        .query_row((connection, state.code(), BYTES_OF_A_ROW), |row| row.get(0))?;
    Ok(bytes.unsigned_abs())
}

/// Bytes that are kept for long although no signature vouches for them: the quarantine, and what was made of events of unknown kinds.
pub fn unverified_bytes(db: &Connection, connection: ConnectionId) -> Result<u64, StoreError> {
    let others: i64 = db
        .prepare_cached(
            "SELECT (SELECT coalesce(sum(length(sealed) + ?2), 0) FROM unmatched WHERE connection_id = ?1 AND kind = 'other')
                  + (SELECT count(*) * ?2 FROM posted_jobs WHERE connection_id = ?1 AND what = 'other')",
        )?
        .query_row((connection, BYTES_OF_A_ROW), |row| row.get(0))?;
    Ok(bytes_in(db, connection, DeliveryState::Quarantined)? + others.unsigned_abs())
}

/// A delivery that is not done.
pub fn open(
    db: &Connection,
    sealer: &Sealer,
    tenant: TenantId,
    id: DeliveryId,
) -> Result<Option<StoredDelivery>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT * FROM deliveries WHERE tenant_id = ?1 AND id = ?2 AND state <> 'done'",
    )?;
    let found = statement
        .query_row((tenant, id), |row| {
            Ok((
                row.get::<_, ConnectionId>("connection_id")?,
                get_moment(row, "received_at")?,
                row.get::<_, u32>("attempts")?,
                row.get::<_, Vec<u8>>("sealed")?,
            ))
        })
        .optional()?;
    let Some((connection, received_at, attempts, sealed)) = found else {
        return Ok(None);
    };
    let plain = sealer.open("delivery", &place(connection, received_at), &sealed)?;
    let incoming = decode(&plain).ok_or(StoreError::Corrupt { what: "delivery" })?;
    Ok(Some(StoredDelivery {
        id,
        tenant,
        connection,
        received_at,
        attempts,
        incoming,
    }))
}

/// Deliveries that the inbox takes up now, oldest first; all that are pending when `due_by` is absent.
pub fn due(
    db: &Connection,
    due_by: Option<u64>,
    limit: u32,
) -> Result<Vec<(TenantId, DeliveryId)>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT tenant_id, id FROM deliveries WHERE state = 'pending' AND next_try_at <= ?1 ORDER BY id LIMIT ?2",
    )?;
    let due_by = due_by.map_or(i64::MAX, moment);
    let rows = statement.query_map((due_by, limit), |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Takes a due delivery for one worker: until the moment nobody else takes it up. Answers false when somebody was faster.
pub fn hold(
    db: &Connection,
    tenant: TenantId,
    id: DeliveryId,
    due_by: u64,
    until: u64,
) -> Result<bool, StoreError> {
    let changed = db.execute(
        "UPDATE deliveries SET next_try_at = ?4
         WHERE tenant_id = ?1 AND id = ?2 AND state = 'pending' AND next_try_at <= ?3",
        (tenant, id, moment(due_by), moment(until)),
    )?;
    Ok(changed > 0)
}

/// Erases a delivery that is pending, with its trace. Answers false when it is not pending.
pub fn drop_pending(db: &Connection, tenant: TenantId, id: DeliveryId) -> Result<bool, StoreError> {
    let changed = db.execute(
        "DELETE FROM deliveries WHERE tenant_id = ?1 AND id = ?2 AND state = 'pending'",
        (tenant, id),
    )?;
    Ok(changed > 0)
}

/// Erases a delivery, whatever its state, if it is the one that came in then: after a restore another may have its number.
pub fn erase(db: &Connection, id: DeliveryId, received_at: u64) -> Result<bool, StoreError> {
    let changed = db.execute(
        "DELETE FROM deliveries WHERE id = ?1 AND received_at = ?2",
        (id, moment(received_at)),
    )?;
    Ok(changed > 0)
}

/// Every delivery of the tenant that is not done, with what came in; one that cannot be read is left out.
pub fn all_open(
    db: &Connection,
    sealer: &Sealer,
    tenant: TenantId,
    mut each: impl FnMut(StoredDelivery),
) -> Result<(), StoreError> {
    let mut statement =
        db.prepare_cached("SELECT id FROM deliveries WHERE tenant_id = ?1 AND state <> 'done'")?;
    let ids: Vec<DeliveryId> = statement
        .query_map([tenant], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for id in ids {
        match open(db, sealer, tenant, id) {
            Ok(Some(delivery)) => each(delivery),
            Ok(None) | Err(StoreError::Sealed { .. } | StoreError::Corrupt { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Marks a delivery done and erases what came in; what its events were about stays.
pub fn finish(
    db: &Connection,
    tenant: TenantId,
    id: DeliveryId,
    verdict: &str,
    status: u16,
    taken: &[Taken],
) -> Result<(), StoreError> {
    db.execute(
        "UPDATE deliveries SET state = 'done', verdict = :verdict, status = :status, sealed = NULL, next_try_at = NULL,
             taken = :taken, code = NULL, vi = NULL, en = NULL
         WHERE tenant_id = :tenant AND id = :id",
        named_params! { ":tenant": tenant, ":id": id, ":verdict": verdict, ":status": status, ":taken": json("delivery", &taken)? },
    )?;
    Ok(())
}

/// Keeps a delivery that is not done, in the given state.
pub fn keep(
    db: &Connection,
    tenant: TenantId,
    id: DeliveryId,
    state: DeliveryState,
    next_try_at: Option<u64>,
    trouble: &Trouble,
) -> Result<(), StoreError> {
    db.execute(
        "UPDATE deliveries SET state = :state, attempts = attempts + 1, next_try_at = :next, verdict = :verdict,
             status = :status, code = :code, vi = :vi, en = :en
         WHERE tenant_id = :tenant AND id = :id AND state <> 'done'",
        named_params! {
            ":tenant": tenant, ":id": id, ":state": state.code(), ":next": next_try_at.map(moment),
            ":verdict": trouble.verdict, ":status": trouble.status, ":code": trouble.code,
            ":vi": trouble.message.vi, ":en": trouble.message.en,
        },
    )?;
    Ok(())
}

fn line(row: &Row<'_>) -> rusqlite::Result<DeliveryLine> {
    Ok(DeliveryLine {
        id: row.get("id")?,
        connection: row.get("connection_id")?,
        received_at: get_moment(row, "received_at")?,
        method: row.get("method")?,
        bytes: row.get("bytes")?,
        state: row.get("state")?,
        verdict: row.get("verdict")?,
        attempts: row.get("attempts")?,
        next_try_at: get_moment_option(row, "next_try_at")?,
        code: row.get("code")?,
        message: get_text_option(row)?,
        status: row.get("status")?,
        // A trace for people: one that cannot be read is none.
        taken: row
            .get::<_, Option<String>>("taken")?
            .and_then(|stored| from_json("delivery", &stored).ok())
            .unwrap_or_default(),
    })
}

/// The tenant's deliveries, newest first; all, or only those in quarantine, of all connections or of one.
pub fn list(
    db: &Connection,
    tenant: TenantId,
    connection: Option<ConnectionId>,
    quarantined: bool,
    page: Page,
) -> Result<Vec<DeliveryLine>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT * FROM deliveries WHERE tenant_id = ?1 AND (?2 IS NULL OR connection_id = ?2)
             AND (NOT ?3 OR state = 'quarantined') AND id < ?4
         ORDER BY id DESC LIMIT ?5",
    )?;
    let rows = statement.query_map(
        (tenant, connection, quarantined, page.below(), page.limit),
        line,
    )?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// What is in a connection's quarantine, oldest first, so that it is processed in the order of arrival.
pub fn quarantined(
    db: &Connection,
    tenant: TenantId,
    connection: ConnectionId,
) -> Result<Vec<DeliveryId>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT id FROM deliveries WHERE tenant_id = ?1 AND connection_id = ?2 AND state = 'quarantined' ORDER BY id",
    )?;
    let rows = statement.query_map((tenant, connection), |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// How many of a connection's deliveries are in quarantine.
pub fn count_quarantined(
    db: &Connection,
    tenant: TenantId,
    connection: ConnectionId,
) -> Result<u64, StoreError> {
    let count: i64 = db.query_row(
        "SELECT count(*) FROM deliveries WHERE tenant_id = ?1 AND connection_id = ?2 AND state = 'quarantined'",
        (tenant, connection),
        |row| row.get(0),
    )?;
    Ok(count.unsigned_abs())
}

/// Erases quarantined deliveries and the traces of finished ones that came in before the moment.
pub fn purge(db: &Connection, before: u64) -> Result<usize, StoreError> {
    Ok(db.execute(
        "DELETE FROM deliveries WHERE state <> 'pending' AND received_at < ?1",
        [moment(before)],
    )?)
}

job_board_host::never_printed!(StoredDelivery, Incoming);
