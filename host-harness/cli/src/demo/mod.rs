//! `job-board demo`: the simulated board and the platform, for a person to play with.

mod story;

use std::fmt::Write;
use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use job_board_demo::{Demo, DemoConfig, DemoError};
use job_board_host::{Clock, SystemClock};
use topcv_simulator::{Simulator, SimulatorConfig, SimulatorError};

use crate::limit::OperatorLimits;
use crate::signals::Ending;
use crate::walk::{Board, Employer, platform_config};
use crate::{data_folder, log_ins, progress};

/// The same addresses at every start, where nobody else uses them, so that what was copied once still fits.
const PLATFORM_PORT: u16 = 8470;
const SIMULATOR_PORT: u16 = 8480;

/// Serves both sides until a signal ends it. Without `data_dir` the platform's data is gone afterwards; the simulator's always is.
///
/// # Errors
/// When one of the two does not start.
pub async fn run(plugin: &Path, data_dir: Option<PathBuf>, limits: OperatorLimits) -> Result<()> {
    let mut ending = Ending::watch()?;
    let (folder, temporary) = match data_dir {
        Some(folder) => {
            data_folder::prepare(&folder)?;
            (folder, None)
        }
        None => {
            let folder = tempfile::tempdir().context("cannot make a temporary folder")?;
            (folder.path().to_owned(), Some(folder))
        }
    };
    let shown = progress::spinner("starting the simulated board and the platform");
    let sides = tokio::select! {
        started = Sides::start(plugin, &folder, limits) => started?,
        () = ending.asked() => return Ok(()),
    };
    shown.finish_and_clear();

    print!("{}", sides.welcome(temporary.is_none().then_some(&folder))?);
    ending.asked().await;
    println!("\nstopping");
    sides.stop().await;
    Ok(())
}

/// What runs.
struct Sides {
    simulator: Simulator,
    platform: Demo,
    employer: Employer,
}

impl Sides {
    async fn start(plugin: &Path, folder: &Path, limits: OperatorLimits) -> Result<Self> {
        let simulator = start_simulator()
            .await
            .context("the simulator does not start")?;
        let config = DemoConfig {
            limits: limits.calls,
            engine: limits.engine,
            ..platform_config(folder, plugin, &simulator.url())
        };
        let platform = start_platform(config).await.with_context(|| {
            format!(
                "the platform does not start with the plugin {} and its data in {}",
                plugin.display(),
                folder.display()
            )
        })?;
        let employer = Board::new(&simulator.url())?
            .employer("Công ty Cổ phần Minh An")
            .await?;
        Ok(Self {
            simulator,
            platform,
            employer,
        })
    }

    fn welcome(&self, kept: Option<&PathBuf>) -> Result<String> {
        let mut text = String::new();
        writeln!(
            text,
            "hiring platform  {0}/  (its API: {0}/api)",
            self.platform.url()
        )?;
        let board = self.simulator.url();
        writeln!(
            text,
            "simulated TopCV  {board}/portal  (its control API: {board}/control)"
        )?;
        match kept {
            Some(folder) => writeln!(text, "platform's data  {} (kept)", folder.display())?,
            None => writeln!(
                text,
                "platform's data  gone at the end; keep it with --data-dir"
            )?,
        }
        log_ins::write(&mut text, &self.platform)?;
        writeln!(text, "\nthe employer's account at the simulated TopCV")?;
        writeln!(text, "  Access Token  {}", self.employer.access_token)?;
        writeln!(text, "  Secret Key    {}", self.employer.secret_key)?;
        if story::is_later_start(&self.platform) {
            writeln!(
                text,
                "  A new account: the simulated TopCV begins anew at every start. The platform still shows what it had, as another account's."
            )?;
        }
        story::write(&mut text, self)?;
        Ok(text)
    }

    async fn stop(self) {
        self.platform.stop().await;
        self.simulator.stop().await;
    }
}

/// On its own port when that is free, else on any.
async fn start_simulator() -> Result<Simulator, SimulatorError> {
    let on = |port| SimulatorConfig {
        bind: loopback(port),
        first_posting: first_posting(),
        ..SimulatorConfig::default()
    };
    match Simulator::start(on(SIMULATOR_PORT)).await {
        Err(SimulatorError::Bind { .. }) => Simulator::start(on(0)).await,
        other => other,
    }
}

/// As [`start_simulator`].
async fn start_platform(config: DemoConfig) -> Result<Demo, DemoError> {
    let on = |port| DemoConfig {
        bind: loopback(port),
        ..config.clone()
    };
    match Demo::start(on(PLATFORM_PORT)).await {
        Err(DemoError::Io { source, .. }) if source.kind() == ErrorKind::AddrInUse => {
            Demo::start(on(0)).await
        }
        other => other,
    }
}

fn loopback(port: u16) -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, port))
}

/// The platform may remember postings of earlier starts, so no id may come twice. Nobody makes a posting each second.
fn first_posting() -> u64 {
    SystemClock.now() / 1_000
}
