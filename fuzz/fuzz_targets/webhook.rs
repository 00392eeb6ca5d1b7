//! See `src/checks/webhook.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| topcv_fuzz::checks::webhook::run(data));
