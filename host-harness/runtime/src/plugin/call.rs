//! One call: a fresh instance, three clocks, and what its end means.
//!
//! The instance is fresh because a trapped or dropped one cannot be entered again. The clocks are: the engine's epoch, which counts computing time;
//! a wall-clock deadline around the whole call, since waiting in an import does not compute; and the time-outs of the imports themselves, which end first.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, timeout_at};
use wasmtime::{Store, Trap, UpdateDeadline};

use super::budget::Budget;
use super::connection::Shared;
use super::state::CallState;
use crate::bindings;
use crate::error::CallError;
use crate::limits::Export;
use crate::text::{AUDIT_CHARACTERS, clean};

static CALLS: AtomicU64 = AtomicU64::new(1);

/// Marks an error of the engine's as "out of computing time".
#[derive(Debug, thiserror::Error)]
#[error("out of computing time")]
struct OutOfTicks;

/// A call that was let in.
pub(super) struct Visit {
    pub(super) store: Store<CallState>,
    pub(super) deadline: Instant,
    export: Export,
    limit: Duration,
    /// Given back when the instance is gone.
    _slot: OwnedSemaphorePermit,
    _turn: OwnedSemaphorePermit,
}

impl Visit {
    /// Waits for a turn of the connection's and then for an instance's place, and sets the limits. The instance itself is made inside the call, under its
    /// deadline.
    pub(super) async fn begin(connection: &Arc<Shared>, export: Export) -> Result<Self, CallError> {
        let engine = &connection.plugin.inner.engine;
        let limits = &connection.grants.limits;
        let limit = limits.deadline(export);
        let deadline = Instant::now() + limit;
        // In this order a connection queues with itself first, so that it never stands in the others' way with more than its share.
        let turns = Arc::clone(&connection.turns).acquire_owned();
        let Ok(Ok(turn)) = timeout_at(deadline, turns).await else {
            return Err(CallError::ConnectionBusy {
                export,
                calls: limits.concurrent_calls,
            });
        };
        let slot = match timeout_at(deadline, Arc::clone(engine.slots()).acquire_owned()).await {
            Ok(Ok(slot)) => slot,
            // The semaphore is never closed, so this is the deadline.
            _ => {
                return Err(CallError::Busy {
                    export,
                    instances: engine.max_instances(),
                });
            }
        };
        let state = CallState {
            connection: Arc::clone(connection),
            export,
            call: CALLS.fetch_add(1, Ordering::Relaxed),
            deadline,
            budget: Budget::new(limits),
            memory_refused: false,
        };
        let mut store = Store::new(engine.wasmtime(), state);
        store.limiter(|state| state);
        store.set_hostcall_fuel(limits.transfer_bytes);
        store.set_epoch_deadline(1);
        // Yielding at every tick lets other tasks run, and lets the deadline drop a guest that never calls an import.
        store.epoch_deadline_callback(|mut store| {
            if store.data_mut().budget.take_tick() {
                Ok(UpdateDeadline::Yield(1))
            } else {
                Err(OutOfTicks.into())
            }
        });
        Ok(Self {
            store,
            deadline,
            export,
            limit,
            _slot: slot,
            _turn: turn,
        })
    }

    pub(super) async fn instance(&mut self) -> wasmtime::Result<bindings::Plugin> {
        let connection = Arc::clone(&self.store.data().connection);
        connection
            .plugin
            .inner
            .pre
            .instantiate_async(&mut self.store)
            .await
    }

    /// What the call's end means for the caller.
    pub(super) fn end<R>(
        self,
        answer: Result<wasmtime::Result<R>, tokio::time::error::Elapsed>,
    ) -> Result<R, CallError> {
        let export = self.export;
        let error = match answer {
            Ok(Ok(answer)) => return Ok(answer),
            Ok(Err(error)) => error,
            Err(_) => {
                return Err(CallError::Deadline {
                    export,
                    limit: self.limit,
                });
            }
        };
        let text = format!("{error:#}");
        let error = if error.is::<OutOfTicks>() {
            CallError::CpuLimit { export }
        } else if self.store.data().memory_refused {
            CallError::MemoryLimit { export }
        } else if text.contains("fuel allocated for hostcalls") {
            // The engine has no type for it; a test holds the wording.
            CallError::TransferLimit { export }
        } else {
            let message = error
                .downcast_ref::<Trap>()
                .map_or(text, ToString::to_string);
            // A component brings the names of its functions along.
            let message = clean(&message, AUDIT_CHARACTERS);
            CallError::Trap { export, message }
        };
        let connection = &self.store.data().connection.id;
        tracing::warn!(%connection, %export, call = self.store.data().call, %error, "the sandbox ended a call");
        Err(error)
    }
}
