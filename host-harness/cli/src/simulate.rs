//! `job-board simulate`: TopCV's simulator alone.

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::{Context, Result};
use serde_json::json;
use topcv_simulator::{Simulator, SimulatorConfig};

use crate::listening;
use crate::ready_file::ReadyFile;
use crate::signals::Ending;

/// Serves until a signal ends it. `ready_file` says where, once it serves.
///
/// # Errors
/// When the address cannot be used.
pub async fn run(bind: SocketAddr, ready_file: Option<PathBuf>) -> Result<()> {
    let mut ending = Ending::watch()?;
    let ready_file = ready_file.map(ReadyFile::claim).transpose()?;
    listening::check(bind)?;
    let config = SimulatorConfig {
        bind,
        ..SimulatorConfig::default()
    };
    let simulator = Simulator::start(config)
        .await
        .context("the simulator does not start")?;
    println!("{}", welcome(&simulator.url()));
    if let Some(file) = &ready_file {
        file.write(json!({ "url": simulator.url() }))?;
    }
    ending.asked().await;
    drop(ready_file);
    simulator.stop().await;
    Ok(())
}

fn welcome(url: &str) -> String {
    format!(
        "TopCV is simulated at {url} (partner API under /api, control API under /control)

An employer with a token and a secret:
  curl -s {url}/control/employers -d '{{\"name\":\"Công ty An\"}}'
What happened so far:
  curl -s {url}/control/ledger

It asks nobody for a password: keep it on a loopback address. Stop it with Ctrl-C."
    )
}
