//! What a hiring platform is about, and the decisions that need no database and no network.
//!
//! Types here are the platform's own. Those that look like the contract's (events, postings) are kept apart from it on purpose:
//! they are stored, and what is stored outlives a version of the contract.

pub mod attempts;
pub mod back_off;
pub mod basis;
pub mod board_event;
pub mod contact;
pub mod cv;
pub mod delivery;
pub mod erasure;
pub mod errand;
pub mod id;
pub mod job;
pub mod mention;
pub mod notice;
pub mod ordered;
pub mod posting;
pub mod refusals;
pub mod silence;
pub mod stage;
pub mod taken;
pub mod text;
pub mod user;
pub mod value;
