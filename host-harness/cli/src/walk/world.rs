//! Where a step takes place: a simulated board, a platform with the real component, and people at both.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use job_board_demo::{Credential, Demo, DemoConfig, FieldValue, Role, Values};
use job_board_host::{Clock, ConnectionId, EngineConfig, ManualClock, SqliteStorage, Storage};
use serde_json::json;
use tempfile::TempDir;
use topcv_simulator::{Simulator, SimulatorConfig};

use super::board::{Board, Employer};
use super::check::{list, number, text};
use super::client::Api;
use crate::plugin_file;

/// 2026-03-02, a Monday, 09:00 in Vietnam. The clocks of both sides stand still until a step moves them.
pub const START_MS: u64 = 1_772_416_800_000;

/// What worlds share: the plugin, compiled once.
pub struct Stage {
    plugin: PathBuf,
    digest: String,
    compiled: PathBuf,
    /// Where worlds keep their data. Absent: where the system keeps what is temporary.
    worlds: Option<PathBuf>,
}

impl Stage {
    /// Compiles the plugin into a folder that worlds share; they keep their data there, too. Blocks; shows progress.
    ///
    /// # Errors
    /// When the plugin cannot be used.
    pub fn set(plugin: &Path, scratch: &Path) -> Result<Self> {
        Ok(Self {
            worlds: Some(scratch.to_owned()),
            ..Self::set_in(plugin, scratch.to_owned())?
        })
    }

    /// As [`Stage::set`], with only the compiled plugin in that folder.
    ///
    /// # Errors
    /// As [`Stage::set`].
    pub fn set_in(plugin: &Path, folder: PathBuf) -> Result<Self> {
        let engine = EngineConfig {
            cache_dir: Some(folder.clone()),
            ..EngineConfig::default()
        };
        let loaded = plugin_file::load(plugin, engine)?;
        Ok(Self {
            plugin: plugin.to_owned(),
            digest: loaded.digest().to_owned(),
            compiled: folder,
            worlds: None,
        })
    }

    fn data_folder(&self) -> std::io::Result<TempDir> {
        match &self.worlds {
            Some(folder) => tempfile::tempdir_in(folder),
            None => tempfile::tempdir(),
        }
    }

    /// Gives a platform the compiled plugin; where there is none it compiles for itself.
    fn lend_compiled(&self, data: &Path) -> std::io::Result<()> {
        let folder = data.join(plugin_file::COMPILED);
        std::fs::create_dir(&folder)?;
        for entry in std::fs::read_dir(&self.compiled)? {
            let name = entry?.file_name();
            if name.to_string_lossy().starts_with(&self.digest) {
                std::fs::copy(self.compiled.join(&name), folder.join(&name))?;
            }
        }
        Ok(())
    }
}

/// Where the platform keeps what plugins store, below its data folder.
const PLUGIN_DATABASE: &str = "plugin.db";

/// One simulated board and one platform, with fresh data. A connection is there and waits to be configured.
pub struct World {
    /// The other side.
    pub board: Board,
    /// The employer's account there.
    pub employer: Employer,
    /// A recruiter, who owns the jobs that a step makes.
    pub owner: Api,
    /// An administrator of the same tenant.
    pub admin: Api,
    /// Who runs the platform.
    pub operator: Api,
    /// The platform's number of the connection.
    pub connection: u64,
    /// Sessions that others have taken the place of. They still stand.
    former: Vec<Api>,
    clock: Arc<ManualClock>,
    config: DemoConfig,
    simulator: Simulator,
    platform: Demo,
    // Last, so that the folder goes after those who write to it.
    data: TempDir,
}

