//! Tenants, users and their sessions.

use rusqlite::{Connection, OptionalExtension, Row, named_params};

use super::StoreError;
use super::rows::moment;
use crate::domain::id::{TenantId, UserId};
use crate::domain::user::{Role, User};

/// A password as it is kept.
pub struct StoredPassword {
    /// Random, one for each user.
    pub salt: Vec<u8>,
    /// Digest of salt and password.
    pub hash: Vec<u8>,
}

/// A session as it is kept.
pub struct StoredSession {
    /// Digest of the CSRF token, for a session that travels as a cookie.
    pub csrf_hash: Option<Vec<u8>>,
    /// When it ends.
    pub expires_at: u64,
}

fn user(row: &Row<'_>) -> rusqlite::Result<User> {
    let role: String = row.get("role")?;
    Ok(User {
        id: row.get("id")?,
        tenant: row.get("tenant_id")?,
        login: row.get("login")?,
        name: row.get("name")?,
        role: Role::from_code(&role).unwrap_or(Role::Recruiter),
    })
}

/// Makes a tenant.
pub fn insert_tenant(db: &Connection, name: &str) -> Result<TenantId, StoreError> {
    db.execute("INSERT INTO tenants (name) VALUES (?1)", [name])?;
    Ok(TenantId(db.last_insert_rowid()))
}

/// Makes a user.
pub fn insert(
    db: &Connection,
    tenant: TenantId,
    login: &str,
    name: &str,
    role: Role,
    password: &StoredPassword,
) -> Result<UserId, StoreError> {
    db.execute(
        "INSERT INTO users (tenant_id, login, name, role, password_salt, password_hash)
         VALUES (:tenant, :login, :name, :role, :salt, :hash)",
        named_params! {
            ":tenant": tenant, ":login": login, ":name": name, ":role": role.code(),
            ":salt": password.salt, ":hash": password.hash,
        },
    )?;
    Ok(UserId(db.last_insert_rowid()))
}

/// The user with a login, and the password to compare with.
pub fn by_login(
    db: &Connection,
    login: &str,
) -> Result<Option<(User, StoredPassword)>, StoreError> {
    let mut statement = db.prepare_cached("SELECT * FROM users WHERE login = ?1")?;
    let found = statement
        .query_row([login], |row| {
            let password = StoredPassword {
                salt: row.get("password_salt")?,
                hash: row.get("password_hash")?,
            };
            Ok((user(row)?, password))
        })
        .optional()?;
    Ok(found)
}

/// Everybody, of every tenant: for the program that starts the platform, not for the API.
pub fn all(db: &Connection) -> Result<Vec<User>, StoreError> {
    let mut statement = db.prepare("SELECT * FROM users ORDER BY id")?;
    let rows = statement.query_map([], user)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Everybody of the tenant.
pub fn of_tenant(db: &Connection, tenant: TenantId) -> Result<Vec<User>, StoreError> {
    let mut statement =
        db.prepare_cached("SELECT * FROM users WHERE tenant_id = ?1 ORDER BY id")?;
    let rows = statement.query_map([tenant], user)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// A user of the tenant.
pub fn get(db: &Connection, tenant: TenantId, id: UserId) -> Result<Option<User>, StoreError> {
    let mut statement =
        db.prepare_cached("SELECT * FROM users WHERE tenant_id = ?1 AND id = ?2")?;
    Ok(statement.query_row((tenant, id), user).optional()?)
}

/// Who hears when a connection breaks.
pub fn administrators(db: &Connection, tenant: TenantId) -> Result<Vec<UserId>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT id FROM users WHERE tenant_id = ?1 AND role IN ('administrator', 'operator') ORDER BY id",
    )?;
    let rows = statement.query_map([tenant], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Begins a session.
pub fn insert_session(
    db: &Connection,
    user: UserId,
    token_hash: &[u8],
    session: &StoredSession,
) -> Result<(), StoreError> {
    db.execute(
        "INSERT INTO sessions (token_hash, user_id, csrf_hash, expires_at) VALUES (?1, ?2, ?3, ?4)",
        (
            token_hash,
            user,
            &session.csrf_hash,
            moment(session.expires_at),
        ),
    )?;
    Ok(())
}

/// The session with this token, when it has not ended yet.
pub fn session(
    db: &Connection,
    token_hash: &[u8],
    now: u64,
) -> Result<Option<(User, StoredSession)>, StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT users.*, sessions.csrf_hash, sessions.expires_at
         FROM sessions JOIN users ON users.id = sessions.user_id
         WHERE sessions.token_hash = ?1 AND sessions.expires_at > ?2",
    )?;
    let found = statement
        .query_row((token_hash, moment(now)), |row| {
            let session = StoredSession {
                csrf_hash: row.get("csrf_hash")?,
                expires_at: super::rows::get_moment(row, "expires_at")?,
            };
            Ok((user(row)?, session))
        })
        .optional()?;
    Ok(found)
}

/// Ends one session.
pub fn end_session(db: &Connection, token_hash: &[u8]) -> Result<(), StoreError> {
    db.execute("DELETE FROM sessions WHERE token_hash = ?1", [token_hash])?;
    Ok(())
}

/// Forgets sessions that are over.
pub fn forget_ended_sessions(db: &Connection, now: u64) -> Result<(), StoreError> {
    db.execute("DELETE FROM sessions WHERE expires_at <= ?1", [moment(now)])?;
    Ok(())
}

job_board_host::never_printed!(StoredPassword, StoredSession);
