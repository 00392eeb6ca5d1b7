//! Ports for tests: maps for storage, a scripted board, a clock that is set by hand. A stub, not a simulator.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use crate::contract::http::{Header, HttpError, Request, Response};
use crate::contract::{log, storage};
use crate::ports::{Clock, Http, Log, Ports, Records, Storage};
use crate::state::connection::ConnectionRecord;
use crate::state::credentials::{CredentialsRecord, KeyKind};
use crate::state::{keys, record};

/// 2026-11-23T08:00:00Z, which is 15:00 in Vietnam.
pub(crate) const NOW: u64 = 1_795_420_800_000;

/// A map with versions that never repeat.
#[derive(Default)]
pub(crate) struct MapRecords {
    pub(crate) entries: RefCell<BTreeMap<String, storage::Entry>>,
    next_version: Cell<u64>,
}

impl MapRecords {
    fn holds(&self, key: &str, precondition: &storage::Precondition) -> bool {
        let entries = self.entries.borrow();
        match precondition {
            storage::Precondition::Any => true,
            storage::Precondition::Absent => !entries.contains_key(key),
            storage::Precondition::Version(version) => entries
                .get(key)
                .is_some_and(|entry| entry.version == *version),
        }
    }
}

impl Records for MapRecords {
    fn get(&self, key: &str) -> Result<Option<storage::Entry>, storage::StorageError> {
        Ok(self.entries.borrow().get(key).cloned())
    }

    fn put(
        &self,
        key: &str,
        value: &[u8],
        precondition: &storage::Precondition,
    ) -> Result<String, storage::StorageError> {
        if !self.holds(key, precondition) {
            return Err(storage::StorageError::PreconditionFailed);
        }
        if value.len() > 65_536 {
            return Err(storage::StorageError::TooLarge);
        }
        self.next_version.set(self.next_version.get() + 1);
        let version = self.next_version.get().to_string();
        let entry = storage::Entry {
            value: value.to_vec(),
            version: version.clone(),
        };
        self.entries.borrow_mut().insert(key.to_owned(), entry);
        Ok(version)
    }

    fn delete(
        &self,
        key: &str,
        precondition: &storage::Precondition,
    ) -> Result<(), storage::StorageError> {
        if !self.holds(key, precondition) {
            return Err(storage::StorageError::PreconditionFailed);
        }
        self.entries.borrow_mut().remove(key);
        Ok(())
    }
}

impl Storage for MapRecords {
    fn list_keys(
        &self,
        prefix: &str,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<storage::KeyPage, storage::StorageError> {
        let entries = self.entries.borrow();
        let mut keys: Vec<String> = entries
            .keys()
            .filter(|key| {
                key.starts_with(prefix) && cursor.is_none_or(|cursor| key.as_str() > cursor)
            })
            .take(limit as usize + 1)
            .cloned()
            .collect();
        let more = keys.len() > limit as usize;
        keys.truncate(limit as usize);
        Ok(storage::KeyPage {
            next: more.then(|| keys.last().cloned()).flatten(),
            keys,
        })
    }
}

type Answer = Box<dyn FnMut(&Request) -> Result<Response, HttpError>>;

/// A whole host for one test.
#[derive(Default)]
pub(crate) struct TestHost {
    pub(crate) storage: MapRecords,
    pub(crate) secrets: MapRecords,
    pub(crate) now: Cell<u64>,
    /// Every request that was sent, in order.
    pub(crate) requests: RefCell<Vec<Request>>,
    board: RefCell<Option<Answer>>,
    /// Every log line: event and fields.
    pub(crate) lines: RefCell<Vec<String>>,
}

impl TestHost {
    /// Nothing stored, [`NOW`], a board that is not there.
    pub(crate) fn new() -> Self {
        let host = Self::default();
        host.now.set(NOW);
        host
    }

    /// As [`Self::new`], with credentials stored and a session that the board gave.
    pub(crate) fn configured() -> Self {
        let host = Self::new();
        let ports = host.ports();
        ConnectionRecord::modify(ports, |connection| {
            connection.configured = true;
            connection.account = 1;
            true
        })
        .unwrap();
        let mut credentials = CredentialsRecord {
            access_token: "token".into(),
            account: 1,
            secret_key: "secret".into(),
            session: Some("session-1".into()),
            ..CredentialsRecord::default()
        };
        credentials.take_into_use(KeyKind::SessionToken, "session-1", NOW);
        credentials.take_into_use(KeyKind::SecretKey, "secret", NOW);
        record::save_over(ports.secrets, keys::CREDENTIALS, None, &credentials)
            .map_err(|_| "raced")
            .unwrap();
        host
    }

    /// How the board answers from now on.
    pub(crate) fn board(
        &self,
        answer: impl FnMut(&Request) -> Result<Response, HttpError> + 'static,
    ) {
        *self.board.borrow_mut() = Some(Box::new(answer));
    }

    /// The ports over this host.
    pub(crate) fn ports(&self) -> Ports<'_> {
        Ports {
            http: self,
            storage: &self.storage,
            secrets: &self.secrets,
            clock: self,
            log: self,
        }
    }

    /// Method and path of every request so far.
    pub(crate) fn calls(&self) -> Vec<String> {
        let requests = self.requests.borrow();
        requests
            .iter()
            .map(|request| {
                let path = request.url.splitn(4, '/').nth(3).unwrap_or("");
                format!("{} /{path}", request.method)
            })
            .collect()
    }
}

impl Http for TestHost {
    fn send(&self, request: &Request) -> Result<Response, HttpError> {
        self.requests.borrow_mut().push(request.clone());
        match self.board.borrow_mut().as_mut() {
            Some(answer) => answer(request),
            None => Err(HttpError {
                code: crate::contract::http::ErrorCode::Connect,
                reach: crate::contract::http::Reach::NotSent,
                detail: "no board in this test".into(),
            }),
        }
    }
}

impl Clock for TestHost {
    fn now(&self) -> u64 {
        self.now.get()
    }
}

impl Log for TestHost {
    fn write(&self, _level: log::Level, event: &str, fields: &[(&str, &str)]) {
        self.lines.borrow_mut().push(format!("{event} {fields:?}"));
    }
}

/// An answer with JSON.
#[allow(
    clippy::unnecessary_wraps,
    reason = "it is what a board's closure returns"
)]
pub(crate) fn json(status: u16, body: &serde_json::Value) -> Result<Response, HttpError> {
    let header = Header {
        name: "content-type".into(),
        value: "application/json".into(),
    };
    Ok(Response {
        status,
        headers: vec![header],
        body: body.to_string().into_bytes(),
    })
}

/// An answer that got lost after the request had left.
pub(crate) fn lost() -> Result<Response, HttpError> {
    Err(HttpError {
        code: crate::contract::http::ErrorCode::Timeout,
        reach: crate::contract::http::Reach::MaybeSent,
        detail: "no answer in time".into(),
    })
}
