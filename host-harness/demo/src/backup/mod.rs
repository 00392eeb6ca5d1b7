//! Copies of a platform's data: made while it runs, checked before they are used.
//!
//! A backup holds the platform's database and the plugins'. They are copied from one moment: for an instant nothing may be written to the
//! platform's database, and in that instant both copies get their starting point; then the platform writes on while they are made.
//! So everything that the platform's copy speaks of stands in the plugins' copy. The other way round a plugin may know a posting that the platform
//! has no row for yet, and the next start takes that over (see [`application::recover`](crate::application::recover)).
//!
//! What is **not** in it:
//! - the master key, unless asked for (the manifest names the keys that it needs): whoever has key and databases has the employers' credentials and the applicants' files. Keep the key somewhere
//!   else. Without it a restored platform runs, asks for the credentials again, and what was sealed stays closed;
//! - the log of erasures: people who were erased after the backup was made are erased again when it is restored;
//! - compiled plugins, which are made again.
//!
//! Names, phones and e-mails of candidates stand in the copy in the clear, as in the database. Every file is its owner's alone.

mod error;
mod manifest;
mod restore;

use std::path::Path;

use job_board_host::{KeyFile, KeyId};
use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags, TransactionBehavior};

pub use error::BackupError;
pub use manifest::{Manifest, ManifestFile};
pub use restore::{RestoreOptions, restore};

use crate::data_dir::{self, MASTER_KEY, PLATFORM_DB, PLUGIN_DB};
use crate::store::reseal;

/// How long the copy waits for a writer before it begins. Longer than any of the platform's transactions by far.
const BUSY: std::time::Duration = std::time::Duration::from_secs(30);

/// What goes into a backup.
#[derive(Clone, Copy, Debug)]
pub struct BackupOptions {
    /// Copies the master key too. Then the folder alone opens everything: keep it as you keep the key.
    pub with_key: bool,
    /// The present moment, for the manifest: milliseconds since the Unix epoch.
    pub made_at: u64,
}

/// Copies the data of the platform in `data_dir` into the folder `to`, which must be empty or missing. The platform may be running.
///
/// Blocks: call it from a thread that may. The manifest is written last, so a backup that was cut off has none and is not restored.
///
/// # Errors
/// [`BackupError`]. What was copied so far stays in `to`.
pub fn backup(
    data_dir: &Path,
    to: &Path,
    options: &BackupOptions,
) -> Result<Manifest, BackupError> {
    for name in [PLATFORM_DB, PLUGIN_DB] {
        if !data_dir.join(name).is_file() {
            return Err(BackupError::NoData(data_dir.to_owned()));
        }
    }
    refuse_non_empty(to)?;
    data_dir::make_private(to)?;

    let [platform, plugin] = snapshots(data_dir)?;
    copy(&platform, to, PLATFORM_DB)?;
    copy(&plugin, to, PLUGIN_DB)?;
    let mut names = vec![PLATFORM_DB, PLUGIN_DB];
    let needed = keys_needed(to)?;
    if options.with_key {
        copy_keys(data_dir, to, &needed)?;
        names.push(MASTER_KEY);
    }
    Manifest::write(to, &names, &needed, options.made_at)
}

/// Under which keys the copies are. More than one, when the master key is just being exchanged.
fn keys_needed(copies: &Path) -> Result<Vec<KeyId>, BackupError> {
    let failed = |source| BackupError::sqlite(PLATFORM_DB, source);
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let platform = Connection::open_with_flags(copies.join(PLATFORM_DB), flags).map_err(failed)?;
    let mut ids = reseal::key_ids(&platform).map_err(failed)?;
    ids.extend(job_board_host::keys_of_backup(copies.join(PLUGIN_DB))?);
    ids.sort();
    ids.dedup();
    Ok(ids)
}

/// The keys that the copies need, and before them the one that encrypts now. They are read after the copies were made: a key that something is under is
/// in one of the two files until nothing is.
fn copy_keys(data_dir: &Path, to: &Path, needed: &[KeyId]) -> Result<(), BackupError> {
    let file = KeyFile::at(data_dir.join(MASTER_KEY));
    let in_use = file.keys()?;
    let mut keys: Vec<_> = in_use.iter().take(1).cloned().collect();
    for key in in_use.into_iter().skip(1).chain(file.retired()?) {
        if needed.contains(&key.id()) && keys.iter().all(|known| known.id() != key.id()) {
            keys.push(key);
        }
    }
    KeyFile::at(to.join(MASTER_KEY)).create_with(&keys)?;
    Ok(())
}

fn refuse_non_empty(to: &Path) -> Result<(), BackupError> {
    let mut entries = std::fs::read_dir(to).into_iter().flatten();
    match entries.next() {
        Some(_) => Err(BackupError::NotEmpty(to.to_owned())),
        None => Ok(()),
    }
}

/// Both databases, each in a read transaction, begun while the platform's could not be written to.
fn snapshots(data_dir: &Path) -> Result<[Connection; 2], BackupError> {
    let mut held = open(data_dir, PLATFORM_DB)?;
    let guard = held
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(|source| BackupError::sqlite(PLATFORM_DB, source))?;
    let platform = snapshot(data_dir, PLATFORM_DB)?;
    let plugin = snapshot(data_dir, PLUGIN_DB)?;
    guard
        .rollback()
        .map_err(|source| BackupError::sqlite(PLATFORM_DB, source))?;
    Ok([platform, plugin])
}

fn open(folder: &Path, name: &'static str) -> Result<Connection, BackupError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let opened = Connection::open_with_flags(folder.join(name), flags);
    let connection = opened.map_err(|source| BackupError::sqlite(name, source))?;
    connection
        .busy_timeout(BUSY)
        .map_err(|source| BackupError::sqlite(name, source))?;
    Ok(connection)
}

fn snapshot(folder: &Path, name: &'static str) -> Result<Connection, BackupError> {
    let connection = open(folder, name)?;
    // A transaction sees the moment of its first read.
    connection
        .execute_batch("BEGIN; SELECT count(*) FROM sqlite_schema;")
        .map_err(|source| BackupError::sqlite(name, source))?;
    Ok(connection)
}

/// Copies a database page by page, and reads the copy once.
fn copy(source: &Connection, to: &Path, name: &'static str) -> Result<(), BackupError> {
    let failed = |source| BackupError::sqlite(name, source);
    data_dir::new_private_file(&to.join(name))?;
    let mut copy = open(to, name)?;
    let step = Backup::new(source, &mut copy)
        .and_then(|backup| backup.step(-1))
        .map_err(failed)?;
    if step != StepResult::Done {
        return Err(BackupError::Busy(name));
    }
    // One file without a log beside it.
    copy.pragma_update(None, "journal_mode", "DELETE")
        .map_err(failed)?;
    let health: String = copy
        .query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
        .map_err(failed)?;
    if health != "ok" {
        return Err(BackupError::Damaged { name, health });
    }
    copy.close().map_err(|(_, source)| failed(source))
}
