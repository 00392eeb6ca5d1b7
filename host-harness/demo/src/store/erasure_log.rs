//! Who was erased, remembered outside the database: a restored copy would otherwise bring people back.
//!
//! A small SQLite file of its own. Back-ups leave it out and a restore leaves it in place; each start replays it over the database.
//! It holds digests, row numbers and times. A digest is taken over the connection's random webhook digest and the application's id, so nobody
//! can tell from it who it was.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::{Connection, TransactionBehavior};
use sha2::{Digest, Sha256};

use super::StoreError;
use super::rows::moment;
use crate::domain::id::DeliveryId;

/// The file's name in the data folder. Not to be copied by a back-up, not to be replaced by a restore.
pub const FILE_NAME: &str = "erasures.db";

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS applications (
        digest    BLOB PRIMARY KEY,
        erased_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS deliveries (
        id          INTEGER NOT NULL,
        received_at INTEGER NOT NULL,
        PRIMARY KEY (id, received_at)
    ) STRICT, WITHOUT ROWID;
";

/// An application whose person was erased.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ErasedApplication {
    /// See [`digest`].
    pub digest: Vec<u8>,
    /// When, in milliseconds since the Unix epoch.
    pub erased_at: u64,
}

/// All that the log holds, or is to hold.
#[derive(Clone, Debug, Default)]
pub struct Entries {
    /// Applications.
    pub applications: Vec<ErasedApplication>,
    /// Deliveries that spoke of the person: row and time of receipt.
    pub deliveries: Vec<(DeliveryId, u64)>,
}

/// The digest under which an application of a connection is remembered. `hook_hash` is the connection's own.
pub fn digest(hook_hash: &[u8], board_application: &str) -> Vec<u8> {
    Sha256::new()
        .chain_update(b"erased application")
        .chain_update((hook_hash.len() as u64).to_be_bytes())
        .chain_update(hook_hash)
        .chain_update(board_application.as_bytes())
        .finalize()
        .to_vec()
}

/// The log. A clone is the same one.
#[derive(Clone)]
pub struct ErasureLog {
    connection: Arc<Mutex<Connection>>,
}

impl ErasureLog {
    /// Opens the file, or makes it for its owner alone.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        super::make_private(path)?;
        let connection = Connection::open(path)?;
        connection.busy_timeout(std::time::Duration::from_secs(10))?;
        // One file and nothing beside it, so that whoever carries it along carries all of it.
        connection.pragma_update(None, "journal_mode", "DELETE")?;
        connection.pragma_update(None, "synchronous", "EXTRA")?;
        connection.execute_batch(SCHEMA)?;
        Ok(Self {
            connection: Arc::new(Mutex::new(connection)),
        })
    }

    /// Remembers, durably, before it answers. Blocks. What is there already stays, with the later time.
    pub fn append(&self, entries: &Entries) -> Result<(), StoreError> {
        if entries.applications.is_empty() && entries.deliveries.is_empty() {
            return Ok(());
        }
        let mut connection = self.lock();
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for ErasedApplication { digest, erased_at } in &entries.applications {
            transaction.execute(
                "INSERT INTO applications (digest, erased_at) VALUES (?1, ?2)
                 ON CONFLICT (digest) DO UPDATE SET erased_at = max(erased_at, excluded.erased_at)",
                (digest, moment(*erased_at)),
            )?;
        }
        for (id, received_at) in &entries.deliveries {
            transaction.execute(
                "INSERT INTO deliveries (id, received_at) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
                (id, moment(*received_at)),
            )?;
        }
        transaction.commit()?;
        Ok(())
    }

    /// Everything. Blocks.
    pub fn read(&self) -> Result<Entries, StoreError> {
        let connection = self.lock();
        let mut applications = connection.prepare("SELECT digest, erased_at FROM applications")?;
        let applications = applications.query_map([], |row| {
            Ok(ErasedApplication {
                digest: row.get(0)?,
                erased_at: super::rows::get_moment(row, "erased_at")?,
            })
        })?;
        let mut deliveries = connection.prepare("SELECT id, received_at FROM deliveries")?;
        let deliveries = deliveries.query_map([], |row| {
            Ok((row.get(0)?, super::rows::get_moment(row, "received_at")?))
        })?;
        Ok(Entries {
            applications: applications.collect::<Result<_, _>>()?,
            deliveries: deliveries.collect::<Result<_, _>>()?,
        })
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Connection> {
        self.connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_appended_is_there_after_opening_again_with_the_latest_time() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE_NAME);
        let entry = |erased_at| Entries {
            applications: vec![ErasedApplication {
                digest: digest(b"hook", "a1"),
                erased_at,
            }],
            deliveries: vec![(DeliveryId(7), 3)],
        };
        let log = ErasureLog::open(&path).unwrap();
        for erased_at in [5, 9, 7] {
            log.append(&entry(erased_at)).unwrap();
        }
        drop(log);
        let found = ErasureLog::open(&path).unwrap().read().unwrap();
        assert_eq!(found.applications, entry(9).applications);
        assert_eq!(found.deliveries, [(DeliveryId(7), 3)]);
    }

    #[test]
    fn no_two_applications_share_a_digest() {
        assert_ne!(digest(b"hook", "a1"), digest(b"hook", "a2"));
        assert_ne!(digest(b"hook", "a1"), digest(b"other", "a1"));
        assert_ne!(digest(b"hooka", "1"), digest(b"hook", "a1"));
    }
}
