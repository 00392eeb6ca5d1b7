//! The library with which a hiring platform embeds job-board plugins: sandboxed WebAssembly components of the world `hiring:job-board/plugin`.

mod audit;
mod bindings;
mod clock;
mod connection_id;
pub mod contract;
mod engine;
mod error;
mod grants;
mod http;
mod limits;
mod log;
mod plugin;
mod secrets;
mod storage;

pub use audit::{Audit, AuditEvent, TracingAudit};
pub use clock::{Clock, ManualClock, SystemClock};
pub use connection_id::ConnectionId;
pub use engine::{EngineConfig, PluginEngine};
pub use error::{CallError, HostError};
pub use grants::Grants;
pub use http::{
    AddressPolicy, AllowList, AllowListError, HostPattern, HttpClient, Method, OutboundRequest,
    WebClient, WebClientError,
};
pub use limits::{Export, Limits, TICK};
pub use log::{LogLine, LogSink, TracingLog};
pub use plugin::{Answer, Connection, Plugin};
pub use secrets::{EncryptedSecrets, KeyRing, MasterKey, MasterKeyError, Secrets};
pub use storage::{
    MAX_KEY_BYTES, MAX_VALUE_BYTES, MemoryStorage, SqliteStorage, SqliteStorageError, Storage,
    is_valid_key,
};
pub use url::Url;
