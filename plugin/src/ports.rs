//! The narrow doors through which the plugin reaches its host.
//!
//! The core knows only these traits; `component` implements them over the host's imports, tests over maps and scripts.

use crate::contract::types::Moment;
use crate::contract::{http, log, storage};

/// One HTTP exchange. See `wit/http.wit` for what the host promises.
pub trait Http {
    /// Sends the request and waits for the whole answer. Every status is a success.
    fn send(&self, request: &http::Request) -> Result<http::Response, http::HttpError>;
}

/// A map of small records with conditional writes: the part that `storage` and `secrets` share.
pub trait Records {
    /// Reads one key; an absent one is `None`.
    fn get(&self, key: &str) -> Result<Option<storage::Entry>, storage::StorageError>;

    /// Writes one key under a precondition and answers its new version.
    fn put(
        &self,
        key: &str,
        value: &[u8],
        precondition: &storage::Precondition,
    ) -> Result<String, storage::StorageError>;

    /// Removes one key under a precondition.
    fn delete(
        &self,
        key: &str,
        precondition: &storage::Precondition,
    ) -> Result<(), storage::StorageError>;
}

/// The connection's storage: records that can also be listed, for people to look at.
pub trait Storage: Records {
    /// One page of the keys that begin with `prefix`.
    fn list_keys(
        &self,
        prefix: &str,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<storage::KeyPage, storage::StorageError>;
}

/// The only source of time.
pub trait Clock {
    /// Milliseconds since the Unix epoch.
    fn now(&self) -> Moment;
}

/// Structured lines for the operator; never personal, never secret.
pub trait Log {
    /// Writes one line. `event` is a stable name.
    fn write(&self, level: log::Level, event: &str, fields: &[(&str, &str)]);
}

/// Everything that a use case may touch.
#[derive(Clone, Copy)]
pub struct Ports<'a> {
    /// The way to the board.
    pub http: &'a dyn Http,
    /// The connection's records.
    pub storage: &'a dyn Storage,
    /// Credentials and signing keys.
    pub secrets: &'a dyn Records,
    /// The time.
    pub clock: &'a dyn Clock,
    /// The operator's log.
    pub log: &'a dyn Log,
}
