//! Secrets as encrypted records of any storage.

use std::sync::Arc;

use async_trait::async_trait;

use super::{KeyRing, Secrets};
use crate::audit::{Audit, AuditEvent, TracingAudit};
use crate::connection_id::ConnectionId;
use crate::contract::storage::{Entry, Precondition, StorageError, Version};
use crate::storage::Storage;

/// Encrypts each value with the [`KeyRing`], bound to its connection and key: a row that is copied to another place does not decrypt.
///
/// The storage underneath must be a map of its own, never the one that guests read through `storage`:
/// [`SqliteStorage::secrets_map`](crate::SqliteStorage::secrets_map) or a second [`MemoryStorage`](crate::MemoryStorage).
#[derive(Clone)]
pub struct EncryptedSecrets {
    storage: Arc<dyn Storage>,
    keys: KeyRing,
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

    fn decrypt(&self, scope: &ConnectionId, key: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        self.keys.open(&["secret", scope.as_str(), key], sealed)
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
        let Some(value) = self.decrypt(scope, key, &sealed) else {
            self.audit.record(AuditEvent::SecretUnreadable {
                connection: scope.clone(),
                key: key.to_owned(),
            });
            return Ok(None);
        };
        Ok(Some(Entry { value, version }))
    }

    async fn put(
        &self,
        scope: &ConnectionId,
        key: &str,
        value: Vec<u8>,
        precondition: Precondition,
    ) -> Result<Version, StorageError> {
        let sealed = self
            .keys
            .seal(&["secret", scope.as_str(), key], &value)
            .map_err(|error| StorageError::Unavailable(error.to_string()))?;
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

    async fn delete(
        &self,
        scope: &ConnectionId,
        key: &str,
        precondition: Precondition,
    ) -> Result<(), StorageError> {
        self.storage.delete(scope, key, precondition).await
    }
}
