//! What a crash matrix stands on: a board that survives, a configured platform as a folder to copy, cells in which copies of it are killed,
//! and the plan that every cell of a matrix follows.

mod bench;
mod cell;
mod matrix;

pub use bench::{Bench, BenchSetup, Counts};
pub use cell::{Cell, Press};
pub use matrix::{Matrix, Tally, is_full};
