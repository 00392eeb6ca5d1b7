//! Exchanging the master key while platforms run, and saying what is under which key.
//!
//! 1. A new key is put in front of the old one in the key file. From then on every process encrypts with it (see
//!    [`KeyFile`]).
//! 2. What was encrypted before is moved to it, in small batches between which everybody else writes.
//! 3. It is counted. When nothing is left under the old key, that goes into the file of retired keys: only old backups still need it.
//!
//! Each step can be repeated, so a rotation that was cut off at any moment is finished by the next one.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use job_board_host::contract::storage::StorageError;
use job_board_host::{
    Census, EncryptedSecrets, KeyFile, KeyId, KeyRing, MasterKeyError, RotationBegun,
    SqliteStorage, SqliteStorageError,
};

use crate::data_dir::{self, DataDirError, MASTER_KEY, PLATFORM_DB, PLUGIN_DB};
use crate::store::reseal::{self, SEALED};
use crate::store::seal::Sealer;
use crate::store::{Store, StoreError};

/// The rest after each batch, in which others write. SQLite lets who waits for their turn look again after some milliseconds.
const REST: Duration = Duration::from_millis(30);

/// How often the write-ahead log is tried to be emptied while others read.
const CHECKPOINTS: u32 = 100;

/// Why the key was not exchanged, or not to the end. What is said of the next step holds for all: run it again.
#[derive(Debug, thiserror::Error)]
pub enum RotationError {
    /// The folder.
    #[error(transparent)]
    DataDir(#[from] DataDirError),
    /// There is no platform in the folder.
    #[error("{0} holds no platform's data; give the folder that the platform runs with")]
    NoData(std::path::PathBuf),
    /// The key file.
    #[error(transparent)]
    Key(#[from] MasterKeyError),
    /// The platform's database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The plugins' database.
    #[error(transparent)]
    Open(#[from] SqliteStorageError),
    /// The plugins' database.
    #[error("the plugins' secrets: {0:?}")]
    Secrets(StorageError),
    /// Something came under a key that nobody encrypts with any more.
    #[error(
        "{count} values are still under the key {key}: does a process of an older release run on this folder? Stop it, and run this again"
    )]
    Left {
        /// Under which key.
        key: KeyId,
        /// How many.
        count: u64,
    },
    /// A key is still needed.
    #[error(
        "{count} values are under the retired key {key}, as after a restore; rotate the key, which moves them, and try again"
    )]
    Needed {
        /// Which key.
        key: KeyId,
        /// By how many values.
        count: u64,
    },
}

/// How a rotation ended.
#[derive(Clone, Debug)]
pub struct Rotation {
    /// The key that encrypts now.
    pub key: KeyId,
    /// Whether an earlier rotation was taken up and finished.
    pub continued: bool,
    /// Values that were moved.
    pub moved: u64,
    /// Keys that went out of use.
    pub retired: Vec<KeyId>,
    /// What is under which key now.
    pub census: Census,
}

/// Which keys there are, and what is under each.
#[derive(Clone, Debug)]
pub struct KeyUse {
    /// The keys in use, the one that encrypts first. More than one: a rotation is under way, or was cut off.
    pub in_use: Vec<KeyId>,
    /// Those that only open what an old backup brings back.
    pub retired: Vec<KeyId>,
    /// What is under which key.
    pub census: Census,
}

/// What the folder holds, opened beside the platforms that run on it.
struct Folder {
    file: KeyFile,
    store: Store,
    sealer: Sealer,
    plugins: SqliteStorage,
    secrets: EncryptedSecrets,
    _occupied: data_dir::Held,
}

impl Folder {
    fn open(folder: &Path) -> Result<Self, RotationError> {
        for name in [PLATFORM_DB, PLUGIN_DB, MASTER_KEY] {
            if !folder.join(name).is_file() {
                return Err(RotationError::NoData(folder.to_owned()));
            }
        }
        let occupied = data_dir::occupy(folder)?;
        let keys = KeyRing::from_file(folder.join(MASTER_KEY))?;
        let plugins = SqliteStorage::open(folder.join(PLUGIN_DB))?;
        Ok(Self {
            file: KeyFile::at(folder.join(MASTER_KEY)),
            store: Store::open(&folder.join(PLATFORM_DB))?.guarded_by(keys.clone()),
            secrets: EncryptedSecrets::new(Arc::new(plugins.secrets_map()), keys.clone()),
            sealer: Sealer::new(keys),
            plugins,
            _occupied: occupied,
        })
    }

