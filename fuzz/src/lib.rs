//! What must hold for any bytes, as one function for each fuzz target.
//!
//! The functions are in [`checks`] and know nothing of libFuzzer, so the plugin's own tests include the same files: they play the
//! committed corpus and generated inputs on a stable compiler, in every CI run.

// The names under which the included files reach the plugin.
use topcv_plugin::{contract, ports, state};

#[path = "../../plugin/src/testing.rs"]
#[allow(
    dead_code,
    clippy::unwrap_used,
    reason = "the plugin's test host, whole"
)]
mod testing;

/// The host's file rather than its crate: the crate brings the WebAssembly engine, which takes ten minutes to compile with
/// instrumentation and would be the larger part of what is measured.
#[path = "../../host-harness/runtime/src/http/allow_list.rs"]
#[allow(
    dead_code,
    rustdoc::broken_intra_doc_links,
    reason = "a part of another crate"
)]
mod allow_list;

pub mod checks;
pub mod granted;
