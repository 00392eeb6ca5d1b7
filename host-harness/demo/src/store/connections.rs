//! Connections: which tenant has which account, under which webhook path.

use rusqlite::{Connection as Db, OptionalExtension, Row, named_params};

use super::StoreError;
use super::rows::{from_json, get_moment, get_moment_option, json, moment};
use crate::domain::id::{ConnectionId, TenantId};
use crate::domain::text::Text;
use crate::domain::value::Values;

/// Why a connection does not work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breakage {
    /// Stable reason code.
    pub code: String,
    /// What is wrong and what to do, in the plugin's words.
    pub message: Text,
}

/// A connection's row.
#[derive(Clone)]
pub struct StoredConnection {
    /// The row.
    pub id: ConnectionId,
    /// Whose it is.
    pub tenant: TenantId,
    /// For people.
    pub name: String,
    /// The secret part of the webhook path that is shown, sealed.
    pub hook_sealed: Vec<u8>,
    /// What an operator set for this connection, beyond the preset of the platform.
    pub operator_settings: Values,
    /// Since when administrators know that it does not work.
    pub broken_since: Option<u64>,
    /// Why it does not work.
    pub broken: Option<Breakage>,
    /// When the last verified delivery came in.
    pub last_delivery_at: Option<u64>,
    /// When it was made.
    pub created_at: u64,
    /// Digest of the connection's first webhook path: random, so it names this connection and never another one.
    pub hook_hash: Vec<u8>,
    /// Refused deliveries that were not kept, since the quarantine was full.
    pub not_kept: u64,
}

fn breakage(row: &Row<'_>) -> rusqlite::Result<Option<Breakage>> {
    let code: Option<String> = row.get("broken_code")?;
    let vi: Option<String> = row.get("broken_vi")?;
    let en: Option<String> = row.get("broken_en")?;
    let message = vi.zip(en).map(|(vi, en)| Text { vi, en });
    Ok(code
        .zip(message)
        .map(|(code, message)| Breakage { code, message }))
}

fn connection(row: &Row<'_>) -> rusqlite::Result<(StoredConnection, String)> {
    let stored = StoredConnection {
        id: row.get("id")?,
        tenant: row.get("tenant_id")?,
        name: row.get("name")?,
        hook_sealed: row.get("hook_sealed")?,
        operator_settings: Values::new(),
        broken_since: get_moment_option(row, "broken_since")?,
        broken: breakage(row)?,
        last_delivery_at: get_moment_option(row, "last_delivery_at")?,
        created_at: get_moment(row, "created_at")?,
        hook_hash: row.get("hook_hash")?,
        not_kept: get_moment(row, "not_kept")?,
    };
    Ok((stored, row.get("operator_settings")?))
}

fn complete(
    (connection, settings): (StoredConnection, String),
) -> Result<StoredConnection, StoreError> {
    Ok(StoredConnection {
        operator_settings: from_json("operator settings", &settings)?,
        ..connection
    })
}

/// Makes a connection.
pub fn insert(
    db: &Db,
    tenant: TenantId,
    name: &str,
    hook_hash: &[u8],
    hook_sealed: &[u8],
    now: u64,
) -> Result<ConnectionId, StoreError> {
    db.execute(
        "INSERT INTO connections (tenant_id, name, hook_hash, hook_sealed, created_at)
         VALUES (:tenant, :name, :hash, :sealed, :now)",
        named_params! {
            ":tenant": tenant, ":name": name, ":hash": hook_hash, ":sealed": hook_sealed, ":now": moment(now),
        },
    )?;
    Ok(ConnectionId(db.last_insert_rowid()))
}

/// A connection of the tenant.
pub fn get(
    db: &Db,
    tenant: TenantId,
    id: ConnectionId,
) -> Result<Option<StoredConnection>, StoreError> {
    let mut statement =
        db.prepare_cached("SELECT * FROM connections WHERE tenant_id = ?1 AND id = ?2")?;
    let found = statement.query_row((tenant, id), connection).optional()?;
    found.map(complete).transpose()
}

/// The tenant's connections, oldest first.
pub fn list(db: &Db, tenant: TenantId) -> Result<Vec<StoredConnection>, StoreError> {
    let mut statement =
        db.prepare_cached("SELECT * FROM connections WHERE tenant_id = ?1 ORDER BY id")?;
    let rows = statement.query_map([tenant], connection)?;
    rows.map(|row| complete(row?)).collect()
}

