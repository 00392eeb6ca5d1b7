//! Storage that ends with the process: for tests and for hosts that persist elsewhere.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use super::{Storage, Usage, holds};
use crate::connection_id::ConnectionId;
use crate::contract::storage::{Entry, KeyPage, Precondition, StorageError, Version};

/// Keeps everything in memory.
#[derive(Default)]
pub struct MemoryStorage {
    maps: Mutex<Maps>,
}

#[derive(Default)]
struct Maps {
    entries: BTreeMap<(ConnectionId, String), Entry>,
    /// Counts every write of every key, so that no version comes twice.
    writes: u64,
}

impl MemoryStorage {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn maps(&self) -> MutexGuard<'_, Maps> {
        // Each operation leaves the maps whole at every step, so a panic elsewhere does not matter.
        self.maps.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Storage for MemoryStorage {
    async fn get(&self, scope: &ConnectionId, key: &str) -> Result<Option<Entry>, StorageError> {
        Ok(self
            .maps()
            .entries
            .get(&(scope.clone(), key.to_owned()))
            .cloned())
    }

    async fn put(
        &self,
        scope: &ConnectionId,
        key: &str,
        value: Vec<u8>,
        precondition: Precondition,
    ) -> Result<Version, StorageError> {
        let mut maps = self.maps();
        let place = (scope.clone(), key.to_owned());
        let present = maps.entries.get(&place).map(|entry| entry.version.as_str());
        if !holds(&precondition, present) {
            return Err(StorageError::PreconditionFailed);
        }
        maps.writes += 1;
        let version = maps.writes.to_string();
        maps.entries.insert(
            place,
            Entry {
                value,
                version: version.clone(),
            },
        );
        Ok(version)
    }

    async fn delete(
        &self,
        scope: &ConnectionId,
        key: &str,
        precondition: Precondition,
    ) -> Result<(), StorageError> {
        let mut maps = self.maps();
        let place = (scope.clone(), key.to_owned());
        let present = maps.entries.get(&place).map(|entry| entry.version.as_str());
        if !holds(&precondition, present) {
            return Err(StorageError::PreconditionFailed);
        }
        maps.entries.remove(&place);
        Ok(())
    }

    async fn list_keys(
        &self,
        scope: &ConnectionId,
        prefix: &str,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<KeyPage, StorageError> {
        let maps = self.maps();
        // The cursor is the last key that was given.
        let start = match cursor {
            Some(last) if last >= prefix => Bound::Excluded((scope.clone(), last.to_owned())),
            _ => Bound::Included((scope.clone(), prefix.to_owned())),
        };
        let mut found = maps
            .entries
            .range((start, Bound::Unbounded))
            .map(|((owner, key), _)| (owner, key))
            .take_while(|(owner, key)| *owner == scope && key.starts_with(prefix))
            .map(|(_, key)| key.clone());
        let keys: Vec<String> = found.by_ref().take(limit as usize).collect();
        let next = if found.next().is_some() {
            keys.last().cloned()
        } else {
            None
        };
        Ok(KeyPage { keys, next })
    }

    async fn usage(&self, scope: &ConnectionId) -> Result<Usage, StorageError> {
        let maps = self.maps();
        let from = Bound::Included((scope.clone(), String::new()));
        let mut usage = Usage::default();
        for ((_, key), entry) in maps
            .entries
            .range((from, Bound::Unbounded))
            .take_while(|((owner, _), _)| owner == scope)
        {
            usage.keys += 1;
            usage.bytes += (key.len() + entry.value.len()) as u64;
        }
        Ok(usage)
    }
}
