//! A record of what the host refused: the operator's first place to look when a plugin does not work, or does too much.

use crate::connection_id::ConnectionId;
use crate::contract::http::ErrorCode;

/// Something that was refused. Holds no secret and no personal data: of a URL only scheme, host and port.
/// What comes from a guest is cut to 200 characters, without control characters.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum AuditEvent {
    /// A guest's HTTP request was not sent.
    HttpRefused {
        /// For which connection.
        connection: ConnectionId,
        /// Scheme, host and port, or `(not a URL)`.
        origin: String,
        /// What the guest was told.
        code: ErrorCode,
        /// Why, in English.
        reason: String,
    },
    /// A guest's write found its connection's quota of records, bytes or secrets used up. Recorded once a call.
    QuotaReached {
        /// For which connection.
        connection: ConnectionId,
        /// The key that was not written.
        key: String,
    },
    /// A stored secret could not be decrypted: the key is lost, or the row belongs elsewhere or was changed. The guest was told that there is none.
    SecretUnreadable {
        /// For which connection.
        connection: ConnectionId,
        /// The secret's name.
        key: String,
    },
}

/// Where audit events go.
pub trait Audit: Send + Sync {
    /// Records one event. Must not wait: it is called between a guest's request and its answer.
    fn record(&self, event: AuditEvent);
}

/// Writes each event as a warning of [`tracing`], target `job_board_host::audit`.
#[derive(Debug, Clone, Copy, Default)]
pub struct TracingAudit;

impl Audit for TracingAudit {
    fn record(&self, event: AuditEvent) {
        const TARGET: &str = "job_board_host::audit";
        match event {
            AuditEvent::HttpRefused {
                connection,
                origin,
                code,
                reason,
            } => tracing::warn!(
                target: TARGET, %connection, %origin, ?code, %reason, "request of a plugin refused"
            ),
            AuditEvent::QuotaReached { connection, key } => tracing::warn!(
                target: TARGET, %connection, %key, "a connection's storage is full; nothing was written"
            ),
            AuditEvent::SecretUnreadable { connection, key } => tracing::warn!(
                target: TARGET, %connection, %key, "stored secret cannot be decrypted; the plugin will ask for it again"
            ),
        }
    }
}
