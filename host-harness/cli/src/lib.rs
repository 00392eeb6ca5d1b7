//! What the binary `job-board` does, as a library, so that the system tests run the very same code.
//!
//! - [`demo`]: the simulator and the platform on loopback, for a person to play with;
//! - [`walk`]: the same two, driven through the whole story, each step checked on both sides;
//! - [`serve`]: the platform alone, as a service;
//! - [`backup`]: copies of its data, and putting one back;
//! - [`rotate_key`]: a new master key for it, while it runs;
//! - [`simulate`]: the simulator alone;
//! - [`inspect`]: what a component is and asks for.

pub mod backup;
pub mod data_folder;
pub mod demo;
pub mod inspect;
pub mod limit;
pub mod listening;
mod log_ins;
pub mod operator_setting;
pub mod plugin_file;
mod progress;
mod ready_file;
pub mod rotate_key;
pub mod serve;
mod signals;
pub mod simulate;
pub mod walk;
