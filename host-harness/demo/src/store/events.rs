//! Which events were taken, and those that wait for their posting.

use rusqlite::{Connection, OptionalExtension, named_params};

use super::rows::{get_moment, moment};
use super::seal::Sealer;
use super::{Page, StoreError};
use crate::domain::board_event::BoardEvent;
use crate::domain::id::{ConnectionId, TenantId};

/// An event without a posting, for people: what it says stays sealed.
pub struct UnmatchedLine {
    /// The row.
    pub id: i64,
    /// Where it came in.
    pub connection: ConnectionId,
    /// The event's own id.
    pub event_id: String,
    /// The board's id of the posting; empty where it names none.
    pub board_posting: String,
    /// The kind of event.
    pub kind: String,
    /// When it came in.
    pub received_at: u64,
}

fn place(connection: ConnectionId, event_id: &str) -> String {
    format!("event/{}/{event_id}", connection.0)
}

fn encode(
    sealer: &Sealer,
    connection: ConnectionId,
    event: &BoardEvent,
) -> Result<Vec<u8>, StoreError> {
    let plain = zeroize::Zeroizing::new(
        serde_json::to_vec(event).map_err(|_| StoreError::Corrupt { what: "event" })?,
    );
    sealer.seal(&place(connection, &event.id), &plain)
}

fn decode(
    sealer: &Sealer,
    connection: ConnectionId,
    event_id: &str,
    sealed: &[u8],
) -> Result<BoardEvent, StoreError> {
    let plain = sealer.open("event", &place(connection, event_id), sealed)?;
    serde_json::from_slice(&plain).map_err(|_| StoreError::Corrupt { what: "event" })
}

/// Takes an event. Answers whether it is new; it is so once.
pub fn take(db: &Connection, connection: ConnectionId, event_id: &str) -> Result<bool, StoreError> {
    let mut statement = db.prepare_cached(
        "INSERT INTO events (connection_id, event_id) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
    )?;
    Ok(statement.execute((connection, event_id))? > 0)
}

/// Keeps an event whose posting is not known; replaces an earlier copy of the same event.
pub fn keep_unmatched(
    db: &Connection,
    sealer: &Sealer,
    tenant: TenantId,
    connection: ConnectionId,
    event: &BoardEvent,
) -> Result<(), StoreError> {
    db.execute(
        "INSERT INTO unmatched (tenant_id, connection_id, event_id, board_posting, kind, received_at, sealed)
         VALUES (:tenant, :connection, :event, :board, :kind, :received, :sealed)
         ON CONFLICT (connection_id, event_id) DO UPDATE SET sealed = excluded.sealed",
        named_params! {
            ":tenant": tenant, ":connection": connection, ":event": event.id, ":board": event.board_posting,
            ":kind": event.happening.kind(), ":received": moment(event.received_at),
            ":sealed": encode(sealer, connection, event)?,
        },
    )?;
    Ok(())
}

/// The copy of an event that waits for its posting.
pub fn unmatched(
    db: &Connection,
    sealer: &Sealer,
    tenant: TenantId,
    connection: ConnectionId,
    event_id: &str,
) -> Result<Option<BoardEvent>, StoreError> {
    let sealed: Option<Vec<u8>> = db
        .prepare_cached(
            "SELECT sealed FROM unmatched WHERE tenant_id = ?1 AND connection_id = ?2 AND event_id = ?3",
        )?
        .query_row((tenant, connection, event_id), |row| row.get(0))
        .optional()?;
    sealed
        .map(|sealed| decode(sealer, connection, event_id, &sealed))
        .transpose()
}

/// An event about an application that waits for its posting.
pub struct Waiting {
    /// Whose.
    pub tenant: TenantId,
    /// Where it came in.
    pub connection: ConnectionId,
    /// The digest of that connection's webhook path.
    pub hook_hash: Vec<u8>,
    /// What it says.
    pub event: BoardEvent,
}

