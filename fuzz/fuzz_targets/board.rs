//! See `src/checks/board.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| topcv_fuzz::checks::board::run(data));
