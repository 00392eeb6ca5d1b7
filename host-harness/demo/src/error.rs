//! Why the demo does not start.

use std::path::PathBuf;

use job_board_host::{
    AllowListError, HostError, MasterKeyError, SqliteStorageError, WebClientError,
};

use crate::application::AppError;
use crate::data_dir::DataDirError;
use crate::store::StoreError;

/// Why the demo does not start.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// A folder or a socket.
    #[error("{what}: {source}")]
    Io {
        /// What was tried.
        what: String,
        /// Why it failed.
        source: std::io::Error,
    },
    /// The data folder.
    #[error(transparent)]
    DataDir(#[from] DataDirError),
    /// It would listen to the network without TLS.
    #[error(
        "refusing to listen on {0} in the clear; listen on 127.0.0.1, or put TLS in front and give its https:// URL as the public base URL"
    )]
    NotLoopback(std::net::SocketAddr),
    /// A preset names a setting that the plugin does not have for operators.
    #[error("the plugin {path} has no operator setting `{name}`; `inspect` shows which it has", path = path.display())]
    UnknownSetting {
        /// The setting.
        name: String,
        /// The plugin.
        path: PathBuf,
    },
    /// The plugin, or its sandbox.
    #[error(transparent)]
    Host(#[from] HostError),
    /// The grant.
    #[error(transparent)]
    AllowList(#[from] AllowListError),
    /// The HTTP client.
    #[error(transparent)]
    WebClient(#[from] WebClientError),
    /// The plugins' storage.
    #[error(transparent)]
    Storage(#[from] SqliteStorageError),
    /// The master key.
    #[error(transparent)]
    MasterKey(#[from] MasterKeyError),
    /// The platform's database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Seeding, or what was left from the last run.
    #[error(transparent)]
    Application(#[from] AppError),
    /// A worker ended early.
    #[error("the plugin could not be loaded: the worker ended")]
    Worker,
}
