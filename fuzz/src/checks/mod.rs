//! One function for each fuzz target: bytes in, a panic when a promise is broken.
//!
//! The inputs are texts that a person can read and write, so that the corpus can be reviewed. Each file says its format.

pub mod addresses;
pub mod board;
pub mod files;
pub mod form;
pub mod input;
pub mod records;
pub mod webhook;