/// The events about applications that wait in any connection, of one tenant or of all; one that cannot be read is left out.
pub fn waiting_applications(
    db: &Connection,
    sealer: &Sealer,
    tenant: Option<TenantId>,
) -> Result<Vec<Waiting>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT connection_id, event_id, sealed, hook_hash, unmatched.tenant_id
         FROM unmatched JOIN connections ON connections.id = unmatched.connection_id
         WHERE (?1 IS NULL OR unmatched.tenant_id = ?1) AND kind = 'application'",
    )?;
    let rows = statement.query_map([tenant], |row| {
        let (event_id, sealed): (String, Vec<u8>) = (row.get(1)?, row.get(2)?);
        Ok((row.get(0)?, event_id, sealed, row.get(3)?, row.get(4)?))
    })?;
    let mut events = Vec::new();
    for row in rows {
        let (connection, event_id, sealed, hook_hash, tenant) = row?;
        if let Ok(event) = decode(sealer, connection, &event_id, &sealed) {
            events.push(Waiting {
                tenant,
                connection,
                hook_hash,
                event,
            });
        }
    }
    Ok(events)
}

/// Erases an event that waits. Its bare id stays among those that were taken.
pub fn drop_waiting(
    db: &Connection,
    connection: ConnectionId,
    event_id: &str,
) -> Result<(), StoreError> {
    db.execute(
        "DELETE FROM unmatched WHERE connection_id = ?1 AND event_id = ?2",
        (connection, event_id),
    )?;
    Ok(())
}

/// Erases what was kept of events of unknown kinds that came in before the moment: nobody vouches for them, and they may be personal.
pub fn purge_unverified(db: &Connection, before: u64) -> Result<usize, StoreError> {
    let waiting = db.execute(
        "DELETE FROM unmatched WHERE kind = 'other' AND received_at < ?1",
        [moment(before)],
    )?;
    let lines = db.execute(
        "DELETE FROM posted_jobs WHERE what = 'other' AND at < ?1",
        [moment(before)],
    )?;
    Ok(waiting + lines)
}

/// Takes out all events that wait for this posting of the board, in the order in which they came in. One that cannot be read stays:
/// it must not keep the posting from being stored.
pub fn take_unmatched(
    db: &Connection,
    sealer: &Sealer,
    tenant: TenantId,
    connection: ConnectionId,
    board_posting: &str,
) -> Result<Vec<BoardEvent>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT event_id, sealed FROM unmatched
         WHERE tenant_id = ?1 AND connection_id = ?2 AND board_posting = ?3 ORDER BY received_at, id",
    )?;
    let rows = statement.query_map((tenant, connection, board_posting), |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, Vec<u8>>(1)?))
    })?;
    let rows = rows.collect::<Result<Vec<_>, _>>()?;
    let mut events = Vec::with_capacity(rows.len());
    for (event_id, sealed) in rows {
        match decode(sealer, connection, &event_id, &sealed) {
            Ok(event) => events.push(event),
            Err(error) => {
                tracing::error!(connection = connection.0, %error, "an event keeps waiting");
                continue;
            }
        }
        db.execute(
            "DELETE FROM unmatched WHERE tenant_id = ?1 AND connection_id = ?2 AND event_id = ?3",
            (tenant, connection, &event_id),
        )?;
    }
    Ok(events)
}

/// What waits, newest first.
pub fn list_unmatched(
    db: &Connection,
    tenant: TenantId,
    connection: Option<ConnectionId>,
    page: Page,
) -> Result<Vec<UnmatchedLine>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT * FROM unmatched WHERE tenant_id = ?1 AND (?2 IS NULL OR connection_id = ?2) AND id < ?3
         ORDER BY id DESC LIMIT ?4",
    )?;
    let rows = statement.query_map((tenant, connection, page.below(), page.limit), |row| {
        Ok(UnmatchedLine {
            id: row.get("id")?,
            connection: row.get("connection_id")?,
            event_id: row.get("event_id")?,
            board_posting: row.get("board_posting")?,
            kind: row.get("kind")?,
            received_at: get_moment(row, "received_at")?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// How many of a connection's events wait for their posting.
pub fn count_unmatched(
    db: &Connection,
    tenant: TenantId,
    connection: ConnectionId,
) -> Result<u64, StoreError> {
    let count: i64 = db.query_row(
        "SELECT count(*) FROM unmatched WHERE tenant_id = ?1 AND connection_id = ?2",
        (tenant, connection),
        |row| row.get(0),
    )?;
    Ok(count.unsigned_abs())
}

/// Whether anybody who applied through the connection waits for a posting.
pub fn somebody_waits(
    db: &Connection,
    tenant: TenantId,
    connection: ConnectionId,
) -> Result<bool, StoreError> {
    let found = db.query_row(
        "SELECT EXISTS (SELECT 1 FROM unmatched WHERE tenant_id = ?1 AND connection_id = ?2 AND kind = 'application')",
        (tenant, connection),
        |row| row.get(0),
    )?;
    Ok(found)
}
