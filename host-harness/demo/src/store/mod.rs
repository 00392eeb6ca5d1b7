//! The platform's own SQLite database: one file, one writer, every change in a transaction.
//!
//! Durable by choice: write-ahead log with full synchronisation, so that an answered webhook is on the disk, and `secure_delete`,
//! so that erased rows are not readable in the file. Functions of the table modules take a transaction and never begin one:
//! which changes belong together is decided by the use case.

pub mod candidates;
pub mod connections;
pub mod cvs;
pub mod deliveries;
pub mod erasure_log;
pub mod erasures;
pub mod errands;
pub mod error;
pub mod events;
pub mod jobs;
pub mod notices;
pub mod posted_jobs;
pub mod postings;
pub mod reseal;
mod rows;
pub mod seal;
pub mod users;
pub mod warnings;

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use job_board_host::KeyRing;
use rusqlite::{Connection, ErrorCode, Transaction, TransactionBehavior};

pub use error::StoreError;

use crate::watch::Watch;

/// Each entry brings the schema from its index to the next number. Never edited once released, only appended to.
const MIGRATIONS: &[&str] = &[
    include_str!("schema.sql"),
    include_str!("basis.sql"),
    include_str!("further_hooks.sql"),
    include_str!("traces.sql"),
];

/// How long one write waits for the other process: ten seconds, looking again after each pause.
const BUSY_PAUSE: Duration = Duration::from_millis(10);
const BUSY_TRIES: u32 = 1000;

/// The database. A clone is the same one.
#[derive(Clone)]
pub struct Store {
    connection: Arc<Mutex<Connection>>,
    watch: Option<Arc<dyn Watch>>,
    keys: Option<KeyRing>,
}

impl Store {
    /// Opens the file, makes it if need be, and brings its schema up to date.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        make_private(path)?;
        let mut connection = Connection::open(path)?;
        connection.busy_timeout(BUSY_PAUSE * BUSY_TRIES)?;
        write_ahead(&connection)?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "secure_delete", "ON")?;
        connection.pragma_update(None, "foreign_keys", "ON")?;
        connection.set_prepared_statement_cache_capacity(128);
        migrate(&mut connection)?;
        Ok(Self {
            connection: Arc::new(Mutex::new(connection)),
            watch: None,
            keys: None,
        })
    }

    /// From now on no transaction ends under another key than it began under, see [`KeyRing::hold`].
    #[must_use]
    pub fn guarded_by(self, keys: KeyRing) -> Self {
        Self {
            keys: Some(keys),
            ..self
        }
    }

    /// Lets somebody see each commit.
    #[must_use]
    pub fn watched_by(self, watch: Option<Arc<dyn Watch>>) -> Self {
        Self { watch, ..self }
    }

    /// Runs `work` in one transaction: committed when it answers `Ok`, otherwise as if it had never run.
    pub async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T, E> + Send + 'static,
    {
        let connection = Arc::clone(&self.connection);
        let watch = self.watch.clone();
        let keys = self.keys.clone();
        let joined = tokio::task::spawn_blocking(move || {
            // A panic inside `work` rolled its transaction back: the connection behind the lock is sound.
            let mut connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
            let transaction = connection
                .transaction_with_behavior(TransactionBehavior::Immediate)
                .map_err(StoreError::from)?;
            // Only who has its turn holds the keys, so that they are free again and again.
            let held = keys.as_ref().map(KeyRing::hold);
            let answer = work(&transaction)?;
            if let Some(watch) = &watch {
                watch.before_commit();
            }
            transaction.commit().map_err(StoreError::from)?;
            drop(held);
            if let Some(watch) = &watch {
                watch.after_commit();
            }
            Ok(answer)
        });
        joined
            .await
            .unwrap_or_else(|_| Err(StoreError::Abandoned.into()))
    }

    /// Runs `work` on one consistent view.
    pub async fn read<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: FnOnce(&Connection) -> Result<T, E> + Send + 'static,
    {
        let connection = Arc::clone(&self.connection);
        let joined = tokio::task::spawn_blocking(move || {
            let connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
            work(&connection)
        });
        joined
            .await
            .unwrap_or_else(|_| Err(StoreError::Abandoned.into()))
    }

    /// Moves what the write-ahead log holds into the file and empties the log, so that erased bytes do not stay in it.
    /// Answers false when another process was reading all the while: then it is to be done again.
    pub async fn checkpoint(&self) -> Result<bool, StoreError> {
        self.read(|connection| {
            let busy: bool =
                connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
            Ok(!busy)
        })
        .await
    }
}

/// Makes the file for its owner alone. SQLite gives its log files the same mode.
pub(crate) fn make_private(path: &Path) -> Result<(), StoreError> {
    let mut options = std::fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop).map_err(StoreError::File)
}

/// The busy timeout does not hold while SQLite changes the kind of journal: of two processes that make the file at once, one would
/// be refused.
fn write_ahead(connection: &Connection) -> rusqlite::Result<()> {
    for _ in 0..BUSY_TRIES {
        let changed = connection.pragma_update(None, "journal_mode", "WAL");
        match changed.as_ref().map_err(rusqlite::Error::sqlite_error_code) {
            Err(Some(ErrorCode::DatabaseBusy)) => std::thread::sleep(BUSY_PAUSE),
            _ => return changed,
        }
    }
    connection.pragma_update(None, "journal_mode", "WAL")
}

fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    let found: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if found > known {
        return Err(StoreError::TooNew { found, known });
    }
    for (index, migration) in MIGRATIONS.iter().enumerate() {
        let version = i64::try_from(index).unwrap_or(i64::MAX);
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        // Asked again under the lock: another process may have just done it.
        let present: i64 =
            transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
        if version < present {
            continue;
        }
        transaction.execute_batch(migration)?;
        transaction.pragma_update(None, "user_version", version + 1)?;
        transaction.commit()?;
    }
    Ok(())
}

/// Which rows of a long list: the newest first, older than `before`, at most `limit`.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    /// Only rows with a smaller id. Absent: from the newest on.
    pub before: Option<i64>,
    /// At most so many.
    pub limit: u32,
}

impl Page {
    fn below(self) -> i64 {
        self.before.unwrap_or(i64::MAX)
    }
}
