//! What an instance carries while a call runs.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;
use wasmtime::ResourceLimiter;

use super::budget::Budget;
use super::connection::Shared;
use crate::limits::Export;

/// The data of one call's `Store`.
pub(crate) struct CallState {
    pub(super) connection: Arc<Shared>,
    pub(super) export: Export,
    /// Numbers the calls of this process.
    pub(super) call: u64,
    /// When the call is dropped, wherever it is.
    pub(super) deadline: Instant,
    pub(super) budget: Budget,
    /// A growth of memory was refused; the trap that follows is its consequence.
    pub(super) memory_refused: bool,
}

impl CallState {
    /// How long an import may wait: less than the call itself, so that the guest still learns of a time-out and can write down what it knows.
    pub(super) fn time_for_import(&self) -> Duration {
        const MOST_KEPT_BACK: Duration = Duration::from_secs(2);
        let left = self.deadline.saturating_duration_since(Instant::now());
        left - (left / 10).min(MOST_KEPT_BACK)
    }
}

impl ResourceLimiter for CallState {
    fn memory_growing(
        &mut self,
        _current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let granted = desired <= self.connection.grants.limits.memory_bytes;
        self.memory_refused |= !granted;
        Ok(granted)
    }

    fn table_growing(
        &mut self,
        _current: usize,
        _desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        // Tables have their final size at the start; the pool limits that.
        Ok(true)
    }

    fn memory_grow_failed(&mut self, _error: wasmtime::Error) -> wasmtime::Result<()> {
        self.memory_refused = true;
        Ok(())
    }
}