/// The connection behind a webhook path. The path is compared by its digest, so the time that this takes tells nothing about it.
pub fn by_hook(db: &Db, hook_hash: &[u8]) -> Result<Option<StoredConnection>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT * FROM connections
         WHERE hook_hash = ?1 OR id = (SELECT connection_id FROM further_hooks WHERE hook_hash = ?1)",
    )?;
    let found = statement.query_row([hook_hash], connection).optional()?;
    found.map(complete).transpose()
}

/// Keeps what an operator set.
pub fn set_operator_settings(
    db: &Db,
    tenant: TenantId,
    id: ConnectionId,
    settings: &Values,
) -> Result<(), StoreError> {
    db.execute(
        "UPDATE connections SET operator_settings = ?3 WHERE tenant_id = ?1 AND id = ?2",
        (tenant, id, json("operator settings", settings)?),
    )?;
    Ok(())
}

/// Marks the connection broken. Answers false when it was already: then administrators know. The reason is always the latest.
pub fn mark_broken(
    db: &Db,
    tenant: TenantId,
    id: ConnectionId,
    why: &Breakage,
    now: u64,
) -> Result<bool, StoreError> {
    let known: bool = db
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM connections WHERE tenant_id = ?1 AND id = ?2 AND broken_since IS NOT NULL)",
        )?
        .query_row((tenant, id), |row| row.get(0))?;
    db.execute(
        "UPDATE connections SET broken_since = coalesce(broken_since, :now), broken_code = :code, broken_vi = :vi, broken_en = :en
         WHERE tenant_id = :tenant AND id = :id",
        named_params! {
            ":tenant": tenant, ":id": id, ":now": moment(now), ":code": why.code,
            ":vi": why.message.vi, ":en": why.message.en,
        },
    )?;
    Ok(!known)
}

/// The connection works, or was ended on purpose.
pub fn mark_mended(db: &Db, tenant: TenantId, id: ConnectionId) -> Result<(), StoreError> {
    db.execute(
        "UPDATE connections SET broken_since = NULL, broken_code = NULL, broken_vi = NULL, broken_en = NULL
         WHERE tenant_id = ?1 AND id = ?2",
        (tenant, id),
    )?;
    Ok(())
}

/// Every tenant's connections: for what a start looks after.
pub fn all(db: &Db) -> Result<Vec<StoredConnection>, StoreError> {
    let mut statement = db.prepare("SELECT * FROM connections ORDER BY id")?;
    let rows = statement.query_map([], connection)?;
    rows.map(|row| complete(row?)).collect()
}

/// Gives the connection a further webhook path, which is shown from now on, unless somebody else has done so since it was read. The earlier ones are
/// still accepted.
pub fn add_hook(
    db: &Db,
    connection: &StoredConnection,
    hook_hash: &[u8],
    hook_sealed: &[u8],
) -> Result<bool, StoreError> {
    let changed = db.execute(
        "UPDATE connections SET hook_sealed = :sealed WHERE tenant_id = :tenant AND id = :id AND hook_sealed = :before",
        named_params! {
            ":tenant": connection.tenant, ":id": connection.id, ":sealed": hook_sealed,
            ":before": connection.hook_sealed,
        },
    )?;
    if changed == 0 {
        return Ok(false);
    }
    db.execute(
        "INSERT INTO further_hooks (hook_hash, connection_id) VALUES (?1, ?2)",
        (hook_hash, connection.id),
    )?;
    Ok(true)
}

/// Remembers when the last verified delivery came in.
pub fn note_delivery(
    db: &Db,
    tenant: TenantId,
    id: ConnectionId,
    received_at: u64,
) -> Result<(), StoreError> {
    db.execute(
        "UPDATE connections SET last_delivery_at = max(coalesce(last_delivery_at, 0), ?3)
         WHERE tenant_id = ?1 AND id = ?2",
        (tenant, id, moment(received_at)),
    )?;
    Ok(())
}

/// Counts refused deliveries that were not kept.
pub fn count_not_kept(
    db: &Db,
    tenant: TenantId,
    id: ConnectionId,
    more: u64,
) -> Result<(), StoreError> {
    db.execute(
        "UPDATE connections SET not_kept = not_kept + ?3 WHERE tenant_id = ?1 AND id = ?2",
        (tenant, id, moment(more)),
    )?;
    Ok(())
}

job_board_host::never_printed!(StoredConnection);
