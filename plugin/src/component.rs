//! The component's skin: exports call the core, ports call the host's imports. No decisions here.

use crate::contract::{clock, http, log, secrets, storage};
use crate::ports::{Clock, Http, Log, Ports, Records, Storage};

mod exports;

struct HostHttp;
struct HostStorage;
struct HostSecrets;
struct HostClock;
struct HostLog;

fn ports() -> Ports<'static> {
    Ports {
        http: &HostHttp,
        storage: &HostStorage,
        secrets: &HostSecrets,
        clock: &HostClock,
        log: &HostLog,
    }
}

impl Http for HostHttp {
    fn send(&self, request: &http::Request) -> Result<http::Response, http::HttpError> {
        http::send(request)
    }
}

impl Records for HostStorage {
    fn get(&self, key: &str) -> Result<Option<storage::Entry>, storage::StorageError> {
        storage::get(key)
    }

    fn put(
        &self,
        key: &str,
        value: &[u8],
        precondition: &storage::Precondition,
    ) -> Result<String, storage::StorageError> {
        storage::put(key, value, precondition)
    }

    fn delete(
        &self,
        key: &str,
        precondition: &storage::Precondition,
    ) -> Result<(), storage::StorageError> {
        storage::delete(key, precondition)
    }
}

impl Storage for HostStorage {
    fn list_keys(
        &self,
        prefix: &str,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<storage::KeyPage, storage::StorageError> {
        storage::list_keys(prefix, cursor, limit)
    }
}

impl Records for HostSecrets {
    fn get(&self, key: &str) -> Result<Option<storage::Entry>, storage::StorageError> {
        secrets::get(key)
    }

    fn put(
        &self,
        key: &str,
        value: &[u8],
        precondition: &storage::Precondition,
    ) -> Result<String, storage::StorageError> {
        secrets::put(key, value, precondition)
    }

    fn delete(
        &self,
        key: &str,
        precondition: &storage::Precondition,
    ) -> Result<(), storage::StorageError> {
        secrets::delete(key, precondition)
    }
}

impl Clock for HostClock {
    fn now(&self) -> u64 {
        clock::now()
    }
}

impl Log for HostLog {
    fn write(&self, level: log::Level, event: &str, fields: &[(&str, &str)]) {
        let fields: Vec<_> = fields
            .iter()
            .map(|(name, value)| log::Field {
                name: (*name).to_owned(),
                value: (*value).to_owned(),
            })
            .collect();
        log::write(level, event, &fields);
    }
}
