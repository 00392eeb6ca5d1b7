//! See `src/checks/records.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| topcv_fuzz::checks::records::run(data));
