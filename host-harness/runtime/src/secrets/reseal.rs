//! Moving secrets to a new master key.

use std::collections::BTreeMap;

use super::{EncryptedSecrets, KeyId};
use crate::connection_id::ConnectionId;
use crate::contract::storage::{Precondition, StorageError};

/// Keys of one page of a connection's secrets.
const PAGE: u32 = 100;

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

/// What is encrypted under which key.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Census {
    /// How many values each key opens.
    pub readable: BTreeMap<KeyId, u64>,
    /// How many values name a key and are not opened by it: the key is not there, or the value is damaged.
    pub unreadable: BTreeMap<KeyId, u64>,
    /// How many values name no key.
    pub shapeless: u64,
}

impl Census {
    /// The keys that open something, by their names.
    pub fn needed(&self) -> impl Iterator<Item = KeyId> {
        self.readable.keys().copied()
    }

    /// Counts one value. `opens`: whether a key of the ring opens it.
    pub fn count(&mut self, sealed: &[u8], opens: bool) {
        match KeyId::of(sealed) {
            Some(id) if opens => *self.readable.entry(id).or_default() += 1,
            Some(id) => *self.unreadable.entry(id).or_default() += 1,
            None => self.shapeless += 1,
        }
    }

    /// How many values this key opens.
    #[must_use]
    pub fn under(&self, id: KeyId) -> u64 {
        self.readable.get(&id).copied().unwrap_or_default()
    }

    /// Adds another count.
    pub fn add(&mut self, other: &Self) {
        for (id, more) in &other.readable {
            *self.readable.entry(*id).or_default() += more;
        }
        for (id, more) in &other.unreadable {
            *self.unreadable.entry(*id).or_default() += more;
        }
        self.shapeless += other.shapeless;
    }
}

impl EncryptedSecrets {
    /// Encrypts every secret of these connections under the ring's first key, so that the other keys can be dropped when [`EncryptedSecrets::census`] finds
    /// nothing under them. [`SqliteStorage::connections`](crate::SqliteStorage::connections) of the secrets map knows them all.
    ///
    /// Secrets stay readable throughout, and one that is written meanwhile keeps the newer value. Each moved secret gets a new version, so a plugin that was
    /// about to replace it reads again. Every host must have the first key before this begins, see [`KeyRing`](crate::KeyRing). May be stopped and repeated.
    ///
    /// # Errors
    /// [`StorageError::Unavailable`]: some may be moved; call again.
    pub async fn reseal_all(&self, connections: &[ConnectionId]) -> Result<Resealed, StorageError> {
        let mut done = Resealed::default();
        for connection in connections {
            for key in self.keys_of(connection).await? {
                self.reseal(connection, &key, &mut done).await?;
            }
        }
        Ok(done)
    }

    /// Counts what is under which key.
    ///
    /// # Errors
    /// [`StorageError::Unavailable`].
    pub async fn census(&self, connections: &[ConnectionId]) -> Result<Census, StorageError> {
        let mut census = Census::default();
        for connection in connections {
            for key in self.keys_of(connection).await? {
                let Some(entry) = self.storage.get(connection, &key).await? else {
                    continue;
                };
                let opens = self.decrypt(connection, &key, &entry.value).is_some();
                census.count(&entry.value, opens);
            }
        }
        Ok(census)
    }

    /// All there are when this begins. A connection has a hundred at most.
    async fn keys_of(&self, connection: &ConnectionId) -> Result<Vec<String>, StorageError> {
        let mut keys = Vec::new();
        let mut cursor: Option<String> = None;
        loop {
            let listed = self
                .storage
                .list_keys(connection, "", cursor.as_deref(), PAGE);
            let page = listed.await?;
            keys.extend(page.keys);
            cursor = page.next;
            if cursor.is_none() {
                return Ok(keys);
            }
        }
    }

    async fn reseal(
        &self,
        connection: &ConnectionId,
        key: &str,
        done: &mut Resealed,
    ) -> Result<(), StorageError> {
        let _held = self.hold().await?;
        // Again whenever somebody else has written between the look and the write.
        while let Some(entry) = self.storage.get(connection, key).await? {
            let Some(value) = self.decrypt(connection, key, &entry.value) else {
                done.unreadable += 1;
                return Ok(());
            };
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
