//! Secrets as encrypted records of any storage.

use std::sync::Arc;

use async_trait::async_trait;
use zeroize::Zeroizing;

use super::{HeldKeys, KeyRing, Secrets};
use crate::audit::{Audit, AuditEvent, TracingAudit};
use crate::connection_id::ConnectionId;
use crate::contract::storage::{Entry, Precondition, StorageError, Version};
use crate::storage::{Quota, Storage};

/// 100 secrets and 1 MiB for each connection: a plugin has a few credentials and the signing keys of some days.
const QUOTA: Quota = Quota {
    keys: 100,
    bytes: 1 << 20,
};

/// Encrypts each value with the [`KeyRing`], bound to its connection and key: a row that is copied to another place does not decrypt.
///
/// The storage underneath must be a map of its own, never the one that guests read through `storage`:
/// [`SqliteStorage::secrets_map`](crate::SqliteStorage::secrets_map) or a second [`MemoryStorage`](crate::MemoryStorage).
///
/// A connection may have 100 secrets and 1 MiB in all; a write beyond answers [`StorageError::Quota`]. As with
/// [`Limits::storage_bytes`](crate::Limits::storage_bytes), writes at the same moment can exceed that by one record each.
///
/// When the master key is lost, every secret reads as absent and is reported; the credentials are then entered again, over the unreadable ones.
#[derive(Clone)]
pub struct EncryptedSecrets {
    pub(super) storage: Arc<dyn Storage>,
    pub(super) keys: KeyRing,
    audit: Arc<dyn Audit>,
}

impl EncryptedSecrets {
    /// Over this map, with these keys. Unreadable secrets are reported to [`TracingAudit`].
    #[must_use]
    pub fn new(storage: Arc<dyn Storage>, keys: KeyRing) -> Self {
        Self {
            storage,
            keys,
            audit: Arc::new(TracingAudit),
        }
    }

    /// Reports unreadable secrets elsewhere.
    #[must_use]
    pub fn with_audit(mut self, audit: Arc<dyn Audit>) -> Self {
        self.audit = audit;
        self
    }

    pub(super) fn decrypt(
        &self,
        scope: &ConnectionId,
        key: &str,
        sealed: &[u8],
    ) -> Option<Zeroizing<Vec<u8>>> {
        self.keys.open(&["secret", scope.as_str(), key], sealed)
    }

    /// Lets nobody exchange the key before this is dropped.
    pub(super) async fn hold(&self) -> Result<HeldKeys, StorageError> {
        let keys = self.keys.clone();
        let held = tokio::task::spawn_blocking(move || keys.hold()).await;
        held.map_err(|stopped| StorageError::Unavailable(format!("the key file: {stopped}")))
    }

    async fn write(
        &self,
        scope: &ConnectionId,
        key: &str,
        value: &[u8],
        precondition: Precondition,
    ) -> Result<Version, StorageError> {
        let _held = self.hold().await?;
        let sealed = self.encrypt(scope, key, value)?;
        QUOTA
            .admit(&*self.storage, scope, key, sealed.len())
            .await?;
        let absent = precondition == Precondition::Absent;
        match self
            .storage
            .put(scope, key, sealed.clone(), precondition)
            .await
        {
            // The guest was told that there is none; it must be able to write a new one. By version, so that two hosts do not both succeed.
            Err(StorageError::PreconditionFailed) if absent => {
                match self.storage.get(scope, key).await? {
                    Some(entry) if self.decrypt(scope, key, &entry.value).is_none() => {
                        let unreadable = Precondition::Version(entry.version);
                        self.storage.put(scope, key, sealed, unreadable).await
                    }
                    _ => Err(StorageError::PreconditionFailed),
                }
            }
            other => other,
        }
    }

    pub(super) fn encrypt(
        &self,
        scope: &ConnectionId,
        key: &str,
        value: &[u8],
    ) -> Result<Vec<u8>, StorageError> {
        self.keys
            .seal(&["secret", scope.as_str(), key], value)
            .map_err(|error| StorageError::Unavailable(error.to_string()))
    }
}

#[async_trait]
impl Secrets for EncryptedSecrets {
    async fn get(&self, scope: &ConnectionId, key: &str) -> Result<Option<Entry>, StorageError> {
        let Some(Entry {
            value: sealed,
            version,
        }) = self.storage.get(scope, key).await?
        else {
            return Ok(None);
        };
        let Some(mut value) = self.decrypt(scope, key, &sealed) else {
            self.audit.record(AuditEvent::SecretUnreadable {
                connection: scope.clone(),
                key: key.to_owned(),
            });
            return Ok(None);
        };
        // From here on it is the guest's.
        let value = std::mem::take(&mut *value);
        Ok(Some(Entry { value, version }))
    }

    async fn put(
        &self,
        scope: &ConnectionId,
        key: &str,
        value: Vec<u8>,
        precondition: Precondition,
    ) -> Result<Version, StorageError> {
        let (secrets, scope, key) = (self.clone(), scope.clone(), key.to_owned());
        let value = Zeroizing::new(value);
        // A task of its own: a call that is cut off at its deadline must not let go of the keys before its write has ended.
        let writing =
            tokio::spawn(async move { secrets.write(&scope, &key, &value, precondition).await });
        writing
            .await
            .unwrap_or_else(|stopped| Err(StorageError::Unavailable(format!("secrets: {stopped}"))))
    }

    async fn delete(
        &self,
        scope: &ConnectionId,
        key: &str,
        precondition: Precondition,
    ) -> Result<(), StorageError> {
        self.storage.delete(scope, key, precondition).await
    }
}