impl World {
    /// Starts both sides on loopback.
    ///
    /// # Errors
    /// When one of them does not start.
    pub async fn start(stage: &Stage) -> Result<Self> {
        let simulator = Simulator::start(SimulatorConfig {
            start_ms: Some(START_MS),
            ..SimulatorConfig::default()
        })
        .await
        .context("the simulator does not start")?;
        let data = stage
            .data_folder()
            .context("cannot make a temporary folder")?;
        stage
            .lend_compiled(data.path())
            .context("cannot copy the compiled plugin")?;
        let clock = Arc::new(ManualClock::new(START_MS));
        let config = DemoConfig {
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            background: false,
            ..platform_config(data.path(), &stage.plugin, &simulator.url())
        };
        let platform = Demo::start(config.clone())
            .await
            .context("the platform does not start")?;
        let board = Board::new(&simulator.url())?;
        let admin = sign_in(&platform, Role::Administrator).await?;
        let connections = admin.get("/api/connections").await?;
        let connection = list(&connections, "connections")?
            .first()
            .context("the platform has no connection to begin with")?;
        Ok(Self {
            employer: board.employer("Công ty Cổ phần Minh An").await?,
            connection: number(connection, "id")?,
            owner: sign_in(&platform, Role::Recruiter).await?,
            operator: sign_in(&platform, Role::Operator).await?,
            admin,
            former: Vec::new(),
            board,
            clock,
            config,
            simulator,
            platform,
            data,
        })
    }

    /// The platform's address.
    pub fn url(&self) -> &str {
        self.platform.url()
    }

    /// Who can sign in, with the passwords and sessions of the platform's start.
    pub fn credentials(&self) -> &[Credential] {
        self.platform.credentials()
    }

    /// Everybody's sessions so far: those of the start, and those that [`World::set_time`] has begun since.
    pub fn sessions(&self) -> impl Iterator<Item = &str> {
        let present = [&self.owner, &self.admin, &self.operator];
        let all = self.former.iter().chain(present);
        all.filter_map(Api::bearer)
    }

    /// With what another process of the same platform is started: on the same data, by the same clock.
    pub fn config(&self) -> &DemoConfig {
        &self.config
    }

    /// How many secrets the platform keeps for the connection, by its database.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn stored_secrets(&self) -> Result<usize> {
        let file = self.data.path().join(PLUGIN_DATABASE);
        let secrets = SqliteStorage::open(file)?.secrets_map();
        let scope = ConnectionId::new(format!("connection-{}", self.connection))?;
        let page = secrets
            .list_keys(&scope, "", None, 1_000)
            .await
            .map_err(|error| anyhow::anyhow!("the secrets cannot be listed: {error:?}"))?;
        Ok(page.keys.len())
    }

    /// The present moment on both sides.
    pub fn now(&self) -> u64 {
        self.clock.now()
    }

    /// Moves both clocks forward.
    ///
    /// # Errors
    /// As [`World::set_time`].
    pub async fn advance(&mut self, by: Duration) -> Result<()> {
        let by = u64::try_from(by.as_millis()).context("no clock goes that far")?;
        self.set_time(self.now() + by).await
    }

    /// Moves both clocks to a moment. Everybody signs in again, since sessions end.
    ///
    /// # Errors
    /// When one of the two sides does not answer.
    pub async fn set_time(&mut self, now: u64) -> Result<()> {
        self.clock.set(now);
        self.board.set_time(now).await?;
        for (role, present) in [
            (Role::Recruiter, &mut self.owner),
            (Role::Administrator, &mut self.admin),
            (Role::Operator, &mut self.operator),
        ] {
            let next = sign_in(&self.platform, role).await?;
            self.former.push(std::mem::replace(present, next));
        }
        Ok(())
    }

    /// Ends both sides.
    pub async fn stop(self) {
        self.platform.stop().await;
        self.simulator.stop().await;
    }
}

/// A platform that may call the simulator and nothing else, and is told by its operator that the board is there.
pub(crate) fn platform_config(data: &Path, plugin: &Path, simulator: &str) -> DemoConfig {
    let protocol = json!({ "base_url": simulator }).to_string();
    DemoConfig {
        allow: vec![simulator.to_owned()],
        allow_loopback: true,
        operator_settings: Values::from([("protocol".to_owned(), FieldValue::Json(protocol))]),
        ..DemoConfig::new(data, plugin)
    }
}

async fn sign_in(platform: &Demo, role: Role) -> Result<Api> {
    let credential = platform
        .credentials()
        .iter()
        .find(|credential| credential.role == role)
        .with_context(|| format!("the platform has nobody with the role {role:?}"))?;
    let api = Api::new(platform.url())?;
    let body = json!({ "login": credential.login, "password": credential.password });
    let session = api.post("/api/login", &body).await?;
    Ok(api.signed_in(&text(&session, "token")?))
}

job_board_host::never_printed!(World);
