//! Putting it all together: the adapters, the application, the server.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use job_board_host::{
    AddressPolicy, AllowList, EncryptedSecrets, EngineConfig, Grants, KeyRing, SqliteStorage,
    WebClient,
};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, JoinSet};

use crate::application::{Platform, Ports};
use crate::board::Board;
use crate::board::component::ComponentBoard;
use crate::config::DemoConfig;
use crate::domain::user::Role;
use crate::error::DemoError;
use crate::store::Store;
use crate::store::erasure_log::{self, ErasureLog};
use crate::store::seal::Sealer;
use crate::{background, data_dir, http, seed};

/// Somebody who can sign in. No `Debug`: it holds secrets.
#[derive(Clone)]
pub struct Credential {
    /// The name to sign in with.
    pub login: String,
    /// For people.
    pub name: String,
    /// What the user may do.
    pub role: Role,
    /// The password, on the first start only: it is not kept in the clear.
    pub password: Option<String>,
    /// A bearer token of a session that this start began.
    pub token: String,
}

/// A running platform. Stops when it is dropped.
pub struct Demo {
    url: String,
    platform: Platform,
    credentials: Vec<Credential>,
    stop: Option<oneshot::Sender<()>>,
    server: JoinHandle<()>,
    workers: JoinSet<()>,
    files: Option<JoinHandle<()>>,
    // Last: the folder is given up after everything else.
    _occupied: data_dir::Held,
}

impl Demo {
    /// Opens what is stored, loads the plugin, finishes what an earlier run began, and serves.
    ///
    /// The first start makes a tenant with users and jobs (see [`seed`](crate::seed)).
    pub async fn start(config: DemoConfig) -> Result<Self, DemoError> {
        refuse_clear_text(&config)?;
        data_dir::make_private(&config.data_dir)?;
        let occupied = data_dir::occupy(&config.data_dir)?;
        // Of several processes that start at once on one folder, one after the other makes what is missing.
        let turn = turn_to_start(&config.data_dir).await?;
        let keys = KeyRing::from_file_or_create(config.data_dir.join(data_dir::MASTER_KEY))?;
        let grants = grants(&config, keys.clone())?;
        let board = load(&config, grants).await?;
        refuse_unknown_settings(&config, &board)?;
        let listener = TcpListener::bind(config.bind)
            .await
            .map_err(|source| io(format!("cannot listen on {}", config.bind), source))?;
        let address = listener
            .local_addr()
            .map_err(|source| io("the socket has no address".to_owned(), source))?;
        let url = format!("http://{address}");
        let platform = Platform::new(Ports {
            store: Store::open(&config.data_dir.join(data_dir::PLATFORM_DB))?
                .watched_by(config.watch.clone()),
            sealer: Sealer::new(keys),
            clock: Arc::clone(&config.clock),
            board: Arc::new(board),
            public_base_url: public_url(&config, &url),
            erasure_log: ErasureLog::open(&config.data_dir.join(erasure_log::FILE_NAME))?,
            retention_days: config.retention_days,
            operator_settings: config.operator_settings,
        });
        platform.replay_erasures().await?;
        let credentials = credentials(&platform).await?;
        drop(turn);

        let backlog = platform.backlog().await?;
        let workers = if config.background {
            background::start(&platform, backlog)
        } else {
            platform.recover(backlog).await?;
            JoinSet::new()
        };
        let files = config
            .background
            .then(|| tokio::spawn(background::files(platform.clone())));
        let (stop, stopped) = oneshot::channel::<()>();
        let router = http::router(platform.clone());
        let server = tokio::spawn(async move {
            let until = async {
                let _ = stopped.await;
            };
            let service = router.into_make_service_with_connect_info::<SocketAddr>();
            let served = axum::serve(listener, service).with_graceful_shutdown(until);
            if let Err(error) = served.await {
                tracing::error!(%error, "the server ended");
            }
        });
        Ok(Self {
            url,
            platform,
            credentials,
            stop: Some(stop),
            server,
            workers,
            files,
            _occupied: occupied,
        })
    }

    /// Where it listens, without a slash at the end.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Who can sign in.
    pub fn credentials(&self) -> &[Credential] {
        &self.credentials
    }

