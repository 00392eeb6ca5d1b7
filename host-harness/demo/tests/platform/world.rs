//! A platform with one tenant, one connection and one job, over a scripted board.

use std::path::Path;
use std::sync::Arc;

use job_board_demo::application::connections::ConnectionView;
use job_board_demo::application::people::Profile;
use job_board_demo::application::{Platform, Ports};
use job_board_demo::domain::delivery::WebAnswer;
use job_board_demo::domain::id::{CandidateId, ConnectionId, JobId, TenantId};
use job_board_demo::domain::user::{Role, User};
use job_board_demo::domain::value::Values;
use job_board_demo::store::erasure_log::{self, ErasureLog};
use job_board_demo::store::seal::Sealer;
use job_board_demo::store::{Page, Store};
use job_board_host::contract::events::{Event, PostingState};
use job_board_host::{KeyRing, ManualClock};
use tempfile::TempDir;

use crate::support::{START, ScriptedBoard, post, posting};

/// How long the platform of these tests keeps candidates who were not hired.
pub const RETENTION_DAYS: u32 = 365;

pub const PAGE: Page = Page {
    before: None,
    limit: 200,
};

/// A platform with one tenant, one connection and one job, over a scripted board.
pub struct World {
    pub folder: TempDir,
    pub board: ScriptedBoard,
    pub clock: Arc<ManualClock>,
    pub platform: Platform,
    /// The database of the platform as it was first opened.
    pub store: Store,
    pub owner: User,
    pub admin: User,
    pub operator: User,
    pub connection: ConnectionId,
    pub job: JobId,
}

pub fn open(folder: &Path, board: &ScriptedBoard, clock: &Arc<ManualClock>) -> Platform {
    let store = Store::open(&folder.join("platform.db")).unwrap();
    open_with(store, folder, board, clock)
}

fn open_with(
    store: Store,
    folder: &Path,
    board: &ScriptedBoard,
    clock: &Arc<ManualClock>,
) -> Platform {
    let keys = KeyRing::from_file_or_create(folder.join("master.key")).unwrap();
    let clock: Arc<ManualClock> = Arc::clone(clock);
    Platform::new(Ports {
        store,
        erasure_log: ErasureLog::open(&folder.join(erasure_log::FILE_NAME)).unwrap(),
        retention_days: Some(RETENTION_DAYS),
        sealer: Sealer::new(keys),
        clock,
        board: Arc::new(board.clone()),
        public_base_url: "https://platform.example".into(),
        operator_settings: Values::new(),
    })
}

pub async fn add_tenant(platform: &Platform) -> (TenantId, [User; 3]) {
    let tenant = platform.add_tenant("Công ty").await.unwrap();
    let mut users = Vec::new();
    for role in [Role::Recruiter, Role::Administrator, Role::Operator] {
        let login = format!("{}-{}", role.code(), tenant.0);
        platform
            .add_user(tenant, &login, &login, role)
            .await
            .unwrap();
        let all = platform.all_users().await.unwrap();
        users.extend(all.into_iter().find(|user| user.login == login));
    }
    (tenant, users.try_into().ok().unwrap())
}

impl World {
    pub async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let board = ScriptedBoard::new();
        let clock = Arc::new(ManualClock::new(START));
        let store = Store::open(&folder.path().join("platform.db")).unwrap();
        let platform = open_with(store.clone(), folder.path(), &board, &clock);
        let (tenant, [owner, admin, operator]) = add_tenant(&platform).await;
        let connection = platform.add_connection(tenant, "Chính").await.unwrap();
        let job = platform
            .add_job(tenant, owner.id, "Kế toán".into(), Values::new())
            .await
            .unwrap()
            .id;
        Self {
            folder,
            board,
            clock,
            platform,
            store,
            owner,
            admin,
            operator,
            connection,
            job,
        }
    }

    /// As if the process had been killed and started again: nothing but the files is left.
    pub async fn restart(&mut self) {
        self.platform = open(self.folder.path(), &self.board, &self.clock);
        self.platform.replay_erasures().await.unwrap();
        let backlog = self.platform.backlog().await.unwrap();
        self.platform.recover(backlog).await.unwrap();
    }

    pub async fn view(&self) -> ConnectionView {
        let view = self.platform.connection_view(&self.owner, self.connection);
        view.await.unwrap()
    }

    pub async fn deliver(&self, body: &str) -> WebAnswer {
        let url = self.view().await.webhook_url;
        let hook = url.rsplit('/').next().unwrap();
        let connection = self.platform.hook(hook).await.unwrap().unwrap();
        self.platform.receive(&connection, post(body)).await
    }

    /// Says what a delivery with this body leads to, and delivers it.
    pub async fn happen(&self, body: &str, events: Vec<Event>) -> WebAnswer {
        self.board
            .with(|script| script.events.insert(body.as_bytes().to_vec(), events));
        self.deliver(body).await
    }

    /// Publishes the job; the board calls it `board`.
    pub async fn publish(&self, request_id: &str, board: &str) {
        let answer = posting(
            request_id,
            self.job,
            Some(board),
            PostingState::PendingReview,
        );
        self.board
            .with(|script| script.postings.push_back(Ok(answer)));
        let order = self.order(request_id);
        self.platform
            .publish(&self.owner, self.job, order)
            .await
            .ok()
            .unwrap();
    }

    pub fn order(&self, request_id: &str) -> job_board_demo::application::publish::Order {
        job_board_demo::application::publish::Order {
            connection: self.connection,
            request_id: Some(request_id.into()),
            values: Values::new(),
            allow_second: false,
        }
    }

    /// Everybody in the job's pipeline, oldest first.
    pub async fn candidates(&self) -> Vec<Profile> {
        let stages = self.platform.pipeline(&self.owner, self.job).await.unwrap();
        let mut ids: Vec<CandidateId> = stages
            .iter()
            .flat_map(|(_, cards)| cards.iter().map(|card| card.candidate.id))
            .collect();
        ids.sort();
        let mut found = Vec::new();
        for id in ids {
            found.push(self.platform.candidate(&self.owner, id).await.unwrap());
        }
        found
    }

    /// Kinds of the owner's notifications, oldest first.
    pub async fn notices(&self) -> Vec<String> {
        let notices = self
            .platform
            .notices(&self.owner, false, PAGE)
            .await
            .unwrap();
        notices
            .into_iter()
            .rev()
            .map(|notice| notice.kind)
            .collect()
    }

    /// A posting's state as it is stored, without asking the plugin.
    pub fn stored_state(&self, request_id: &str) -> String {
        let path = self.folder.path().join("platform.db");
        let db = rusqlite::Connection::open(path).unwrap();
        let state = "SELECT state FROM postings WHERE request_id = ?1";
        db.query_row(state, [request_id], |row| row.get(0)).unwrap()
    }

    pub async fn state_of(&self, request_id: &str) -> &'static str {
        let postings = self
            .platform
            .postings_of(&self.owner, self.job)
            .await
            .unwrap();
        let found = postings
            .iter()
            .find(|posting| posting.request_id == request_id);
        found.unwrap().state.code()
    }
}
