//! `job-board simulate`: TopCV's simulator alone.

use std::net::SocketAddr;

use anyhow::{Context, Result};
use topcv_simulator::{Simulator, SimulatorConfig};

/// Serves until Ctrl-C.
///
/// # Errors
/// When the address cannot be used.
pub async fn run(bind: SocketAddr) -> Result<()> {
    let config = SimulatorConfig {
        bind,
        start_ms: None,
    };
    let simulator = Simulator::start(config)
        .await
        .context("the simulator does not start; try another --bind, such as 127.0.0.1:0")?;
    println!("{}", welcome(&simulator.url()));
    tokio::signal::ctrl_c()
        .await
        .context("cannot wait for Ctrl-C")?;
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
