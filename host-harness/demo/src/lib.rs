//! The reference hiring platform that embeds job-board components.
mod application;
mod board;
mod domain;
mod store;
