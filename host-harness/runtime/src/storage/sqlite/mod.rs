//! Storage in one SQLite file: the embedded default.

mod backup;
#[cfg(test)]
mod tests;
mod trouble;

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use rusqlite::{
    Connection, ErrorCode, OptionalExtension, Transaction, TransactionBehavior, params,
};

pub use backup::{BackupError, keys_of_backup};

use super::{Storage, Usage, holds};
use crate::connection_id::ConnectionId;
use crate::contract::storage::{Entry, KeyPage, Precondition, StorageError, Version};

/// How long a write sleeps before it looks again whether another handle or process has stopped writing. SQLite's own waiting soon sleeps for 100 ms at a time
/// and then loses against one that writes without a rest: seconds were seen.
const BUSY_PAUSE: Duration = Duration::from_millis(2);

/// How often it looks, which makes 10 s: longer than any of our transactions by far.
const BUSY_TRIES: i32 = 5_000;

/// How long clearing the log waits for readers. Short: the write has been made, and its caller waits.
const CHECKPOINT_TIMEOUT: Duration = Duration::from_millis(50);

/// The database could not be opened.
#[derive(Debug, thiserror::Error)]
#[error("cannot open the database {path}: {reason}")]
pub struct SqliteStorageError {
    path: String,
    reason: String,
}

/// What the file must have before it is used: tables, and triggers that count.
const SCHEMA: &str = include_str!("schema.sql");

/// For a file from before usage was counted. It reads everything, and is not begun in a file that counts: one damaged page would then keep all of it shut.
const COUNT_ALL: &str = "INSERT INTO usage
     SELECT map, scope, count(*), sum(length(key) + length(value)) FROM entry GROUP BY map, scope";

/// Records in a SQLite database, durable when a write has answered (WAL, `synchronous = FULL`).
///
/// One file holds several maps that never see each other: [`SqliteStorage::open`] is the map for `storage`, [`SqliteStorage::secrets_map`] the one to put
/// [`EncryptedSecrets`](crate::EncryptedSecrets) over. Several processes may open the file.
/// Deleted and replaced values are overwritten in the file; for the secrets map also in the write-ahead log, at once.
///
/// When the disk is full, the file is read-only or a part of it is damaged, an operation answers [`StorageError::Unavailable`] with what is wrong and the next
/// step. What was written before still stands, what can be read is read, and writing works again when the cause is gone.
#[derive(Clone)]
pub struct SqliteStorage {
    database: Arc<Mutex<Connection>>,
    path: Arc<Path>,
    map: Map,
}

#[derive(Clone, Copy, PartialEq)]
enum Map {
    Records,
    Secrets,
}

impl Map {
    const fn name(self) -> &'static str {
        match self {
            Self::Records => "records",
            Self::Secrets => "secrets",
        }
    }
}

