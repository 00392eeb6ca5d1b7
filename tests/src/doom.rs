//! Counting a platform's effects, and killing its process at one of them.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use job_board_demo::Watch;
use job_board_host::contract::http::{HttpError, Response};
use job_board_host::contract::storage::{Entry, KeyPage, Precondition, StorageError, Version};
use job_board_host::{ConnectionId, Grants, HttpClient, OutboundRequest, Secrets, Storage};
use rustix::process::{Signal, getpid, kill_process};

/// On which side of an effect the process dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The effect does not happen.
    Before,
    /// The effect has happened, and nobody hears of it.
    After,
}

impl Side {
    /// Both.
    pub const BOTH: [Self; 2] = [Self::Before, Self::After];

    /// As a command's word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::After => "after",
        }
    }
}

/// Counts effects from the moment at which it is armed. A clone of the `Arc` is the same one.
#[derive(Default)]
pub struct Doom {
    armed: AtomicBool,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    seen: Vec<&'static str>,
    fatal: Option<(usize, Side)>,
}

/// An effect that is under way: its number, if it is counted.
struct Step(Option<usize>);

impl Doom {
    /// Counts from 0 again; the process dies at the effect with this number.
    pub fn arm(&self, fatal: Option<(usize, Side)>) {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        *inner = Inner {
            seen: Vec::new(),
            fatal,
        };
        self.armed.store(true, Ordering::SeqCst);
    }

    /// The effects since then, in order.
    pub fn seen(&self) -> Vec<&'static str> {
        let inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        inner.seen.clone()
    }

    fn before(&self, what: &'static str) -> Step {
        if !self.armed.load(Ordering::SeqCst) {
            return Step(None);
        }
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let number = inner.seen.len();
        inner.seen.push(what);
        if inner.fatal == Some((number, Side::Before)) {
            die();
        }
        Step(Some(number))
    }

    fn after(&self, step: &Step) {
        let inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        if step.0.is_some() && inner.fatal == step.0.map(|number| (number, Side::After)) {
            die();
        }
    }
}

/// The real thing: no destructor runs, nothing is flushed, no answer leaves.
fn die() -> ! {
    let _ = kill_process(getpid(), Signal::KILL);
    // The signal is on its way.
    loop {
        std::thread::park();
    }
}

/// What the platform is given to be watched.
pub struct Watcher(pub Arc<Doom>);

impl Watch for Watcher {
    fn grants(&self, grants: Grants) -> Grants {
        Grants {
            storage: Arc::new(Doomed {
                inner: grants.storage,
                doom: Arc::clone(&self.0),
            }),
            secrets: Arc::new(Doomed {
                inner: grants.secrets,
                doom: Arc::clone(&self.0),
            }),
            http: Arc::new(Doomed {
                inner: grants.http,
                doom: Arc::clone(&self.0),
            }),
            ..grants
        }
    }

    fn before_commit(&self) {
        self.0.before("commit");
    }

    fn after_commit(&self) {
        let last = self.0.seen().iter().rposition(|what| *what == "commit");
        self.0.after(&Step(last));
    }
}

struct Doomed<T: ?Sized> {
    inner: Arc<T>,
    doom: Arc<Doom>,
}

#[async_trait]
impl HttpClient for Doomed<dyn HttpClient> {
    async fn send(&self, request: OutboundRequest) -> Result<Response, HttpError> {
        let step = self.doom.before("http");
        let answer = self.inner.send(request).await;
        self.doom.after(&step);
        answer
    }
}

#[async_trait]
impl Storage for Doomed<dyn Storage> {
    async fn get(&self, scope: &ConnectionId, key: &str) -> Result<Option<Entry>, StorageError> {
        self.inner.get(scope, key).await
    }

    async fn put(
        &self,
        scope: &ConnectionId,
        key: &str,
        value: Vec<u8>,
        precondition: Precondition,
    ) -> Result<Version, StorageError> {
        let step = self.doom.before("storage");
        let answer = self.inner.put(scope, key, value, precondition).await;
        self.doom.after(&step);
        answer
    }

    async fn delete(
        &self,
        scope: &ConnectionId,
        key: &str,
        precondition: Precondition,
    ) -> Result<(), StorageError> {
        let step = self.doom.before("storage");
        let answer = self.inner.delete(scope, key, precondition).await;
        self.doom.after(&step);
        answer
    }

    async fn list_keys(
        &self,
        scope: &ConnectionId,
        prefix: &str,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<KeyPage, StorageError> {
        self.inner.list_keys(scope, prefix, cursor, limit).await
    }
}

#[async_trait]
impl Secrets for Doomed<dyn Secrets> {
    async fn get(&self, scope: &ConnectionId, key: &str) -> Result<Option<Entry>, StorageError> {
        self.inner.get(scope, key).await
    }

    async fn put(
        &self,
        scope: &ConnectionId,
        key: &str,
        value: Vec<u8>,
        precondition: Precondition,
    ) -> Result<Version, StorageError> {
        let step = self.doom.before("secret");
        let answer = self.inner.put(scope, key, value, precondition).await;
        self.doom.after(&step);
        answer
    }

    async fn delete(
        &self,
        scope: &ConnectionId,
        key: &str,
        precondition: Precondition,
    ) -> Result<(), StorageError> {
        let step = self.doom.before("secret");
        let answer = self.inner.delete(scope, key, precondition).await;
        self.doom.after(&step);
        answer
    }
}