    /// The use cases, for a host that adds views of its own.
    pub fn platform(&self) -> &Platform {
        &self.platform
    }

    /// Finishes the requests and the file that are under way, and ends.
    pub async fn stop(mut self) {
        self.platform.end_work();
        self.workers.shutdown().await;
        if let Some(files) = &mut self.files {
            // Past this time its claim ends, and the next start takes the file up.
            let _ = tokio::time::timeout(background::LAST_FILE, files).await;
        }
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        // A client that keeps its connection open does not keep the platform from ending.
        let grace = std::time::Duration::from_secs(5);
        if tokio::time::timeout(grace, &mut self.server).await.is_err() {
            self.server.abort();
        }
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        self.server.abort();
        if let Some(files) = &self.files {
            files.abort();
        }
    }
}

fn io(what: String, source: std::io::Error) -> DemoError {
    DemoError::Io { what, source }
}

fn refuse_clear_text(config: &DemoConfig) -> Result<(), DemoError> {
    let public = config.public_base_url.as_deref().unwrap_or_default();
    if config.bind.ip().is_loopback() || public.starts_with("https://") {
        return Ok(());
    }
    Err(DemoError::NotLoopback(config.bind))
}

async fn turn_to_start(folder: &Path) -> Result<data_dir::Held, DemoError> {
    let folder = folder.to_owned();
    let waiting = tokio::task::spawn_blocking(move || data_dir::wait_to_start(&folder));
    Ok(waiting.await.map_err(|_| DemoError::Worker)??)
}

fn grants(config: &DemoConfig, keys: KeyRing) -> Result<Grants, DemoError> {
    let storage = SqliteStorage::open(config.data_dir.join(data_dir::PLUGIN_DB))?;
    let secrets = EncryptedSecrets::new(Arc::new(storage.secrets_map()), keys);
    let policy = if config.allow_loopback {
        AddressPolicy::AllowLoopback
    } else {
        AddressPolicy::PublicOnly
    };
    let client = WebClient::new(policy)?;
    let grants = Grants::new(Arc::new(storage), Arc::new(secrets), Arc::new(client));
    let grants = Grants {
        clock: Arc::clone(&config.clock),
        limits: config.limits.clone(),
        ..grants.with_allow(AllowList::parse(&config.allow)?)
    };
    Ok(match &config.watch {
        Some(watch) => watch.grants(grants),
        None => grants,
    })
}

async fn load(config: &DemoConfig, grants: Grants) -> Result<ComponentBoard, DemoError> {
    let plugin = config.plugin_path.clone();
    let engine = EngineConfig {
        cache_dir: Some(config.data_dir.join(data_dir::COMPILED)),
        ..config.engine.clone()
    };
    // Compiling takes a processor for a while.
    let loading =
        tokio::task::spawn_blocking(move || ComponentBoard::load(&plugin, engine, grants));
    Ok(loading.await.map_err(|_| DemoError::Worker)??)
}

fn refuse_unknown_settings(config: &DemoConfig, board: &impl Board) -> Result<(), DemoError> {
    use job_board_host::contract::forms::Audience;
    for name in config.operator_settings.keys() {
        let mut settings = board.manifest().settings.iter();
        if !settings.any(|known| known.id == *name && known.audience == Audience::Operator) {
            return Err(DemoError::UnknownSetting {
                name: name.clone(),
                path: config.plugin_path.clone(),
            });
        }
    }
    Ok(())
}

fn public_url(config: &DemoConfig, own: &str) -> String {
    let given = config.public_base_url.as_deref().unwrap_or(own);
    given.trim_end_matches('/').to_owned()
}

async fn credentials(platform: &Platform) -> Result<Vec<Credential>, DemoError> {
    let seeded = seed::seed(platform).await?;
    let mut credentials = Vec::new();
    for user in platform.all_users().await? {
        let made = seeded.iter().find(|made| made.login == user.login);
        let session = platform.begin_session(user, false).await?;
        credentials.push(Credential {
            login: session.user.login,
            name: session.user.name,
            role: session.user.role,
            password: made.map(|made| made.password.clone()),
            token: session.token,
        });
    }
    Ok(credentials)
}

job_board_host::never_printed!(Credential);
