//! Moving secrets to a new master key.

use zeroize::Zeroizing;

use super::EncryptedSecrets;
use crate::connection_id::ConnectionId;
use crate::contract::storage::{Precondition, StorageError};

/// What [`EncryptedSecrets::reseal_all`] found and did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Resealed {
    /// Secrets that are now under the ring's first key.
    pub moved: u64,
    /// Secrets that were under it already.
    pub current: u64,
    /// Secrets that no key of the ring opens. They were left alone; the key that they need is not in the ring.
    pub unreadable: u64,
}

impl EncryptedSecrets {
    /// Encrypts every secret of these connections under the ring's first key, so that the other keys can be dropped when `unreadable` is 0.
    /// [`SqliteStorage::connections`](crate::SqliteStorage::connections) of the secrets map knows them all.
    ///
    /// Secrets stay readable throughout, and one that is written meanwhile keeps the newer value. Each moved secret gets a new version, so a plugin that was
    /// about to replace it reads again. Every host must have the first key before this begins, see [`KeyRing`](crate::KeyRing). May be stopped and repeated.
    ///
    /// # Errors
    /// [`StorageError::Unavailable`]: some may be moved; call again.
    pub async fn reseal_all(&self, connections: &[ConnectionId]) -> Result<Resealed, StorageError> {
        const PAGE: u32 = 100;
        let mut done = Resealed::default();
        for connection in connections {
            let mut cursor = None;
            loop {
                let page = self
                    .storage
                    .list_keys(connection, "", cursor.as_deref(), PAGE)
                    .await?;
                for key in &page.keys {
                    self.reseal(connection, key, &mut done).await?;
                }
                cursor = page.next;
                if cursor.is_none() {
                    break;
                }
            }
        }
        Ok(done)
    }

    async fn reseal(
        &self,
        connection: &ConnectionId,
        key: &str,
        done: &mut Resealed,
    ) -> Result<(), StorageError> {
        // Again whenever somebody else has written between the look and the write.
        while let Some(entry) = self.storage.get(connection, key).await? {
            let Some(value) = self.decrypt(connection, key, &entry.value) else {
                done.unreadable += 1;
                return Ok(());
            };
            let value = Zeroizing::new(value);
            if self.keys.is_current(&entry.value) {
                done.current += 1;
                return Ok(());
            }
            let sealed = self.encrypt(connection, key, &value)?;
            let unchanged = Precondition::Version(entry.version);
            match self.storage.put(connection, key, sealed, unchanged).await {
                Ok(_) => {
                    done.moved += 1;
                    return Ok(());
                }
                Err(StorageError::PreconditionFailed) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}
