//! What a case says when it ends, and the few words that cases are written in.

use std::fmt::Debug;
use std::sync::Arc;

use job_board_host::contract::storage::{Entry, Precondition, StorageError, Version};
use job_board_host::{ConnectionId, Storage};

use super::StorageUnderTest;

/// A case ended early.
pub(super) enum Stop {
    Failed { expected: String, saw: String },
    NotRun(&'static str),
}

pub(super) type Verdict<T = ()> = Result<T, Stop>;

impl Stop {
    pub(super) fn failed(expected: impl Into<String>, saw: impl Into<String>) -> Self {
        Self::Failed {
            expected: expected.into(),
            saw: saw.into(),
        }
    }
}

/// Ends the case unless it is so.
pub(super) fn ensure(
    holds: bool,
    expected: impl FnOnce() -> String,
    saw: impl FnOnce() -> String,
) -> Verdict {
    if holds {
        Ok(())
    } else {
        Err(Stop::failed(expected(), saw()))
    }
}

/// Ends the case unless both are equal. `when` says at which point of the case.
pub(super) fn equal<T: PartialEq + Debug>(when: &str, saw: &T, expected: &T) -> Verdict {
    ensure(
        saw == expected,
        || format!("{expected:?} {when}"),
        || format!("{saw:?}"),
    )
}

/// Takes a success; ends the case on an error. `what` was tried.
pub(super) fn done<T>(what: &str, answer: Result<T, StorageError>) -> Verdict<T> {
    answer.map_err(|error| Stop::failed(format!("{what} to succeed"), format!("{error:?}")))
}

/// Ends the case unless the precondition was found not to hold. `what` was tried.
pub(super) fn refused<T: Debug>(what: &str, answer: Result<T, StorageError>) -> Verdict {
    match answer {
        Err(StorageError::PreconditionFailed) => Ok(()),
        other => Err(Stop::failed(
            format!("{what} to be answered PreconditionFailed"),
            format!("{other:?}"),
        )),
    }
}

/// Opens a store, or ends the case.
pub(super) async fn open(
    under_test: &dyn StorageUnderTest,
    name: &str,
) -> Verdict<Arc<dyn Storage>> {
    under_test
        .open(name)
        .await
        .map_err(|error| Stop::failed(format!("the store `{name}` to open"), error))
}

/// A connection's name, or the end of the case.
pub(super) fn scope(name: &str) -> Verdict<ConnectionId> {
    ConnectionId::new(name)
        .map_err(|error| Stop::failed(format!("{name} to be a connection id"), error.to_string()))
}

/// A version that no store gives.
pub(super) fn stale() -> Precondition {
    Precondition::Version("never-given".to_owned())
}

/// One connection's part of a store.
pub(super) struct Part {
    pub(super) storage: Arc<dyn Storage>,
    pub(super) scope: ConnectionId,
}

impl Part {
    pub(super) async fn open(under_test: &dyn StorageUnderTest, name: &str) -> Verdict<Self> {
        Ok(Self {
            storage: open(under_test, name).await?,
            scope: scope("connection")?,
        })
    }

    pub(super) async fn put(
        &self,
        key: &str,
        value: &[u8],
        precondition: Precondition,
    ) -> Result<Version, StorageError> {
        self.storage
            .put(&self.scope, key, value.to_vec(), precondition)
            .await
    }

    /// A put that must succeed.
    pub(super) async fn write(&self, key: &str, value: &[u8]) -> Verdict<Version> {
        done(
            &format!("a put of {key} under `any`"),
            self.put(key, value, Precondition::Any).await,
        )
    }

    pub(super) async fn delete(
        &self,
        key: &str,
        precondition: Precondition,
    ) -> Result<(), StorageError> {
        self.storage.delete(&self.scope, key, precondition).await
    }

    /// A get that must succeed.
    pub(super) async fn read(&self, key: &str) -> Verdict<Option<Entry>> {
        done(
            &format!("a get of {key}"),
            self.storage.get(&self.scope, key).await,
        )
    }

    /// A get that must find something.
    pub(super) async fn present(&self, key: &str) -> Verdict<Entry> {
        self.read(key)
            .await?
            .ok_or_else(|| Stop::failed(format!("an entry under {key}"), "none"))
    }
}