impl SqliteStorage {
    /// Opens the file, or makes it.
    ///
    /// # Errors
    /// When the file cannot be opened or is no database of this library.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, SqliteStorageError> {
        let path = path.as_ref();
        let failed = |reason| SqliteStorageError {
            path: path.display().to_string(),
            reason,
        };
        create_private(path).map_err(|error| {
            failed(format!(
                "{error}; the folder must exist, and the host's user must be able to write to it and to the file"
            ))
        })?;
        let database =
            open(path).map_err(|error| failed(trouble::explain(&file_name(path), &error)))?;
        Ok(Self {
            database: Arc::new(Mutex::new(database)),
            path: path.into(),
            map: Map::Records,
        })
    }

    /// The same file's map for secrets. It stores what it is given: put [`EncryptedSecrets`](crate::EncryptedSecrets) over it.
    #[must_use]
    pub fn secrets_map(&self) -> Self {
        Self {
            database: Arc::clone(&self.database),
            path: Arc::clone(&self.path),
            map: Map::Secrets,
        }
    }

    /// The connections that have anything in this map, in the order of their names. [`EncryptedSecrets::reseal_all`](crate::EncryptedSecrets::reseal_all)
    /// takes them from here, so that none is forgotten.
    ///
    /// # Errors
    /// [`StorageError::Unavailable`].
    pub async fn connections(&self) -> Result<Vec<ConnectionId>, StorageError> {
        let map = self.map.name();
        let names = self
            .blocking(move |database| {
                database
                    .prepare_cached(
                        "SELECT scope FROM usage WHERE map = ?1 AND keys > 0 ORDER BY scope",
                    )?
                    .query_map([map], |row| row.get(0))?
                    .collect::<rusqlite::Result<Vec<String>>>()
            })
            .await?;
        // Every name was a `ConnectionId` when it was written.
        Ok(names
            .into_iter()
            .filter_map(|name| ConnectionId::new(name).ok())
            .collect())
    }

    /// Runs `work` in a transaction that holds the write lock from its start, so that a read and the write that rests on it see the same state.
    async fn write<R, W>(&self, work: W) -> Result<R, StorageError>
    where
        R: Send + 'static,
        W: FnOnce(&Transaction<'_>, &'static str) -> rusqlite::Result<Option<R>> + Send + 'static,
    {
        let map = self.map;
        self.blocking(move |database| {
            let transaction = database.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let Some(answer) = work(&transaction, map.name())? else {
                return Ok(Err(StorageError::PreconditionFailed));
            };
            transaction.commit()?;
            if map == Map::Secrets {
                // The old value is still in the log. When somebody reads for longer just now, such as a backup, this does nothing and the next
                // write tries again; what stands there is encrypted in any case.
                database.busy_timeout(CHECKPOINT_TIMEOUT)?;
                let _ = database.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
                database.busy_handler(Some(wait_for_turn))?;
            }
            Ok(Ok(answer))
        })
        .await?
    }

    async fn blocking<R, W>(&self, work: W) -> Result<R, StorageError>
    where
        R: Send + 'static,
        W: FnOnce(&mut Connection) -> rusqlite::Result<R> + Send + 'static,
    {
        let database = Arc::clone(&self.database);
        let done = tokio::task::spawn_blocking(move || {
            // A panic inside rolls its transaction back, so the connection stays usable.
            let mut database = database.lock().unwrap_or_else(PoisonError::into_inner);
            work(&mut database)
        })
        .await;
        match done {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => {
                let text = trouble::explain(&file_name(&self.path), &error);
                tracing::error!(path = %self.path.display(), error = %text, "storage does not work");
                Err(StorageError::Unavailable(text))
            }
            Err(error) => Err(StorageError::Unavailable(format!("SQLite task: {error}"))),
        }
    }
}

/// Called by SQLite when somebody else writes. False: give up.
fn wait_for_turn(tries: i32) -> bool {
    std::thread::sleep(BUSY_PAUSE);
    tries < BUSY_TRIES
}

/// Makes an empty file that only its owner can read. SQLite gives the same rights to the files beside it.
fn create_private(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

fn open(path: &Path) -> rusqlite::Result<Connection> {
    let mut database = Connection::open(path)?;
    database.busy_handler(Some(wait_for_turn))?;
    write_ahead(&database)?;
    database.pragma_update(None, "synchronous", "FULL")?;
    database.pragma_update(None, "secure_delete", "ON")?;
    let transaction = database.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let counts = transaction.table_exists(None, "usage")?;
    transaction.execute_batch(SCHEMA)?;
    if !counts {
        transaction.execute(COUNT_ALL, [])?;
    }
    transaction.commit()?;
    Ok(database)
}

/// SQLite does not call the busy handler while it changes the kind of journal: of two processes that make the file at once, one
/// would be refused.
fn write_ahead(database: &Connection) -> rusqlite::Result<()> {
    let mut tries = 0;
    loop {
        match database.pragma_update(None, "journal_mode", "WAL") {
            Err(error)
                if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy)
                    && wait_for_turn(tries) =>
            {
                tries += 1;
            }
            done => return done,
        }
    }
}

/// The name without the folder, for texts that a guest may read.
fn file_name(path: &Path) -> String {
    path.file_name()
        .unwrap_or(path.as_os_str())
        .to_string_lossy()
        .into_owned()
}

fn present_version(
    transaction: &Transaction<'_>,
    map: &str,
    scope: &str,
    key: &str,
) -> rusqlite::Result<Option<String>> {
    transaction
        .prepare_cached("SELECT version FROM entry WHERE map = ?1 AND scope = ?2 AND key = ?3")?
        .query_row(params![map, scope, key], |row| row.get::<_, i64>(0))
        .optional()
        .map(|version| version.map(|version| version.to_string()))
}

