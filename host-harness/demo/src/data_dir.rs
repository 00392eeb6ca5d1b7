//! The data folder: what stands in it, and who is at it.
//!
//! Any number of platform processes may share one folder. Each holds a shared lock for as long as it runs, so that a restore, which needs the
//! folder for itself, finds out. The operating system lets go of locks when a process ends, however it ends.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

/// The platform's own database.
pub(crate) const PLATFORM_DB: &str = "platform.db";
/// What plugins store: records, and secrets under the master key.
pub(crate) const PLUGIN_DB: &str = "plugin.db";
/// The key that encrypts at rest.
pub(crate) const MASTER_KEY: &str = "master.key";
/// Compiled plugins: made again when they are missing.
pub(crate) const COMPILED: &str = "compiled";

const RUNNING: &str = "running.lock";
const STARTING: &str = "starting.lock";
const UNFINISHED: &str = "restore.unfinished";

/// The data folder cannot be used as it is.
#[derive(Debug, thiserror::Error)]
pub enum DataDirError {
    /// A file or folder.
    #[error("{what}: {source}")]
    Io {
        /// What was tried.
        what: String,
        /// Why it failed.
        source: std::io::Error,
    },
    /// A restore is at work, or a platform runs where a restore wants to work.
    #[error("{0} is in use by a platform that runs, or by a restore; stop that first")]
    InUse(PathBuf),
    /// A restore was interrupted: the databases may not belong together.
    #[error("a restore into {0} was interrupted; run the same restore again with --force")]
    Unfinished(PathBuf),
}

impl DataDirError {
    pub(crate) fn io(what: impl Into<String>, source: std::io::Error) -> Self {
        Self::Io {
            what: what.into(),
            source,
        }
    }
}

/// A lock on the folder, held until it is dropped.
pub(crate) struct Held {
    _file: File,
}

/// Makes the folder, for its owner alone, when it is missing.
pub(crate) fn make_private(folder: &Path) -> Result<(), DataDirError> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
        .create(folder)
        .map_err(|source| DataDirError::io(format!("cannot make {}", folder.display()), source))
}

/// Makes an empty file that only its owner can read. Fails when there is one.
pub(crate) fn new_private_file(path: &Path) -> Result<File, DataDirError> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
        .open(path)
        .map_err(|source| DataDirError::io(format!("cannot make {}", path.display()), source))
}

/// For a platform that runs: others may run beside it, a restore may not.
pub(crate) fn occupy(folder: &Path) -> Result<Held, DataDirError> {
    let file = lock_file(folder, RUNNING)?;
    taken(folder, file.try_lock_shared())?;
    if folder.join(UNFINISHED).exists() {
        return Err(DataDirError::Unfinished(folder.to_owned()));
    }
    Ok(Held { _file: file })
}

/// For a restore: nobody else.
pub(crate) fn seize(folder: &Path) -> Result<Held, DataDirError> {
    let file = lock_file(folder, RUNNING)?;
    taken(folder, file.try_lock())?;
    Ok(Held { _file: file })
}

/// For what only one process at a time may do at its start: making the schema and the first users. Waits for its turn.
pub(crate) fn wait_to_start(folder: &Path) -> Result<Held, DataDirError> {
    let file = lock_file(folder, STARTING)?;
    file.lock().map_err(|source| {
        DataDirError::io(
            format!("cannot lock {STARTING} in {}", folder.display()),
            source,
        )
    })?;
    Ok(Held { _file: file })
}

/// Notes that what stands in the folder is half of something.
pub(crate) fn mark_unfinished(folder: &Path) -> Result<(), DataDirError> {
    let mark = folder.join(UNFINISHED);
    let made = File::create(&mark).and_then(|file| file.sync_all());
    made.map_err(|source| DataDirError::io(format!("cannot make {}", mark.display()), source))?;
    sync(folder)
}

/// The folder is whole again.
pub(crate) fn mark_finished(folder: &Path) -> Result<(), DataDirError> {
    let mark = folder.join(UNFINISHED);
    std::fs::remove_file(&mark)
        .map_err(|source| DataDirError::io(format!("cannot remove {}", mark.display()), source))?;
    sync(folder)
}

/// Makes new names in the folder durable.
pub(crate) fn sync(folder: &Path) -> Result<(), DataDirError> {
    let synced = File::open(folder).and_then(|folder| folder.sync_all());
    synced.map_err(|source| DataDirError::io(format!("cannot sync {}", folder.display()), source))
}

fn lock_file(folder: &Path, name: &str) -> Result<File, DataDirError> {
    let path = folder.join(name);
    let mut options = std::fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
        .open(&path)
        .map_err(|source| DataDirError::io(format!("cannot open {}", path.display()), source))
}

fn taken(folder: &Path, tried: Result<(), TryLockError>) -> Result<(), DataDirError> {
    match tried {
        Ok(()) => Ok(()),
        Err(TryLockError::WouldBlock) => Err(DataDirError::InUse(folder.to_owned())),
        Err(TryLockError::Error(source)) => Err(DataDirError::io(
            format!("cannot lock {}", folder.display()),
            source,
        )),
    }
}
