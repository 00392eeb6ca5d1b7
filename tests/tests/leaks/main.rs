//! Nothing secret and nobody's data stands where it must not: logs, traces, panics, error texts, answers to strangers, the plugins' records.
//!
//! The needles are not a fixed list: they are read from both sides while the story plays, so that a new step brings its own.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod capture;
mod forgotten;
mod hostile;
mod needles;
mod places;
mod story;
mod trouble;
