//! Small records that outlive a call. The rules are those of `storage` in the WIT.

mod memory;
mod quota;
mod sqlite;

use std::collections::BTreeSet;

use async_trait::async_trait;

pub use memory::MemoryStorage;
pub(crate) use quota::Quota;
pub use quota::Usage;
pub use sqlite::{BackupError, SqliteStorage, SqliteStorageError, keys_of_backup};

use crate::connection_id::ConnectionId;
use crate::contract::storage::{Entry, KeyPage, Precondition, StorageError, Version};

/// A store of one flat map for each connection.
///
/// Every operation touches one key and is atomic; a failed precondition changes nothing; a version is never used twice for a key, also not after a delete.
/// Keys, sizes and the number of operations were checked before: an implementation answers [`StorageError::PreconditionFailed`],
/// [`StorageError::Quota`] or [`StorageError::Unavailable`], never the others. The connection's own quota is the host's to hold, see [`Storage::usage`].
///
/// The crate `job-board-conformance` runs all of this against any implementation.
///
/// A call can be dropped while it waits here. Then the operation may or may not happen, but it must not happen by halves.
#[async_trait]
pub trait Storage: Send + Sync {
    /// Reads one key.
    async fn get(&self, scope: &ConnectionId, key: &str) -> Result<Option<Entry>, StorageError>;

    /// Writes one key and answers its new version.
    async fn put(
        &self,
        scope: &ConnectionId,
        key: &str,
        value: Vec<u8>,
        precondition: Precondition,
    ) -> Result<Version, StorageError>;

    /// Removes one key. Of an absent key: a success under [`Precondition::Any`] and [`Precondition::Absent`],
    /// [`StorageError::PreconditionFailed`] under [`Precondition::Version`]. Of a present one under `Absent`: `PreconditionFailed`.
    async fn delete(
        &self,
        scope: &ConnectionId,
        key: &str,
        precondition: Precondition,
    ) -> Result<(), StorageError>;

    /// One page of at most `limit` keys that begin with `prefix`. A cursor that this store did not give is treated as a place in the order of keys.
    async fn list_keys(
        &self,
        scope: &ConnectionId,
        prefix: &str,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<KeyPage, StorageError>;

    /// What the records of one connection take. Asked before each write of a guest, to hold
    /// [`Limits::storage_keys`](crate::Limits::storage_keys) and [`Limits::storage_bytes`](crate::Limits::storage_bytes).
    ///
    /// Unless an implementation counts for itself, every record is read: right for any store, and slow for a full one.
    async fn usage(&self, scope: &ConnectionId) -> Result<Usage, StorageError> {
        const PAGE: u32 = 1_000;
        let mut seen = BTreeSet::new();
        let mut usage = Usage::default();
        let mut cursor = None;
        loop {
            let page = self.list_keys(scope, "", cursor.as_deref(), PAGE).await?;
            for key in page.keys {
                if seen.contains(&key) {
                    continue;
                }
                if let Some(entry) = self.get(scope, &key).await? {
                    usage.keys += 1;
                    usage.bytes += (key.len() + entry.value.len()) as u64;
                }
                seen.insert(key);
            }
            cursor = page.next;
            if cursor.is_none() {
                return Ok(usage);
            }
        }
    }
}

/// Most bytes of a key.
pub const MAX_KEY_BYTES: usize = 255;

/// Most bytes of a guest's value. A store takes [`KeyRing::OVERHEAD_BYTES`](crate::KeyRing::OVERHEAD_BYTES) more, because secrets arrive sealed.
pub const MAX_VALUE_BYTES: usize = 65_536;

/// Whether a key follows the contract's rules.
#[must_use]
pub fn is_valid_key(key: &str) -> bool {
    let allowed = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'_' | b'-' | b'/');
    !key.is_empty()
        && key.len() <= MAX_KEY_BYTES
        && key.bytes().all(allowed)
        && key
            .split('/')
            .all(|segment| !matches!(segment, "" | "." | ".."))
}

/// Whether the present version allows the write.
pub(crate) fn holds(precondition: &Precondition, present: Option<&str>) -> bool {
    match precondition {
        Precondition::Any => true,
        Precondition::Absent => present.is_none(),
        Precondition::Version(version) => present == Some(version),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_follow_the_contract() {
        for key in [
            "a",
            "postings/1",
            "a.b_c-d/0",
            ".hidden",
            "a/...",
            &"k".repeat(255),
        ] {
            assert!(is_valid_key(key), "{key:?}");
        }
        for key in [
            "",
            "/a",
            "a/",
            "a//b",
            ".",
            "..",
            "a/./b",
            "a/../b",
            "A",
            "a b",
            "é",
            "a\0",
            &"k".repeat(256),
        ] {
            assert!(!is_valid_key(key), "{key:?}");
        }
    }
}
