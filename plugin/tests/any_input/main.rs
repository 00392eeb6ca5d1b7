//! What must hold for any input. The checks are those of the fuzz targets (`fuzz/src/checks`), here with a stable compiler in every run: with the
//! committed corpus, and with inputs that are generated anew each time. See docs/fuzzing.md.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a panic is the test's failure"
)]

// The names under which the included files reach the plugin.
use topcv_plugin::{contract, ports, state};

#[path = "../../../fuzz/src/checks/mod.rs"]
#[allow(unreachable_pub, reason = "a part of the fuzz crate too")]
mod checks;
#[path = "../../src/testing.rs"]
#[allow(dead_code, reason = "the unit tests use all of it")]
mod testing;

mod corpus;
mod json;
mod records;
mod signing;
mod texts;

use proptest::test_runner::Config;

/// So many cases of one property. What fails is printed in its smallest form; it becomes a test or a file of the corpus.
fn cases(cases: u32) -> Config {
    Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    }
}
