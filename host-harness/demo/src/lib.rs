//! The reference hiring platform that embeds job-board components: small enough to be read in an hour, whole enough to be copied from.
//!
//! It shows what a platform does with a plugin of the world `hiring:job-board/plugin`: configuring a connection, publishing jobs, receiving webhooks
//! without losing or doubling anything, turning applications into candidates, fetching their files. What every platform has anyway
//! (fine-grained roles, e-mail, search, reports) is left out.
//!
//! # Where to read
//!
//! | room | what is there |
//! |---|---|
//! | [`board`] | the port to a plugin, and its one implementation over `job_board_host`: all that embedding takes |
//! | [`application`] | the use cases, one a file; begin with [`application::receive`] and [`application::publish`] |
//! | [`domain`] | decisions without database and network: upsert rules, states, waits, messages |
//! | [`store`] | SQLite: the platform's tables, each change in a transaction |
//! | [`backup`](mod@backup) | copies of all of it, and putting them back |
//! | [`http`] | the JSON API and the webhook endpoint, as views of the application |
//! | [`web`] | the page that a recruiter uses, server-rendered |
//!
//! # Starting it
//!
//! ```no_run
//! # async fn start() -> Result<(), job_board_demo::DemoError> {
//! use job_board_demo::{Demo, DemoConfig};
//!
//! let mut config = DemoConfig::new("data", "board.wasm");
//! config.allow = vec!["*.board.example".to_owned()];
//! let demo = Demo::start(config).await?;
//! println!("{}", demo.url());
//! for who in demo.credentials() {
//!     println!("{} ({:?}): {:?}", who.login, who.role, who.password);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Personal data at rest
//!
//! Encrypted, with the runtime's master key: webhook bodies in the inbox and in quarantine, events that wait for a posting, links to files
//! (they may be permissions), the files themselves, webhook paths. A finished delivery's body is erased at once, a refused one after 30 days,
//! a link when it is no longer needed; erased rows are overwritten. A person is erased on request or by age (see
//! [`application::forget`]), and stays erased when an older copy of the database is restored.
//!
//! In the clear: names, phones, e-mails and genders of candidates, titles of jobs, notifications, which name candidates.
//! A platform searches and shows these all the time; protect the database file as you protect your own, for example with disk encryption.
//! Passwords and session tokens are kept as digests only.
//!
//! Nothing personal and nothing secret is logged.

pub mod application;
mod background;
pub mod backup;
pub mod board;
mod config;
mod data_dir;
mod demo;
pub mod domain;
mod error;
pub mod http;
pub mod rotation;
pub mod seed;
pub mod store;
mod watch;
pub mod web;

pub use backup::{BackupOptions, Manifest, RestoreOptions, backup, restore};
pub use config::DemoConfig;
pub use data_dir::DataDirError;
pub use demo::{Credential, Demo};
pub use domain::user::Role;
pub use domain::value::{FieldValue, Values};
pub use error::DemoError;
pub use rotation::{KeyUse, Rotation, RotationError, forget_retired_keys, key_use, rotate_key};
pub use watch::Watch;
