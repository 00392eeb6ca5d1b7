//! Runs a simulator until Ctrl-C: `cargo run -p topcv-simulator --example simulate -- 127.0.0.1:8480`.
//! The crate's documentation shows what to do with it by curl.

use std::error::Error;
use std::net::SocketAddr;

use topcv_simulator::{Simulator, SimulatorConfig};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let bind: SocketAddr = match std::env::args().nth(1) {
        Some(address) => address.parse()?,
        None => SocketAddr::from(([127, 0, 0, 1], 0)),
    };
    let config = SimulatorConfig {
        bind,
        ..SimulatorConfig::default()
    };
    let simulator = Simulator::start(config).await?;
    println!(
        "TopCV is simulated at {0}; its pages are at {0}/portal; stop it with Ctrl-C",
        simulator.url()
    );
    tokio::signal::ctrl_c().await?;
    simulator.stop().await;
    Ok(())
}
