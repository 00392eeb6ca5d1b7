//! A fake TopCV with state, for tests and demonstrations.

mod app;
mod clock;
mod control;
mod error;
mod faults;
mod input;
mod ledger;
mod partner;
mod pdf;
mod posting;
mod server;
mod socket;
mod state;
mod taxonomy;
mod tokens;
mod webhooks;

pub use error::SimulatorError;
pub use server::{Simulator, SimulatorConfig, run};