#[async_trait]
impl Storage for SqliteStorage {
    async fn get(&self, scope: &ConnectionId, key: &str) -> Result<Option<Entry>, StorageError> {
        let (map, scope, key) = (self.map.name(), scope.clone(), key.to_owned());
        self.blocking(move |database| {
            database
                .prepare_cached(
                    "SELECT value, version FROM entry WHERE map = ?1 AND scope = ?2 AND key = ?3",
                )?
                .query_row(params![map, scope.as_str(), key], |row| {
                    Ok(Entry {
                        value: row.get(0)?,
                        version: row.get::<_, i64>(1)?.to_string(),
                    })
                })
                .optional()
        })
        .await
    }

    async fn put(
        &self,
        scope: &ConnectionId,
        key: &str,
        value: Vec<u8>,
        precondition: Precondition,
    ) -> Result<Version, StorageError> {
        let (scope, key) = (scope.clone(), key.to_owned());
        self.write(move |transaction, map| {
            let present = present_version(transaction, map, scope.as_str(), &key)?;
            if !holds(&precondition, present.as_deref()) {
                return Ok(None);
            }
            let version: i64 = transaction
                .prepare_cached("UPDATE last_version SET version = version + 1 RETURNING version")?
                .query_row([], |row| row.get(0))?;
            transaction
                .prepare_cached(
                    "INSERT INTO entry (map, scope, key, value, version) VALUES (?1, ?2, ?3, ?4, ?5)
                     ON CONFLICT DO UPDATE SET value = excluded.value, version = excluded.version",
                )?
                .execute(params![map, scope.as_str(), key, value, version])?;
            Ok(Some(version.to_string()))
        })
        .await
    }

    async fn delete(
        &self,
        scope: &ConnectionId,
        key: &str,
        precondition: Precondition,
    ) -> Result<(), StorageError> {
        let (scope, key) = (scope.clone(), key.to_owned());
        self.write(move |transaction, map| {
            let present = present_version(transaction, map, scope.as_str(), &key)?;
            if !holds(&precondition, present.as_deref()) {
                return Ok(None);
            }
            transaction
                .prepare_cached("DELETE FROM entry WHERE map = ?1 AND scope = ?2 AND key = ?3")?
                .execute(params![map, scope.as_str(), key])?;
            Ok(Some(()))
        })
        .await
    }

    async fn list_keys(
        &self,
        scope: &ConnectionId,
        prefix: &str,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<KeyPage, StorageError> {
        let (map, scope, prefix) = (self.map.name(), scope.clone(), prefix.to_owned());
        // The cursor is the last key that was given; keys are compared byte by byte.
        let after = cursor.unwrap_or_default().to_owned();
        self.blocking(move |database| {
            let mut statement = database.prepare_cached(
                "SELECT key FROM entry
                 WHERE map = ?1 AND scope = ?2 AND key >= ?3 AND key > ?4 AND substr(key, 1, length(?3)) = ?3
                 ORDER BY key LIMIT ?5",
            )?;
            let one_more = i64::from(limit) + 1;
            let mut keys = statement
                .query_map(params![map, scope.as_str(), prefix, after, one_more], |row| row.get(0))?
                .collect::<rusqlite::Result<Vec<String>>>()?;
            let next = if keys.len() > limit as usize {
                keys.truncate(limit as usize);
                keys.last().cloned()
            } else {
                None
            };
            Ok(KeyPage { keys, next })
        })
        .await
    }

    async fn usage(&self, scope: &ConnectionId) -> Result<Usage, StorageError> {
        let (map, scope) = (self.map.name(), scope.clone());
        self.blocking(move |database| {
            let found = database
                .prepare_cached("SELECT keys, bytes FROM usage WHERE map = ?1 AND scope = ?2")?
                .query_row(params![map, scope.as_str()], |row| {
                    Ok(Usage {
                        keys: row.get::<_, i64>(0)?.unsigned_abs(),
                        bytes: row.get::<_, i64>(1)?.unsigned_abs(),
                    })
                })
                .optional()?;
            Ok(found.unwrap_or_default())
        })
        .await
    }
}
