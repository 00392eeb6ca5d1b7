//! How much one connection may keep.

use super::Storage;
use crate::connection_id::ConnectionId;
use crate::contract::storage::StorageError;

/// What a connection's records take.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    /// How many there are.
    pub keys: u64,
    /// Bytes of their keys and values.
    pub bytes: u64,
}

/// The most that a connection's records may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Quota {
    pub(crate) keys: u64,
    pub(crate) bytes: u64,
}

impl Quota {
    /// Answers [`StorageError::Quota`] when this write would take more than the connection may have.
    ///
    /// Look and write are two steps, so writes that run at the same moment can each find the last free place: the quota is exceeded by at most as many records
    /// as calls of the connection run at once, over all hosts. It protects a disk, where that does not matter.
    pub(crate) async fn admit(
        self,
        storage: &dyn Storage,
        scope: &ConnectionId,
        key: &str,
        value_bytes: usize,
    ) -> Result<(), StorageError> {
        let usage = storage.usage(scope).await?;
        let record = (key.len() + value_bytes) as u64;
        if self.has_room(usage, record) {
            return Ok(());
        }
        let present = storage.get(scope, key).await?;
        match present {
            Some(entry)
                if self.allows_in_place(usage, (key.len() + entry.value.len()) as u64, record) =>
            {
                Ok(())
            }
            _ => Err(StorageError::Quota),
        }
    }

    /// Whether one more record of this size fits.
    const fn has_room(self, usage: Usage, record: u64) -> bool {
        usage.keys < self.keys && usage.bytes.saturating_add(record) <= self.bytes
    }

    /// Whether a record may replace one. One that is no larger always may, so that a full connection still finishes what it has begun.
    const fn allows_in_place(self, usage: Usage, present: u64, record: u64) -> bool {
        record <= present
            || usage.bytes.saturating_sub(present).saturating_add(record) <= self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::storage::Precondition;
    use crate::storage::MemoryStorage;

    const QUOTA: Quota = Quota { keys: 2, bytes: 20 };

    async fn admitted(records: &[(&str, usize)], key: &str, value_bytes: usize) -> bool {
        let storage = MemoryStorage::new();
        let scope = ConnectionId::new("t").unwrap();
        for (key, bytes) in records {
            storage
                .put(&scope, key, vec![0; *bytes], Precondition::Any)
                .await
                .unwrap();
        }
        match QUOTA.admit(&storage, &scope, key, value_bytes).await {
            Ok(()) => true,
            Err(error) => {
                assert_eq!(error, StorageError::Quota);
                false
            }
        }
    }

    #[tokio::test]
    async fn keys_and_bytes_end_at_the_quota() {
        assert!(admitted(&[], "a", 19).await, "key and value just fit");
        assert!(!admitted(&[], "a", 20).await, "the key counts too");
        assert!(admitted(&[("a", 9)], "b", 9).await);
        assert!(!admitted(&[("a", 9)], "b", 10).await);
        assert!(!admitted(&[("a", 0), ("b", 0)], "c", 0).await, "keys");
    }

    #[tokio::test]
    async fn a_full_connection_still_replaces_what_it_has() {
        let full = [("a", 9), ("b", 9)];
        assert!(admitted(&full, "a", 9).await);
        assert!(admitted(&full, "a", 3).await);
        assert!(!admitted(&full, "a", 10).await);
        let over = [("a", 15), ("b", 15)];
        assert!(admitted(&over, "a", 14).await, "a quota that was lowered");
        assert!(!admitted(&over, "a", 16).await);
        assert!(
            admitted(&[("a", 0), ("b", 0)], "a", 18).await,
            "as many keys as may be, with bytes left"
        );
    }
}
