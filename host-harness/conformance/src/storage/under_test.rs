//! How a store is described to the suite.

use std::collections::BTreeMap;
use std::process::Command;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use job_board_host::{MemoryStorage, Storage};

/// An implementation of [`Storage`], as the suite needs it: stores by name that can be opened more than once, here and in other processes.
#[async_trait]
pub trait StorageUnderTest: Send + Sync {
    /// A handle to the store of this name (lowercase letters, digits and `-`). It is empty when the suite opens it for the first time; later openings are
    /// further handles to the same store. The error says why it cannot be opened.
    async fn open(&self, name: &str) -> Result<Arc<dyn Storage>, String>;

    /// Whether a store outlives its handles. Without that, cases about closing and opening again are not run.
    fn durable(&self) -> bool;

    /// The command that starts another process on the same stores. To its arguments the suite adds its own; the process hands those to
    /// [`work`](super::work), with an equal description. `None`: the stores live in one process, and cases with several are not run.
    fn worker(&self) -> Option<Command> {
        None
    }
}

/// [`MemoryStorage`]: one process, gone with it.
#[derive(Default)]
pub struct MemoryUnderTest {
    stores: Mutex<BTreeMap<String, Arc<MemoryStorage>>>,
}

#[async_trait]
impl StorageUnderTest for MemoryUnderTest {
    async fn open(&self, name: &str) -> Result<Arc<dyn Storage>, String> {
        let mut stores = self.stores.lock().unwrap_or_else(PoisonError::into_inner);
        let store = stores.entry(name.to_owned()).or_default();
        Ok(Arc::<MemoryStorage>::clone(store))
    }

    fn durable(&self) -> bool {
        false
    }
}
