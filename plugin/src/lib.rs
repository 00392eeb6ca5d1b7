//! The TopCV job-board plugin: publishes a hiring platform's jobs on TopCV and receives the applicants, as one sandboxed component.

#[cfg_attr(
    not(target_family = "wasm"),
    allow(dead_code, reason = "natively only its tests use it")
)]
mod abi;
pub mod address;
#[cfg(target_family = "wasm")]
mod component;
pub mod connection;
pub mod contract;
pub mod deliveries;
pub mod digest;
pub mod failure;
pub mod ports;
pub mod postings;
pub mod privacy;
pub mod state;
pub mod topcv;
pub mod vietnam;

#[cfg(test)]
#[allow(dead_code, reason = "shared by the tests of all rooms")]
pub(crate) mod testing;
