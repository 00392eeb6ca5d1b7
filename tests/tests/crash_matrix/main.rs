//! A platform's process is killed with SIGKILL before and after every effect that it has: each record and secret that the plugin writes, each
//! request to the board, each commit of its own database. Then two processes start on the same folder, and people press again on both.
//!
//! How many effects there are is found by a run without a kill. `CRASH_MATRIX_FULL=1` combines every fault of the board with every effect.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod deliveries;
mod postings;
mod publish;
