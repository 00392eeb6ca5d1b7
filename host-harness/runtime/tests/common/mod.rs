//! What the integration tests share: the test guest, and doubles for the grants.
// Each test file uses a part; a panic is the failure.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used)]

use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use async_trait::async_trait;
use job_board_host::contract::deliveries::Delivery;
use job_board_host::contract::http::{Header, HttpError, Response};
use job_board_host::{
    AllowList, Audit, AuditEvent, CallError, Connection, ConnectionId, EncryptedSecrets,
    EngineConfig, Grants, HttpClient, KeyRing, LogLine, LogSink, ManualClock, MasterKey,
    MemoryStorage, OutboundRequest, Plugin, PluginEngine,
};

/// The component's bytes, built first if need be.
pub(crate) fn guest_bytes() -> &'static [u8] {
    static BYTES: OnceLock<Vec<u8>> = OnceLock::new();
    BYTES.get_or_init(|| {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let built = Command::new(env!("CARGO"))
            .current_dir(&root)
            .args([
                "run",
                "--quiet",
                "--package",
                "xtask",
                "--",
                "build",
                "test-guest",
            ])
            .status()
            .expect("cargo starts");
        assert!(built.success(), "the test guest could not be built");
        std::fs::read(root.join("target/component/test-guest.wasm"))
            .expect("the test guest was written")
    })
}

/// The guest on an engine that all tests of a file share.
pub(crate) fn plugin() -> &'static Plugin {
    static PLUGIN: OnceLock<Plugin> = OnceLock::new();
    PLUGIN.get_or_init(|| {
        let engine = PluginEngine::new(EngineConfig::default()).expect("the engine starts");
        engine.load_bytes(guest_bytes()).expect("the guest loads")
    })
}

/// Grants in memory. Nothing is allowed, and nothing can be reached.
pub(crate) fn grants() -> Grants {
    let keys = KeyRing::new(MasterKey::generate().unwrap());
    let secrets = EncryptedSecrets::new(Arc::new(MemoryStorage::new()), keys);
    let mut grants = Grants::new(
        Arc::new(MemoryStorage::new()),
        Arc::new(secrets),
        Arc::new(NeverAnswers),
    );
    grants.clock = Arc::new(ManualClock::new(1_700_000_000_000));
    grants
}

pub(crate) fn allow(patterns: &[&str]) -> AllowList {
    AllowList::parse(patterns).unwrap()
}

pub(crate) fn connect(name: &str, grants: Grants) -> Connection {
    plugin().connection(ConnectionId::new(name).unwrap(), grants)
}

/// Gives the guest a command and answers what it said.
pub(crate) async fn tell(
    connection: &Connection,
    command: &str,
    argument: &str,
) -> Result<String, CallError> {
    let delivery = Delivery {
        method: command.to_owned(),
        headers: Vec::new(),
        body: argument.as_bytes().to_vec(),
        received_at: 0,
    };
    let outcome = connection.handle_webhook(&delivery).await?;
    Ok(String::from_utf8(outcome.response.body).unwrap())
}

/// A board that hangs for ever.
pub(crate) struct NeverAnswers;

#[async_trait]
impl HttpClient for NeverAnswers {
    async fn send(&self, _: OutboundRequest) -> Result<Response, HttpError> {
        std::future::pending().await
    }
}

/// Answers every request with 200 and a body of this many bytes, and remembers what was sent.
#[derive(Default)]
pub(crate) struct Answers {
    pub(crate) body_bytes: usize,
    /// As one header of the answer, with its name.
    pub(crate) header_bytes: usize,
    pub(crate) count: AtomicU32,
    pub(crate) last: Mutex<Option<OutboundRequest>>,
}

#[async_trait]
impl HttpClient for Answers {
    async fn send(&self, request: OutboundRequest) -> Result<Response, HttpError> {
        self.count.fetch_add(1, Ordering::SeqCst);
        *self.last.lock().unwrap() = Some(request);
        Ok(Response {
            status: 200,
            headers: match self.header_bytes.checked_sub(1) {
                None => Vec::new(),
                Some(rest) => vec![Header {
                    name: "x".to_owned(),
                    value: "h".repeat(rest),
                }],
            },
            body: vec![b'c'; self.body_bytes],
        })
    }
}

/// Keeps what it is told.
#[derive(Default)]
pub(crate) struct Kept {
    pub(crate) events: Mutex<Vec<AuditEvent>>,
    pub(crate) lines: Mutex<Vec<LogLine>>,
}

impl Audit for Kept {
    fn record(&self, event: AuditEvent) {
        self.events.lock().unwrap().push(event);
    }
}

impl LogSink for Kept {
    fn write(&self, line: LogLine) {
        self.lines.lock().unwrap().push(line);
    }
}