    /// Moves everything to the key that encrypts, and answers how much that was.
    async fn reseal(&self) -> Result<u64, RotationError> {
        let mut moved = 0;
        for column in &SEALED {
            let mut after = i64::MIN;
            loop {
                let sealer = self.sealer.clone();
                let batch = self
                    .store
                    .write(move |db| column.reseal(db, &sealer, after))
                    .await?;
                moved += batch.moved;
                let Some(next) = batch.next else { break };
                after = next;
                tokio::time::sleep(REST).await;
            }
        }
        let connections = self.plugins.secrets_map().connections().await;
        for connection in connections.map_err(RotationError::Secrets)? {
            let one = [connection];
            let done = self.secrets.reseal_all(&one).await;
            moved += done.map_err(RotationError::Secrets)?.moved;
            tokio::time::sleep(REST).await;
        }
        Ok(moved)
    }

    async fn census(&self) -> Result<Census, RotationError> {
        let sealer = self.sealer.clone();
        let mut census = self
            .store
            .read(move |db| reseal::census(db, &sealer))
            .await?;
        let connections = self.plugins.secrets_map().connections().await;
        let connections = connections.map_err(RotationError::Secrets)?;
        let secrets = self.secrets.census(&connections).await;
        census.add(&secrets.map_err(RotationError::Secrets)?);
        Ok(census)
    }

    /// What was replaced does not stay in the log. Somebody who reads all the while keeps it there until a later write.
    async fn empty_log(&self) -> Result<(), RotationError> {
        for _ in 0..CHECKPOINTS {
            if self.store.checkpoint().await? {
                return Ok(());
            }
            tokio::time::sleep(REST).await;
        }
        tracing::warn!("the platform's write-ahead log was not emptied; the next erasure does it");
        Ok(())
    }
}

/// Exchanges the master key of the platforms that run on this folder, or finishes an exchange that was cut off.
///
/// # Errors
/// [`RotationError`]. Nothing is lost, whatever it is: every key that something needs is kept, and running it again goes on.
pub async fn rotate_key(data_dir: &Path) -> Result<Rotation, RotationError> {
    let folder = Folder::open(data_dir)?;
    let file = folder.file.clone();
    let begun = blocking(move || file.begin_rotation()).await?;
    let (key, continued) = match begun {
        RotationBegun::NewKey(key) => (key, false),
        RotationBegun::Unfinished(key) => (key, true),
    };
    let moved = folder.reseal().await?;
    folder.empty_log().await?;
    let census = folder.census().await?;
    let left = census.readable.iter().find(|(id, _)| **id != key);
    if let Some((key, count)) = left {
        return Err(RotationError::Left {
            key: *key,
            count: *count,
        });
    }
    let file = folder.file.clone();
    let retired = blocking(move || file.retire_older()).await?;
    Ok(Rotation {
        key,
        continued,
        moved,
        retired,
        census,
    })
}

/// Says which keys there are and what is under each. Changes nothing.
///
/// # Errors
/// [`RotationError`].
pub async fn key_use(data_dir: &Path) -> Result<KeyUse, RotationError> {
    let folder = Folder::open(data_dir)?;
    let ids = |keys: Vec<job_board_host::MasterKey>| keys.iter().map(|key| key.id()).collect();
    Ok(KeyUse {
        in_use: ids(folder.file.keys()?),
        retired: ids(folder.file.retired()?),
        census: folder.census().await?,
    })
}

/// Removes the retired keys, and answers which they were. Backups whose values are under them stay closed.
///
/// # Errors
/// [`RotationError::Needed`] while something in the databases is under one of them; then none is removed.
pub async fn forget_retired_keys(data_dir: &Path) -> Result<Vec<KeyId>, RotationError> {
    let folder = Folder::open(data_dir)?;
    let in_use: Vec<_> = folder.file.keys()?.iter().map(|key| key.id()).collect();
    let retired: Vec<_> = folder.file.retired()?.iter().map(|key| key.id()).collect();
    let census = folder.census().await?;
    let needed = retired
        .iter()
        .find(|id| !in_use.contains(id) && census.under(**id) > 0);
    if let Some(key) = needed {
        return Err(RotationError::Needed {
            key: *key,
            count: census.under(*key),
        });
    }
    folder.file.forget_retired()?;
    Ok(retired)
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, MasterKeyError> + Send + 'static,
) -> Result<T, RotationError> {
    let done = tokio::task::spawn_blocking(work).await;
    Ok(done.map_err(|_| StoreError::Abandoned)??)
}
