//! What a connection's instances are given.

use std::sync::Arc;

use crate::audit::{Audit, TracingAudit};
use crate::clock::{Clock, SystemClock};
use crate::http::{AllowList, HttpClient};
use crate::limits::Limits;
use crate::log::{LogSink, TracingLog};
use crate::secrets::Secrets;
use crate::storage::Storage;

/// The capabilities of one connection. Everything is deny by default: without an allow-list nothing can be called.
///
/// The same `storage` and `secrets` serve all connections; each operation carries the [`ConnectionId`](crate::ConnectionId).
#[derive(Clone)]
pub struct Grants {
    /// Where the plugin's records are.
    pub storage: Arc<dyn Storage>,
    /// Where its credentials are.
    pub secrets: Arc<dyn Secrets>,
    /// How its requests are sent.
    pub http: Arc<dyn HttpClient>,
    /// Its only source of time.
    pub clock: Arc<dyn Clock>,
    /// Where its log lines go.
    pub log: Arc<dyn LogSink>,
    /// Where refusals are recorded.
    pub audit: Arc<dyn Audit>,
    /// What each call may use.
    pub limits: Limits,
    /// The hosts that it may call, if its manifest asks for them.
    pub allow: AllowList,
}

impl Grants {
    /// These three, with the system's clock, [`tracing`] for log and audit, default limits, and no host allowed.
    #[must_use]
    pub fn new(
        storage: Arc<dyn Storage>,
        secrets: Arc<dyn Secrets>,
        http: Arc<dyn HttpClient>,
    ) -> Self {
        Self {
            storage,
            secrets,
            http,
            clock: Arc::new(SystemClock),
            log: Arc::new(TracingLog),
            audit: Arc::new(TracingAudit),
            limits: Limits::default(),
            allow: AllowList::none(),
        }
    }

    /// Allows these hosts, instead of those allowed before.
    #[must_use]
    pub fn with_allow(mut self, allow: AllowList) -> Self {
        self.allow = allow;
        self
    }
}
