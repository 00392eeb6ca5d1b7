//! The platform over a scripted board: use cases against real files, and the API over real HTTP.
#![allow(
    clippy::unwrap_used,
    reason = "a panic in a test's helper is the test's failure"
)]
#![allow(unreachable_pub, reason = "a test binary has no outside")]

mod api;
mod care;
mod defects;
mod erasing;
mod events;
mod files;
mod page;
mod page_forms;
mod page_paths;
mod privacy;
mod publish;
mod receive;
mod server;
mod sign_in;
mod support;
mod trouble;
mod unverified;
mod world;
