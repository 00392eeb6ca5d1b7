//! What one call may use, and what a connection may keep. Every number has a name and a reason.

use std::fmt;
use std::time::Duration;

/// How often the engine looks whether a guest has computed for too long: the unit of [`Limits::cpu_ticks`].
pub const TICK: Duration = Duration::from_millis(10);

/// Limits for each call of an export, on one fresh instance; the last three are of the connection as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Computing time in units of [`TICK`]. Waiting in an import does not count.
    pub cpu_ticks: u64,
    /// Caps the wall-clock time of every export. `None`: the contract's own table alone, see [`Export::deadline`].
    pub wall_clock: Option<Duration>,
    /// Linear memory in bytes; at most [`EngineConfig::max_memory_bytes`](crate::EngineConfig::max_memory_bytes) has effect.
    pub memory_bytes: usize,
    /// HTTP requests.
    pub http_requests: u32,
    /// Bytes of URL, headers and body that may be sent, over all requests.
    pub http_bytes_out: u64,
    /// Bytes of body that may be received, over all requests.
    pub http_bytes_in: u64,
    /// Operations on storage and secrets together.
    pub storage_operations: u32,
    /// Log lines; further ones are dropped, and that is said once.
    pub log_lines: u32,
    /// Bytes that may cross from guest to host at once: one import's arguments, or the export's result. The engine's hostcall fuel.
    pub transfer_bytes: usize,
    /// Calls of one connection that run at once in this process; further ones wait for each other, and nobody else waits for them.
    /// The first call of a connection decides, until none is left.
    pub concurrent_calls: u32,
    /// Records that the connection may have in storage. A write beyond answers `quota`; replacing a record by one that is no larger always goes.
    pub storage_keys: u64,
    /// Bytes of keys and values that the connection may have in storage.
    ///
    /// Hosts that write at the same moment can each find the last free place: both quotas are exceeded by at most as many records as calls of the connection
    /// run at once, over all hosts. Secrets have a quota of their own, see [`EncryptedSecrets`](crate::EncryptedSecrets).
    pub storage_bytes: u64,
}

impl Limits {
    /// 2 s. A healthy call computes for less than 50 ms; a hundred times that is a loop.
    pub const CPU_TICKS: u64 = 200;
    /// 64 MiB: room for a file of 16 MiB in the few copies that fetching it takes.
    pub const MEMORY_BYTES: usize = 64 << 20;
    /// 100: a reconcile that asks for each of some dozens of postings, with paging and one sign-in.
    pub const HTTP_REQUESTS: u32 = 100;
    /// 4 MiB: a posting is a few kilobytes; nothing larger is sent to a board.
    pub const HTTP_BYTES_OUT: u64 = 4 << 20;
    /// 48 MiB: one large file with a retry, or the board's lists.
    pub const HTTP_BYTES_IN: u64 = 48 << 20;
    /// 5,000: listing some thousand postings reads each of them.
    pub const STORAGE_OPERATIONS: u32 = 5_000;
    /// 200 lines tell any story.
    pub const LOG_LINES: u32 = 200;
    /// 32 MiB: a file of 16 MiB and all that stands around it.
    pub const TRANSFER_BYTES: usize = 32 << 20;
    /// 8: a recruiter and some deliveries beside each other, and an eighth of [`EngineConfig::MAX_INSTANCES`](crate::EngineConfig::MAX_INSTANCES), so that one
    /// connection whose board hangs leaves room for the others.
    pub const CONCURRENT_CALLS: u32 = 8;
    /// 20,000: five thousand postings with the few records that stand beside each. The busiest employers have some hundreds live.
    /// The contract asks for 10,000 at least.
    pub const STORAGE_KEYS: u64 = 20_000;
    /// 64 MiB: a posting's records are some kilobytes. A disk holds hundreds of connections that flood it to here.
    /// The contract asks for no less.
    pub const STORAGE_BYTES: u64 = 64 << 20;

    /// How long this export may take.
    #[must_use]
    pub fn deadline(&self, export: Export) -> Duration {
        self.wall_clock
            .map_or(export.deadline(), |cap| cap.min(export.deadline()))
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            cpu_ticks: Self::CPU_TICKS,
            wall_clock: None,
            memory_bytes: Self::MEMORY_BYTES,
            http_requests: Self::HTTP_REQUESTS,
            http_bytes_out: Self::HTTP_BYTES_OUT,
            http_bytes_in: Self::HTTP_BYTES_IN,
            storage_operations: Self::STORAGE_OPERATIONS,
            log_lines: Self::LOG_LINES,
            transfer_bytes: Self::TRANSFER_BYTES,
            concurrent_calls: Self::CONCURRENT_CALLS,
            storage_keys: Self::STORAGE_KEYS,
            storage_bytes: Self::STORAGE_BYTES,
        }
    }
}

/// An export of the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)] // The names are the contract's.
pub enum Export {
    Describe,
    Configure,
    Status,
    Check,
    Disconnect,
    PrepareJob,
    PublishJob,
    ResolveUnknown,
    UpdateJob,
    CloseJob,
    ReopenJob,
    LinkJob,
    UnlinkJob,
    ListLinkable,
    ListPostings,
    GetPosting,
    Reconcile,
    HandleWebhook,
    FetchCv,
    Forget,
    Purge,
}

impl Export {
    /// The wall-clock time that the contract's table suggests.
    #[must_use]
    pub const fn deadline(self) -> Duration {
        let seconds = match self {
            Self::Describe => 1,
            Self::Status => 5,
            Self::UnlinkJob | Self::ListPostings => 10,
            Self::HandleWebhook | Self::Forget | Self::Purge => 30,
            Self::Configure
            | Self::Check
            | Self::Disconnect
            | Self::PrepareJob
            | Self::ResolveUnknown
            | Self::CloseJob
            | Self::LinkJob
            | Self::ListLinkable
            | Self::GetPosting
            | Self::FetchCv => 60,
            Self::PublishJob | Self::UpdateJob | Self::ReopenJob | Self::Reconcile => 120,
        };
        Duration::from_secs(seconds)
    }

    /// The name in the WIT, such as `postings.publish-job`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Describe => "connection.describe",
            Self::Configure => "connection.configure",
            Self::Status => "connection.status",
            Self::Check => "connection.check",
            Self::Disconnect => "connection.disconnect",
            Self::PrepareJob => "postings.prepare-job",
            Self::PublishJob => "postings.publish-job",
            Self::ResolveUnknown => "postings.resolve-unknown",
            Self::UpdateJob => "postings.update-job",
            Self::CloseJob => "postings.close-job",
            Self::ReopenJob => "postings.reopen-job",
            Self::LinkJob => "postings.link-job",
            Self::UnlinkJob => "postings.unlink-job",
            Self::ListLinkable => "postings.list-linkable",
            Self::ListPostings => "postings.list-postings",
            Self::GetPosting => "postings.get-posting",
            Self::Reconcile => "postings.reconcile",
            Self::HandleWebhook => "deliveries.handle-webhook",
            Self::FetchCv => "deliveries.fetch-cv",
            Self::Forget => "privacy.forget",
            Self::Purge => "privacy.purge",
        }
    }
}

impl fmt::Display for Export {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}
