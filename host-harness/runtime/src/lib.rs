//! The library with which a hiring platform embeds job-board plugins.
//!
//! A plugin is a WebAssembly component of the world `hiring:job-board/plugin`. It publishes jobs at one board and reads what the board sends; it reaches
//! nothing but the five interfaces that this library offers it, and of those only what the platform granted to one connection: its records, its secrets,
//! the hosts on an allow-list, the time, and a log. The library names no board: a second board is a second file.
//!
//! # A whole embedding
//!
//! ```no_run
//! use std::sync::Arc;
//! use job_board_host::contract::{deliveries::{Delivery, Verdict}, types::{NamedValue, Value}};
//! use job_board_host::*;
//!
//! # async fn embed(body: Vec<u8>, received_at: u64) -> Result<(), Box<dyn std::error::Error>> {
//! // Once for the process.
//! let engine = PluginEngine::new(EngineConfig { cache_dir: Some("cache".into()), ..EngineConfig::default() })?;
//! let plugin = engine.load_file("board.wasm")?;
//! let storage = SqliteStorage::open("host.db")?;
//! let keys = KeyRing::from_file_or_create("master.key")?;
//! let secrets = EncryptedSecrets::new(Arc::new(storage.secrets_map()), keys);
//! let http = WebClient::new(AddressPolicy::PublicOnly)?;
//!
//! // The operator reads what the plugin asks for, and why, and grants it.
//! for host in &plugin.manifest().hosts {
//!     println!("{}: {}", host.pattern, host.reason.en);
//! }
//! let grants = Grants::new(Arc::new(storage), Arc::new(secrets), Arc::new(http)).with_allow(AllowList::parse(&["partner.board.example"])?);
//!
//! // A tenant's account at the board. The id is the platform's; nothing that a recruiter or the plugin says selects it.
//! let connection = plugin.connection(ConnectionId::new("tenant-7:board")?, grants);
//! let token = NamedValue { name: "token".into(), value: Value::Text("what the recruiter typed".into()) };
//! match connection.configure(&[token], "https://platform.example/hooks/unguessable", false).await? {
//!     Ok(status) => println!("{:?}; paste at the board: {:?}", status.state, status.webhook_url),
//!     Err(failure) => println!("{}", failure.message.en),
//! }
//!
//! // A delivery arrived, and is stored durably already.
//! let delivery = Delivery { method: "POST".into(), headers: vec![], body, received_at };
//! let outcome = connection.handle_webhook(&delivery).await?;
//! match outcome.verdict {
//!     Verdict::Accepted => { /* one transaction: unique (connection, event id), apply the new ones, mark the delivery done */ }
//!     Verdict::NoEffect => { /* mark the delivery done */ }
//!     Verdict::Refused(why) => { /* quarantine: process it again after a setting was mended */ let _ = why.code; }
//!     Verdict::TryAgain(why) => { /* keep it, and call again */ let _ = why.retry_after_ms; }
//! }
//! // Now answer the board with `outcome.response`.
//! # Ok(())
//! # }
//! ```
//!
//! # What a platform can rely on
//!
//! - **Fresh instance.** Every call runs on an instance of its own, made in some microseconds from a pool. Nothing passes from one call or tenant to the next
//!   except through storage.
//! - **Limits.** Computing time, wall-clock time, memory, requests, bytes and operations are limited for each call ([`Limits`]). A call that goes beyond
//!   ends with a [`CallError`], and the next one works. All exports may be called again with the same arguments. What a connection keeps and how many of its
//!   calls run at once are limited too: a tenant that floods or hangs takes nothing from the others.
//! - **Deny by default.** A request leaves only for a host that the manifest asks for *and* the operator granted ([`AllowList`] has the one exception), and
//!   only to public addresses ([`AddressPolicy`]). Refusals are answers to the plugin and events of the [`Audit`].
//! - **Honest errors.** An HTTP error says `not-sent` only when no connection was made, because a plugin repeats a paid request on that word.
//! - **Secrets at rest** are encrypted and bound to their place ([`EncryptedSecrets`]). The contract's generated types print everything with `{:?}`: do not log them.
//!
//! # Ports
//!
//! [`Storage`], [`Secrets`], [`HttpClient`], [`Clock`], [`LogSink`] and [`Audit`] are traits; the library has one or two implementations of each, and a platform
//! may bring its own. They are `async` on [`tokio`], whose runtime every call needs.

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
mod never_printed;
mod plugin;
mod secrets;
mod storage;
mod text;

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
pub use secrets::{
    Census, EncryptedSecrets, HeldKeys, KeyFile, KeyId, KeyRing, MasterKey, MasterKeyError,
    Resealed, RotationBegun, Secrets,
};
pub use storage::{
    BackupError, MAX_KEY_BYTES, MAX_VALUE_BYTES, MemoryStorage, SqliteStorage, SqliteStorageError,
    Storage, Usage, is_valid_key, keys_of_backup,
};
pub use url::Url;
