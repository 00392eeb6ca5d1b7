//! What the demo is started with.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use job_board_host::{Clock, EngineConfig, Limits, SystemClock};

use crate::domain::value::Values;
use crate::watch::Watch;

/// What the operator decides.
#[derive(Clone)]
pub struct DemoConfig {
    /// Where everything is kept: databases, the master key, the compiled plugin. Made with mode 0700 when it is missing.
    pub data_dir: PathBuf,
    /// Where to listen. Only on loopback, unless `public_base_url` says that TLS stands in front.
    pub bind: SocketAddr,
    /// Where boards and browsers reach the platform, without a slash at the end. Absent: the address that it listens on.
    pub public_base_url: Option<String>,
    /// The plugin's component.
    pub plugin_path: PathBuf,
    /// The hosts that plugins may call: the operator's grant, in the runtime's patterns. Nothing else is reached.
    pub allow: Vec<String>,
    /// Whether granted hosts may be on this machine: for a simulator, never in production.
    pub allow_loopback: bool,
    /// What each call of a plugin may use, and what a connection may keep.
    pub limits: Limits,
    /// How the engine is set up. Its `cache_dir` is the data folder's.
    pub engine: EngineConfig,
    /// The only source of time, also for plugins.
    pub clock: Arc<dyn Clock>,
    /// Operator settings that every connection gets with its configuration, unless an operator set another value for that connection.
    /// The names are the manifest's.
    pub operator_settings: Values,
    /// After how many days without any activity candidates who were not hired are erased. Absent (the default): never; how long
    /// such data may be kept is for the law and the tenants' promises to say.
    pub retention_days: Option<u32>,
    /// Whether files are fetched and deliveries tried again by themselves. Without it they wait for `POST /api/cvs/retry` and for the next start.
    pub background: bool,
    /// Who sees every effect, for metrics and rehearsals. Absent: nobody.
    pub watch: Option<Arc<dyn Watch>>,
}

impl DemoConfig {
    /// On a free port of loopback, with the machine's clock, default limits, nothing granted, working in the background.
    pub fn new(data_dir: impl Into<PathBuf>, plugin_path: impl Into<PathBuf>) -> Self {
        Self {
            data_dir: data_dir.into(),
            bind: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            public_base_url: None,
            plugin_path: plugin_path.into(),
            allow: Vec::new(),
            allow_loopback: false,
            limits: Limits::default(),
            engine: EngineConfig::default(),
            clock: Arc::new(SystemClock),
            operator_settings: Values::new(),
            retention_days: None,
            background: true,
            watch: None,
        }
    }
}
