//! See `src/checks/files.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| topcv_fuzz::checks::files::run(data));
