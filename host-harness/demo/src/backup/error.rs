//! Why a backup was not made, or not restored.

use std::path::PathBuf;

use crate::data_dir::DataDirError;

/// Why a backup was not made, or not restored.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// A file or folder, or the folder is in use.
    #[error(transparent)]
    DataDir(#[from] DataDirError),
    /// There is no platform in the folder.
    #[error("{0} holds no platform's data; give the folder that the platform runs with")]
    NoData(PathBuf),
    /// The target holds something.
    #[error("{0} is not empty; give a new folder for each backup")]
    NotEmpty(PathBuf),
    /// A key file.
    #[error(transparent)]
    Key(#[from] job_board_host::MasterKeyError),
    /// The plugins' copy cannot be read.
    #[error(transparent)]
    Copy(#[from] job_board_host::BackupError),
    /// SQLite refused.
    #[error("{name} cannot be copied: {source}")]
    Sqlite {
        /// Which database.
        name: &'static str,
        /// Why.
        source: rusqlite::Error,
    },
    /// A copy could not be finished.
    #[error("{0} was busy for too long; try again")]
    Busy(&'static str),
    /// The database itself is damaged.
    #[error("{name} is damaged ({health}); its copy is of no use, restore an earlier backup")]
    Damaged {
        /// Which database.
        name: &'static str,
        /// What SQLite says.
        health: String,
    },
    /// There is no manifest, or it cannot be read.
    #[error("{path} is no whole backup: {why}")]
    NoBackup {
        /// The folder.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// A file is not the one that was backed up.
    #[error("{0} differs from what the backup's manifest says; use another backup")]
    Changed(PathBuf),
    /// The target holds a platform's data.
    #[error("{0} holds a platform's data already; `--force` replaces it for good")]
    HoldsData(PathBuf),
}

impl BackupError {
    pub(super) fn sqlite(name: &'static str, source: rusqlite::Error) -> Self {
        Self::Sqlite { name, source }
    }
}
