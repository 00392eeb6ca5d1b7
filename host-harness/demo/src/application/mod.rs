//! The use cases: what the platform does when a person or a board asks for something.
//!
//! One use case a file. Each is a short story over three ports: the [`Store`], the [`Board`]
//! and the clock. What must happen together happens in one `unit::Unit`; the board is never called inside one.

pub mod applications;
pub mod configure;
pub mod connections;
pub mod entered;
pub mod errands;
pub mod error;
pub mod events;
pub mod fetch_cvs;
pub mod forget;
pub mod housekeeping;
pub mod jobs;
pub mod news;
pub mod overview;
pub mod people;
pub mod postings;
pub mod publish;
pub mod receive;
pub mod reconcile;
pub mod recover;
pub mod repeat_order;
pub mod sign_in;
pub mod silence;
pub mod token;
pub mod traffic;
pub mod turn_away;
pub mod unit;
pub mod unmatched;
pub mod webhook_path;

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use job_board_host::Clock;
use tokio::sync::Notify;

use crate::board::{Board, BoardPlugin};
use crate::domain::attempts::Attempts;
use crate::domain::id::{ConnectionId, TenantId};
use crate::domain::refusals::Refusals;
use crate::domain::value::Values;
use crate::store::Store;
use crate::store::connections::{self as connection_rows, StoredConnection};
use crate::store::erasure_log::ErasureLog;
use crate::store::seal::Sealer;

pub use error::{AppError, Problem};

/// What the use cases work with.
pub struct Ports {
    /// The database.
    pub store: Store,
    /// Encryption at rest.
    pub sealer: Sealer,
    /// The only source of time.
    pub clock: Arc<dyn Clock>,
    /// The job board.
    pub board: Arc<dyn Board>,
    /// Where the board reaches the platform, without a slash at the end.
    pub public_base_url: String,
    /// Who was erased: kept outside the database.
    pub erasure_log: ErasureLog,
    /// After how many days without any activity candidates who were not hired are erased. Absent: never.
    pub retention_days: Option<u32>,
    /// Operator settings that every connection gets unless an operator set another value for it.
    pub operator_settings: Values,
}

/// The hiring platform. A clone is the same one.
#[derive(Clone)]
pub struct Platform {
    ports: Arc<Ports>,
    work: Arc<Notify>,
    news: news::News,
    ending: Arc<AtomicBool>,
    // In memory: a start forgets it, and lets a flood fill the quarantine a little further, to its cap at most.
    refusals: Arc<Mutex<HashMap<(TenantId, ConnectionId), Refusals>>>,
    // In memory, and of this process alone: of two processes each lets the same sender fail as often.
    attempts: Arc<Mutex<Attempts>>,
}

impl Platform {
    /// Over these ports.
    pub fn new(mut ports: Ports) -> Self {
        ports.store = ports.store.guarded_by(ports.sealer.keys().clone());
        Self {
            ports: Arc::new(ports),
            work: Arc::new(Notify::new()),
            news: news::News::default(),
            ending: Arc::new(AtomicBool::new(false)),
            refusals: Arc::default(),
            attempts: Arc::default(),
        }
    }

    /// The present moment.
    pub fn now(&self) -> u64 {
        self.ports.clock.now()
    }

    /// The plugin's manifest.
    pub fn manifest(&self) -> &job_board_host::contract::connection::Manifest {
        self.ports.board.manifest()
    }

    /// Whether browsers reach the platform over TLS, so that cookies can be kept to it.
    pub fn is_public_over_tls(&self) -> bool {
        self.ports.public_base_url.starts_with("https://")
    }

    /// Ends when a use case has left work for the background, such as a file to fetch.
    pub async fn work_arrived(&self) {
        self.work.notified().await;
    }

    /// Asks long work to end after the piece that it is at.
    pub fn end_work(&self) {
        self.ending.store(true, Ordering::SeqCst);
        self.work.notify_one();
    }

    /// Whether long work was asked to end.
    pub fn is_ending(&self) -> bool {
        self.ending.load(Ordering::SeqCst)
    }

    fn store(&self) -> &Store {
        &self.ports.store
    }

    fn plugin(&self, connection: ConnectionId) -> Result<Arc<dyn BoardPlugin>, AppError> {
        Ok(self.ports.board.connect(connection)?)
    }

    async fn connection(
        &self,
        tenant: TenantId,
        id: ConnectionId,
    ) -> Result<StoredConnection, AppError> {
        self.store()
            .read(move |db| {
                connection_rows::get(db, tenant, id)?.ok_or(AppError::NoSuch("connection"))
            })
            .await
    }
}
